package dev.ringback.ingest.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.ingest.registry.Answer.Accepted;
import dev.ringback.ingest.registry.Answer.Refused;
import dev.ringback.ingest.registry.Command.Create;
import dev.ringback.ingest.registry.Command.Delete;
import dev.ringback.schemas.Endpoint;
import dev.ringback.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RegistryTopologyTest {
    private static final Instant NOW = Instant.parse("2026-11-23T09:12:31.250Z");

    private final AtomicInteger unreadable = new AtomicInteger();
    private final TopologyTestDriver driver =
            new TopologyTestDriver(
                    new RegistryTopology(unreadable::incrementAndGet).get(), new Properties());
    private final TestInputTopic<String, byte[]> commands =
            driver.createInputTopic(
                    Topics.REGISTRY_COMMANDS, new StringSerializer(), new ByteArraySerializer());
    private final TestOutputTopic<String, byte[]> endpoints = output(Topics.ENDPOINTS);
    private final TestOutputTopic<String, byte[]> answers = output(Topics.REGISTRY_ANSWERS);

    @AfterEach
    void close() {
        driver.close();
    }

    @Test
    void create_writesVersionOneAndAnswers() {
        send(new Create("cmd-1", endpoint("ep_1")));
        KeyValue<String, byte[]> written = endpoints.readKeyValue();
        assertThat(written.key).isEqualTo("ep_1");
        assertThat(Endpoint.read(written.value)).isEqualTo(endpoint("ep_1").withVersion(1));
        assertThat(answer("cmd-1")).isEqualTo(new Accepted(1));
    }

    @Test
    void create_sameAgain_changesNothing() {
        send(new Create("cmd-1", endpoint("ep_1")));
        send(new Create("cmd-2", endpoint("ep_1")));
        assertThat(endpoints.readKeyValuesToList()).hasSize(1);
        answers.readKeyValue();
        assertThat(answer("cmd-2")).isEqualTo(new Accepted(1));
    }

    @Test
    void delete_known_leavesATombstone() {
        send(new Create("cmd-1", endpoint("ep_1")));
        send(new Delete("cmd-2", "acc_1", "ep_1", 1L));
        endpoints.readKeyValue();
        answers.readKeyValue();
        assertThat(endpoints.readKeyValue()).isEqualTo(new KeyValue<>("ep_1", null));
        assertThat(answer("cmd-2")).isEqualTo(new Accepted(2));
    }

    @Test
    void delete_unknownOrForeign_isRefused() {
        send(new Create("cmd-1", endpoint("ep_1")));
        answers.readKeyValue();
        send(new Delete("cmd-2", "acc_1", "ep_2", null));
        send(new Delete("cmd-3", "acc_2", "ep_1", null));
        assertThat(((Refused) answer("cmd-2")).status()).isEqualTo(404);
        assertThat(((Refused) answer("cmd-3")).status()).isEqualTo(404);
        assertThat(endpoints.readKeyValuesToList()).hasSize(1);
    }

    @Test
    void delete_otherVersion_isRefused() {
        send(new Create("cmd-1", endpoint("ep_1")));
        answers.readKeyValue();
        send(new Delete("cmd-2", "acc_1", "ep_1", 9L));
        assertThat(((Refused) answer("cmd-2")).status()).isEqualTo(412);
    }

    @Test
    void unreadable_isCountedAndPassedOver() {
        commands.pipeInput("acc_1", "{\"command\":\"explode\"}".getBytes(StandardCharsets.UTF_8));
        send(new Create("cmd-1", endpoint("ep_1")));
        assertThat(unreadable).hasValue(1);
        assertThat(answer("cmd-1")).isEqualTo(new Accepted(1));
    }

    private void send(Command command) {
        commands.pipeInput(command.accountId(), command.bytes());
    }

    private Answer answer(String commandId) {
        KeyValue<String, byte[]> record = answers.readKeyValue();
        assertThat(record.key).isEqualTo(commandId);
        return Answer.read(record.value);
    }

    private TestOutputTopic<String, byte[]> output(String topic) {
        return driver.createOutputTopic(
                topic, new StringDeserializer(), new ByteArrayDeserializer());
    }

    private static Endpoint endpoint(String id) {
        return Endpoint.of(
                id,
                "acc_1",
                Endpoint.Config.of(
                                "https://crm.example/hooks",
                                "standard",
                                List.of("*"),
                                Endpoint.Scope.ANY)
                        .withSealed(
                                List.of(new Endpoint.Secret("sec_1", "sealed", null, NOW, null)),
                                Map.of("Authorization", "sealed")),
                null,
                NOW);
    }
}
