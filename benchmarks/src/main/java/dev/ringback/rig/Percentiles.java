package dev.ringback.rig;

import java.util.Arrays;

/** Durations in order of length; a percentile is one of them, nearest rank. */
public final class Percentiles {
    private static final double NANOS_PER_MS = 1e6;

    private final long[] sorted;

    private Percentiles(long[] sorted) {
        this.sorted = sorted;
    }

    /** Those of durations in nanoseconds. */
    public static Percentiles of(long[] nanos) {
        long[] sorted = nanos.clone();
        Arrays.sort(sorted);
        return new Percentiles(sorted);
    }

    /** How many there are. */
    public int count() {
        return sorted.length;
    }

    /**
     * The shortest that this share of all does not exceed, in milliseconds; 0 when there is none.
     *
     * @param share from 0 to 1
     */
    public double ms(double share) {
        if (sorted.length == 0) {
            return 0;
        }
        int rank = (int) Math.ceil(share * sorted.length);
        return sorted[Math.clamp(rank - 1, 0, sorted.length - 1)] / NANOS_PER_MS;
    }
}
