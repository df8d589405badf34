package dev.ringback.flow;

import java.util.concurrent.TimeUnit;

/** How long an endpoint's successful requests take. Not thread-safe. */
final class Speed {
    private static final double SECOND = TimeUnit.SECONDS.toNanos(1);

    /** How long after a success it still counts. */
    private static final long KNOWN_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** Successes before it is believed: the first requests of a cold process are slow. */
    private static final int KNOWN_AFTER = 100;

    /** What the shortest request takes at least. */
    private static final double LEAST_SECONDS = 0.0005;

    /** How much the latest request says. */
    private static final double LATEST = 0.2;

    private double seconds;
    private int successes;
    private long successNanos;

    void succeeded(long now) {
        successes = Math.min(successes + 1, KNOWN_AFTER);
        successNanos = now;
    }

    void took(long nanos) {
        seconds += (nanos / SECOND - seconds) * LATEST;
    }

    boolean isKnown(long now) {
        return successes >= KNOWN_AFTER && now - successNanos < KNOWN_NANOS;
    }

    double secondsEach() {
        return Math.max(LEAST_SECONDS, seconds);
    }
}
