package dev.ringback.ingest;

import dev.ringback.ingest.EventBatch.Ready;
import dev.ringback.runtime.KafkaClients;
import dev.ringback.runtime.Lifecycle;
import dev.ringback.schemas.Topics;
import dev.ringback.trace.Trace;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts events into {@code call.events} and says which of them Kafka has confirmed by the deadline.
 * Events of one request are sent together and keep their order within a subject. Thread-safe.
 */
final class EventPublisher implements Lifecycle.Part {
    private static final Logger LOG = LoggerFactory.getLogger(EventPublisher.class);
    private static final Duration CLOSE = Duration.ofSeconds(1);
    private static final long LEAST_BUFFER = 32L << 20;
    private static final int BATCH_BYTES = 128 << 10;

    private final KafkaClients clients;
    private final Duration deadline;
    private final long bufferBytes;
    private final InstantSource clock;
    private final AtomicBoolean failing = new AtomicBoolean();
    private volatile @Nullable Producer<byte[], byte[]> producer;
    private volatile Instant lastConfirmed = Instant.EPOCH;

    EventPublisher(KafkaClients clients, Duration deadline, long bufferBytes, InstantSource clock) {
        this.clients = clients;
        this.deadline = deadline;
        this.bufferBytes = Math.max(LEAST_BUFFER, bufferBytes);
        this.clock = clock;
    }

    @Override
    public void start() {
        producer =
                clients.producer(
                        "ingest-events",
                        deadline,
                        Map.of(
                                "linger.ms", "1",
                                "batch.size", Integer.toString(BATCH_BYTES),
                                "buffer.memory", Long.toString(bufferBytes)));
    }

    @Override
    public void stop() {
        Producer<byte[], byte[]> mine = producer;
        if (mine != null) {
            mine.close(CLOSE);
        }
    }

    /** When Kafka last confirmed an event. */
    Instant lastConfirmed() {
        return lastConfirmed;
    }

    /**
     * Sends events and waits for Kafka, no longer than the deadline.
     *
     * @param trace what they belong to
     * @return for each event whether Kafka has confirmed it; one that is not may still arrive
     */
    List<Boolean> publish(List<Ready> events, Optional<Trace> trace) {
        Instant end = clock.instant().plus(deadline);
        List<Future<RecordMetadata>> sent = send(events, trace, end);
        List<Boolean> confirmed = new ArrayList<>(events.size());
        Optional<String> trouble =
                sent.size() < events.size() ? Optional.of("cannot be sent") : Optional.empty();
        for (Future<RecordMetadata> future : sent) {
            Optional<String> mine = trouble(future, end);
            confirmed.add(mine.isEmpty());
            trouble = trouble.or(() -> mine);
        }
        while (confirmed.size() < events.size()) {
            confirmed.add(false);
        }
        report(trouble);
        return confirmed;
    }

    /**
     * Sends as long as a blocking send would still end before the deadline; each blocks for at most
     * half of it.
     */
    private List<Future<RecordMetadata>> send(
            List<Ready> events, Optional<Trace> trace, Instant end) {
        List<Future<RecordMetadata>> sent = new ArrayList<>(events.size());
        Producer<byte[], byte[]> to = producer;
        if (to == null) {
            return sent;
        }
        Instant last = end.minus(deadline.dividedBy(2));
        for (Ready event : events) {
            if (clock.instant().isAfter(last)) {
                break;
            }
            try {
                sent.add(to.send(record(event, trace)));
            } catch (KafkaException | IllegalStateException e) {
                LOG.debug("an event cannot be sent", e);
                break;
            }
        }
        return sent;
    }

    private static ProducerRecord<byte[], byte[]> record(Ready event, Optional<Trace> trace) {
        byte[] key = event.key().getBytes(StandardCharsets.UTF_8);
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(Topics.EVENTS, key, event.value());
        trace.ifPresent(
                known ->
                        known.each(
                                (name, value) ->
                                        record.headers()
                                                .add(
                                                        name,
                                                        value.getBytes(StandardCharsets.UTF_8))));
        return record;
    }

    /** Why an event is not confirmed; empty when it is. */
    private Optional<String> trouble(Future<RecordMetadata> future, Instant end) {
        try {
            long left = Duration.between(clock.instant(), end).toNanos();
            future.get(Math.max(0, left), TimeUnit.NANOSECONDS);
            return Optional.empty();
        } catch (TimeoutException e) {
            return Optional.of("no answer within " + deadline.toMillis() + " ms");
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            return Optional.of(String.valueOf(cause.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of("interrupted");
        }
    }

    /** One line when trouble begins and one when it ends. */
    private void report(Optional<String> trouble) {
        if (trouble.isEmpty()) {
            lastConfirmed = clock.instant();
            if (failing.compareAndSet(true, false)) {
                LOG.info("Kafka confirms events again");
            }
        } else if (failing.compareAndSet(false, true)) {
            LOG.warn("Kafka does not confirm events: {}", trouble.get());
        }
    }
}
