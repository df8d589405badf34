package dev.ringback.answer;

import dev.ringback.runtime.KafkaClients;
import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.Topics;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One partition of answer requests while it is ours: the only one that publishes for its calls. The
 * transactional ids of its {@link Rota} are the partition's, so whoever owned it before can commit
 * nothing more from the moment this has begun; only then is read what had been published, and only
 * then is anything published here. What waits at the same time shares a transaction.
 */
final class Owned implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Owned.class);
    private static final int MOST_AT_ONCE = 100;
    private static final long AGAIN_MILLIS = 1_000;
    private static final long IDLE_MILLIS = 100;

    private final int partition;
    private final KafkaClients clients;
    private final Clock clock;
    private final LinkedBlockingDeque<Entry> waiting = new LinkedBlockingDeque<>();
    private final CountDownLatch ended = new CountDownLatch(1);

    /** What is known, once all of it has been read; a new one when it has to be read again. */
    private volatile CompletableFuture<Calls> known = new CompletableFuture<>();

    /** The same while it is being read. */
    private volatile Calls calls = new Calls();

    private volatile String trouble = "has not read yet what was answered";

    /** Something to publish, with what is written together with it. */
    private record Entry(
            DeliveryHeader asked,
            Instruction instruction,
            Supplier<List<ProducerRecord<byte[], byte[]>>> records,
            CompletableFuture<Optional<Late>> settled) {}

    Owned(int partition, KafkaClients clients, Clock clock) {
        this.partition = partition;
        this.clients = clients;
        this.clock = clock;
    }

    /** Publishes, unless it is too late by then; completes when Kafka has committed all of it. */
    CompletableFuture<Optional<Late>> publish(
            DeliveryHeader asked,
            Instruction instruction,
            Supplier<List<ProducerRecord<byte[], byte[]>>> records) {
        CompletableFuture<Optional<Late>> settled = new CompletableFuture<>();
        waiting.add(new Entry(asked, instruction, records, settled));
        if (hasEnded()) {
            cancelAll();
        }
        return settled;
    }

    /** Whether a question has been settled; waits until that is known. */
    Optional<Late> lateness(DeliveryHeader asked) {
        try {
            Calls now = known.get();
            if (hasEnded()) {
                throw new CancellationException("no longer ours");
            }
            return now.lateness(asked, clock.instant());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("stopping");
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    void over(String callId, Instant at) {
        calls.over(callId, at);
    }

    /** It is somebody else's, or the process stops. */
    void end() {
        ended.countDown();
        known.cancel(false);
    }

    String trouble() {
        return trouble;
    }

    private boolean hasEnded() {
        return ended.getCount() == 0;
    }

    @Override
    public void run() {
        while (!hasEnded()) {
            try (Rota rota = new Rota(clients, partition)) {
                rota.begin();
                Calls read = new Calls();
                calls = read;
                new Recall(clients, clock).into(read, partition, this::hasEnded);
                known.complete(read);
                trouble = "";
                while (!hasEnded()) {
                    commitNext(rota, read);
                }
            } catch (InterruptedException | InterruptException e) {
                Thread.currentThread().interrupt();
                end();
            } catch (RuntimeException e) {
                if (!hasEnded()) {
                    // Somebody else may own it by now, and then this will hear of it soon.
                    trouble = "answers wait: " + e;
                    LOG.warn("{}-{} begins again: {}", Topics.ANSWERS, partition, e.toString());
                    forget();
                    pause();
                }
            }
        }
        cancelAll();
    }

    /**
     * Nothing is known any more, since nobody knows what became of the last transaction. Who waits
     * for what was never read goes on waiting for the same.
     */
    private void forget() {
        if (known.isDone()) {
            known = new CompletableFuture<>();
        }
        if (hasEnded()) {
            known.cancel(false);
        }
    }

    private void commitNext(Rota rota, Calls read) throws InterruptedException {
        Entry first = waiting.poll(IDLE_MILLIS, TimeUnit.MILLISECONDS);
        if (first == null) {
            return;
        }
        List<Entry> batch = new ArrayList<>(List.of(first));
        waiting.drainTo(batch, MOST_AT_ONCE - 1);
        try {
            commit(rota, read, batch);
        } catch (RuntimeException e) {
            // What became of it is read again before it is decided again.
            batch.reversed().forEach(waiting::addFirst);
            throw e;
        }
    }

    private void commit(Rota rota, Calls read, List<Entry> batch) {
        List<Optional<Late>> fates = new ArrayList<>(batch.size());
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (Entry entry : batch) {
            Instant now = clock.instant();
            Optional<Late> late = read.lateness(entry.asked, now);
            fates.add(late);
            if (late.isEmpty()) {
                Instruction kept = read.kept(entry.instruction);
                records.add(kept.record(partition));
                records.addAll(entry.records.get());
                read.settled(kept, now);
            }
        }
        if (!records.isEmpty()) {
            rota.commit(records);
        }
        for (int i = 0; i < batch.size(); i++) {
            batch.get(i).settled.complete(fates.get(i));
        }
    }

    private void cancelAll() {
        for (Entry entry = waiting.poll(); entry != null; entry = waiting.poll()) {
            entry.settled.completeExceptionally(new CancellationException("no longer ours"));
        }
    }

    private void pause() {
        try {
            if (ended.await(AGAIN_MILLIS, TimeUnit.MILLISECONDS)) {
                LOG.debug("{}-{} is given up", Topics.ANSWERS, partition);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            end();
        }
    }
}
