package dev.ringback.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.dialect.Dialects;
import dev.ringback.dispatch.EndpointSketch;
import dev.ringback.runtime.SecretBox;
import dev.ringback.schemas.CallEvent;
import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.Endpoint;
import dev.ringback.schemas.EventSchema;
import dev.ringback.schemas.EventType;
import dev.ringback.schemas.Json;
import dev.ringback.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.streams.TestInputTopic;
import org.apache.kafka.streams.TestOutputTopic;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.TopologyTestDriver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/** Random events of random accounts reach exactly whom a plain reading of the contract says. */
class RandomRoutingTest {
    private static final int EVENTS = 3_000;
    private static final int ENDPOINTS = 120;
    private static final Instant START = Instant.parse("2026-11-23T10:00:00Z");
    private static final List<String> FIELDS =
            List.of("agent_id", "application_id", "phone_number_id", "environment");

    /** What each vendor sends, read off its page. */
    private static final Map<String, Set<String>> KNOWN =
            Map.of(
                    "vomyra",
                            words(
                                    "call.started call.ended call.tool_invoked call.transferred"
                                            + " assistant.updated"),
                    "tryvox",
                            words(
                                    "call.created call.ringing call.answered call.ended"
                                            + " message.delivered message.failed"),
                    "voicy", words("call.analyzed"),
                    "ultravox", words("call.created call.joined call.ended call.billed"),
                    "standard",
                            words(
                                    "call.created call.ringing call.answered call.started"
                                            + " call.joined call.tool_invoked call.transferred call.ended"
                                            + " call.analyzed call.billed assistant.updated"
                                            + " message.delivered message.failed endpoint.unhealthy"
                                            + " endpoint.recovered endpoint.disabled"));

    private final long seed = new SecureRandom().nextLong();
    private final Random random = new Random(seed);
    private final List<Endpoint> endpoints = new ArrayList<>();

    /** What the reference remembers of a call: the last value of each field. */
    private final Map<String, Map<String, String>> calls = new HashMap<>();

    @Test
    void events_random_reachExactlyWhomTheyShould(@TempDir Path state) {
        for (int i = 0; i < ENDPOINTS; i++) {
            addEndpoint("ep_" + i);
        }
        try (TopologyTestDriver driver = new TopologyTestDriver(topology(), config(state), START)) {
            TestInputTopic<byte[], byte[]> in =
                    driver.createInputTopic(
                            Topics.EVENTS, new ByteArraySerializer(), new ByteArraySerializer());
            TestOutputTopic<byte[], byte[]> out =
                    driver.createOutputTopic(
                            Topics.DELIVERIES,
                            new ByteArrayDeserializer(),
                            new ByteArrayDeserializer());
            int reached = 0;
            for (int i = 0; i < EVENTS; i++) {
                CallEvent event = event("evt_" + i);
                in.pipeInput(event.subjectId().getBytes(StandardCharsets.UTF_8), event.bytes());
                Set<String> actual = new TreeSet<>();
                out.readRecordsToList()
                        .forEach(
                                record -> {
                                    DeliveryHeader header =
                                            DeliveryHeader.read(
                                                    record.headers()
                                                            .lastHeader(DeliveryHeader.NAME)
                                                            .value());
                                    assertThat(header.accountId()).isEqualTo(event.accountId());
                                    assertThat(actual.add(keyOf(header))).isTrue();
                                });
                assertThat(actual)
                        .as("seed %d, event %s", seed, text(event))
                        .isEqualTo(expected(event));
                reached += actual.size();
            }
            assertThat(reached).as("seed %d", seed).isGreaterThan(EVENTS);
        }
    }

    private static String text(CallEvent event) {
        return new String(event.bytes(), StandardCharsets.UTF_8);
    }

    /** The reference: contract and dialects, read line by line. */
    private Set<String> expected(CallEvent event) {
        Map<String, String> known = new HashMap<>();
        String kind = event.type().text().replaceAll("\\..*", "");
        if (kind.equals("call")) {
            known = calls.computeIfAbsent(event.subjectId(), id -> new HashMap<>());
        }
        Map<String, String> fields = known;
        ObjectNode source = kind.equals("call") ? event.call() : event.data();
        source.properties().forEach(f -> fields.put(f.getKey(), f.getValue().stringValue()));
        if (kind.equals("assistant")) {
            fields.put("agent_id", event.subjectId());
        }
        if (event.environment() != null) {
            fields.put("environment", event.environment());
        }
        fields.putIfAbsent("environment", "production");
        Set<String> keys = new TreeSet<>();
        for (Endpoint endpoint : endpoints) {
            boolean announced = kind.equals("endpoint");
            boolean named = endpoint.config().events().contains(event.type().text());
            boolean all = endpoint.config().events().contains("*") && !announced;
            boolean sent = KNOWN.get(endpoint.dialect()).contains(event.type().text());
            boolean own = endpoint.accountId().equals(event.accountId());
            boolean inScope =
                    scope(endpoint).entrySet().stream()
                            .allMatch(s -> s.getValue().equals(fields.get(s.getKey())));
            boolean web = "web".equals(fields.get("channel"));
            boolean staged =
                    endpoint.stage() == null || web == (endpoint.stage() == Endpoint.Stage.draft);
            if (own && sent && (named || all) && inScope && staged) {
                keys.add(endpoint.key());
            }
        }
        return keys;
    }

    private static Map<String, String> scope(Endpoint endpoint) {
        Endpoint.Scope scope = endpoint.config().scope();
        Map<String, String> wanted = new HashMap<>();
        wanted.put("agent_id", scope.agentId());
        wanted.put("application_id", scope.applicationId());
        wanted.put("phone_number_id", scope.phoneNumberId());
        wanted.put("environment", scope.environment());
        wanted.values().removeIf(Objects::isNull);
        return wanted;
    }

    private static String keyOf(DeliveryHeader header) {
        return Endpoint.key(
                header.endpointId(), header.via() == null ? null : header.via().stage());
    }

    private void addEndpoint(String id) {
        String dialect = oneOf(Dialects.all().stream().map(d -> d.name()).toList());
        List<String> events = new ArrayList<>();
        for (EventType type : EventType.values()) {
            if (random.nextInt(4) == 0) {
                events.add(type.text());
            }
        }
        if (random.nextBoolean()) {
            events.add("*");
        }
        Endpoint.Scope scope =
                new Endpoint.Scope(maybe("agent"), maybe("app"), maybe("phone"), environment());
        EndpointSketch sketch =
                EndpointSketch.of(id, account(), dialect)
                        .events(events.toArray(String[]::new))
                        .scope(scope);
        if (dialect.equals("voicy")) {
            endpoints.add(sketch.stage(Endpoint.Stage.draft).unsealed());
            endpoints.add(sketch.stage(Endpoint.Stage.deployed).unsealed());
        } else {
            endpoints.add(sketch.unsealed());
        }
    }

    private CallEvent event(String id) {
        EventType type = oneOf(List.of(EventType.values()));
        String account = account();
        boolean call = type.subject() == EventType.Subject.CALL;
        String subject =
                type.subject() == EventType.Subject.ASSISTANT
                        ? "agent_" + random.nextInt(3)
                        : account + "-" + type.subject().field() + random.nextInt(40);
        // An assistant is one account's, as every subject is.
        String owner = type.subject() == EventType.Subject.ASSISTANT ? "acc_0" : account;
        ObjectNode fields = Json.object();
        List.of("agent", "app", "phone")
                .forEach(
                        prefix -> {
                            String value = maybe(prefix);
                            if (value != null) {
                                fields.put(FIELDS.get(index(prefix)), value);
                            }
                        });
        if (call && random.nextInt(3) == 0) {
            fields.put("channel", oneOf(List.of("web", "phone")));
        }
        CallEvent event = CallEvent.of(id, type, START, owner, subject);
        String environment = environment();
        event = environment == null ? event : event.withEnvironment(environment);
        return call ? event.withCall(fields) : event.withData(fields);
    }

    private static int index(String prefix) {
        return List.of("agent", "app", "phone").indexOf(prefix);
    }

    private String account() {
        return "acc_" + random.nextInt(3);
    }

    private String maybe(String prefix) {
        return random.nextInt(3) == 0 ? prefix + "_" + random.nextInt(3) : null;
    }

    private String environment() {
        return oneOf(Arrays.asList(null, null, "production", "staging"));
    }

    private <T> T oneOf(List<T> values) {
        return values.get(random.nextInt(values.size()));
    }

    private Topology topology() {
        SecretBox box =
                new SecretBox(SecretBox.newKey("t", new SecureRandom()), new SecureRandom());
        Intake intake = new Intake(new EventSchema(), box, false);
        Router.Rules rules = new Router.Rules(1, Duration.ofDays(7));
        return new RouteTopology(
                        1,
                        () ->
                                new Router(
                                        intake,
                                        new Freshness(),
                                        new Listed(endpoints),
                                        rules,
                                        f -> {}))
                .get();
    }

    private static Properties config(Path state) {
        Properties config = new Properties();
        config.put("application.id", "test");
        config.put("bootstrap.servers", "unused:1");
        config.put("state.dir", state.toString());
        return config;
    }

    private static Set<String> words(String text) {
        return Set.of(text.split(" "));
    }

    private record Listed(List<Endpoint> endpoints) implements Router.Registry {
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
