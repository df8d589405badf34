package dev.ringback.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.schemas.Json;
import dev.ringback.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class TopologyTest {
    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");

    @TempDir Path folder;

    private final AtomicInteger unreadable = new AtomicInteger();
    private TopologyTestDriver driver;
    private TestInputTopic<String, byte[]> snapshots;
    private TestInputTopic<String, byte[]> attempts;

    @BeforeEach
    void start() {
        Properties config = new Properties();
        config.put("application.id", ReadModel.APPLICATION_ID);
        config.put("bootstrap.servers", "nowhere:1");
        config.put("state.dir", folder.toString());
        driver =
                new TopologyTestDriver(
                        ReadModel.topology(unreadable::incrementAndGet), config, NOW);
        snapshots = topic(Topics.SNAPSHOTS);
        attempts = topic(Topics.ATTEMPTS);
    }

    @AfterEach
    void stop() {
        driver.close();
    }

    @Test
    void calls_twoSnapshots_laterOneStands() {
        snapshots.pipeInput("c1", utf8("{\"sequence\":1}"));
        snapshots.pipeInput("c1", utf8("{\"sequence\":2}"));
        assertThat(stored(CallTopology.STORE, "c1")).isEqualTo("{\"sequence\":2}");
    }

    @Test
    void calls_tombstone_isForgotten() {
        snapshots.pipeInput("c1", utf8("{}"));
        snapshots.pipeInput("c1", (byte[]) null);
        assertThat(stored(CallTopology.STORE, "c1")).isNull();
    }

    @Test
    void deliveries_attemptsInOrder_areListed() {
        attempts.pipeInput("d1", attempt("a1", ""));
        attempts.pipeInput("d1", attempt("a2", ""));
        attempts.pipeInput("d2", attempt("a3", ""));
        assertThat(ids("d1")).isEqualTo("a1 a2");
        assertThat(ids("d2")).isEqualTo("a3");
    }

    @Test
    void deliveries_sameAttemptAgain_isListedOnce() {
        attempts.pipeInput("d1", attempt("a1", ""));
        attempts.pipeInput("d1", attempt("a1", ""));
        assertThat(ids("d1")).isEqualTo("a1");
    }

    @Test
    void deliveries_moreThanAreKept_dropTheOldest() {
        for (int i = 0; i < DeliveryTopology.MOST_ATTEMPTS + 3; i++) {
            attempts.pipeInput("d1", attempt("a" + i, ""));
        }
        JsonNode kept = Json.parse(utf8(stored(DeliveryTopology.STORE, "d1")));
        assertThat(kept.size()).isEqualTo(DeliveryTopology.MOST_ATTEMPTS);
        assertThat(kept.path(0).path("attempt_id").stringValue()).isEqualTo("a3");
    }

    @Test
    void deliveries_longAnswers_stayBelowTheLargestRecord() {
        String longAnswer = "x".repeat(200_000);
        for (int i = 0; i < 30; i++) {
            attempts.pipeInput("d1", attempt("a" + i, longAnswer));
        }
        String kept = stored(DeliveryTopology.STORE, "d1");
        assertThat(kept.length()).isBetween(3_000_000, Topics.MAX_BODY_BYTES);
        assertThat(kept).contains("\"a29\"");
    }

    @Test
    void deliveries_notJson_isCountedAndPassedOver() {
        attempts.pipeInput("d1", attempt("a1", ""));
        attempts.pipeInput("d1", utf8("{"));
        attempts.pipeInput("d1", attempt("a2", ""));
        assertThat(ids("d1")).isEqualTo("a1 a2");
        assertThat(unreadable).hasValue(1);
    }

    @Test
    void sweep_unchangedForLongerThanKept_isDropped() {
        snapshots.pipeInput("old", utf8("{}"), NOW);
        snapshots.pipeInput("young", utf8("{}"), NOW.plus(Duration.ofDays(1)));
        attempts.pipeInput("old", attempt("a1", ""), NOW);
        driver.advanceWallClockTime(Sweep.KEPT.plus(Sweep.PERIOD));
        assertThat(stored(CallTopology.STORE, "old")).isNull();
        assertThat(stored(CallTopology.STORE, "young")).isNotNull();
        assertThat(stored(DeliveryTopology.STORE, "old")).isNull();
    }

    private TestInputTopic<String, byte[]> topic(String name) {
        return driver.createInputTopic(
                name, new StringSerializer(), new ByteArraySerializer(), NOW, Duration.ZERO);
    }

    private String stored(String store, String key) {
        var value = driver.<String, byte[]>getTimestampedKeyValueStore(store).get(key);
        return value == null ? null : new String(value.value(), StandardCharsets.UTF_8);
    }

    private String ids(String delivery) {
        StringBuilder ids = new StringBuilder();
        for (JsonNode attempt : Json.parse(utf8(stored(DeliveryTopology.STORE, delivery)))) {
            ids.append(ids.isEmpty() ? "" : " ").append(attempt.path("attempt_id").stringValue());
        }
        return ids.toString();
    }

    private static byte[] attempt(String id, String answer) {
        return Json.bytes(Json.object().put("attempt_id", id).put("response_body", answer));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
