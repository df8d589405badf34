package dev.ringback.ingest.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.ingest.health.HealthRules;
import dev.ringback.schemas.Attempt;
import dev.ringback.schemas.Endpoint;
import dev.ringback.schemas.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;

/** The registry's topology under a test driver, with the table that its readers would have. */
final class RegistryDriver implements AutoCloseable {
    static final HealthRules RULES = new HealthRules(3, Duration.ofDays(5));
    static final Instant NOW = Instant.parse("2026-11-23T09:12:31.250Z");

    private final TopologyTestDriver driver =
            new TopologyTestDriver(new RegistryTopology(RULES, () -> {}).get(), new Properties());
    private final TestInputTopic<String, byte[]> commands =
            driver.createInputTopic(
                    Topics.REGISTRY_COMMANDS, new StringSerializer(), new ByteArraySerializer());
    private final TestOutputTopic<String, byte[]> endpoints = output(Topics.ENDPOINTS);
    private final TestOutputTopic<String, byte[]> answers = output(Topics.REGISTRY_ANSWERS);
    private final TestOutputTopic<String, byte[]> events = output(Topics.EVENTS);
    private final Map<String, Endpoint> table = new LinkedHashMap<>();
    private Instant now = NOW;

    /** Lets time pass before the next command. */
    void later(Duration by) {
        now = now.plus(by);
    }

    /** Has a command decided. */
    Answer send(Command command) {
        take(command.accountId(), command.bytes(), now);
        return Answer.read(answers.readKeyValuesToList().getLast().value);
    }

    /** Has a dispatcher's report decided, in the bytes that it would send. */
    void tell(Attempt.Report report, Instant at) {
        take(report.accountId(), report.command("cmd-report"), at);
        assertThat(answers.isEmpty()).as("nobody waits for an answer").isTrue();
    }

    /** What has been announced since the last time, by key. */
    List<KeyValue<String, byte[]>> announced() {
        return events.readKeyValuesToList();
    }

    private void take(String accountId, byte[] command, Instant at) {
        commands.pipeInput(accountId, command, at);
        endpoints
                .readKeyValuesToList()
                .forEach(
                        record -> {
                            if (record.value == null) {
                                table.remove(record.key);
                            } else {
                                table.put(record.key, Endpoint.read(record.value));
                            }
                        });
    }

    /** The record of a key. */
    Optional<Endpoint> get(String key) {
        return Optional.ofNullable(table.get(key));
    }

    /** All records by key. */
    Map<String, Endpoint> table() {
        return table;
    }

    @Override
    public void close() {
        driver.close();
    }

    private TestOutputTopic<String, byte[]> output(String topic) {
        return driver.createOutputTopic(
                topic, new StringDeserializer(), new ByteArrayDeserializer());
    }
}
