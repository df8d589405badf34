package dev.ringback.testkit;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;

/** A clock that goes only when told to. Thread-safe. */
public class FixedClock extends Clock {
    private volatile Instant now;

    /** Stands at a time. */
    public FixedClock(Instant now) {
        this.now = now;
    }

    /** Goes to a time. */
    public void set(Instant to) {
        now = to;
    }

    @Override
    public Instant instant() {
        return now;
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
