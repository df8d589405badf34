package dev.ringback.ingest.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.ingest.registry.Answer.Accepted;
import dev.ringback.ingest.registry.Answer.Refused;
import dev.ringback.ingest.registry.Command.Create;
import dev.ringback.ingest.registry.Command.Delete;
import dev.ringback.ingest.registry.Command.Replace;
import dev.ringback.ingest.registry.Command.SetEnabled;
import dev.ringback.schemas.Endpoint;
import dev.ringback.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
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
                    new RegistryTopology(RegistryDriver.RULES, unreadable::incrementAndGet).get(),
                    new Properties());
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
    void replace_sameVersion_changesConfigurationAlone() {
        send(new Create("cmd-1", endpoint("ep_1")));
        send(new SetEnabled("cmd-2", "acc_1", "ep_1", false, null));
        send(new Replace("cmd-3", named("ep_1", "CRM"), 2));
        Endpoint last = written().getLast();
        assertThat(last.config().name()).isEqualTo("CRM");
        assertThat(last.status()).isEqualTo(Endpoint.Status.disabled);
        assertThat(last.version()).isEqualTo(3);
        assertThat(answers()).containsEntry("cmd-3", new Accepted(3));
    }

    @Test
    void replace_twiceAtTheSameVersion_letsTheFirstWin() {
        send(new Create("cmd-1", endpoint("ep_1")));
        send(new Replace("cmd-2", named("ep_1", "one"), 1));
        send(new Replace("cmd-3", named("ep_1", "two"), 1));
        assertThat(written().getLast().config().name()).isEqualTo("one");
        assertThat(refusal("cmd-3").status()).isEqualTo(412);
    }

    @Test
    void replace_unknown_isRefused() {
        send(new Replace("cmd-1", endpoint("ep_1"), 1));
        assertThat(refusal("cmd-1").status()).isEqualTo(404);
    }

    @Test
    void setEnabled_twice_changesOnce() {
        send(new Create("cmd-1", endpoint("ep_1")));
        send(new SetEnabled("cmd-2", "acc_1", "ep_1", false, null));
        send(new SetEnabled("cmd-3", "acc_1", "ep_1", false, null));
        assertThat(written()).hasSize(2);
        assertThat(answers()).containsEntry("cmd-3", new Accepted(2));
    }

    @Test
    void setEnabled_afterFailures_forgetsThem() {
        Endpoint failing =
                endpoint("ep_1")
                        .withState(
                                new Endpoint.State(
                                        Endpoint.Status.unhealthy, NOW, 10, NOW, List.of()));
        send(new Create("cmd-1", failing));
        send(new SetEnabled("cmd-2", "acc_1", "ep_1", true, 1L));
        Endpoint enabled = written().getLast();
        assertThat(enabled.status()).isEqualTo(Endpoint.Status.normal);
        assertThat(enabled.state().failedInRow()).isZero();
        assertThat(enabled.state().failingSince()).isNull();
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

    private List<Endpoint> written() {
        return endpoints.readValuesToList().stream().map(Endpoint::read).toList();
    }

    private Map<String, Answer> answers() {
        return answers.readKeyValuesToList().stream()
                .collect(Collectors.toMap(record -> record.key, r -> Answer.read(r.value)));
    }

    private Refused refusal(String commandId) {
        return (Refused) answers().get(commandId);
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

    private static Endpoint named(String id, String name) {
        Endpoint.Config config = endpoint(id).config();
        Endpoint.Config renamed =
                new Endpoint.Config(
                        name,
                        config.url(),
                        config.dialect(),
                        config.events(),
                        config.scope(),
                        config.secrets(),
                        config.headers(),
                        config.policy(),
                        null,
                        Map.of(),
                        null,
                        null,
                        false);
        return endpoint(id).withConfig(renamed, NOW);
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
