package dev.ringback.schemas;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.annotation.JsonTypeName;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A subscriber's address with all that decides what it gets and how, as {@code webhook.endpoints}
 * keeps it. Secrets and header values are sealed; only {@code dispatch} opens them.
 *
 * @param config what its owner decides
 * @param state what becomes of it
 * @param stage whether it is a draft or what was deployed of it; null where the dialect has no
 *     drafts
 * @param version grows by one with every change of {@code config} or status; the ETag
 */
public record Endpoint(
        String id,
        String accountId,
        Config config,
        State state,
        @Nullable Stage stage,
        Instant createdAt,
        Instant updatedAt,
        long version) {

    /** In {@code events}: everything the dialect knows. */
    public static final String ALL_EVENTS = "*";

    private static final String DEPLOYED_SUFFIX = "@deployed";

    /**
     * What its owner decides.
     *
     * @param events event types, or {@value #ALL_EVENTS}
     * @param secrets oldest first
     * @param headers the endpoint's own headers, values sealed
     * @param signature what overrides the dialect's; null: the dialect's
     * @param callback which URL of a group this is; null when it stands alone
     * @param group what several endpoints share, in a record that is itself never called; null in
     *     an endpoint that is
     * @param secretsShown made through an API that shows secrets
     */
    public record Config(
            @Nullable String name,
            String url,
            String dialect,
            List<String> events,
            Scope scope,
            List<Secret> secrets,
            Map<String, String> headers,
            Policy policy,
            @Nullable SignatureScheme signature,
            Map<String, String> metadata,
            @Nullable Callback callback,
            @Nullable Group group,
            boolean secretsShown) {
        /** Checks that nothing is missing, and copies the collections. */
        public Config {
            Stream.of(url, dialect, scope, policy).forEach(Objects::requireNonNull);
            events = List.copyOf(events);
            secrets = List.copyOf(secrets);
            headers = Map.copyOf(headers);
            metadata = Map.copyOf(metadata);
        }

        /** A configuration that leaves all but this to its dialect. */
        public static Config of(String url, String dialect, List<String> events, Scope scope) {
            return new Config(
                    null,
                    url,
                    dialect,
                    events,
                    scope,
                    List.of(),
                    Map.of(),
                    Policy.DEFAULT,
                    null,
                    Map.of(),
                    null,
                    null,
                    false);
        }

        /** The same with these secrets and headers, both sealed. */
        public Config withSealed(List<Secret> otherSecrets, Map<String, String> otherHeaders) {
            return new Config(
                    name,
                    url,
                    dialect,
                    events,
                    scope,
                    otherSecrets,
                    otherHeaders,
                    policy,
                    signature,
                    metadata,
                    callback,
                    group,
                    secretsShown);
        }

        /** The same under another policy. */
        public Config withPolicy(Policy other) {
            return new Config(
                    name,
                    url,
                    dialect,
                    events,
                    scope,
                    secrets,
                    headers,
                    other,
                    signature,
                    metadata,
                    callback,
                    group,
                    secretsShown);
        }
    }

    /** Whether deliveries to it are tried. */
    public enum Status {
        normal,
        unhealthy,
        disabled
    }

    /** Which of a dialect's two sets it belongs to. */
    public enum Stage {
        /** What can be edited; web calls use it. */
        draft,
        /** What was deployed last; phone calls use it. */
        deployed
    }

    /**
     * What becomes of an endpoint.
     *
     * @param failedInRow failed attempts since the last success
     * @param failingSince the first of them; null when there is none
     * @param recentFailures the last ones, oldest first
     */
    public record State(
            Status status,
            Instant lastStatusChange,
            int failedInRow,
            @Nullable Instant failingSince,
            List<Failure> recentFailures) {
        /** How many failures are kept. */
        public static final int MOST_FAILURES = 10;

        /** Copies the list. */
        public State {
            Objects.requireNonNull(status);
            recentFailures = List.copyOf(recentFailures);
        }

        /** The state of an endpoint that has not been called yet. */
        public static State normal(Instant since) {
            return new State(Status.normal, since, 0, null, List.of());
        }
    }

    /** One failed attempt: when, and what it ran into. */
    public record Failure(Instant timestamp, String failure) {}

    /** What an event's Call must equal; a null field says nothing. */
    public record Scope(
            @Nullable String agentId,
            @Nullable String applicationId,
            @Nullable String phoneNumberId,
            @Nullable String environment) {
        /** The scope that takes everything. */
        public static final Scope ANY = new Scope(null, null, null, null);
    }

    /**
     * One signing secret.
     *
     * @param sealed the secret, encrypted with the endpoint's id as associated data
     * @param publicKey what verifies its signatures, when it is half of a pair of keys
     * @param expiresAt when it stops signing; null for never
     */
    public record Secret(
            String id,
            String sealed,
            @Nullable String publicKey,
            Instant createdAt,
            @Nullable Instant expiresAt) {}

    /**
     * How deliveries are tried; a null field leaves it to the dialect.
     *
     * @param timeout total time of one attempt
     * @param schedule waits after the first, second, … failed attempt
     * @param maxInFlight requests under way at once
     * @param rate attempts, as {@code 50/s}
     * @param ordered keep a call's order through retries too
     * @param maxAge how long a delivery may wait in all
     */
    public record Policy(
            @Nullable Duration timeout,
            @Nullable List<Duration> schedule,
            @Nullable Integer maxInFlight,
            @Nullable String rate,
            @Nullable Boolean ordered,
            @Nullable Duration maxAge) {
        /** The policy that leaves everything to the dialect. */
        public static final Policy DEFAULT = new Policy(null, null, null, null, null, null);

        /** Copies the schedule. */
        public Policy {
            schedule = schedule == null ? null : List.copyOf(schedule);
        }
    }

    /**
     * One of the URLs of a TryVox application or call.
     *
     * @param group the id of the application's record, whose secrets sign
     * @param method the HTTP method, {@code POST} or {@code GET}
     * @param payload the form of status callbacks
     */
    public record Callback(Role role, @Nullable String group, String method, Payload payload) {
        /** What the URL is for. */
        public enum Role {
            answer,
            fallback,
            ring,
            hangup,
            status
        }

        /** The form of a status callback. */
        public enum Payload {
            /** As documented. */
            documented,
            /** As the live platform sends it. */
            pascal
        }
    }

    /**
     * What several endpoints of one owner share, kept in a record that has no URL and takes no
     * events.
     */
    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "of")
    public sealed interface Group {
        /**
         * A TryVox application; its secrets are the record's.
         *
         * @param urls by what they are for
         */
        @JsonTypeName("application")
        record Application(
                Map<Callback.Role, String> urls,
                String answerMethod,
                String statusCallbackMethod,
                Callback.Payload payload)
                implements Group {
            /** Copies the map. */
            public Application {
                urls = Map.copyOf(urls);
            }
        }

        /**
         * A Voicy agent.
         *
         * @param draft ids of its endpoints
         * @param deployed ids of those that were deployed last
         * @param deployedVersion how often it has been deployed
         */
        @JsonTypeName("agent")
        record Agent(
                List<String> draft,
                List<String> deployed,
                long deployedVersion,
                @Nullable Instant deployedAt)
                implements Group {
            /** Copies the lists. */
            public Agent {
                draft = List.copyOf(draft);
                deployed = List.copyOf(deployed);
            }
        }
    }

    /** Checks that it names an endpoint. */
    public Endpoint {
        Stream.of(id, accountId, config, state, createdAt, updatedAt)
                .forEach(Objects::requireNonNull);
    }

    /** A new endpoint, which nothing has happened to yet. */
    public static Endpoint of(
            String id, String accountId, Config config, @Nullable Stage stage, Instant now) {
        return new Endpoint(id, accountId, config, State.normal(now), stage, now, now, 0);
    }

    /** Its key in {@code webhook.endpoints}. */
    public String key() {
        return key(id, stage);
    }

    /** The key of an endpoint at a stage: its id, with a mark on what was deployed. */
    public static String key(String id, @Nullable Stage stage) {
        return stage == Stage.deployed ? id + DEPLOYED_SUFFIX : id;
    }

    /** Whether it asked for events of this type; announcements have to be asked for by name. */
    public boolean wants(EventType type) {
        return config.events().contains(type.text())
                || (config.events().contains(ALL_EVENTS) && !type.isAnnouncement());
    }

    /**
     * Whether its scope and its stage take an event.
     *
     * @param field the event's value of a scope field, by the Call's name for it
     */
    public boolean covers(Function<String, Optional<String>> field) {
        Scope scope = config.scope();
        return matches(scope.agentId(), field.apply("agent_id"))
                && matches(scope.applicationId(), field.apply("application_id"))
                && matches(scope.phoneNumberId(), field.apply("phone_number_id"))
                && matches(scope.environment(), field.apply("environment"))
                && (stage == null || stage == stageOf(field.apply("channel")));
    }

    /** Web calls use the draft at once; all others use what was deployed. */
    private static Stage stageOf(Optional<String> channel) {
        return channel.filter("web"::equals).isPresent() ? Stage.draft : Stage.deployed;
    }

    private static boolean matches(@Nullable String wanted, Optional<String> actual) {
        return wanted == null || actual.filter(wanted::equals).isPresent();
    }

    /** The same endpoint at another version. */
    public Endpoint withVersion(long other) {
        return new Endpoint(id, accountId, config, state, stage, createdAt, updatedAt, other);
    }

    /** The same endpoint with another configuration since then. */
    public Endpoint withConfig(Config other, Instant now) {
        return new Endpoint(id, accountId, other, state, stage, createdAt, now, version);
    }

    /** The same endpoint in another state. */
    public Endpoint withState(State other) {
        return new Endpoint(id, accountId, config, other, stage, createdAt, updatedAt, version);
    }

    /** The same endpoint at another stage. */
    public Endpoint withStage(Stage other) {
        return new Endpoint(id, accountId, config, state, other, createdAt, updatedAt, version);
    }

    /** Where it is. */
    public String url() {
        return config.url();
    }

    /** The name of its dialect. */
    public String dialect() {
        return config.dialect();
    }

    /** Whether deliveries to it are tried. */
    public Status status() {
        return state.status();
    }

    /** The endpoint's JSON. */
    public byte[] bytes() {
        return Json.bytes(this);
    }

    /** Reads what {@link #bytes} wrote. */
    public static Endpoint read(byte[] bytes) {
        return Json.read(bytes, Endpoint.class);
    }
}
