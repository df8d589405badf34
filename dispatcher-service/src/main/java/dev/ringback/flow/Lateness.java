package dev.ringback.flow;

import dev.ringback.lock.BriefLock;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/**
 * How late records begin: how long after they were made they are read, beside the least that was
 * seen in the last seconds, so that neither the clocks of other machines nor the way here counts;
 * and how long after they may begin a processor takes them up. What an endpoint makes them wait is
 * neither. Thread-safe.
 */
public final class Lateness implements DoubleSupplier {
    /** Later than the least by this is late. */
    private static final long LATE_MILLIS = 15;

    private static final long LATE_NANOS = TimeUnit.MILLISECONDS.toNanos(LATE_MILLIS);

    /** So late is late whatever the least was: a backlog is late as a whole. */
    private static final long MUCH_LATE_MILLIS = 2_000;

    /** What may be late of all before others have to go slower. */
    private static final double LATE_SHARE = 0.1;

    /** Of how long the least is known, at least; at most twice as long. */
    private static final long MEMORY_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final BriefLock lock = new BriefLock();
    private final LongSupplier millis;
    private final LongSupplier nanoTime;
    private final Tally read = new Tally();
    private final Tally begun = new Tally();
    private long least = Long.MAX_VALUE;
    private long leastBefore = Long.MAX_VALUE;
    private long sinceNanos;

    /** How many of how many are late. */
    private static final class Tally {
        private int seen;
        private int late;

        void add(boolean isLate) {
            seen++;
            late += isLate ? 1 : 0;
        }

        double takeShare() {
            double share = seen == 0 ? 0 : (double) late / seen;
            seen = 0;
            late = 0;
            return share;
        }
    }

    /**
     * Nothing has begun yet.
     *
     * @param millis the time, as the records have it
     * @param nanoTime as {@link System#nanoTime}
     */
    public Lateness(LongSupplier millis, LongSupplier nanoTime) {
        this.millis = millis;
        this.nanoTime = nanoTime;
        this.sinceNanos = nanoTime.getAsLong();
    }

    /** A record that was made at this time, in milliseconds, has been read. */
    public void read(long madeMillis) {
        try (var _ = lock.hold()) {
            long now = nanoTime.getAsLong();
            if (now - sinceNanos >= MEMORY_NANOS) {
                leastBefore = now - sinceNanos >= 2 * MEMORY_NANOS ? Long.MAX_VALUE : least;
                least = Long.MAX_VALUE;
                sinceNanos = now;
            }
            long age = millis.getAsLong() - madeMillis;
            least = Math.min(least, age);
            read.add(age >= MUCH_LATE_MILLIS || age - Math.min(least, leastBefore) >= LATE_MILLIS);
        }
    }

    /** A record begins, so many nanoseconds after it might have. */
    public void begins(long waitedNanos) {
        try (var _ = lock.hold()) {
            begun.add(waitedNanos >= LATE_NANOS);
        }
    }

    /** The part that was late since this was last asked, as a multiple of the part that may be. */
    @Override
    public double getAsDouble() {
        try (var _ = lock.hold()) {
            return Math.max(read.takeShare(), begun.takeShare()) / LATE_SHARE;
        }
    }
}
