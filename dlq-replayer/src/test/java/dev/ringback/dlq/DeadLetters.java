package dev.ringback.dlq;

import dev.ringback.runtime.Setting;
import dev.ringback.runtime.Settings;
import dev.ringback.schemas.Attempt;
import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.Json;
import dev.ringback.schemas.Reason;
import dev.ringback.schemas.Topics;
import dev.ringback.testkit.BulkWriter;
import dev.ringback.testkit.TestKafka;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import tools.jackson.databind.JsonNode;

/** A broker with dead deliveries, and the commands run against it. */
final class DeadLetters implements AutoCloseable {
    /** When the commands believe to run. */
    static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");

    private final TestKafka kafka;
    private final BulkWriter writer;

    DeadLetters() {
        this(TestKafka.start());
    }

    /** On this broker, which it stops in the end. */
    DeadLetters(TestKafka kafka) {
        this.kafka = kafka;
        this.writer = new BulkWriter(kafka.clients(), "dead");
    }

    /** What a command did. */
    record Ran(int code, String out, String err) {
        List<JsonNode> lines() {
            return out.lines()
                    .map(line -> Json.parse(line.getBytes(StandardCharsets.UTF_8)))
                    .toList();
        }

        /** The name of a job, where it says what it did last. */
        String lastWord() {
            return err.substring(err.lastIndexOf(' ') + 1).strip();
        }

        List<String> ids() {
            return lines().stream().map(line -> line.path("delivery_id").asString("?")).toList();
        }
    }

    TestKafka kafka() {
        return kafka;
    }

    /** A header that the tests change in what matters to them. */
    static Dead dead(String id) {
        return new Dead(
                id, "ep_1", "acc_1", "call-1", "call.ended", Reason.exhausted, 503, NOW, null);
    }

    /** What matters of a dead delivery's header. */
    record Dead(
            String id,
            String endpoint,
            String account,
            String call,
            String type,
            Reason reason,
            Integer status,
            Instant died,
            DeliveryHeader.Replay replay) {
        Dead endpoint(String to) {
            return new Dead(id, to, account, call, type, reason, status, died, replay);
        }

        Dead account(String to) {
            return new Dead(id, endpoint, to, call, type, reason, status, died, replay);
        }

        Dead call(String to) {
            return new Dead(id, endpoint, account, to, type, reason, status, died, replay);
        }

        Dead type(String to) {
            return new Dead(id, endpoint, account, call, to, reason, status, died, replay);
        }

        Dead reason(Reason to) {
            return new Dead(id, endpoint, account, call, type, to, status, died, replay);
        }

        Dead status(Integer to) {
            return new Dead(id, endpoint, account, call, type, reason, to, died, replay);
        }

        Dead ago(Duration age) {
            return new Dead(
                    id, endpoint, account, call, type, reason, status, NOW.minus(age), replay);
        }

        Dead replayedBefore(int count) {
            DeliveryHeader.Replay before = new DeliveryHeader.Replay("rpl_old", count, NOW);
            return new Dead(id, endpoint, account, call, type, reason, status, died, before);
        }

        DeliveryHeader header() {
            return new DeliveryHeader(
                    id,
                    "evt-" + id,
                    type,
                    type,
                    call,
                    account,
                    endpoint,
                    "standard",
                    DeliveryHeader.Kind.notify,
                    "application/json",
                    7,
                    NOW.minus(Duration.ofDays(1)),
                    15,
                    died,
                    died.minus(Duration.ofHours(16)),
                    status,
                    status == null ? "timeout" : "status",
                    replay,
                    new DeliveryHeader.Origin("call.events", 1, 42),
                    null,
                    null,
                    reason,
                    died,
                    null,
                    null);
        }

        String body() {
            return "{\"n\": 1e3, \"id\":\"" + id + "\"}";
        }
    }

    /** Puts deliveries into the dead topic. */
    void died(Dead... dead) {
        for (Dead one : dead) {
            writer.send(record(Topics.DEAD, one, one.header().bytes()));
        }
        writer.flush();
    }

    /** Puts a record into the dead topic whose header is something else. */
    void diedWithHeader(Dead one, byte[] header) {
        writer.send(record(Topics.DEAD, one, header));
        writer.flush();
    }

    /** What a dispatcher says of an attempt. */
    void attempted(Dead one, int number, Attempt.Trigger trigger, Attempt.Result outcome) {
        Attempt attempt =
                new Attempt(
                        "att_" + number,
                        one.id(),
                        "evt-" + one.id(),
                        one.type(),
                        one.call(),
                        one.account(),
                        one.endpoint(),
                        "standard",
                        number,
                        trigger,
                        NOW.plusSeconds(number),
                        12,
                        "https://crm.example/hooks",
                        Map.of(),
                        outcome == Attempt.Result.delivered ? 200 : 503,
                        Map.of(),
                        "",
                        false,
                        outcome,
                        null,
                        null);
        byte[] key = one.id().getBytes(StandardCharsets.UTF_8);
        writer.send(new ProducerRecord<>(Topics.ATTEMPTS, key, Json.bytes(attempt)));
        writer.flush();
    }

    private static ProducerRecord<byte[], byte[]> record(String topic, Dead one, byte[] header) {
        byte[] key = one.header().key().getBytes(StandardCharsets.UTF_8);
        byte[] body = one.body().getBytes(StandardCharsets.UTF_8);
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, key, body);
        record.headers().add("traceparent", "00-1".getBytes(StandardCharsets.UTF_8));
        if (header != null) {
            record.headers().add(DeliveryHeader.NAME, header);
        }
        return record;
    }

    /** The delivery header of a record. */
    static DeliveryHeader header(Iterable<Header> headers) {
        for (Header header : headers) {
            if (header.key().equals(DeliveryHeader.NAME)) {
                return DeliveryHeader.read(header.value());
            }
        }
        throw new AssertionError("no delivery header");
    }

    /** Runs a command that nobody can be asked by. */
    Ran run(String... args) {
        return run(kafka.settings(Map.of()), "", args);
    }

    /** Runs a command on a terminal where somebody types an answer. */
    Ran answering(String answer, String... args) {
        return run(kafka.settings(Map.of(Setting.TTY.name(), "true")), answer, args);
    }

    static Ran run(Settings settings, String answer, String... args) {
        return run(Clock.fixed(NOW, ZoneOffset.UTC), settings, answer, args);
    }

    static Ran run(Clock clock, Settings settings, String answer, String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code =
                Main.run(
                        args,
                        settings,
                        new PrintStream(out, false, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8),
                        new ByteArrayInputStream(answer.getBytes(StandardCharsets.UTF_8)),
                        clock);
        return new Ran(
                code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /** Forgets all records. */
    void clear() throws Exception {
        Map<TopicPartition, RecordsToDelete> all = new HashMap<>();
        try (Consumer<byte[], byte[]> consumer = kafka.clients().consumer("ends", Map.of())) {
            for (String topic :
                    List.of(
                            Topics.DEAD,
                            Topics.REPLAY,
                            Topics.REPLAYED,
                            Topics.PURGED,
                            Topics.ATTEMPTS)) {
                List<TopicPartition> partitions =
                        consumer.partitionsFor(topic).stream()
                                .map(info -> new TopicPartition(topic, info.partition()))
                                .toList();
                consumer.endOffsets(partitions)
                        .forEach((p, end) -> all.put(p, RecordsToDelete.beforeOffset(end)));
            }
        }
        try (Admin admin = kafka.clients().admin("clear")) {
            admin.deleteRecords(all).all().get();
        }
    }

    @Override
    public void close() {
        writer.close();
        kafka.close();
    }
}
