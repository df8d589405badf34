package dev.ringback.dlq.replay;

import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.common.errors.InterruptException;

/**
 * Says when the next may go at a rate. It starts with one, not with a burst, and makes up for at
 * most a tenth of a second that was missed. Not thread-safe.
 */
final class Pace {
    /** A rate that never makes anybody wait. */
    static final double FREE = Double.POSITIVE_INFINITY;

    private static final double NANOS = 1e9;
    private static final double MISSED_NANOS = NANOS / 10;

    private final double nanosEach;
    private double nextNanos;

    /** A pace that begins now. */
    Pace(double perSecond, long nowNanos) {
        this.nanosEach = NANOS / perSecond;
        this.nextNanos = nowNanos;
    }

    /**
     * Returns when the next may go, which it then has.
     *
     * @throws InterruptException when somebody wants the thread to stop
     */
    void await() {
        for (long now = System.nanoTime(); ; now = System.nanoTime()) {
            if (nextNanos <= now) {
                go(now);
                return;
            }
            if (Thread.interrupted()) {
                throw new InterruptException("interrupted");
            }
            LockSupport.parkNanos((long) nextNanos - now);
        }
    }

    private void go(long nowNanos) {
        nextNanos = Math.max(nextNanos, nowNanos - MISSED_NANOS) + nanosEach;
    }
}
