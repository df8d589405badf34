package dev.ringback.ingest;

import java.util.concurrent.atomic.AtomicLong;

/** A number of bytes that may be held at once. Thread-safe. */
final class ByteBudget {
    private final long limit;
    private final AtomicLong held = new AtomicLong();

    ByteBudget(long limit) {
        this.limit = limit;
    }

    /** Takes bytes, or none at all when they would exceed the limit. */
    boolean take(long bytes) {
        if (held.addAndGet(bytes) <= limit) {
            return true;
        }
        held.addAndGet(-bytes);
        return false;
    }

    /** Gives back what was taken. */
    void giveBack(long bytes) {
        held.addAndGet(-bytes);
    }

    /** How many bytes are held now. */
    long held() {
        return held.get();
    }
}
