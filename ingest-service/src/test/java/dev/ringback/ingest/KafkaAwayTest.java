package dev.ringback.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.ingest.TestIngest.Reply;
import dev.ringback.runtime.Setting;
import dev.ringback.schemas.Topics;
import dev.ringback.testkit.Await;
import dev.ringback.testkit.TestKafka;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class KafkaAwayTest {
    private static final Map<String, String> SHORT = Map.of(Setting.INGEST_DEADLINE.name(), "2s");
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String ENDPOINT =
            """
            {"account_id":"acc_1","url":"https://crm.example/hooks"}""";

    private TestKafka kafka;

    @BeforeEach
    void start() {
        kafka = TestKafka.start();
    }

    @AfterEach
    void stop() {
        kafka.close();
    }

    @Test
    void brokerStopped_answers503WithIdsAndWorksAgainWithoutRestart() {
        try (TestIngest ingest = TestIngest.start(kafka, SHORT)) {
            assertThat(ingest.events(TestIngest.event("evt-0", "c")).status()).isEqualTo(202);
            kafka.broker().close();
            refusesWithIds(ingest);
            Await.until("not ready", PATIENCE, () -> ingest.ready().status() == 503);
            kafka.broker().start();
            takesTheSameIdAgain(ingest);
            ingest.awaitReady();
            Await.until(
                    "endpoints work again",
                    PATIENCE,
                    () ->
                            ingest.post(
                                                    "/v1/endpoints",
                                                    TestIngest.ADMIN,
                                                    TestIngest.JSON,
                                                    ENDPOINT)
                                            .status()
                                    == 201);
        }
    }

    @Test
    void brokerAwayAtStart_isWaitedFor() {
        kafka.broker().close();
        try (TestIngest ingest = TestIngest.startUnready(TestIngest.settings(kafka, SHORT))) {
            assertThat(ingest.get("/health/live", "").status()).isEqualTo(200);
            assertThat(ingest.ready().status()).isEqualTo(503);
            assertThat(ingest.events(TestIngest.event("evt-1", "c")).status()).isEqualTo(503);
            assertThat(ingest.get("/v1/endpoints", TestIngest.ADMIN).status()).isEqualTo(503);
            kafka.broker().start();
            Await.until("ready", PATIENCE, () -> ingest.ready().status() == 200);
            assertThat(ingest.events(TestIngest.event("evt-1", "c")).status()).isEqualTo(202);
        }
    }

    @Test
    void brokerAway_stopsWithinTenSeconds() {
        TestIngest ingest = TestIngest.start(kafka, SHORT);
        kafka.broker().close();
        long before = System.nanoTime();
        ingest.close();
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(10));
    }

    private static void refusesWithIds(TestIngest ingest) {
        long before = System.nanoTime();
        Reply one = ingest.events(TestIngest.event("evt-1", "c"));
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(3));
        assertThat(one.status()).isEqualTo(503);
        assertThat(one.header("Retry-After")).matches("\\d+");
        assertThat(one.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(one.body().path("id").stringValue()).isEqualTo("evt-1");
        assertThat(one.body().at("/results/0/status").stringValue()).isEqualTo("unconfirmed");
        String unnamed = TestIngest.event("", "c").replace("\"id\":\"\",", "");
        Reply many = ingest.events("[" + unnamed + ",{}]");
        assertThat(many.status()).isEqualTo(503);
        assertThat(many.body().at("/results/0/id").stringValue()).startsWith("evt_");
        assertThat(many.body().at("/results/1/status").stringValue()).isEqualTo("rejected");
    }

    private void takesTheSameIdAgain(TestIngest ingest) {
        Await.until(
                "accepted again",
                PATIENCE,
                () -> ingest.events(TestIngest.event("evt-1", "c")).status() == 202);
        assertThat(kafka.records(Topics.EVENTS))
                .anyMatch(
                        record ->
                                new String(record.value(), StandardCharsets.UTF_8)
                                        .contains("\"evt-1\""));
    }
}
