package dev.ringback.testkit;

import dev.ringback.runtime.KafkaClients;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Writes many records into topics that may have been created only just now. A partition that is not
 * there yet refuses a producer's first batch; if it is there for the second, which is already on
 * its way, the broker takes that one and finds the first out of order ever after. So only one is on
 * its way at a time.
 */
public final class BulkWriter implements AutoCloseable {
    /** What a producer needs for that. */
    public static final Map<String, Object> ONE_AT_A_TIME =
            Map.of("max.in.flight.requests.per.connection", "1");

    private final Producer<byte[], byte[]> producer;
    private final AtomicReference<@Nullable Exception> refusal = new AtomicReference<>();

    /** Writes by this name. */
    public BulkWriter(KafkaClients clients, String clientId) {
        this.producer = clients.producer(clientId, ONE_AT_A_TIME);
    }

    /** Begins to write a record. */
    public void send(ProducerRecord<byte[], byte[]> record) {
        producer.send(record, (sent, problem) -> refusal.compareAndSet(null, problem));
    }

    /**
     * Returns when Kafka has all of them.
     *
     * @throws IllegalStateException if it refused one
     */
    public void flush() {
        producer.flush();
        Exception problem = refusal.get();
        if (problem != null) {
            throw new IllegalStateException("Kafka did not take all", problem);
        }
    }

    @Override
    public void close() {
        producer.close();
    }
}
