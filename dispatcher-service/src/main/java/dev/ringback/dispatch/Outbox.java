package dev.ringback.dispatch;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes to Kafka what follows an attempt, and does not give up: a record that is not taken is sent
 * again until it is, or until the process stops. Thread-safe.
 */
final class Outbox implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Outbox.class);
    private static final long AGAIN_MILLIS = 1_000;
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(2);

    private final Producer<byte[], byte[]> producer;
    private final Executor later =
            CompletableFuture.delayedExecutor(AGAIN_MILLIS, TimeUnit.MILLISECONDS);
    private volatile boolean closed;

    /** Closes the producer when closed. */
    Outbox(Producer<byte[], byte[]> producer) {
        this.producer = producer;
    }

    /**
     * Writes records.
     *
     * @return completes when all in-sync replicas have all of them; exceptionally only when this
     *     was closed before
     */
    CompletableFuture<Void> write(List<ProducerRecord<byte[], byte[]>> records) {
        return CompletableFuture.allOf(
                records.stream().map(this::write).toArray(CompletableFuture<?>[]::new));
    }

    private CompletableFuture<Void> write(ProducerRecord<byte[], byte[]> record) {
        CompletableFuture<Void> taken = new CompletableFuture<>();
        send(record, taken);
        return taken;
    }

    private void send(ProducerRecord<byte[], byte[]> record, CompletableFuture<Void> taken) {
        if (closed) {
            taken.completeExceptionally(new CancellationException("stopping"));
            return;
        }
        try {
            producer.send(
                    record,
                    (metadata, error) -> {
                        if (error == null) {
                            taken.complete(null);
                        } else {
                            again(record, taken, error);
                        }
                    });
        } catch (KafkaException | IllegalStateException e) {
            again(record, taken, e);
        }
    }

    private void again(
            ProducerRecord<byte[], byte[]> record, CompletableFuture<Void> taken, Exception error) {
        LOG.warn("{} does not take a record yet: {}", record.topic(), error.toString());
        later.execute(() -> send(record, taken));
    }

    /** Sends what is under way and takes nothing more. */
    @Override
    public void close() {
        closed = true;
        producer.close(CLOSE_LIMIT);
    }
}
