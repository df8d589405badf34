package dev.ringback.answer;

import dev.ringback.runtime.KafkaClients;
import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.Topics;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.InterruptException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One partition of answer requests while it is ours: the only one that publishes for its calls. Its
 * producer's transactional id is the partition's, so whoever owned it before can commit nothing
 * more from the moment this has begun; only then is read what had been published, and only then is
 * anything published here. What waits at the same time shares a transaction.
 */
final class Owned implements Runnable {
    private static final Logger LOG = LoggerFactory.getLogger(Owned.class);
    private static final int MOST_AT_ONCE = 100;
    private static final long AGAIN_MILLIS = 1_000;
    private static final long IDLE_MILLIS = 100;
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(1);

    private final int partition;
    private final KafkaClients clients;
    private final Clock clock;
    private final LinkedBlockingDeque<Entry> waiting = new LinkedBlockingDeque<>();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final CountDownLatch recalled = new CountDownLatch(1);
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
            recalled.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("stopping");
        }
        if (hasEnded()) {
            throw new CancellationException("no longer ours");
        }
        return calls.lateness(asked, clock.instant());
    }

    void over(String callId, Instant at) {
        calls.over(callId, at);
    }

    /** It is somebody else's, or the process stops. */
    void end() {
        ended.countDown();
        recalled.countDown();
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
            try (Producer<byte[], byte[]> producer = producer()) {
                producer.initTransactions();
                Calls known = new Calls();
                calls = known;
                new Recall(clients, clock).into(known, partition, this::hasEnded);
                recalled.countDown();
                trouble = "";
                while (!hasEnded()) {
                    commitNext(producer, known);
                }
                producer.close(CLOSE_LIMIT);
            } catch (InterruptedException | InterruptException e) {
                Thread.currentThread().interrupt();
                ended.countDown();
            } catch (RuntimeException e) {
                if (!hasEnded()) {
                    // Somebody else may own it by now, and then this will hear of it soon.
                    trouble = "answers wait: " + e;
                    LOG.warn("{}-{} begins again: {}", Topics.ANSWERS, partition, e.toString());
                    pause();
                }
            }
        }
        cancelAll();
    }

    private void commitNext(Producer<byte[], byte[]> producer, Calls known)
            throws InterruptedException {
        Entry first = waiting.poll(IDLE_MILLIS, TimeUnit.MILLISECONDS);
        if (first == null) {
            return;
        }
        List<Entry> batch = new ArrayList<>(List.of(first));
        waiting.drainTo(batch, MOST_AT_ONCE - 1);
        try {
            commit(producer, known, batch);
        } catch (RuntimeException e) {
            // What became of it is read again before it is decided again.
            batch.reversed().forEach(waiting::addFirst);
            throw e;
        }
    }

    private void commit(Producer<byte[], byte[]> producer, Calls known, List<Entry> batch) {
        List<Optional<Late>> fates = new ArrayList<>(batch.size());
        boolean begun = false;
        for (Entry entry : batch) {
            Instant now = clock.instant();
            Optional<Late> late = known.lateness(entry.asked, now);
            fates.add(late);
            if (late.isPresent()) {
                continue;
            }
            if (!begun) {
                producer.beginTransaction();
                begun = true;
            }
            producer.send(entry.instruction.record(partition));
            entry.records.get().forEach(producer::send);
            known.settled(entry.instruction, now);
        }
        if (begun) {
            producer.commitTransaction();
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
            ended.countDown();
        }
    }

    private Producer<byte[], byte[]> producer() {
        String id = "ringback-answers-" + partition;
        return clients.producer(
                id,
                Map.of(
                        "transactional.id", id,
                        "transaction.timeout.ms", "10000",
                        "delivery.timeout.ms", "10000",
                        "request.timeout.ms", "5000",
                        "max.block.ms", "10000",
                        "linger.ms", "0",
                        "retry.backoff.ms", "5",
                        "buffer.memory", Integer.toString(2 * Topics.MAX_RECORD_BYTES)));
    }
}
