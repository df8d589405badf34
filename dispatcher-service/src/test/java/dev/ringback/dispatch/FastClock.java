package dev.ringback.dispatch;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;

/** A clock that stands still until it is told to run, and then runs faster than others. */
final class FastClock extends Clock {
    private final Instant start;
    private volatile long sinceNanos;
    private volatile int factor;

    FastClock(Instant start) {
        this.start = start;
    }

    /** Runs from now on, this many times as fast as time does. */
    void run(int times) {
        sinceNanos = System.nanoTime();
        factor = times;
    }

    @Override
    public Instant instant() {
        long micros = factor == 0 ? 0 : (System.nanoTime() - sinceNanos) / 1_000 * factor;
        return start.plus(micros, ChronoUnit.MICROS);
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        return this;
    }
}
