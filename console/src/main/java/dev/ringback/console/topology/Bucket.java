package dev.ringback.console.topology;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** What became of attempts in a stretch of time: counts, and a histogram of latencies. */
public final class Bucket {
    /**
     * The upper bounds of the histogram, in milliseconds; what is slower has a class of its own.
     */
    private static final int[] BOUNDS = {
        1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100, 150, 200, 300, 500, 700, 1_000, 1_500, 2_000,
        3_000, 5_000, 7_000, 10_000, 15_000, 20_000, 30_000
    };

    private static final int FATES = Fate.values().length;

    private final long[] counts = new long[FATES + BOUNDS.length + 1];

    /** What can become of an attempt, and an event. */
    public enum Fate {
        delivered(0),
        failed(1),
        deferred(2),
        dead(3),
        event(4);

        /** Where it is counted, in the stores too. */
        private final int place;

        Fate(int place) {
            this.place = place;
        }
    }

    /** An empty one. */
    public Bucket() {}

    /** What {@link #bytes} wrote; empty when there is nothing. */
    public static Bucket read(byte @Nullable [] bytes) {
        Bucket bucket = new Bucket();
        if (bytes != null) {
            ByteBuffer in = ByteBuffer.wrap(bytes);
            for (int i = 0; i < bucket.counts.length && in.remaining() >= Integer.BYTES; i++) {
                bucket.counts[i] = Integer.toUnsignedLong(in.getInt());
            }
        }
        return bucket;
    }

    byte[] bytes() {
        ByteBuffer out = ByteBuffer.allocate(counts.length * Integer.BYTES);
        for (long count : counts) {
            out.putInt((int) count);
        }
        return out.array();
    }

    Bucket add(Fate fate) {
        counts[fate.place]++;
        return this;
    }

    Bucket answered(long millis) {
        int found = 0;
        while (found < BOUNDS.length && millis > BOUNDS[found]) {
            found++;
        }
        counts[FATES + found]++;
        return this;
    }

    /** Adds all that another one counts. */
    public void add(Bucket other) {
        for (int i = 0; i < counts.length; i++) {
            counts[i] += other.counts[i];
        }
    }

    /** How many. */
    public long count(Fate fate) {
        return counts[fate.place];
    }

    /** The latency that this share of the answers did not exceed; null without an answer. */
    public @Nullable Long quantile(double share) {
        long all = 0;
        for (int i = FATES; i < counts.length; i++) {
            all += counts[i];
        }
        long below = 0;
        for (int i = 0; i < BOUNDS.length; i++) {
            below += counts[FATES + i];
            if (all > 0 && below >= share * all) {
                return (long) BOUNDS[i];
            }
        }
        return all == 0 ? null : (long) BOUNDS[BOUNDS.length - 1];
    }
}
