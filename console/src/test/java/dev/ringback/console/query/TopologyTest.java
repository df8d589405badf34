package dev.ringback.console.query;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.console.Records;
import dev.ringback.console.topology.Shelf;
import dev.ringback.console.topology.Stores;
import dev.ringback.runtime.Settings;
import dev.ringback.schemas.Attempt;
import dev.ringback.schemas.CallEvent;
import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.EventType;
import dev.ringback.schemas.Json;
import dev.ringback.schemas.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TopologyTest {
    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");

    @TempDir Path folder;

    private final AtomicInteger unreadable = new AtomicInteger();
    private final Shelf shelf = new Shelf();
    private TopologyTestDriver driver;

    @BeforeEach
    void start() {
        Properties config = new Properties();
        config.put("application.id", ReadModel.APPLICATION_ID);
        config.put("bootstrap.servers", "nowhere:1");
        config.put("state.dir", folder.toString());
        Settings settings = Settings.load(Map.of("RINGBACK_CONSOLE_RETENTION", "2d"));
        driver =
                new TopologyTestDriver(
                        ReadModel.topology(settings, shelf, unreadable::incrementAndGet, () -> 1),
                        config,
                        NOW);
    }

    @AfterEach
    void stop() {
        driver.close();
    }

    @Test
    void attempt_sameAgain_isCountedOnce() {
        DeliveryHeader header = made();
        Attempt attempt = Records.attempt(header, 1, NOW, Attempt.Result.delivered, null);
        tried(attempt);
        tried(attempt);
        assertThat(attempts()).hasSize(1);
    }

    @Test
    void unreadable_isCountedAndPassedOver() {
        topic(Topics.ATTEMPTS).pipeInput(Records.utf8("d"), Records.utf8("{"));
        topic(Topics.ATTEMPTS).pipeInput(Records.utf8("d"), Records.utf8("{\"at\":1}"));
        topic(Topics.DELIVERIES).pipeInput(Records.utf8("d"), Records.utf8("no header"));
        tried(Records.attempt(made(), 1, NOW, Attempt.Result.delivered, null));
        assertThat(unreadable).hasValue(3);
        assertThat(attempts()).hasSize(1);
    }

    @Test
    void sweep_olderThanKept_leavesNothingBehind() {
        tried(Records.attempt(made(), 1, NOW, Attempt.Result.dead, null));
        topic(Topics.EVENTS)
                .pipeInput(
                        new TestRecord<>(
                                Records.utf8("c1"),
                                CallEvent.of("e1", EventType.CALL_ENDED, NOW, "acc_1", "c1")
                                        .bytes(),
                                NOW));
        topic(Topics.SNAPSHOTS)
                .pipeInput(
                        new TestRecord<>(
                                Records.utf8("c1"),
                                Json.bytes(
                                        Json.object()
                                                .put("call_id", "c1")
                                                .put("account_id", "acc_1")
                                                .put("status", "completed")),
                                NOW));
        assertThat(keys(Stores.DELIVERIES)).isNotEmpty();
        assertThat(keys(Stores.EVENTS)).isNotEmpty();
        assertThat(keys(Stores.CALLS)).isNotEmpty();
        driver.advanceWallClockTime(Duration.ofDays(2).plusHours(2));
        assertThat(keys(Stores.DELIVERIES)).isEmpty();
        assertThat(keys(Stores.EVENTS)).isEmpty();
        assertThat(keys(Stores.CALLS)).isEmpty();
        driver.advanceWallClockTime(Duration.ofMinutes(1));
        assertThat(keys(Stores.DELIVERY_COUNTS)).isEmpty();
        assertThat(keys(Stores.EVENT_COUNTS)).isEmpty();
    }

    private DeliveryHeader made() {
        DeliveryHeader header = Records.header("acc_1", "c1", "ep_1", NOW);
        RecordHeaders headers = new RecordHeaders();
        headers.add(DeliveryHeader.NAME, header.bytes());
        topic(Topics.DELIVERIES)
                .pipeInput(
                        new TestRecord<>(
                                Records.utf8(header.key()), Records.body(header), headers, NOW));
        return header;
    }

    private void tried(Attempt attempt) {
        topic(Topics.ATTEMPTS)
                .pipeInput(
                        new TestRecord<>(
                                Records.utf8(attempt.deliveryId()), Json.bytes(attempt), NOW));
    }

    private List<Bytes> attempts() {
        return keys(Stores.DELIVERIES).stream().filter(key -> key.get()[0] == 'a').toList();
    }

    private List<Bytes> keys(String store) {
        List<Bytes> keys = new ArrayList<>();
        try (KeyValueIterator<Bytes, byte[]> all =
                driver.<Bytes, byte[]>getKeyValueStore(store).all()) {
            all.forEachRemaining(one -> keys.add(one.key));
        }
        return keys;
    }

    private TestInputTopic<byte[], byte[]> topic(String name) {
        return driver.createInputTopic(
                name, new ByteArraySerializer(), new ByteArraySerializer(), NOW, Duration.ZERO);
    }
}
