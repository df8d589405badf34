package dev.ringback.chaos;

import java.time.Duration;

/**
 * How much of everything.
 *
 * @param seed decides subscribers, events and faults
 * @param events of one wave
 * @param perSecond events
 * @param time waves follow each other for this long; zero: one wave with the faults of a short run
 */
public record Plan(
        long seed,
        int subscribers,
        int accounts,
        int partitions,
        int events,
        int perSecond,
        Duration time) {
    /** One wave, every kind of trouble once. */
    public static Plan shortRun(long seed) {
        return new Plan(seed, 200, 40, 6, 20_000, 300, Duration.ZERO);
    }

    /** Waves for this long, faults all the time. */
    public static Plan of(long seed, Duration time) {
        return new Plan(seed, 200, 40, 6, 30_000, 300, time);
    }
}
