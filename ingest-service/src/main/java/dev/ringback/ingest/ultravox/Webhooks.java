package dev.ringback.ingest.ultravox;

import dev.ringback.ingest.api.SecretMaker;
import dev.ringback.runtime.SecretBox;
import dev.ringback.schemas.Endpoint;
import dev.ringback.schemas.Endpoint.Config;
import dev.ringback.schemas.Endpoint.Scope;
import dev.ringback.schemas.Endpoint.Secret;
import dev.ringback.schemas.Endpoint.Status;
import dev.ringback.schemas.Json;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Endpoints as the vendor's webhooks, and the other way round. Thread-safe. */
final class Webhooks {
    private static final Logger LOG = LoggerFactory.getLogger(Webhooks.class);
    private static final String PREFIX = "ep_";
    private static final int HEX = 32;

    private final SecretMaker secrets;
    private final SecretBox box;
    private final Supplier<UUID> uuids;
    private final InstantSource clock;

    Webhooks(SecretMaker secrets, SecretBox box, Supplier<UUID> uuids, InstantSource clock) {
        this.secrets = secrets;
        this.box = box;
        this.uuids = uuids;
        this.clock = clock;
    }

    /** A new endpoint, whose secrets may be shown. */
    Endpoint make(String accountId, WebhookForm form) {
        String id = PREFIX + uuids.get().toString().replace("-", "");
        Config bare =
                Config.of(
                        form.url(),
                        WebhookEvents.DIALECT.name(),
                        form.events(),
                        new Scope(form.agentId(), null, null, null));
        return Endpoint.of(id, accountId, config(bare, form, id, true), null, now());
    }

    /** A known endpoint as a form wants it; what the vendor has no word for stays. */
    Endpoint change(Endpoint known, WebhookForm form) {
        Config config = config(known.config(), form, known.id(), known.config().secretsShown());
        return known.withConfig(config, now());
    }

    private Config config(Config known, WebhookForm form, String id, boolean secretsShown) {
        Scope scope = known.scope();
        return new Config(
                known.name(),
                form.url(),
                known.dialect(),
                events(known, form),
                new Scope(
                        form.agentId(),
                        scope.applicationId(),
                        scope.phoneNumberId(),
                        scope.environment()),
                sealed(known, form, id),
                known.headers(),
                known.policy(),
                known.signature(),
                known.metadata(),
                known.callback(),
                known.group(),
                secretsShown);
    }

    /** The vendor lists what we call all; that it stays the same list says nothing else. */
    private static List<String> events(Config known, WebhookForm form) {
        List<String> before = WebhookEvents.theirs(known.events());
        return before.equals(WebhookEvents.theirs(form.events())) ? known.events() : form.events();
    }

    /** A secret that stays keeps its id and its age. */
    private List<Secret> sealed(Config known, WebhookForm form, String id) {
        List<Secret> live = secrets.live(known.secrets());
        if (form.secrets().isEmpty() && !live.isEmpty()) {
            return live;
        }
        if (form.secrets().isEmpty()) {
            String made = secrets.generate(WebhookEvents.DIALECT, known.signature());
            return List.of(secrets.seal(made, id));
        }
        Map<String, Secret> before = new LinkedHashMap<>();
        live.forEach(secret -> opened(secret, id).ifPresent(text -> before.put(text, secret)));
        List<Secret> wanted = new ArrayList<>();
        for (String text : form.secrets()) {
            Secret kept = before.get(text);
            wanted.add(kept == null ? secrets.seal(text, id) : kept);
        }
        return SecretMaker.staying(wanted);
    }

    /**
     * The vendor's form of an endpoint.
     *
     * @param withSecrets whether whoever asks may change them, and so see them
     */
    ObjectNode view(Endpoint endpoint, boolean withSecrets) {
        ObjectNode view =
                Json.object()
                        .put("webhookId", webhookId(endpoint.id()))
                        .put("agentId", endpoint.config().scope().agentId())
                        .put("created", endpoint.createdAt().toString())
                        .put("url", endpoint.url());
        ArrayNode shown = view.putArray("secrets");
        if (withSecrets && endpoint.config().secretsShown()) {
            secrets.live(endpoint.config().secrets())
                    .forEach(secret -> opened(secret, endpoint.id()).ifPresent(shown::add));
        }
        ArrayNode events = view.putArray("events");
        WebhookEvents.theirs(endpoint.config().events()).forEach(events::add);
        view.put("status", endpoint.status() == Status.normal ? "normal" : "unhealthy")
                .put("lastStatusChange", endpoint.state().lastStatusChange().toString());
        ArrayNode failures = view.putArray("recentFailures");
        endpoint.state()
                .recentFailures()
                .forEach(
                        failure ->
                                failures.addObject()
                                        .put("timestamp", failure.timestamp().toString())
                                        .put("failure", failure.failure()));
        return view;
    }

    /** The secret, unless it was sealed by a master key that is not known here (any more). */
    private Optional<String> opened(Secret secret, String id) {
        try {
            return Optional.of(box.open(secret.sealed(), id));
        } catch (IllegalStateException e) {
            LOG.warn("{} of {} does not open: {}", secret.id(), id, e.getMessage());
            return Optional.empty();
        }
    }

    /** The vendor's ids are UUIDs, and so are ours with another prefix. */
    static String webhookId(String endpointId) {
        String hex = endpointId.startsWith(PREFIX) ? endpointId.substring(PREFIX.length()) : "";
        return hex.matches("[0-9a-f]{" + HEX + "}")
                ? hex.replaceFirst("(.{8})(.{4})(.{4})(.{4})(.{12})", "$1-$2-$3-$4-$5")
                : endpointId;
    }

    /** The endpoint that a vendor's id stands for. */
    static String endpointId(String webhookId) {
        String hex = webhookId.replace("-", "").toLowerCase(Locale.ROOT);
        return hex.length() == HEX ? PREFIX + hex : webhookId;
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }
}
