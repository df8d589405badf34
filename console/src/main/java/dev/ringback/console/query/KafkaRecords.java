package dev.ringback.console.query;

import dev.ringback.console.topology.DeliveryState.Place;
import dev.ringback.runtime.KafkaClients;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Reads single records where they lie, so that no store has to keep bodies. A few consumers are
 * shared by all who ask. Thread-safe.
 */
public final class KafkaRecords implements AutoCloseable {
    private static final int MOST_READERS = 4;
    private static final Duration LIMIT = Duration.ofSeconds(2);
    private static final Duration POLL = Duration.ofMillis(100);

    private final KafkaClients clients;
    private final BlockingQueue<Consumer<byte[], byte[]>> free =
            new ArrayBlockingQueue<>(MOST_READERS);
    private final AtomicInteger made = new AtomicInteger();
    private volatile boolean closed;

    /** Reads from this Kafka. */
    public KafkaRecords(KafkaClients clients) {
        this.clients = clients.impatient();
    }

    /**
     * The record at a place.
     *
     * @return nothing when Kafka does not keep it any more
     * @throws KafkaException when Kafka cannot be asked
     */
    public Optional<ConsumerRecord<byte[], byte[]>> read(Place place) {
        Consumer<byte[], byte[]> reader = take();
        boolean well = false;
        try {
            Optional<ConsumerRecord<byte[], byte[]>> found = read(reader, place);
            well = true;
            return found;
        } finally {
            giveBack(reader, well);
        }
    }

    private static Optional<ConsumerRecord<byte[], byte[]>> read(
            Consumer<byte[], byte[]> reader, Place place) {
        TopicPartition partition = new TopicPartition(place.topic(), place.partition());
        reader.assign(List.of(partition));
        long first = reader.beginningOffsets(List.of(partition), LIMIT).getOrDefault(partition, 0L);
        if (first > place.offset()) {
            return Optional.empty();
        }
        reader.seek(partition, place.offset());
        long end = System.nanoTime() + LIMIT.toNanos();
        while (System.nanoTime() < end) {
            for (ConsumerRecord<byte[], byte[]> record : reader.poll(POLL)) {
                return Optional.of(record).filter(one -> one.offset() == place.offset());
            }
        }
        return Optional.empty();
    }

    private Consumer<byte[], byte[]> take() {
        @Nullable Consumer<byte[], byte[]> reader = free.poll();
        if (reader != null) {
            return reader;
        }
        if (made.incrementAndGet() <= MOST_READERS) {
            return clients.consumer(
                    "ringback-console-bodies",
                    Map.of(
                            "max.poll.records",
                            "1",
                            "fetch.max.wait.ms",
                            "50",
                            "max.partition.fetch.bytes",
                            "65536",
                            "auto.offset.reset",
                            "none"));
        }
        made.decrementAndGet();
        return await();
    }

    private Consumer<byte[], byte[]> await() {
        try {
            @Nullable Consumer<byte[], byte[]> reader =
                    free.poll(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
            if (reader == null) {
                throw new KafkaException("all readers are busy");
            }
            return reader;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaException("interrupted", e);
        }
    }

    private void giveBack(Consumer<byte[], byte[]> reader, boolean well) {
        if (!well || closed || !free.offer(reader)) {
            made.decrementAndGet();
            reader.close(CloseOptions.timeout(Duration.ZERO));
        }
    }

    @Override
    public void close() {
        closed = true;
        for (@Nullable Consumer<byte[], byte[]> one = free.poll(); one != null; one = free.poll()) {
            one.close(CloseOptions.timeout(Duration.ZERO));
        }
    }
}
