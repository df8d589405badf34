package dev.ringback.testkit;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;

/** Waits for a condition, never for a time. */
public final class Await {
    private static final Duration PAUSE = Duration.ofMillis(10);

    private Await() {}

    /**
     * Returns as soon as the condition holds.
     *
     * @param what the condition in words, for the failure
     * @throws AssertionError when it does not hold within the limit
     */
    public static void until(String what, Duration limit, Callable<Boolean> condition) {
        long end = System.nanoTime() + limit.toNanos();
        Exception last = null;
        while (System.nanoTime() < end) {
            try {
                if (condition.call()) {
                    return;
                }
                last = null;
            } catch (Exception e) {
                last = e;
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        }
        throw new AssertionError("not within " + limit + ": " + what, last);
    }
}
