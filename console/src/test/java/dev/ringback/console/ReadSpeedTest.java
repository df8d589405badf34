package dev.ringback.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.runtime.Setting;
import dev.ringback.schemas.Attempt;
import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.Json;
import dev.ringback.schemas.Reason;
import dev.ringback.schemas.Topics;
import dev.ringback.testkit.Await;
import dev.ringback.testkit.BulkWriter;
import dev.ringback.testkit.TestKafka;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * How fast the routes answer over many deliveries with three attempts each: {@code
 * -Dringback.read.deliveries=1000000}. Not part of the build, which would take too long.
 */
@SuppressWarnings("SystemOut") // its table is what it is for
@EnabledIfSystemProperty(named = "ringback.read.deliveries", matches = "\\d+")
class ReadSpeedTest {
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
        ConsoleService console =
                new ConsoleService(
                        kafka.settings(Map.of(Setting.API_KEYS.name(), "all=*@*:KEY")),
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
        } finally {
            console.stop();
            kafka.close();
        }
        assertThat(p95s).allSatisfy((what, millis) -> assertThat(millis).isLessThan(300));
        assertThat(p95s.get("one call")).isLessThan(100);
    }

    private boolean isWhole(Reader reader) {
        Reader.Answer ledger = reader.get("/v1/ledger");
        return ledger.status() == 200
                && !ledger.json().has("partial")
                && ledger.json().path("deliveries").intValue() == deliveries
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
        p95(reader, "one delivery", () -> "/v1/deliveries/" + ids.get(random.nextInt(ids.size())));
        p95(reader, "stats", () -> "/v1/endpoints/" + endpoint() + "/stats");
        p95(reader, "overview", () -> "/v1/overview");
        p95(reader, "ledger", () -> "/v1/ledger");
    }

    private interface Where {
        String next();
    }

    private void p95(Reader reader, String what, Where where) {
        List<Long> millis = new ArrayList<>();
        for (int i = 0; i < ROUNDS; i++) {
            String path = where.next();
            long began = System.nanoTime();
            assertThat(reader.get(path).status()).as(path).isEqualTo(200);
            millis.add((System.nanoTime() - began) / 1_000_000);
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

    private int call() {
        return random.nextInt(Math.max(1, deliveries / OF_A_CALL));
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
                }
                DeliveryHeader header =
                        Records.header("acc_" + i / OF_A_CALL % 20, call, endpoint(), at);
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
                                .put("account_id", "acc_" + number / OF_A_CALL % 20)
                                .put("agent_id", "ag_" + number / OF_A_CALL % 50)
                                .put("from", "+49" + number)
                                .put("status", "completed")
                                .put("created_at", at.toString())));
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
