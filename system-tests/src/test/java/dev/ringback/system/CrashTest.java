package dev.ringback.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.schemas.Json;
import dev.ringback.testkit.Await;
import dev.ringback.testkit.SubscriberStub;
import dev.ringback.testkit.SubscriberStub.Answer;
import dev.ringback.testkit.SubscriberStub.Received;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ArrayNode;

/** {@code ringback up} killed in the middle of its work. */
class CrashTest {
    private static final int EVENTS = 5_000;
    private static final int BATCH = 500;
    private static final int SLOTS = 50;
    private static final Duration LIMIT = Duration.ofMinutes(2);

    /** Routing and dispatch commit at least every second; a commit takes its time too. */
    private static final Duration SINCE_COMMIT = Duration.ofSeconds(2);

    @Test
    void up_killedWithEventsOnTheirWay_deliversAllAndRepeatsFew(@TempDir Path folder)
            throws Exception {
        Path data = folder.resolve("data");
        try (SubscriberStub subscriber =
                SubscriberStub.start(
                        request -> {
                            Thread.sleep(100);
                            return Answer.of(200);
                        })) {
            Instant killedAt;
            try (UpProcess up = UpProcess.start(data, settings())) {
                up.client().endpoint("acc_1", subscriber.url());
                for (int from = 0; from < EVENTS; from += BATCH) {
                    var answer = up.client().post("/v1/events", batch(from));
                    assertThat(answer.status()).isEqualTo(202);
                }
                Await.until("half of them", LIMIT, () -> subscriber.count() > EVENTS / 2);
                up.kill();
                killedAt = Instant.now();
            }
            Instant window = killedAt.minus(SINCE_COMMIT);
            long recent =
                    subscriber.received().stream().filter(r -> r.at().isAfter(window)).count();
            assertThat(subscriber.count()).isLessThan(EVENTS);

            try (UpProcess up = UpProcess.start(data, settings())) {
                Await.until("every event", LIMIT, () -> events(subscriber).size() == EVENTS);
                up.client().post("/v1/events", RingbackClient.ended("acc_1", "last", "last"));
                Await.until("the last", LIMIT, () -> events(subscriber).size() == EVENTS + 1);
                assertThat(up.stop(Duration.ofSeconds(10))).isTrue();
            }
            int repeats = subscriber.count() - events(subscriber).size();
            System.err.println(repeats + " repeats, " + recent + " received since " + window);
            assertThat((long) repeats).isLessThanOrEqualTo(recent + SLOTS);
            assertThat(idsOfEachEvent(subscriber))
                    .allSatisfy((event, ids) -> assertThat(ids).hasSize(1));
        }
    }

    private static Map<String, String> settings() {
        return Map.of(
                "RINGBACK_INGEST_PORT", "0",
                "RINGBACK_DISPATCHER_PORT", "0",
                "RINGBACK_CONSOLE_PORT", "0",
                "RINGBACK_KAFKA_PORT", "0",
                "RINGBACK_ALLOW_HTTP", "true",
                "RINGBACK_EGRESS_ALLOW", "127.0.0.1/32",
                "RINGBACK_LIVE_SLOTS", Integer.toString(SLOTS));
    }

    private static ArrayNode batch(int from) {
        ArrayNode batch = Json.shared().createArrayNode();
        for (int i = from; i < from + BATCH; i++) {
            batch.add(RingbackClient.ended("acc_1", "call-" + i % 1_000, "evt-" + i));
        }
        return batch;
    }

    private static Set<String> events(SubscriberStub subscriber) {
        return subscriber.received().stream().map(CrashTest::event).collect(Collectors.toSet());
    }

    private static Map<String, Set<String>> idsOfEachEvent(SubscriberStub subscriber) {
        Map<String, Set<String>> ids = new HashMap<>();
        for (Received request : subscriber.received()) {
            ids.computeIfAbsent(event(request), e -> new HashSet<>()).add(request.deliveryId());
        }
        return ids;
    }

    private static String event(Received request) {
        return Json.parse(request.body()).at("/data/event/id").stringValue();
    }
}
