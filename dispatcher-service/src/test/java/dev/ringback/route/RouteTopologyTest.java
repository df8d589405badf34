package dev.ringback.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.runtime.SecretBox;
import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.Endpoint;
import dev.ringback.schemas.EventSchema;
import dev.ringback.schemas.Json;
import dev.ringback.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.TopologyTestDriver;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.test.TestRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

class RouteTopologyTest {
    private static final Instant START = Instant.parse("2026-11-23T10:00:00Z");
    private static final Duration RETENTION = Duration.ofDays(7);

    private final List<Endpoint> registry = new ArrayList<>();
    private TopologyTestDriver driver;
    private TestInputTopic<byte[], byte[]> events;

    @BeforeEach
    void open(@TempDir Path state) {
        Properties config = new Properties();
        config.put("application.id", "test");
        config.put("bootstrap.servers", "unused:1");
        config.put("state.dir", state.toString());
        Intake intake =
                new Intake(
                        new EventSchema(),
                        new SecretBox(
                                SecretBox.newKey("test", new SecureRandom()), new SecureRandom()),
                        false);
        Router.Rules rules = new Router.Rules(1, RETENTION);
        RouteTopology topology =
                new RouteTopology(
                        rules.partitions(),
                        () ->
                                new Router(
                                        intake,
                                        new Freshness(),
                                        new ListedRegistry(registry),
                                        rules,
                                        fate -> {}));
        driver = new TopologyTestDriver(topology.get(), config, START);
        events =
                driver.createInputTopic(
                        Topics.EVENTS, new ByteArraySerializer(), new ByteArraySerializer());
    }

    @AfterEach
    void close() {
        driver.close();
    }

    @Test
    void event_endpointSubscribed_becomesOneDelivery() {
        registry.add(endpoint("ep_1", "acc_1", Endpoint.Scope.ANY, "call.ended"));
        registry.add(endpoint("ep_2", "acc_1", Endpoint.Scope.ANY, "call.started"));
        send(event("e1", "c1", "call.ended", "{\"status\":\"completed\"}"));

        List<TestRecord<byte[], byte[]>> deliveries = read(Topics.DELIVERIES);
        assertThat(deliveries).hasSize(1);
        TestRecord<byte[], byte[]> delivery = deliveries.getFirst();
        assertThat(text(delivery.key())).isEqualTo("ep_1:c1");
        DeliveryHeader header =
                DeliveryHeader.read(delivery.headers().lastHeader(DeliveryHeader.NAME).value());
        assertThat(header.deliveryId()).isEqualTo(DeliveryHeader.deliveryId("c1", "e1", "ep_1"));
        assertThat(header.attempt()).isEqualTo(1);
        assertThat(header.createdAt()).isEqualTo(START);
        JsonNode body = Json.parse(delivery.value());
        assertThat(body.at("/type").stringValue()).isEqualTo("call.ended");
        assertThat(body.at("/data/call/status").stringValue()).isEqualTo("completed");
        assertThat(body.at("/data/event/sequence").asInt()).isEqualTo(1);
    }

    @Test
    void event_sameIdAgain_hasNoEffect() {
        registry.add(endpoint("ep_1", "acc_1", Endpoint.Scope.ANY, "*"));
        IntStream.range(0, 10).forEach(i -> send(event("e1", "c1", "call.ended", "{}")));
        assertThat(read(Topics.DELIVERIES)).hasSize(1);
        assertThat(read(Topics.SNAPSHOTS)).hasSize(1);
    }

    @Test
    void event_sameIdOnAnotherCall_isAnotherEvent() {
        registry.add(endpoint("ep_1", "acc_1", Endpoint.Scope.ANY, "*"));
        send(event("e1", "c1", "call.ended", "{}"));
        send(event("e1", "c2", "call.ended", "{}"));
        assertThat(read(Topics.DELIVERIES)).hasSize(2);
    }

    @Test
    void events_ofOneCall_areNumberedAndMerged() {
        send(event("e1", "c1", "call.created", "{\"from\":\"+1\"}"));
        send(event("e2", "c1", "call.ended", "{\"status\":\"completed\"}"));
        JsonNode call = Json.parse(read(Topics.SNAPSHOTS).getLast().value());
        assertThat(call.at("/sequence").asInt()).isEqualTo(2);
        assertThat(call.at("/from").stringValue()).isEqualTo("+1");
        assertThat(call.at("/created_at").stringValue()).isEqualTo("2026-11-23T09:00:00Z");
    }

    @Test
    void event_otherScopeOrAccount_isNotDelivered() {
        registry.add(scoped("ep_1", new Endpoint.Scope("agent_1", null, null, null)));
        registry.add(scoped("ep_2", new Endpoint.Scope(null, null, null, "staging")));
        registry.add(endpoint("ep_3", "acc_2", Endpoint.Scope.ANY, "*"));
        send(event("e1", "c1", "call.ended", "{\"agent_id\":\"agent_2\"}"));
        assertThat(read(Topics.DELIVERIES)).isEmpty();
        send(event("e2", "c2", "call.ended", "{\"agent_id\":\"agent_1\"}"));
        assertThat(read(Topics.DELIVERIES)).hasSize(1);
    }

    @Test
    void event_notValid_goesToInvalidUnchanged() {
        byte[] bytes = "{\"id\":\"x\", not json".getBytes(StandardCharsets.UTF_8);
        events.pipeInput(new TestRecord<>("k".getBytes(StandardCharsets.UTF_8), bytes));
        TestRecord<byte[], byte[]> refused = read(Topics.EVENTS_INVALID).getFirst();
        assertThat(refused.value()).isEqualTo(bytes);
        assertThat(text(refused.key())).isEqualTo("k");
        assertThat(text(refused.headers().lastHeader(Topics.HEADER_REASON).value()))
                .startsWith("not JSON");
        assertThat(Json.parse(refused.headers().lastHeader(Topics.HEADER_ERRORS).value()).isArray())
                .isTrue();
    }

    @Test
    void event_tombstone_isInvalidAndStopsNothing() {
        events.pipeInput(new TestRecord<>("k".getBytes(StandardCharsets.UTF_8), null));
        assertThat(read(Topics.EVENTS_INVALID)).hasSize(1);
    }

    @Test
    void event_withoutId_getsOneFromItsPlace() {
        registry.add(endpoint("ep_1", "acc_1", Endpoint.Scope.ANY, "*"));
        send(event("e1", "c1", "call.ended", "{}").replace("\"id\":\"e1\",", ""));
        JsonNode body = Json.parse(read(Topics.DELIVERIES).getFirst().value());
        assertThat(body.at("/data/event/id").stringValue()).isEqualTo("evt_0-0");
    }

    @Test
    void record_largerThanCanBeWritten_isKeptCutOff() {
        byte[] huge = new byte[Topics.MAX_RECORD_BYTES];
        events.pipeInput(new TestRecord<>("k".getBytes(StandardCharsets.UTF_8), huge));
        TestRecord<byte[], byte[]> refused = read(Topics.EVENTS_INVALID).getFirst();
        assertThat(refused.value()).hasSize(Topics.MAX_EVENT_BYTES);
        assertThat(text(refused.headers().lastHeader(Topics.HEADER_REASON).value()))
                .contains("too large");
    }

    @Test
    void event_ofAnotherAccountsCall_isRefused() {
        registry.add(endpoint("ep_2", "acc_2", Endpoint.Scope.ANY, "*"));
        send(event("e1", "c1", "call.created", "{}"));
        send(event("e2", "c1", "call.ended", "{}").replace("acc_1", "acc_2"));
        assertThat(read(Topics.DELIVERIES)).isEmpty();
        assertThat(read(Topics.EVENTS_INVALID)).hasSize(1);
    }

    @Test
    void calls_pastTheirRetention_areForgottenToTheLastByte() {
        registry.add(endpoint("ep_1", "acc_1", Endpoint.Scope.ANY, "*"));
        for (int call = 0; call < 500; call++) {
            send(event("e1", "c" + call, "call.created", "{}"));
            send(event("e2", "c" + call, "call.ended", "{}"));
        }
        assertThat(entries()).isGreaterThanOrEqualTo(2_000);
        driver.advanceWallClockTime(RETENTION.plus(RETENTION.dividedBy(64)));
        driver.advanceWallClockTime(Duration.ofSeconds(2));
        assertThat(entries()).isZero();
        read(Topics.DELIVERIES);
        send(event("e1", "c1", "call.created", "{}"));
        assertThat(read(Topics.DELIVERIES)).hasSize(1);
    }

    @Test
    void call_stillTalking_isNotForgotten() {
        send(event("e1", "c1", "call.created", "{}"));
        driver.advanceWallClockTime(RETENTION.minusHours(1));
        events.pipeInput(
                new TestRecord<>(
                        "c1".getBytes(StandardCharsets.UTF_8),
                        event("e2", "c1", "call.started", "{}").getBytes(StandardCharsets.UTF_8),
                        START.plus(RETENTION).minusSeconds(3_600)));
        driver.advanceWallClockTime(Duration.ofHours(3));
        send(event("e1", "c1", "call.created", "{}"));
        assertThat(Json.parse(read(Topics.SNAPSHOTS).getLast().value()).at("/sequence").asInt())
                .isEqualTo(2);
    }

    private long entries() {
        try (KeyValueIterator<?, ?> all = driver.getKeyValueStore(RouteTopology.STORE).all()) {
            long count = 0;
            for (; all.hasNext(); count++) {
                all.next();
            }
            return count;
        }
    }

    private void send(String event) {
        events.pipeInput(
                new TestRecord<>(
                        "k".getBytes(StandardCharsets.UTF_8),
                        event.getBytes(StandardCharsets.UTF_8),
                        START));
    }

    private List<TestRecord<byte[], byte[]>> read(String topic) {
        TestOutputTopic<byte[], byte[]> out =
                driver.createOutputTopic(
                        topic, new ByteArrayDeserializer(), new ByteArrayDeserializer());
        return out.readRecordsToList();
    }

    private static String event(String id, String call, String type, String part) {
        return """
        {"id":"%s","type":"%s","occurred_at":"2026-11-23T09:00:00Z","account_id":"acc_1",\
        "call_id":"%s","call":%s}"""
                .formatted(id, type, call, part);
    }

    private static Endpoint scoped(String id, Endpoint.Scope scope) {
        return endpoint(id, "acc_1", scope, "*");
    }

    private static Endpoint endpoint(
            String id, String account, Endpoint.Scope scope, String event) {
        return Endpoint.of(
                id,
                account,
                Endpoint.Config.of("https://example.com/hooks", "standard", List.of(event), scope),
                null,
                START);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private record ListedRegistry(List<Endpoint> endpoints) implements Router.Registry {
        @Override
        public CompletableFuture<Void> current() {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public List<Endpoint> of(String accountId) {
            return endpoints.stream().filter(e -> e.accountId().equals(accountId)).toList();
        }
    }
}
