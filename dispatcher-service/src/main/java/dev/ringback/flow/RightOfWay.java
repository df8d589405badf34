package dev.ringback.flow;

import dev.ringback.runtime.Metrics;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/**
 * Lets what callers wait for go first: while questions of live calls come in, other requests begin
 * no faster than leaves a part of the processors free, so that an answer finds one at once. Nobody
 * is held back while nobody asks. Thread-safe.
 */
public final class RightOfWay {
    /** How long after the last question others still give way. */
    private static final long GOES_ON_NANOS = TimeUnit.SECONDS.toNanos(2);

    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    /** What may be busy of all processors. */
    private static final double BUSY = 0.6;

    /** Requests a second that begin however busy it is: what waits must go on. */
    private static final double LEAST = 50;

    private static final double MOST = 1_000_000;
    private static final double SLOWER = 0.8;
    private static final double FASTER = 1.1;
    private static final double MUCH_FASTER = 1.5;
    private static final double SECOND_NANOS = 1e9;

    private final DoubleSupplier load;
    private final LongSupplier nanoTime;
    private volatile long askedNanos;
    private boolean givesWay;
    private boolean wantsMore;
    private double perSecond = LEAST;
    private double owed;
    private int granted = Integer.MAX_VALUE;
    private long begun;
    private long lookedNanos;
    private long grantedNanos;

    /**
     * Nobody has asked yet.
     *
     * @param load the busy part of all processors since it was last asked; negative or no number
     *     when nobody knows
     * @param nanoTime as {@link System#nanoTime}
     */
    public RightOfWay(DoubleSupplier load, LongSupplier nanoTime) {
        this.load = load;
        this.nanoTime = nanoTime;
        this.askedNanos = nanoTime.getAsLong() - GOES_ON_NANOS;
        this.lookedNanos = nanoTime.getAsLong();
        this.grantedNanos = lookedNanos;
    }

    /** Shows how fast the others may begin. */
    public void measure(Metrics metrics) {
        metrics.gauge(
                "ringback_gives_way_at",
                "requests a second that may begin while questions come in; 0 when all may",
                this::limitPerSecond);
    }

    private synchronized double limitPerSecond() {
        return givesWay ? perSecond : 0;
    }

    /** A question has come. */
    public void asked() {
        askedNanos = nanoTime.getAsLong();
    }

    /**
     * How many requests may begin until this is asked again, which should be some milliseconds
     * later; {@link Integer#MAX_VALUE} when as many as there are.
     *
     * @param left how many of the last answer did not begin
     */
    synchronized int beginnings(int left) {
        long now = nanoTime.getAsLong();
        begun += granted - left;
        wantsMore |= left <= 0;
        boolean asked = now - askedNanos < GOES_ON_NANOS;
        if (now - lookedNanos >= LOOK_NANOS || asked != givesWay) {
            look(now);
        }
        givesWay = asked;
        owed = Math.min(1, owed) + perSecond * (now - grantedNanos) / SECOND_NANOS;
        grantedNanos = now;
        granted = asked ? (int) owed : Integer.MAX_VALUE;
        owed -= asked ? granted : owed;
        return granted;
    }

    /** What begins while nobody asks is where giving way starts from. */
    private void look(long now) {
        double busy = load.getAsDouble();
        double seen = begun * SECOND_NANOS / Math.max(1, now - lookedNanos);
        double before = givesWay ? perSecond : seen;
        if (busy > BUSY) {
            perSecond = Math.max(LEAST, before * SLOWER);
        } else if (wantsMore || !givesWay) {
            double faster = busy > BUSY / 2 ? FASTER : MUCH_FASTER;
            perSecond = Math.clamp(before * faster, LEAST, MOST);
        }
        wantsMore = false;
        begun = 0;
        lookedNanos = now;
    }
}
