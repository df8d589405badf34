package dev.ringback.dlq.job;

import dev.ringback.dlq.terminal.Failure;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;

/**
 * Says every second that this process works on a job, and how far it is. Whoever has not said so
 * for a while stops moving anything before somebody else may begin: by then he learns whether
 * somebody has. Uses its {@link JobLog} alone, in a thread of its own, until it is closed.
 */
public final class Lease implements AutoCloseable {
    /** After this silence anybody may take the job. */
    public static final Duration SILENCE = Duration.ofSeconds(4);

    private static final Duration FRESH = Duration.ofSeconds(3);
    private static final long EACH_MILLIS = 1_000;
    private static final long LOOK_NANOS = 20_000_000;
    private static final Duration CLOSE = Duration.ofSeconds(3);

    private final JobLog log;
    private final Supplier<Job> now;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread;

    /** When the last record that Kafka has taken was sent. */
    private volatile long saidNanos;

    private volatile @Nullable RuntimeException lost;

    /**
     * Holds a job that was claimed just now.
     *
     * @param claimed where the claim is recorded
     * @param now the job as it stands
     */
    public Lease(JobLog log, long claimed, Supplier<Job> now) {
        this.log = log;
        this.now = now;
        this.saidNanos = System.nanoTime();
        this.thread = Thread.ofPlatform().name("lease").daemon().start(() -> run(claimed));
    }

    private void run(long claimed) {
        long last = claimed;
        try {
            while (!closed.await(EACH_MILLIS, TimeUnit.MILLISECONDS)) {
                last = say(last);
            }
        } catch (InterruptedException e) {
            lost = new InterruptException(e);
        } catch (RuntimeException e) {
            lost = e;
        }
    }

    private long say(long last) {
        Job job = now.get();
        if (isStale()) {
            yieldTo(log.other(job, last, Long.MAX_VALUE));
        }
        long sent = System.nanoTime();
        long offset = log.record(job);
        if (isStale() && log.other(job, last, offset).isPresent()) {
            // theirs must stand, not what was just recorded
            Optional<Job> theirs = log.other(job, last, Long.MAX_VALUE);
            theirs.ifPresent(log::record);
            yieldTo(theirs);
        }
        saidNanos = sent;
        return offset;
    }

    private boolean isStale() {
        return System.nanoTime() - saidNanos > FRESH.toNanos();
    }

    private static void yieldTo(Optional<Job> other) {
        other.ifPresent(
                theirs -> {
                    throw new Failure("job %s was taken over".formatted(theirs.name()));
                });
    }

    /**
     * Returns once it is sure that the job is still ours.
     *
     * @throws Failure when it is somebody else's
     */
    public void check() {
        while (true) {
            RuntimeException why = lost;
            if (why != null) {
                throw why;
            }
            if (!isStale()) {
                return;
            }
            if (Thread.interrupted()) {
                throw new InterruptException("interrupted");
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    /** Whether nothing is known against it. */
    public boolean isHeld() {
        return lost == null;
    }

    /** Says no more; the log is free again. */
    @Override
    public void close() {
        closed.countDown();
        try {
            thread.join(CLOSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
