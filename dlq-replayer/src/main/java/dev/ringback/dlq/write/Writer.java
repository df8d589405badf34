package dev.ringback.dlq.write;

import dev.ringback.dlq.terminal.Closing;
import dev.ringback.dlq.terminal.Failure;
import dev.ringback.runtime.KafkaClients;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;

/** Writes records one after the other and counts those that Kafka has taken. For one thread. */
public final class Writer implements AutoCloseable {
    private static final Map<String, Object> PATIENCE =
            Map.of(
                    "max.block.ms", "15000",
                    "request.timeout.ms", "10000",
                    "delivery.timeout.ms", "30000");
    private static final Duration CLOSE = Duration.ofSeconds(5);

    private final Producer<byte[], byte[]> producer;
    private final AtomicLong written = new AtomicLong();
    private final AtomicReference<@Nullable Exception> problem = new AtomicReference<>();

    /** Writes with a producer of its own. */
    public Writer(KafkaClients clients) {
        this.producer = clients.producer("ringback-dlq", PATIENCE);
    }

    /**
     * Writes a record, sooner or later.
     *
     * @throws Failure when Kafka has refused an earlier one
     */
    public void write(ProducerRecord<byte[], byte[]> next) {
        check();
        try {
            producer.send(
                    next,
                    (sent, refused) -> {
                        if (refused == null) {
                            written.incrementAndGet();
                        } else {
                            problem.compareAndSet(null, refused);
                        }
                    });
        } catch (InterruptException e) {
            throw e;
        } catch (KafkaException e) {
            problem.compareAndSet(null, e);
            check();
        }
    }

    /**
     * Waits until Kafka has taken everything.
     *
     * @throws Failure when it has refused something
     */
    public void flush() {
        producer.flush();
        check();
    }

    /** How many records Kafka has taken so far. */
    public long written() {
        return written.get();
    }

    /** How many Kafka has taken once it has taken or refused each. */
    public long settled() {
        producer.flush();
        return written();
    }

    private void check() {
        Exception refused = problem.get();
        if (refused != null) {
            throw new Failure(Failure.words(refused));
        }
    }

    @Override
    public void close() {
        Closing.calmly(() -> producer.close(CLOSE));
    }
}
