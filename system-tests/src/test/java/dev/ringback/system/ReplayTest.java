package dev.ringback.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.dlq.Main;
import dev.ringback.schemas.Attempt;
import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.Json;
import dev.ringback.schemas.Reason;
import dev.ringback.schemas.Topics;
import dev.ringback.testkit.Await;
import dev.ringback.testkit.BulkWriter;
import dev.ringback.testkit.SubscriberStub;
import dev.ringback.testkit.SubscriberStub.Answer;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/** What becomes of replayed deliveries, through the whole pipeline. */
class ReplayTest {
    private static final Duration EARLIEST = Duration.ofSeconds(1);
    private static Pipeline pipeline;

    @BeforeAll
    static void start() {
        pipeline = Pipeline.start(Map.of());
    }

    @AfterAll
    static void stop() {
        pipeline.close();
    }

    /** What a command did. */
    private record Ran(int code, String out, String err) {}

    @Test
    void replay_failsAgain_takesItsScheduleCountsAndIsStoppedByTheGuard() {
        try (SubscriberStub subscriber = SubscriberStub.start(request -> Answer.of(500))) {
            String endpoint = endpoint("acc_again", subscriber, "1s", "1s");
            send("acc_again", "call-again");
            Await.until("dead", Pipeline.LIMIT, () -> dead(endpoint).size() == 1);

            for (int count = 1; count <= 2; count++) {
                Ran ran =
                        dlq(
                                "replay --yes --wait --max-replays 2 --format json --endpoint "
                                        + endpoint);

                assertThat(ran.code()).as(ran.err()).isEqualTo(4);
                assertThat(ran.err()).contains("1 delivery replayed: 0 delivered, 1 died again");
                assertThat(ran.out()).contains("\"delivered\":0,\"died_again\":1");
                // That it died is known from the attempt's record, which may be there first.
                int deaths = count + 1;
                Await.until("dead", Pipeline.LIMIT, () -> dead(endpoint).size() == deaths);
                DeliveryHeader latest = dead(endpoint).getLast();
                assertThat(latest.reason()).isEqualTo(Reason.exhausted);
                assertThat(latest.attempt()).isEqualTo(3);
                assertThat(latest.replay().count()).isEqualTo(count);
                assertSchedule(latest.deliveryId(), 3 * (count + 1));
            }

            Ran guarded = dlq("replay --yes --max-replays 2 --endpoint " + endpoint);
            assertThat(guarded.code()).isEqualTo(3);
            assertThat(guarded.err())
                    .contains("1 delivery left out, replayed 2 times or more", "nothing left");
            assertThat(subscriber.count()).isEqualTo(9);
        }
    }

    /** Each of three rounds has attempts 1, 2 and 3, a second apart at least. */
    private static void assertSchedule(String delivery, int attempts) {
        Await.until("logged", Pipeline.LIMIT, () -> attempts(delivery).size() == attempts);
        List<Attempt> made = attempts(delivery);
        for (int i = 0; i < attempts; i++) {
            assertThat(made.get(i).attempt()).isEqualTo(i % 3 + 1);
            assertThat(made.get(i).trigger())
                    .isEqualTo(i < 3 ? Attempt.Trigger.scheduled : Attempt.Trigger.replay);
            if (i % 3 > 0) {
                assertThat(Duration.between(made.get(i - 1).at(), made.get(i).at()))
                        .isGreaterThanOrEqualTo(EARLIEST);
            }
        }
    }

    @Test
    void replay_receiverStillFails_stopsEarly_andGoesOnOnceItIsWell() {
        AtomicBoolean well = new AtomicBoolean();
        try (SubscriberStub subscriber =
                SubscriberStub.start(request -> Answer.of(well.get() ? 200 : 503))) {
            String endpoint = endpoint("acc_guard", subscriber, "1s");
            send("acc_guard", "call-guard");
            Await.until("dead", Pipeline.LIMIT, () -> dead(endpoint).size() == 1);
            multiply(endpoint, 400);

            Ran stopped =
                    dlq("replay --yes --job guard --stop-at-failures 50% --endpoint " + endpoint);

            assertThat(stopped.code()).as(stopped.err()).isEqualTo(4);
            assertThat(stopped.err())
                    .containsPattern("stopped: \\d+ of \\d+ with an outcome failed again")
                    .contains("resume with: ringback dlq replay --job guard --yes");
            assertThat(replayed(endpoint).size()).isBetween(20, 300);

            well.set(true);
            Ran resumed = dlq("replay --yes --wait --job guard");
            assertThat(resumed.code()).as(resumed.err()).isIn(0, 4);
            assertThat(replayed(endpoint)).hasSize(401).doesNotHaveDuplicates();
        }
    }

    /** Puts copies of an endpoint's only dead delivery, under other ids, beside it. */
    private static void multiply(String endpoint, int copies) {
        ConsumerRecord<byte[], byte[]> one =
                pipeline.kafka().records(Topics.DEAD).stream()
                        .filter(record -> header(record).endpointId().equals(endpoint))
                        .findFirst()
                        .orElseThrow();
        ObjectNode header = Json.tree(header(one));
        try (BulkWriter writer = new BulkWriter(pipeline.kafka().clients(), "copies")) {
            for (int i = 0; i < copies; i++) {
                header.put("delivery_id", "dlv_copy_" + i).put("event_id", "evt_copy_" + i);
                ProducerRecord<byte[], byte[]> copy =
                        new ProducerRecord<>(Topics.DEAD, one.partition(), one.key(), one.value());
                copy.headers().add(DeliveryHeader.NAME, Json.bytes(header));
                writer.send(copy);
            }
            writer.flush();
        }
    }

    private static String endpoint(String account, SubscriberStub subscriber, String... schedule) {
        return pipeline.client()
                .endpoint(account, subscriber.url(), schedule)
                .get("id")
                .stringValue();
    }

    private static void send(String account, String call) {
        int status =
                pipeline.client()
                        .post("/v1/events", RingbackClient.ended(account, call, "evt-" + call))
                        .status();
        assertThat(status).isEqualTo(202);
    }

    private static List<DeliveryHeader> dead(String endpoint) {
        return pipeline.kafka().records(Topics.DEAD).stream()
                .map(ReplayTest::header)
                .filter(header -> header.endpointId().equals(endpoint))
                .toList();
    }

    private static List<String> replayed(String endpoint) {
        return pipeline.kafka().records(Topics.REPLAY).stream()
                .map(ReplayTest::header)
                .filter(header -> header.endpointId().equals(endpoint))
                .map(DeliveryHeader::deliveryId)
                .toList();
    }

    private static List<Attempt> attempts(String delivery) {
        Set<String> seen = new HashSet<>();
        return pipeline.kafka().records(Topics.ATTEMPTS).stream()
                .map(record -> Json.read(record.value(), Attempt.class))
                .filter(attempt -> attempt.deliveryId().equals(delivery))
                .filter(attempt -> seen.add(attempt.attemptId()))
                .toList();
    }

    private static DeliveryHeader header(ConsumerRecord<byte[], byte[]> record) {
        return DeliveryHeader.read(record.headers().lastHeader(DeliveryHeader.NAME).value());
    }

    private static Ran dlq(String line) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code =
                Main.run(
                        line.split(" "),
                        pipeline.settings(),
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8),
                        InputStream.nullInputStream(),
                        Clock.systemUTC());
        return new Ran(
                code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }
}
