package dev.ringback.testkit;

import dev.ringback.embedded.EmbeddedKafka;
import dev.ringback.runtime.KafkaClients;
import dev.ringback.runtime.Logs;
import dev.ringback.runtime.Setting;
import dev.ringback.runtime.Settings;
import dev.ringback.runtime.TopicSetup;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** A real broker in a folder of its own, with Ringback's topics, for one test class. */
public final class TestKafka implements AutoCloseable {
    private final Path folder;
    private final EmbeddedKafka broker;
    private final Map<String, String> environment = new HashMap<>();

    private TestKafka(Path folder, EmbeddedKafka broker) {
        this.folder = folder;
        this.broker = broker;
    }

    /** Starts a broker and creates the topics with few partitions. */
    public static TestKafka start() {
        return start(Map.of());
    }

    /**
     * Starts a broker and creates the topics.
     *
     * @param more settings beyond those that point to the broker
     */
    public static TestKafka start(Map<String, String> more) {
        return start(more, Map.of());
    }

    /** Starts a broker that forbids what an ACL forbids, and all else of a topic that has one. */
    public static TestKafka startWithAcls() {
        return start(
                Map.of(),
                Map.of(
                        "authorizer.class.name",
                        "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
                        "allow.everyone.if.no.acl.found",
                        "true"));
    }

    private static TestKafka start(Map<String, String> more, Map<String, String> ofBroker) {
        Logs.configure("plain", "info");
        try {
            Path folder = Files.createTempDirectory("ringback-test");
            EmbeddedKafka broker =
                    new EmbeddedKafka(folder.resolve("kafka"), EmbeddedKafka.freePort())
                            .with(ofBroker);
            TestKafka kafka = new TestKafka(folder, broker);
            kafka.environment.put(Setting.KAFKA.name(), broker.bootstrapServers());
            kafka.environment.put(Setting.PARTITIONS.name(), "3");
            kafka.environment.put(Setting.STATE_DIR.name(), folder.resolve("state").toString());
            kafka.environment.put(Setting.INGEST_PORT.name(), "0");
            kafka.environment.put(Setting.CONSOLE_PORT.name(), "0");
            kafka.environment.put(Setting.DISPATCHER_PORT.name(), "0");
            kafka.environment.putAll(more);
            broker.start();
            kafka.createTopics();
            return kafka;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The broker, to stop and start it. */
    public EmbeddedKafka broker() {
        return broker;
    }

    /** A folder that goes away with the broker. */
    public Path folder() {
        return folder;
    }

    /** Settings of a service on this broker. */
    public Settings settings(Map<String, String> more) {
        Map<String, String> all = new HashMap<>(environment);
        all.putAll(more);
        return Settings.load(all);
    }

    /** The settings as a process of its own is told them. */
    public Map<String, String> environment() {
        return Map.copyOf(environment);
    }

    /** Clients of this broker. */
    public KafkaClients clients() {
        return KafkaClients.of(settings(Map.of()));
    }

    /** Every record in a topic now, in order of partition and offset; aborted ones left out. */
    public List<ConsumerRecord<byte[], byte[]>> records(String topic) {
        try (Consumer<byte[], byte[]> consumer =
                clients().consumer("test-reader", Map.of("isolation.level", "read_committed"))) {
            List<TopicPartition> partitions =
                    consumer.partitionsFor(topic).stream()
                            .map(p -> new TopicPartition(topic, p.partition()))
                            .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
            while (partitions.stream()
                    .anyMatch(p -> consumer.position(p) < ends.getOrDefault(p, 0L))) {
                consumer.poll(Duration.ofMillis(200)).forEach(records::add);
            }
            records.sort(
                    (a, b) ->
                            a.partition() != b.partition()
                                    ? Integer.compare(a.partition(), b.partition())
                                    : Long.compare(a.offset(), b.offset()));
            return records;
        }
    }

    private void createTopics() {
        try (Admin admin = clients().admin("test-topics")) {
            new TopicSetup(admin, settings(Map.of())).create();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Stops the broker and deletes its data. */
    @Override
    public void close() {
        broker.close();
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted((a, b) -> b.compareTo(a)).forEach(TestKafka::delete);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
