package dev.ringback.flow;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** How fast an endpoint takes requests, and what was told to come back when. Not thread-safe. */
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

    private static final long LONGEST_WAIT_NANOS = TimeUnit.SECONDS.toNanos(240);

    private double seconds;
    private long reservedNanos;
    private int successes;
    private long successNanos;

    Speed(long now) {
        this.reservedNanos = now;
    }

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

    /**
     * A place behind all that was told the same before, at so many a second; zero when that is not
     * known.
     *
     * @param ahead how many wait in memory
     */
    Duration reserve(double perSecond, int ahead, long now) {
        if (perSecond <= 0) {
            return Duration.ZERO;
        }
        long behind = now + (long) (ahead / perSecond * SECOND);
        reservedNanos = Math.max(reservedNanos, behind) + (long) (SECOND / perSecond);
        reservedNanos = Math.min(reservedNanos, now + LONGEST_WAIT_NANOS);
        return Duration.ofNanos(reservedNanos - now);
    }

    /** Nobody waits any more. */
    void free(long now) {
        reservedNanos = now;
    }
}
