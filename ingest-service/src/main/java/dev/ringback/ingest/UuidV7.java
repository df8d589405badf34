package dev.ringback.ingest;

import java.time.InstantSource;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Makes UUIDs of version 7 (RFC 9562): each one greater than the one before, also within a
 * millisecond and when the clock steps back. Thread-safe.
 */
final class UuidV7 implements Supplier<UUID> {
    private static final int COUNTER_LIMIT = 1 << 12;
    private static final int COUNTER_START_BITS = 11;
    private static final long RANDOM_MASK = 0x3fff_ffff_ffff_ffffL;

    private final InstantSource clock;
    private final RandomGenerator random;

    // Guarded by this.
    private long millis;
    private int counter;

    UuidV7(InstantSource clock, RandomGenerator random) {
        this.clock = clock;
        this.random = random;
    }

    @Override
    public synchronized UUID get() {
        long now = clock.millis();
        counter++;
        if (now > millis || counter == COUNTER_LIMIT) {
            millis = Math.max(now, millis + 1);
            counter = random.nextInt(1 << COUNTER_START_BITS);
        }
        long most = (millis << 16) | 0x7000L | counter;
        long least = 0x8000_0000_0000_0000L | (random.nextLong() & RANDOM_MASK);
        return new UUID(most, least);
    }
}
