package dev.ringback.lane;

import dev.ringback.lane.InFlightTracker.Ticket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The records of a lane that are under way, each on a virtual thread of its own, those of one key
 * one after another. A record whose work throws is tried again until its partition is gone: it is
 * never passed over. Thread-safe.
 */
final class Running {
    private static final Logger LOG = LoggerFactory.getLogger(Running.class);

    /** Records admitted for each slot: those waiting for a slot, a turn or an acknowledgement. */
    private static final int ADMITTED_PER_SLOT = 4;

    private static final long MAX_BYTES = 64L << 20;
    private static final long AGAIN_MILLIS = 2_000;
    private static final Duration WRITE_LIMIT = Duration.ofMillis(500);

    private final InFlightTracker tracker;
    private final Work work;
    private final Semaphore slots;
    private final Admission admission;
    private final Turns turns = new Turns();
    private final ExecutorService threads;
    private final Executor later =
            CompletableFuture.delayedExecutor(AGAIN_MILLIS, TimeUnit.MILLISECONDS);
    private volatile boolean draining;
    private volatile boolean recording = true;
    private final Map<Ticket, String> troubles = new ConcurrentHashMap<>();

    /** What is done with a record. */
    public interface Work {
        /**
         * Works on a record, on a virtual thread; may block.
         *
         * @param stillOurs whether what became of the record may be written; asked once, before
         * @return completes normally once nothing of it can be lost any more; exceptionally only
         *     when the process stops, and then the record comes again
         */
        CompletableFuture<Void> run(
                ConsumerRecord<byte[], byte[]> record, BooleanSupplier stillOurs);
    }

    Running(String name, int slots, InFlightTracker tracker, Work work) {
        this.tracker = tracker;
        this.work = work;
        this.slots = new Semaphore(slots);
        this.admission = new Admission(slots * ADMITTED_PER_SLOT, MAX_BYTES);
        this.threads =
                Executors.newThreadPerTaskExecutor(
                        Thread.ofVirtual().name("lane-" + name + "-", 0).factory());
    }

    /** Whether there is room for the record; if so it must be run or released. */
    boolean admit(ConsumerRecord<byte[], byte[]> record) {
        return admission.admit(size(record));
    }

    /** Gives the room of an admitted record back. */
    void release(ConsumerRecord<byte[], byte[]> record) {
        admission.release(size(record));
    }

    /** Runs an admitted record when it is its key's turn. */
    void run(ConsumerRecord<byte[], byte[]> record, Ticket ticket) {
        String key = key(record);
        Runnable job = () -> work(key, record, ticket);
        if (turns.enter(key, job)) {
            threads.execute(job);
        }
    }

    /**
     * Takes no record up again that fails from now on, and waits for those under way. What is not
     * done by then is not recorded any more; only what is being written may still end.
     */
    boolean drain(Duration limit) {
        draining = true;
        if (admission.awaitEmpty(limit)) {
            return true;
        }
        recording = false;
        return admission.awaitEmpty(WRITE_LIMIT);
    }

    /** What one of the records that have to be tried again runs into. */
    Optional<String> trouble() {
        return troubles.values().stream().findFirst();
    }

    private void work(String key, ConsumerRecord<byte[], byte[]> record, Ticket ticket) {
        try {
            inSlot(record, ticket)
                    .whenComplete(
                            (done, error) -> {
                                if (error == null) {
                                    tracker.complete(ticket);
                                } else {
                                    tracker.abandon(ticket);
                                }
                                release(record);
                            });
            troubles.remove(ticket);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            release(record);
        } catch (RuntimeException | Error e) {
            tracker.abandon(ticket);
            if (!draining && tracker.isCurrent(ticket)) {
                again(key, record, ticket, e);
                return;
            }
            troubles.remove(ticket);
            release(record);
        }
        Runnable next = turns.leave(key);
        if (next != null) {
            threads.execute(next);
        }
    }

    private void again(
            String key, ConsumerRecord<byte[], byte[]> record, Ticket ticket, Throwable error) {
        troubles.put(ticket, ticket.partition() + " offset " + ticket.offset() + ": " + error);
        LOG.error("{} offset {} is tried again", ticket.partition(), ticket.offset(), error);
        later.execute(() -> threads.execute(() -> work(key, record, ticket)));
    }

    private CompletableFuture<Void> inSlot(ConsumerRecord<byte[], byte[]> record, Ticket ticket)
            throws InterruptedException {
        slots.acquire();
        try {
            return work.run(record, () -> recording && tracker.claim(ticket));
        } finally {
            slots.release();
        }
    }

    private static String key(ConsumerRecord<byte[], byte[]> record) {
        return record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
    }

    private static int size(ConsumerRecord<byte[], byte[]> record) {
        return Math.max(0, record.serializedKeySize())
                + Math.max(0, record.serializedValueSize())
                + 1_024;
    }
}
