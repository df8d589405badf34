package dev.ringback.console.answer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringback.console.Records;
import dev.ringback.runtime.Problem;
import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.Json;
import dev.ringback.schemas.Reason;
import dev.ringback.schemas.Topics;
import dev.ringback.testkit.FixedClock;
import dev.ringback.testkit.TestKafka;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** One replay is one webhook, and there is none of what has no body. */
class SingleReplayTest {
    private static final Instant NOW = Instant.parse("2026-11-23T12:00:00Z");

    private static TestKafka kafka;

    @BeforeAll
    static void start() {
        kafka = TestKafka.start();
    }

    @AfterAll
    static void stop() {
        kafka.close();
    }

    @Test
    void replay_askedTwiceAtOnce_isAcceptedOnce() {
        ConsumerRecord<byte[], byte[]> record = dead("c-twice", Reason.exhausted);
        FixedClock clock = new FixedClock(NOW);
        try (SingleReplay single = new SingleReplay(kafka.clients(), clock)) {
            single.replay(document(record, 0), record);
            assertThatThrownBy(() -> single.replay(document(record, 0), record))
                    .isInstanceOfSatisfying(
                            Problem.class, refused -> assertThat(refused.status()).isEqualTo(409))
                    .hasMessageContaining("a moment ago");
            assertThat(replayed("c-twice")).isEqualTo(1);

            single.replay(document(record, 1), record);
            clock.set(NOW.plusSeconds(60));
            single.replay(document(record, 0), record);
            assertThat(replayed("c-twice"))
                    .as("once it has come back, and once the first is forgotten")
                    .isEqualTo(3);
        }
    }

    @Test
    void replay_tooLargeToBeKept_isRefused() {
        ConsumerRecord<byte[], byte[]> record = dead("c-large", Reason.too_large);
        try (SingleReplay single = new SingleReplay(kafka.clients(), new FixedClock(NOW))) {
            assertThatThrownBy(() -> single.replay(document(record, 0), record))
                    .isInstanceOfSatisfying(
                            Problem.class, refused -> assertThat(refused.status()).isEqualTo(409))
                    .hasMessageContaining("too large");
        }
        assertThat(replayed("c-large")).isZero();
    }

    private static ConsumerRecord<byte[], byte[]> dead(String call, Reason why) {
        DeliveryHeader header = Records.dead(Records.header("acc", call, "ep", NOW), why, NOW);
        ConsumerRecord<byte[], byte[]> record =
                new ConsumerRecord<>(
                        Topics.DEAD, 0, 0, Records.utf8(header.key()), Records.body(header));
        record.headers().add(DeliveryHeader.NAME, header.bytes());
        return record;
    }

    private static JsonNode document(ConsumerRecord<byte[], byte[]> record, int replays) {
        DeliveryHeader header =
                DeliveryHeader.read(record.headers().lastHeader(DeliveryHeader.NAME).value());
        var document = Json.object().put("delivery_id", header.deliveryId()).put("state", "dead");
        document.putObject("replay").put("count", replays);
        return document;
    }

    private static long replayed(String call) {
        return kafka.records(Topics.REPLAY).stream()
                .filter(one -> new String(one.key(), StandardCharsets.UTF_8).endsWith(":" + call))
                .count();
    }
}
