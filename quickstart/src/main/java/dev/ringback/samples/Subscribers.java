package dev.ringback.samples;

import dev.ringback.dialect.Dialect;
import dev.ringback.dialect.Dialects;
import dev.ringback.dialect.GroupIds;
import dev.ringback.receive.Verifier;
import dev.ringback.samples.Tally.Expected;
import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.Endpoint.Callback.Role;
import dev.ringback.schemas.EventType;
import dev.ringback.schemas.Json;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Who gets the samples: a subscriber of each dialect, who sets up what that vendor's customers
 * would.
 */
public final class Subscribers {
    /** Whose calls the samples are. */
    public static final String ACCOUNT = Sample.ACCOUNT;

    /** What the names of the endpoints begin with. */
    public static final String NAMED = "Demo ";

    private static final byte[] NOTHING = {};
    private static final String PRODUCTION = "production";

    private final Registry registry;
    private final String receiverUrl;
    private final Clock clock;
    private final RandomGenerator random;
    private final List<Subscription> subscriptions = new ArrayList<>();
    private final Map<String, Verifier> verifiers = new ConcurrentHashMap<>();

    /** Where they subscribe. */
    public interface Registry {
        /** Posts a document; the answer. */
        JsonNode post(String path, ObjectNode document);

        /** Puts a document. */
        void put(String path, ObjectNode document);
    }

    /**
     * What one endpoint gets.
     *
     * @param name who gets it
     */
    private record Subscription(
            String name, Dialect dialect, String endpoint, Predicate<Sample> takes) {}

    /** Subscribers who have not subscribed yet. */
    Subscribers(Registry registry, String receiverUrl, Clock clock, RandomGenerator random) {
        this.registry = registry;
        this.receiverUrl = receiverUrl;
        this.clock = clock;
        this.random = random;
    }

    /** Sets up an endpoint of each dialect, or what stands for it there. */
    void subscribe() {
        for (Dialect dialect : Dialects.all()) {
            switch (dialect.name()) {
                case "vomyra" -> environment(dialect);
                case "tryvox" -> Sample.applications().forEach(id -> application(dialect, id));
                case "voicy" -> Sample.agents().forEach(id -> agent(dialect, id));
                default -> endpoint(dialect, document(dialect), sample -> true);
            }
        }
    }

    /** What verifies the webhooks to this path of the receiver. */
    Optional<Verifier> verifier(String path) {
        return Optional.ofNullable(verifiers.get(path));
    }

    /** What a request to this path is answered: where it asks, a menu. */
    byte[] answer(String path) {
        boolean asks = verifiers.containsKey(path) && path.endsWith("/" + Role.answer);
        return asks ? Sample.menu() : NOTHING;
    }

    /** The webhooks that a sample makes, by their delivery ids. */
    Map<String, Expected> webhooks(Sample sample) {
        Map<String, Expected> webhooks = new LinkedHashMap<>();
        for (Subscription to : subscriptions) {
            if (to.takes().test(sample)) {
                to.dialect()
                        .webhookEvent(sample.type())
                        .ifPresent(
                                event ->
                                        webhooks.put(
                                                DeliveryHeader.deliveryId(
                                                        sample.subject(),
                                                        sample.id(),
                                                        to.endpoint()),
                                                new Expected(to.name(), event, sample.subject())));
            }
        }
        return webhooks;
    }

    /** Staging and production have an endpoint each; the samples are of production. */
    private void environment(Dialect dialect) {
        ObjectNode document = document(dialect);
        document.putObject("scope").put("environment", PRODUCTION);
        endpoint(dialect, document, sample -> true);
    }

    /** An application has a URL for each purpose and one secret for all. */
    private void application(Dialect dialect, String application) {
        String secret = dialect.newSecret(random);
        ObjectNode document =
                Json.object().put("account_id", Sample.ACCOUNT).put("webhook_secret", secret);
        Predicate<Sample> ofIt = sample -> application.equals(sample.application());
        String record = GroupIds.application(Sample.ACCOUNT, application);
        Map<String, Role> urls =
                Map.of(
                        "answer_url", Role.answer,
                        "ring_url", Role.ring,
                        "hangup_url", Role.hangup,
                        "status_callback_url", Role.status);
        urls.forEach(
                (field, role) -> {
                    String path = path(dialect) + "/" + application + "/" + role;
                    document.put(field, receiverUrl + path);
                    verifiers.put(path, new Verifier(dialect.signature(), secret, clock));
                    subscriptions.add(
                            new Subscription(
                                    dialect.name() + " " + role,
                                    dialect,
                                    GroupIds.member(record, role),
                                    ofIt.and(sample -> isFor(role, sample.type()))));
                });
        registry.put("/v1/applications/" + application, document);
    }

    private static boolean isFor(Role role, EventType type) {
        return switch (role) {
            case ring -> type == EventType.CALL_RINGING;
            case hangup -> type == EventType.CALL_ENDED;
            case status -> true;
            case answer -> type == EventType.CALL_ANSWERED;
            case fallback -> false;
        };
    }

    /** An agent's webhooks serve web calls at once, and phone calls when they are deployed. */
    private void agent(Dialect dialect, String agent) {
        ObjectNode document = document(dialect);
        document.putObject("scope").put("agent_id", agent);
        endpoint(dialect, document, sample -> agent.equals(sample.agent()));
        registry.post(
                "/v1/agents/" + agent + "/deploy", Json.object().put("account_id", Sample.ACCOUNT));
    }

    private ObjectNode document(Dialect dialect) {
        ObjectNode document =
                Json.object()
                        .put("account_id", Sample.ACCOUNT)
                        .put("name", NAMED + dialect.name())
                        .put("dialect", dialect.name());
        document.putArray("events").add("*");
        return document;
    }

    private void endpoint(Dialect dialect, ObjectNode document, Predicate<Sample> takes) {
        String secret = dialect.newSecret(random);
        String agent = document.path("scope").path("agent_id").asString("");
        String path = path(dialect) + (agent.isEmpty() ? "" : "/" + agent);
        verifiers.put(path, new Verifier(dialect.signature(), secret, clock));
        document.put("url", receiverUrl + path).put("secret", secret);
        String id = registry.post("/v1/endpoints", document).path("id").asString("");
        subscriptions.add(new Subscription(dialect.name(), dialect, id, takes));
    }

    private static String path(Dialect dialect) {
        return "/" + dialect.name();
    }
}
