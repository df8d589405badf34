package dev.ringback.console.answer;

import dev.ringback.console.topology.DeliveryState;
import dev.ringback.dlq.scan.Mark;
import dev.ringback.runtime.KafkaClients;
import dev.ringback.runtime.Problem;
import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.Json;
import dev.ringback.schemas.Reason;
import dev.ringback.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Replays one delivery, dead or delivered: same id, same bytes. Thread-safe. */
public final class SingleReplay implements AutoCloseable {
    private static final Duration DEADLINE = Duration.ofSeconds(5);

    /** A question that is older is not answered any more. */
    private static final Duration QUESTION = Duration.ofMinutes(15);

    private final KafkaClients clients;
    private final Clock clock;

    /** Within this the console has read of a replay, and says that the delivery is pending. */
    private static final Duration UNREAD = Duration.ofSeconds(10);

    private final Map<Replayed, Instant> unread = new ConcurrentHashMap<>();
    private @Nullable Producer<byte[], byte[]> producer;

    /** A delivery, and how often it has been replayed with this one. */
    private record Replayed(String id, int count) {}

    /** Writes to this Kafka. */
    public SingleReplay(KafkaClients clients, Clock clock) {
        this.clients = clients;
        this.clock = clock;
    }

    /**
     * Replays it.
     *
     * @param delivery its document, with what is not shown
     * @param record in which its body lies
     */
    ObjectNode replay(JsonNode delivery, ConsumerRecord<byte[], byte[]> record) {
        String id = delivery.path("delivery_id").stringValue("");
        DeliveryHeader header =
                DeliveryHeader.read(record.headers().lastHeader(DeliveryHeader.NAME).value());
        Instant now = clock.instant();
        boolean asks = header.kind() == DeliveryHeader.Kind.control;
        if (asks && header.createdAt().plus(QUESTION).isBefore(now)) {
            throw Problem.of(409, "it asked what a call does next, and nobody waits any more");
        }
        if (header.reason() == Reason.too_large) {
            throw Problem.of(409, "its body was too large to be kept: there is nothing to send");
        }
        boolean buried =
                record.topic().equals(Topics.DEAD)
                        && delivery.path("state").stringValue("").equals("dead");
        int count = delivery.path("replay").path("count").intValue(0) + 1;
        String replay = "rpl_" + UUID.randomUUID();
        DeliveryHeader.From from =
                buried ? new DeliveryHeader.From(record.partition(), record.offset(), 1) : null;
        sendOnce(
                new Replayed(id, count),
                living(
                        record,
                        header.replayed(new DeliveryHeader.Replay(replay, count, now, from))));
        if (buried) {
            // a mark without a replay would hide it for good, so the mark comes second
            send(
                    new Mark(replay, now, 1)
                            .record(Topics.REPLAYED, record.partition(), record.offset()));
        }
        return Json.object().put("delivery_id", id).put("replay_id", replay);
    }

    private static ProducerRecord<byte[], byte[]> living(
            ConsumerRecord<byte[], byte[]> record, DeliveryHeader header) {
        byte[] key = header.key().getBytes(StandardCharsets.UTF_8);
        ProducerRecord<byte[], byte[]> living =
                new ProducerRecord<>(Topics.REPLAY, record.partition(), key, record.value());
        for (Header other : record.headers()) {
            if (!other.key().equals(DeliveryHeader.NAME)) {
                living.headers().add(other);
            }
        }
        living.headers().add(DeliveryHeader.NAME, header.bytes());
        return living;
    }

    private void sendOnce(Replayed replayed, ProducerRecord<byte[], byte[]> living) {
        Instant now = clock.instant();
        unread.values().removeIf(at -> at.plus(UNREAD).isBefore(now));
        if (unread.putIfAbsent(replayed, now) != null) {
            throw Problem.of(409, "it was replayed a moment ago");
        }
        boolean sent = false;
        try {
            send(living);
            sent = true;
        } finally {
            if (!sent) {
                unread.remove(replayed);
            }
        }
    }

    private void send(ProducerRecord<byte[], byte[]> record) {
        try {
            producer().send(record).get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unconfirmed("interrupted");
        } catch (ExecutionException e) {
            throw unconfirmed(String.valueOf(e.getMessage()));
        } catch (KafkaException e) {
            throw unconfirmed(String.valueOf(e.getMessage()));
        }
    }

    private static Problem unconfirmed(String why) {
        return Problem.of(503, "Kafka has not confirmed it: " + why).header("Retry-After", "5");
    }

    private synchronized Producer<byte[], byte[]> producer() {
        Producer<byte[], byte[]> mine =
                producer == null
                        ? clients.producer("ringback-console-replay", DEADLINE, Map.of())
                        : producer;
        producer = mine;
        return mine;
    }

    /** Whether a delivery may be replayed now. */
    static void check(JsonNode delivery) {
        if (delivery.path("state").stringValue("").equals("pending")) {
            throw Problem.of(409, "it is pending: it is tried without being replayed");
        }
        if (!delivery.path(DeliveryState.OWN).has("made")
                && !delivery.path(DeliveryState.OWN).has("death")) {
            throw Problem.of(409, "no topic has a record of it");
        }
    }

    @Override
    public synchronized void close() {
        if (producer != null) {
            producer.close(Duration.ofSeconds(1));
        }
    }
}
