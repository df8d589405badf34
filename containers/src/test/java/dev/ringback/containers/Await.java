package dev.ringback.containers;

import static org.assertj.core.api.Assertions.fail;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for what must come true. */
final class Await {
    private static final long LOOK_NANOS = Duration.ofMillis(50).toNanos();

    private Await() {}

    /** Returns as soon as it is so; fails with what is the case when it is not in time. */
    static void until(Duration limit, Supplier<String> state, BooleanSupplier condition) {
        long end = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                fail("not within %s: %s", limit, state.get());
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }
}
