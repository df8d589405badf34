package dev.ringback.console.read;

import java.time.Duration;
import java.time.Instant;

/**
 * Which stretch of time is wanted, and how finely.
 *
 * @param since not before
 * @param until before then
 * @param step the length of one point: whole minutes, or whole hours
 */
public record StatsQuery(Instant since, Instant until, Duration step) {
    /** The most points of one answer. */
    public static final int MOST_POINTS = 1_500;

    /** The last hour, minute by minute. */
    public static StatsQuery lastHour(Instant now) {
        return new StatsQuery(
                now.minus(Duration.ofHours(1)), now.plusSeconds(1), Duration.ofMinutes(1));
    }
}
