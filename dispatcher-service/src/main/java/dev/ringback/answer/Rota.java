package dev.ringback.answer;

import dev.ringback.runtime.KafkaClients;
import dev.ringback.schemas.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;

/**
 * The producers of one partition, each with a transactional id of its own that is the partition's,
 * which take turns. Kafka needs a moment to close a transaction that was committed, and makes the
 * next one of the same producer wait for 20 ms when it comes before; the other one need not wait.
 * Used by one thread.
 */
final class Rota implements AutoCloseable {
    private static final int PRODUCERS = 2;
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(1);

    private final List<Producer<byte[], byte[]>> producers = new ArrayList<>();
    private int next;

    /** Producers that have yet to {@link #begin}. */
    Rota(KafkaClients clients, int partition) {
        try {
            for (int i = 0; i < PRODUCERS; i++) {
                String id = "ringback-answers-" + partition + "-" + i;
                producers.add(clients.producer(id, config(id)));
            }
        } catch (KafkaException e) {
            close();
            throw e;
        }
    }

    /**
     * Returns when nobody else can commit anything of the partition any more, and what others had
     * begun is either committed or never will be.
     */
    void begin() {
        producers.forEach(Producer::initTransactions);
    }

    /** Writes all of the records or none; after a failure nobody knows which. */
    void commit(List<ProducerRecord<byte[], byte[]>> records) {
        Producer<byte[], byte[]> producer = producers.get(next);
        next = (next + 1) % producers.size();
        producer.beginTransaction();
        records.forEach(producer::send);
        producer.commitTransaction();
    }

    @Override
    public void close() {
        producers.forEach(producer -> producer.close(CLOSE_LIMIT));
    }

    /**
     * Nothing is sent before the commit, which then sends all of it in one request to each broker:
     * a second request of the same transaction at the same time would have to wait as above.
     */
    private static Map<String, Object> config(String id) {
        return Map.of(
                "transactional.id", id,
                "transaction.timeout.ms", "10000",
                "delivery.timeout.ms", "10000",
                "request.timeout.ms", "5000",
                "max.block.ms", "10000",
                "linger.ms", "5000",
                "batch.size", Integer.toString(128 << 10),
                "retry.backoff.ms", "5",
                "buffer.memory", Integer.toString(2 * Topics.MAX_RECORD_BYTES));
    }
}
