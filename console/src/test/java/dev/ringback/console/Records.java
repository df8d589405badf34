package dev.ringback.console;

import dev.ringback.runtime.KafkaClients;
import dev.ringback.schemas.Attempt;
import dev.ringback.schemas.CallEvent;
import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.DeliveryHeader.Origin;
import dev.ringback.schemas.EventType;
import dev.ringback.schemas.Json;
import dev.ringback.schemas.Reason;
import dev.ringback.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Writes what ingest, routing and the dispatcher write. */
public final class Records implements AutoCloseable {
    private static final AtomicInteger NUMBERS = new AtomicInteger();

    private final Producer<byte[], byte[]> producer;

    /** Writes to this Kafka. */
    public Records(KafkaClients clients) {
        this.producer = clients.producer("test-records", Map.of());
    }

    /** The header of a new delivery of an event of a call to an endpoint. */
    public static DeliveryHeader header(String account, String call, String endpoint, Instant at) {
        CallEvent event =
                CallEvent.of(
                        "evt-" + NUMBERS.incrementAndGet(),
                        EventType.CALL_ENDED,
                        at,
                        account,
                        call);
        return DeliveryHeader.first(
                event,
                1,
                "call.ended",
                endpoint,
                "standard",
                "application/json",
                at,
                new Origin(Topics.EVENTS, 0, 0),
                null);
    }

    /** An attempt at it. */
    public static Attempt attempt(
            DeliveryHeader of,
            int number,
            Instant at,
            Attempt.Result outcome,
            @Nullable Instant due) {
        return new Attempt(
                "att-" + NUMBERS.incrementAndGet(),
                of.deliveryId(),
                of.eventId(),
                of.eventType(),
                of.subjectId(),
                of.accountId(),
                of.endpointId(),
                of.dialect(),
                number,
                of.replay() == null ? Attempt.Trigger.scheduled : Attempt.Trigger.replay,
                at,
                12,
                "https://crm.example/hooks",
                Map.of("content-type", "application/json"),
                outcome == Attempt.Result.delivered ? 204 : 503,
                Map.of(),
                "answer",
                false,
                outcome,
                outcome == Attempt.Result.delivered ? null : "status 503",
                due);
    }

    /** The same delivery among the dead. */
    public static DeliveryHeader dead(DeliveryHeader of, Reason why, Instant at) {
        return of.dead(why, at, at, 503, "status 503");
    }

    /** Routes it. */
    public DeliveryHeader made(DeliveryHeader header) {
        delivery(Topics.DELIVERIES, header);
        return header;
    }

    /** Buries it, as its attempt has said. */
    public DeliveryHeader died(DeliveryHeader header, Reason why, Instant at) {
        tried(attempt(header, 1, at, Attempt.Result.dead, null));
        DeliveryHeader dead = dead(header, why, at);
        delivery(Topics.DEAD, dead);
        return dead;
    }

    /** Writes a record of a delivery. */
    public void delivery(String topic, DeliveryHeader header) {
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(topic, utf8(header.key()), body(header));
        record.headers().add(DeliveryHeader.NAME, header.bytes());
        send(record);
    }

    /** The body of a delivery in these tests. */
    public static byte[] body(DeliveryHeader header) {
        return utf8("{\"event\":\"" + header.eventId() + "\"}");
    }

    /** Logs an attempt. */
    public void tried(Attempt attempt) {
        send(Topics.ATTEMPTS, attempt.deliveryId(), Json.bytes(attempt));
    }

    /** Writes the snapshot of a call. */
    public void call(ObjectNode call) {
        send(Topics.SNAPSHOTS, call.path("call_id").stringValue(), Json.bytes(call));
    }

    /** Reports an event. */
    public void event(CallEvent event) {
        send(Topics.EVENTS, event.subjectId(), event.bytes());
    }

    /** Writes anything. */
    public void send(String topic, String key, byte[] value) {
        send(new ProducerRecord<>(topic, utf8(key), value));
    }

    private void send(ProducerRecord<byte[], byte[]> record) {
        try {
            producer.send(record).get(30, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The UTF-8 of a text. */
    public static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        producer.close();
    }
}
