package dev.ringback.dlq.replay;

/**
 * Says when the next may go at a rate. It starts with one, whenever that is, not with a burst, and
 * makes up for at most a quarter of a second that was missed. Not thread-safe.
 */
final class Pace {
    /** A rate that never makes anybody wait. */
    static final double FREE = Double.POSITIVE_INFINITY;

    private static final double NANOS = 1e9;
    private static final double MISSED_NANOS = NANOS / 4;

    private final double nanosEach;
    private double nextNanos;
    private boolean begun;

    /** A pace that begins now. */
    Pace(double perSecond, long nowNanos) {
        this.nanosEach = NANOS / perSecond;
        this.nextNanos = nowNanos;
    }

    /** When the next may go. */
    long nextNanos() {
        return (long) Math.ceil(nextNanos);
    }

    /** Whether the next may go by then. */
    boolean allows(long nowNanos) {
        return nextNanos <= nowNanos;
    }

    /** One goes now. */
    void go(long nowNanos) {
        double missed = begun ? MISSED_NANOS : 0;
        nextNanos = Math.max(nextNanos, nowNanos - missed) + nanosEach;
        begun = true;
    }
}
