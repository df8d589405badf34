package dev.ringback.flow;

import dev.ringback.lock.BriefLock;
import dev.ringback.runtime.Metrics;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/**
 * Lets some go first: while they come, others begin no faster than leaves them what they need.
 * Nobody is held back while none of them comes. Thread-safe.
 */
public final class RightOfWay {
    /** How long after the last of the first others still give way. */
    private static final long GOES_ON_NANOS = TimeUnit.SECONDS.toNanos(2);

    private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final double MOST = 1_000_000;
    private static final double SLOWER = 0.8;
    private static final double FASTER = 1.1;
    private static final double MUCH_FASTER = 1.5;
    private static final double SECOND_NANOS = 1e9;

    /** How long what was not used may be made up for. */
    private static final double BURST_SECONDS = 0.01;

    private final BriefLock lock = new BriefLock();
    private final DoubleSupplier pressure;
    private final double slowest;
    private final LongSupplier nanoTime;
    private volatile long cameNanos;
    private boolean givesWay;
    private boolean wantsMore;
    private double perSecond;
    private double owed;
    private long begun;
    private long lookedNanos;
    private long owedNanos;

    /**
     * None has come yet.
     *
     * @param pressure what those who go first lack since it was last asked: others go slower above
     *     1 and may go faster below, or when it is no number
     * @param slowest how many others begin in a second whatever the pressure: what waits must go on
     * @param nanoTime as {@link System#nanoTime}
     */
    public RightOfWay(DoubleSupplier pressure, double slowest, LongSupplier nanoTime) {
        this.pressure = pressure;
        this.slowest = slowest;
        this.perSecond = slowest;
        this.nanoTime = nanoTime;
        this.cameNanos = nanoTime.getAsLong() - GOES_ON_NANOS;
        this.lookedNanos = nanoTime.getAsLong();
        this.owedNanos = lookedNanos;
    }

    /**
     * Shows how fast the others may begin.
     *
     * @param to for whom they give way
     */
    public void measure(Metrics metrics, String to) {
        metrics.gauge(
                "ringback_gives_way_at",
                "deliveries a second that may begin while others go first; 0 when all may",
                this::limitPerSecond,
                "to",
                to);
    }

    private double limitPerSecond() {
        try (var _ = lock.hold()) {
            return givesWay ? perSecond : 0;
        }
    }

    /** One of those that go first has come. */
    public void came() {
        cameNanos = nanoTime.getAsLong();
    }

    /** Whether another one may begin now. */
    public boolean mayBegin() {
        try (var _ = lock.hold()) {
            long now = nanoTime.getAsLong();
            boolean comes = now - cameNanos < GOES_ON_NANOS;
            if (now - lookedNanos >= LOOK_NANOS || comes != givesWay) {
                look(now);
            }
            givesWay = comes;
            if (!comes) {
                return true;
            }
            double most = Math.max(1, perSecond * BURST_SECONDS);
            owed = Math.min(most, owed + perSecond * (now - owedNanos) / SECOND_NANOS);
            owedNanos = now;
            wantsMore |= owed < 1;
            return owed >= 1;
        }
    }

    /** Another one begins. */
    public void begins() {
        try (var _ = lock.hold()) {
            begun++;
            owed -= givesWay ? 1 : 0;
        }
    }

    /** What begins while none comes is where giving way starts from. */
    private void look(long now) {
        long since = now - lookedNanos;
        if (!givesWay && since >= LOOK_NANOS) {
            perSecond = Math.clamp(begun * SECOND_NANOS / since, slowest, MOST);
        }
        double pushed = pressure.getAsDouble();
        if (pushed > 1) {
            perSecond = Math.max(slowest, perSecond * SLOWER);
        } else if (wantsMore || !givesWay) {
            double faster = pushed > 0.5 ? FASTER : MUCH_FASTER;
            perSecond = Math.min(perSecond * faster, MOST);
        }
        wantsMore = false;
        begun = 0;
        lookedNanos = now;
    }
}
