package dev.ringback.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.console.web.TestVisitor;
import dev.ringback.ingest.IngestService;
import dev.ringback.runtime.SecretBox;
import dev.ringback.runtime.Setting;
import dev.ringback.runtime.Settings;
import dev.ringback.schemas.Attempt;
import dev.ringback.schemas.CallEvent;
import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.EventType;
import dev.ringback.schemas.Json;
import dev.ringback.schemas.Reason;
import dev.ringback.schemas.Topics;
import dev.ringback.testkit.Await;
import dev.ringback.testkit.BulkWriter;
import dev.ringback.testkit.TestKafka;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * How fast routes and pages answer over many deliveries with three attempts each, and how soon an
 * attempt shows: {@code -Dringback.read.deliveries=1000000}. Not part of the build, which would
 * take too long.
 */
@SuppressWarnings("SystemOut") // its table is what it is for
@EnabledIfSystemProperty(named = "ringback.read.deliveries", matches = "\\d+")
class ReadSpeedTest {
    private static final int WARM_UP = 30;
    private static final int ROUNDS = 100;
    private static final int ENDPOINTS = 1_000;
    private static final int OF_A_CALL = 5;
    private static final Duration LIMIT = Duration.ofHours(1);

    private final int deliveries = Integer.getInteger("ringback.read.deliveries", 0);
    private final Random random = new Random(42);
    private final List<String> ids = new ArrayList<>();
    private final Map<String, Long> p95s = new LinkedHashMap<>();

    @Test
    void routes_overManyDeliveries_answerInTime() {
        TestKafka kafka = TestKafka.start(Map.of(Setting.PARTITIONS.name(), "12"));
        Settings settings =
                kafka.settings(
                        Map.of(
                                Setting.API_KEYS.name(),
                                "all=*@*:KEY",
                                Setting.MASTER_KEY.name(),
                                SecretBox.newKey("test", new SecureRandom())));
        IngestService ingest = new IngestService(settings, Clock.systemUTC());
        ingest.start();
        ConsoleService console =
                new ConsoleService(
                        settings.with(Setting.INGEST_URL, "http://127.0.0.1:" + ingest.port()),
                        Clock.systemUTC());
        try {
            long began = System.nanoTime();
            fill(kafka);
            say("filled", began);
            began = System.nanoTime();
            console.start();
            Reader reader = new Reader(console, "KEY");
            Await.until("all is there", LIMIT, () -> isWhole(reader));
            say("read", began);
            measure(reader);
            measure(TestVisitor.with("http://127.0.0.1:" + console.port(), "KEY"));
            soon(kafka, reader);
        } finally {
            console.stop();
            ingest.stop();
            kafka.close();
        }
        assertThat(p95s.remove("an attempt shows")).isLessThan(1_000);
        assertThat(p95s).allSatisfy((what, millis) -> assertThat(millis).isLessThan(300));
        assertThat(p95s.get("one call")).isLessThan(100);
        assertThat(p95s.get("page of one call")).isLessThan(100);
    }

    private boolean isWhole(Reader reader) {
        Reader.Answer ledger = reader.get("/v1/ledger");
        return ledger.status() == 200
                && !ledger.json().has("partial")
                && ledger.json().path("deliveries").intValue() == deliveries
                && ledger.json().path("accepted_events").intValue() == calls()
                && ledger.json().path("pending").intValue() == 0;
    }

    private void measure(Reader reader) {
        p95(reader, "deliveries", () -> "/v1/deliveries");
        p95(reader, "of an endpoint", () -> "/v1/deliveries?endpoint_id=" + endpoint());
        p95(reader, "a rare reason", () -> "/v1/deliveries?reason=gone");
        p95(reader, "dead", () -> "/v1/dead?reason=exhausted");
        p95(reader, "dead groups", () -> "/v1/dead/groups");
        p95(reader, "calls", () -> "/v1/calls");
        p95(reader, "calls of an agent", () -> "/v1/calls?agent_id=ag_7&status=completed");
        p95(reader, "one call", () -> "/v1/calls/call-" + call());
        p95(reader, "its deliveries", () -> "/v1/calls/call-" + call() + "/deliveries");
        p95(reader, "one delivery", () -> "/v1/deliveries/" + id());
        p95(reader, "stats", () -> "/v1/endpoints/" + endpoint() + "/stats");
        p95(reader, "overview", () -> "/v1/overview");
        p95(reader, "ledger", () -> "/v1/ledger");
    }

    private void measure(TestVisitor visitor) {
        page(visitor, "page of overview", () -> "/");
        page(visitor, "page of calls", () -> "/calls");
        page(visitor, "page of a search", () -> "/calls?from=%2B49" + call() * OF_A_CALL);
        page(visitor, "page of one call", () -> "/calls/call-" + call());
        page(visitor, "page of deliveries", () -> "/deliveries");
        page(visitor, "page of dead ones", () -> "/deliveries?state=dead&reason=exhausted");
        page(visitor, "page of a delivery", () -> "/deliveries/" + id());
        page(visitor, "page of endpoints", () -> "/endpoints");
        page(visitor, "page of the dead", () -> "/dead");
        page(visitor, "page of the ledger", () -> "/ledger");
    }

    /** From when Kafka has an attempt to when it is shown. */
    private void soon(TestKafka kafka, Reader reader) {
        try (Records records = new Records(kafka.clients())) {
            p95(
                    "an attempt shows",
                    () -> {
                        Instant now = Instant.now();
                        DeliveryHeader header =
                                records.made(Records.header("acc_1", "call-new", endpoint(), now));
                        String path = "/v1/deliveries/" + header.deliveryId();
                        Attempt attempt =
                                Records.attempt(header, 1, now, Attempt.Result.delivered, null);
                        records.tried(attempt);
                        return () ->
                                Await.until(
                                        "the attempt",
                                        LIMIT,
                                        () ->
                                                reader.get(path)
                                                        .body()
                                                        .contains(attempt.attemptId()));
                    });
        }
    }

    private interface Where {
        String next();
    }

    private void p95(Reader reader, String what, Where where) {
        p95(
                what,
                () -> {
                    String path = where.next();
                    return () -> assertThat(reader.get(path).status()).as(path).isEqualTo(200);
                });
    }

    private void page(TestVisitor visitor, String what, Where where) {
        p95(
                what,
                () -> {
                    String path = where.next();
                    return () -> assertThat(visitor.get(path).statusCode()).as(path).isEqualTo(200);
                });
    }

    /** Each prepares what is then measured. */
    private void p95(String what, Supplier<Runnable> each) {
        List<Long> millis = new ArrayList<>();
        for (int i = 0; i < WARM_UP + ROUNDS; i++) {
            Runnable measured = each.get();
            long began = System.nanoTime();
            measured.run();
            if (i >= WARM_UP) {
                millis.add((System.nanoTime() - began) / 1_000_000);
            }
        }
        millis.sort(null);
        p95s.put(what, millis.get(ROUNDS * 95 / 100));
        System.out.printf(
                Locale.ROOT,
                "%-20s p50 %4d ms  p95 %4d ms%n",
                what,
                millis.get(ROUNDS / 2),
                millis.get(ROUNDS * 95 / 100));
    }

    private String endpoint() {
        return "ep_" + random.nextInt(ENDPOINTS);
    }

    private String id() {
        return ids.get(random.nextInt(ids.size()));
    }

    private int call() {
        return random.nextInt(calls());
    }

    private int calls() {
        return Math.ceilDiv(deliveries, OF_A_CALL);
    }

    private static void say(String what, long began) {
        System.out.printf(
                Locale.ROOT, "%s in %d s%n", what, (System.nanoTime() - began) / 1_000_000_000);
    }

    private void fill(TestKafka kafka) {
        Instant start = Instant.now().minus(Duration.ofHours(1));
        try (BulkWriter writer = new BulkWriter(kafka.clients(), "filler")) {
            for (int i = 0; i < deliveries; i++) {
                Instant at = start.plusMillis(i * 3_000_000L / deliveries);
                String call = "call-" + i / OF_A_CALL;
                if (i % OF_A_CALL == 0) {
                    writer.send(call(call, i, at));
                    writer.send(event(call, i, at));
                }
                DeliveryHeader header = Records.header(account(i), call, endpoint(), at);
                if (i % 1_000 == 0) {
                    ids.add(header.deliveryId());
                }
                writer.send(delivery(Topics.DELIVERIES, header));
                boolean dies = i % 20 == 0;
                writer.send(attempt(header, 1, at, Attempt.Result.retry));
                writer.send(attempt(header, 2, at.plusSeconds(5), Attempt.Result.retry));
                writer.send(
                        attempt(
                                header,
                                3,
                                at.plusSeconds(10),
                                dies ? Attempt.Result.dead : Attempt.Result.delivered));
                if (dies) {
                    Reason why = i % 10_000 == 0 ? Reason.gone : Reason.exhausted;
                    writer.send(
                            delivery(Topics.DEAD, Records.dead(header, why, at.plusSeconds(10))));
                }
            }
            writer.flush();
        }
    }

    private static ProducerRecord<byte[], byte[]> call(String id, int number, Instant at) {
        return new ProducerRecord<>(
                Topics.SNAPSHOTS,
                Records.utf8(id),
                Json.bytes(
                        Json.object()
                                .put("call_id", id)
                                .put("account_id", account(number))
                                .put("agent_id", "ag_" + number / OF_A_CALL % 50)
                                .put("from", "+49" + number)
                                .put("status", "completed")
                                .put("created_at", at.toString())));
    }

    private static ProducerRecord<byte[], byte[]> event(String call, int number, Instant at) {
        CallEvent event =
                CallEvent.of("e-" + number, EventType.CALL_ENDED, at, account(number), call);
        return new ProducerRecord<>(Topics.EVENTS, Records.utf8(call), event.bytes());
    }

    private static String account(int number) {
        return "acc_" + number / OF_A_CALL % 20;
    }

    private static ProducerRecord<byte[], byte[]> delivery(String topic, DeliveryHeader header) {
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(topic, Records.utf8(header.key()), Records.body(header));
        record.headers().add(DeliveryHeader.NAME, header.bytes());
        return record;
    }

    private static ProducerRecord<byte[], byte[]> attempt(
            DeliveryHeader header, int number, Instant at, Attempt.Result outcome) {
        Instant due = outcome == Attempt.Result.retry ? at.plusSeconds(5) : null;
        Attempt attempt = Records.attempt(header, number, at, outcome, due);
        return new ProducerRecord<>(
                Topics.ATTEMPTS, Records.utf8(header.deliveryId()), Json.bytes(attempt));
    }
}
