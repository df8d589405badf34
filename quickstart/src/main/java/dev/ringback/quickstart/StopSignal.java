package dev.ringback.quickstart;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ctrl-C or SIGTERM, as something that commands wait for: they end by returning, so that a stopped
 * process has closed everything and says by its exit code how that went. Thread-safe.
 */
final class StopSignal {
    private static final Duration PATIENCE = Duration.ofMillis(9_500);

    private final CountDownLatch raised = new CountDownLatch(1);
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile int code = 1;

    /** Listens to the signals of this process from now on. */
    static StopSignal listen() {
        StopSignal signal = new StopSignal();
        Runtime.getRuntime().addShutdownHook(new Thread(signal::shutDown, "stop"));
        return signal;
    }

    /** Asks for the end, as a signal does. */
    void raise() {
        raised.countDown();
    }

    /** Whether the end has been asked for. */
    boolean raised() {
        return raised.getCount() == 0;
    }

    /** Returns once the end has been asked for. */
    void await() {
        try {
            raised.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Returns after this time, or with true as soon as the end has been asked for. */
    boolean await(Duration limit) {
        try {
            return raised.await(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    /** Ends this process, whether or not a signal has already begun to. */
    void exit(int exitCode) {
        code = exitCode;
        ended.countDown();
        System.exit(exitCode);
    }

    /** A shutdown hook: only a halt within it can make the exit code of a signal our own. */
    private void shutDown() {
        raise();
        try {
            ended.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        System.out.flush();
        System.err.flush();
        Runtime.getRuntime().halt(code);
    }
}
