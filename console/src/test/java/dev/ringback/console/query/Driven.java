package dev.ringback.console.query;

import dev.ringback.console.Records;
import dev.ringback.console.topology.Shelf;
import dev.ringback.runtime.Setting;
import dev.ringback.runtime.Settings;
import dev.ringback.schemas.Attempt;
import dev.ringback.schemas.CallEvent;
import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.Json;
import dev.ringback.schemas.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.test.TestRecord;
import tools.jackson.databind.node.ObjectNode;

/** The topologies of the console, with one partition, driven record by record. */
public final class Driven implements AutoCloseable {
    /** When it begins. */
    public static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");

    /** How many records were passed over. */
    final AtomicInteger unreadable = new AtomicInteger();

    final TopologyTestDriver driver;
    private final Shelf shelf = new Shelf();

    /** Keeps two days, in this folder. */
    public Driven(Path folder) {
        Properties config = new Properties();
        config.put("application.id", ReadModel.APPLICATION_ID);
        config.put("bootstrap.servers", "nowhere:1");
        config.put("state.dir", folder.toString());
        Settings settings = Settings.load(Map.of("RINGBACK_CONSOLE_RETENTION", "2d"));
        driver =
                new TopologyTestDriver(
                        Topologies.of(settings, shelf, unreadable::incrementAndGet, () -> 1),
                        config,
                        NOW);
    }

    /** Asks its stores, looking at no more than so many documents for a page. */
    public Gather gather(int budget) {
        Settings settings = Settings.load(Map.of(Setting.API_KEYS.name(), "all=*@*:KEY"));
        return new Gather(new Local(shelf, budget), new Peers(settings), new Alone());
    }

    private static final class Alone implements Gather.Members {
        @Override
        public Optional<Integer> partitions(String store) {
            return Optional.of(1);
        }

        @Override
        public Collection<Peers.Host> others() {
            return List.of();
        }

        @Override
        public Optional<Peers.Host> owner(String store, int partition) {
            return Optional.empty();
        }
    }

    /** Routes a delivery. */
    public DeliveryHeader made(DeliveryHeader header) {
        RecordHeaders headers = new RecordHeaders();
        headers.add(DeliveryHeader.NAME, header.bytes());
        byte[] key = Records.utf8(header.key());
        topic(Topics.DELIVERIES)
                .pipeInput(new TestRecord<>(key, Records.body(header), headers, NOW));
        return header;
    }

    /** Logs an attempt. */
    public void tried(Attempt attempt) {
        pipe(Topics.ATTEMPTS, attempt.deliveryId(), Json.bytes(attempt));
    }

    /** Reports an event. */
    public void event(CallEvent event) {
        pipe(Topics.EVENTS, event.subjectId(), event.bytes());
    }

    /** Writes the snapshot of a call. */
    public void call(ObjectNode call) {
        pipe(Topics.SNAPSHOTS, call.path("call_id").stringValue(), Json.bytes(call));
    }

    void pipe(String topic, String key, byte[] value) {
        topic(topic).pipeInput(new TestRecord<>(Records.utf8(key), value, NOW));
    }

    void later(Duration time) {
        driver.advanceWallClockTime(time);
    }

    List<Bytes> keys(String store) {
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

    @Override
    public void close() {
        driver.close();
    }
}
