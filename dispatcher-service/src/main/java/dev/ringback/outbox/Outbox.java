package dev.ringback.outbox;

import dev.ringback.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes to Kafka what follows an attempt, and does not give up: a record that is not taken is sent
 * again until it is, or until the process stops. Thread-safe.
 */
public final class Outbox implements AutoCloseable {
    /** How long a write may hold up whoever asks for it, in milliseconds. */
    public static final String MAX_BLOCK = "3000";

    /**
     * How its producer is set. Nobody waits for what it writes but the next commit, so batches may
     * grow for a moment. A batch that a partition does not take, as that of a topic that was made
     * anew, is given up after a minute and written again. Who writes holds a slot of its lane and
     * may wait for a topic that is not there, or for room, but not for long.
     */
    public static final Map<String, Object> PRODUCER =
            Map.of("linger.ms", "10", "delivery.timeout.ms", "60000", "max.block.ms", MAX_BLOCK);

    private static final Logger LOG = LoggerFactory.getLogger(Outbox.class);
    private static final long AGAIN_MILLIS = 1_000;
    private static final int CUT_KEY_BYTES = 1 << 10;
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(1);

    private final Producer<byte[], byte[]> producer;
    private final Executor later =
            CompletableFuture.delayedExecutor(
                    AGAIN_MILLIS, TimeUnit.MILLISECONDS, Thread::startVirtualThread);
    private volatile boolean closed;

    /** Closes the producer when closed. */
    public Outbox(Producer<byte[], byte[]> producer) {
        this.producer = producer;
    }

    /**
     * Writes records.
     *
     * @return completes when all in-sync replicas have all of them; exceptionally only when this
     *     was closed before
     */
    public CompletableFuture<Void> write(List<ProducerRecord<byte[], byte[]>> records) {
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
        boolean tooLarge = error instanceof RecordTooLargeException;
        LOG.warn("{} does not take a record yet: {}", record.topic(), error.toString());
        later.execute(() -> send(tooLarge ? cut(record) : record, taken));
    }

    /**
     * What is left of a record that can never be written again, which only a foreign producer can
     * have made: it was small when it came, compressed. It is kept with the dead, cut off.
     */
    private static ProducerRecord<byte[], byte[]> cut(ProducerRecord<byte[], byte[]> record) {
        RecordHeaders headers = new RecordHeaders();
        headers.add(
                Topics.HEADER_REASON,
                ("too large for " + record.topic() + ", cut off").getBytes(StandardCharsets.UTF_8));
        byte[] value = record.value() == null ? new byte[0] : record.value();
        return new ProducerRecord<>(
                Topics.DEAD,
                record.partition(),
                null,
                cut(record.key(), CUT_KEY_BYTES),
                cut(value, Topics.MAX_EVENT_BYTES),
                headers);
    }

    private static byte @Nullable [] cut(byte @Nullable [] bytes, int most) {
        return bytes == null ? null : Arrays.copyOf(bytes, Math.min(bytes.length, most));
    }

    /** Sends what is under way and takes nothing more. */
    @Override
    public void close() {
        closed = true;
        producer.close(CLOSE_LIMIT);
    }
}
