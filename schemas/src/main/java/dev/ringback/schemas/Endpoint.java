package dev.ringback.schemas;

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
 * @param events event types, or {@value #ALL_EVENTS}
 * @param secrets oldest first
 * @param headers the endpoint's own headers, values sealed
 * @param version grows by one with every change; the ETag
 */
public record Endpoint(
        String id,
        String accountId,
        @Nullable String name,
        String url,
        String dialect,
        List<String> events,
        Scope scope,
        List<Secret> secrets,
        Map<String, String> headers,
        Policy policy,
        Map<String, String> metadata,
        Status status,
        Instant lastStatusChange,
        Instant createdAt,
        Instant updatedAt,
        long version) {

    /** In {@code events}: everything the dialect knows. */
    public static final String ALL_EVENTS = "*";

    /** Whether deliveries to it are tried. */
    public enum Status {
        normal,
        unhealthy,
        disabled
    }

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
     * @param expiresAt when it stops signing; null for never
     */
    public record Secret(
            String id, String sealed, Instant createdAt, @Nullable Instant expiresAt) {}

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

    /** Checks that it names an endpoint, and copies the collections. */
    public Endpoint {
        Stream.of(id, accountId, url, dialect).forEach(Objects::requireNonNull);
        Stream.of(scope, policy, status).forEach(Objects::requireNonNull);
        events = List.copyOf(events);
        secrets = List.copyOf(secrets);
        headers = Map.copyOf(headers);
        metadata = Map.copyOf(metadata);
    }

    /** Whether it asked for events of this type. */
    public boolean wants(EventType type) {
        return events.contains(ALL_EVENTS) || events.contains(type.text());
    }

    /**
     * Whether its scope takes an event.
     *
     * @param field the event's value of a scope field, by the Call's name for it
     */
    public boolean covers(Function<String, Optional<String>> field) {
        return matches(scope.agentId(), field.apply("agent_id"))
                && matches(scope.applicationId(), field.apply("application_id"))
                && matches(scope.phoneNumberId(), field.apply("phone_number_id"))
                && matches(scope.environment(), field.apply("environment"));
    }

    private static boolean matches(@Nullable String wanted, Optional<String> actual) {
        return wanted == null || actual.filter(wanted::equals).isPresent();
    }

    /** The same endpoint at another version. */
    public Endpoint withVersion(long other) {
        return new Endpoint(
                id,
                accountId,
                name,
                url,
                dialect,
                events,
                scope,
                secrets,
                headers,
                policy,
                metadata,
                status,
                lastStatusChange,
                createdAt,
                updatedAt,
                other);
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
