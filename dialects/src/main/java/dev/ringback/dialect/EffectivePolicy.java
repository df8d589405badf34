package dev.ringback.dialect;

import dev.ringback.schemas.Endpoint;
import dev.ringback.schemas.Endpoint.Policy;
import dev.ringback.schemas.Units;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * An endpoint's policy with what it leaves open filled in from its dialect.
 *
 * @param timeout total time of one attempt
 * @param schedule waits after the first, second, … failed attempt
 * @param maxInFlight requests under way at once
 * @param ratePerSecond most requests that start in a second; empty when as many as come
 * @param ordered keep a call's order through retries too
 * @param maxAge how long a delivery may wait in all
 */
public record EffectivePolicy(
        Duration timeout,
        List<Duration> schedule,
        int maxInFlight,
        Optional<Double> ratePerSecond,
        boolean ordered,
        Duration maxAge) {
    /** Requests under way at once, unless the endpoint says otherwise. */
    public static final int MAX_IN_FLIGHT = 8;

    private static final Duration LEAST_MAX_AGE = Duration.ofHours(1);

    /** Copies the schedule. */
    public EffectivePolicy {
        schedule = List.copyOf(schedule);
    }

    /** The policy that deliveries to this endpoint follow. */
    public static EffectivePolicy of(Endpoint endpoint, Dialect dialect) {
        Policy own = endpoint.config().policy();
        List<Duration> schedule = Objects.requireNonNullElse(own.schedule(), dialect.schedule());
        return new EffectivePolicy(
                Objects.requireNonNullElse(own.timeout(), dialect.timeout()),
                schedule,
                Objects.requireNonNullElse(own.maxInFlight(), MAX_IN_FLIGHT),
                Optional.ofNullable(own.rate()).map(Units::perSecond),
                Objects.requireNonNullElse(own.ordered(), false),
                Objects.requireNonNullElse(own.maxAge(), twice(schedule)));
    }

    private static Duration twice(List<Duration> schedule) {
        Duration whole = schedule.stream().reduce(Duration.ZERO, Duration::plus).multipliedBy(2);
        return whole.compareTo(LEAST_MAX_AGE) < 0 ? LEAST_MAX_AGE : whole;
    }
}
