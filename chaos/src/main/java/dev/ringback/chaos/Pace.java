package dev.ringback.chaos;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** So many events a second for all producers together, until the run is stopped. Thread-safe. */
final class Pace {
    private final CountDownLatch stop = new CountDownLatch(1);
    private final long nanosEach;

    // Guarded by this.
    private long nextNanos = System.nanoTime();

    Pace(int perSecond) {
        this.nanosEach = TimeUnit.SECONDS.toNanos(1) / perSecond;
    }

    /** Waits for the turn of so many events. */
    void take(int events) {
        long turn;
        synchronized (this) {
            turn = Math.max(nextNanos, System.nanoTime());
            nextNanos = turn + events * nanosEach;
        }
        pause(Duration.ofNanos(turn - System.nanoTime()));
    }

    /** Returns after this time, or as soon as the run is stopped. */
    void pause(Duration time) {
        try {
            if (stop.await(time.toNanos(), TimeUnit.NANOSECONDS)) {
                throw new Stopped();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Stopped();
        }
    }

    /** Ends every wait. */
    void stop() {
        stop.countDown();
    }

    /** The run is to end now. */
    static final class Stopped extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }
}
