package dev.ringback.trial;

import dev.ringback.rig.Rig;
import dev.ringback.rig.Subscribers;
import dev.ringback.schemas.CallEvent;
import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.EventType;
import dev.ringback.schemas.Json;
import dev.ringback.schemas.Reason;
import dev.ringback.schemas.RetryLadder;
import dev.ringback.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntFunction;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import tools.jackson.databind.node.ObjectNode;

/**
 * Deliveries that wait, written straight into their topics: a part has never been tried, a part is
 * due for its second attempt now, and the rest becomes due within minutes or hours.
 */
public final class Backlog {
    private static final String SUMMARY = "The caller asked about an order. ".repeat(20);
    private static final int UNAVAILABLE = 503;

    /** Where ten of them lie: zero has not been tried, anything else is the rung it waits on. */
    private static final List<Duration> PLACES =
            List.of(
                    Duration.ZERO,
                    Duration.ZERO,
                    Duration.ofSeconds(1),
                    Duration.ofMinutes(1),
                    Duration.ofMinutes(2),
                    Duration.ofMinutes(4),
                    Duration.ofMinutes(8),
                    Duration.ofMinutes(30),
                    Duration.ofHours(1),
                    Duration.ofHours(8));

    private Backlog() {}

    /** Writes this many deliveries for the endpoints in turn; returns when Kafka has them. */
    public static void write(Rig rig, int records, int endpoints, Clock clock) {
        write(rig, records, i -> record(i, endpoints, clock.instant(), place(i, endpoints)));
    }

    /** The same, none of which has been tried. */
    public static void writeUntried(Rig rig, int records, int endpoints, Clock clock) {
        write(rig, records, i -> record(i, endpoints, clock.instant(), Duration.ZERO));
    }

    /** Untried ones as above, with numbers that go on from the first. */
    public static void writeUntried(Rig rig, int first, int records, int endpoints, Clock clock) {
        write(rig, records, i -> record(first + i, endpoints, clock.instant(), Duration.ZERO));
    }

    /** Deliveries that have died, with numbers that go on from the first. */
    public static void writeDead(Rig rig, int first, int records, int endpoints, Clock clock) {
        write(rig, records, i -> dead(first + i, endpoints, clock.instant()));
    }

    private static ProducerRecord<byte[], byte[]> dead(int number, int endpoints, Instant now) {
        ProducerRecord<byte[], byte[]> untried = record(number, endpoints, now, Duration.ZERO);
        DeliveryHeader died =
                DeliveryHeader.read(untried.headers().lastHeader(DeliveryHeader.NAME).value())
                        .dead(Reason.exhausted, now, now, UNAVAILABLE, "status 503");
        RecordHeaders headers = new RecordHeaders();
        headers.add(DeliveryHeader.NAME, died.bytes());
        return new ProducerRecord<>(Topics.DEAD, null, untried.key(), untried.value(), headers);
    }

    private static void write(
            Rig rig, int records, IntFunction<ProducerRecord<byte[], byte[]>> made) {
        AtomicReference<Exception> refusal = new AtomicReference<>();
        // A topic may be so new that its partitions refuse the first batch, and must not take the
        // second before it: the broker would find the first out of order from then on.
        Map<String, Object> bulk =
                Map.of(
                        "linger.ms", "20",
                        "batch.size", "262144",
                        "max.in.flight.requests.per.connection", "1");
        try (Producer<byte[], byte[]> producer = rig.clients().producer("backlog", bulk)) {
            for (int i = 0; i < records; i++) {
                producer.send(
                        made.apply(i),
                        (metadata, error) -> {
                            if (error != null) {
                                refusal.set(error);
                            }
                        });
            }
            producer.flush();
        }
        if (refusal.get() != null) {
            throw new IllegalStateException("Kafka did not take all: " + refusal.get());
        }
    }

    /** Endpoints have each a tenth of theirs in each place. */
    private static Duration place(int number, int endpoints) {
        return PLACES.get((number + number / endpoints) % PLACES.size());
    }

    private static ProducerRecord<byte[], byte[]> record(
            int number, int endpoints, Instant now, Duration wait) {
        int endpoint = number % endpoints;
        String call = "call-" + number;
        CallEvent event =
                CallEvent.of("evt-" + number, EventType.CALL_ENDED, now, "acc_" + endpoint, call);
        DeliveryHeader first =
                DeliveryHeader.first(
                        event,
                        1,
                        event.type().text(),
                        Subscribers.id(endpoint),
                        "standard",
                        "application/json",
                        now,
                        new DeliveryHeader.Origin(Topics.EVENTS, 0, number),
                        null);
        boolean untried = wait.isZero();
        DeliveryHeader header =
                untried
                        ? first
                        : first.retry(now, now.plus(wait), UNAVAILABLE, "status 503").put(now);
        RecordHeaders headers = new RecordHeaders();
        headers.add(DeliveryHeader.NAME, header.bytes());
        return new ProducerRecord<>(
                untried ? Topics.DELIVERIES : RetryLadder.topic(wait),
                null,
                header.key().getBytes(StandardCharsets.UTF_8),
                body(event, number),
                headers);
    }

    private static byte[] body(CallEvent event, int number) {
        ObjectNode body =
                Json.object().put("type", event.type().text()).put("timestamp", event.occurredAt());
        ObjectNode data = body.putObject("data");
        data.putObject("call")
                .put("call_id", event.subjectId())
                .put("account_id", event.accountId())
                .put("summary", SUMMARY);
        data.putObject("event").put("id", event.id()).put("number", number);
        return Json.bytes(body);
    }
}
