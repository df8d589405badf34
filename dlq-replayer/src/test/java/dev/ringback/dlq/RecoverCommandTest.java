package dev.ringback.dlq;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.dlq.scan.TopicReader;
import dev.ringback.route.Router;
import dev.ringback.route.Routing;
import dev.ringback.runtime.Metrics;
import dev.ringback.runtime.SecretBox;
import dev.ringback.runtime.Settings;
import dev.ringback.schemas.CallEvent;
import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.Endpoint;
import dev.ringback.schemas.EventType;
import dev.ringback.schemas.Json;
import dev.ringback.schemas.Topics;
import dev.ringback.testkit.Await;
import dev.ringback.testkit.BulkWriter;
import dev.ringback.testkit.TestKafka;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import tools.jackson.databind.node.ObjectNode;

/** Real routing makes deliveries for one endpoint; others get the same when they are recovered. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RecoverCommandTest {
    private static final Instant THEN = Instant.parse("2026-11-23T10:00:00Z");
    private static final List<EventType> LIFE =
            List.of(
                    EventType.CALL_CREATED,
                    EventType.CALL_ANSWERED,
                    EventType.CALL_ENDED,
                    EventType.CALL_ANALYZED);
    private static final int CALLS = 6;

    private static final List<Endpoint> REGISTRY = List.of(endpoint("ep_told", "*", null));

    private static TestKafka kafka;
    private static BulkWriter writer;
    private static Routing routing;

    @BeforeAll
    static void start() throws Exception {
        kafka = TestKafka.start();
        writer = new BulkWriter(kafka.clients(), "platform");
        Settings settings = kafka.settings(Map.of());
        SecureRandom random = new SecureRandom();
        SecretBox box = new SecretBox(SecretBox.newKey("m", random), random);
        routing = new Routing(settings, kafka.clients(), new Registry(), box, new Metrics());
        routing.start();
        int deliveries = platform();
        Await.until(
                "routed",
                Duration.ofSeconds(60),
                () -> kafka.records(Topics.DELIVERIES).size() == deliveries);
        register(endpoint("ep_told", "*", null));
    }

    @AfterAll
    static void stop() {
        routing.stop();
        writer.close();
        kafka.close();
    }

    /** One endpoint, from before the first event. */
    private static final class Registry implements Router.Registry {
        @Override
        public CompletableFuture<Void> current() {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public List<Endpoint> of(String accountId) {
            return accountId.equals("acc_1") ? REGISTRY : List.of();
        }
    }

    private static Endpoint endpoint(String id, String events, String agent) {
        Endpoint.Scope scope = new Endpoint.Scope(agent, null, null, null);
        Endpoint.Config config =
                Endpoint.Config.of("https://crm.example/hooks", "standard", List.of(events), scope);
        return Endpoint.of(id, "acc_1", config, null, THEN);
    }

    private static void register(Endpoint endpoint) {
        writer.send(new ProducerRecord<>(Topics.ENDPOINTS, utf8(endpoint.key()), endpoint.bytes()));
        writer.flush();
    }

    /** Calls side by side, with what a platform may do; returns how many events are worth it. */
    private static int platform() {
        for (EventType type : LIFE) {
            for (int i = 0; i < CALLS; i++) {
                event(event(type, "call-" + i, "acc_1", i), null);
            }
        }
        event(event(EventType.CALL_ENDED, "call-0", "acc_1", 0), null);
        event(event(EventType.CALL_ENDED, "call-0", "acc_2", 0), null);
        event(event(EventType.CALL_CREATED, "call-of-another", "acc_2", 0), null);
        CallEvent strayed = event(EventType.CALL_CREATED, "call-strayed", "acc_1", 0);
        int home = home("call-strayed");
        event(strayed, (home + 1) % 3);
        writer.send(
                new ProducerRecord<>(Topics.EVENTS, utf8("call-0"), utf8("{\"type\":\"none\"}")));
        writer.flush();
        return LIFE.size() * CALLS + 1;
    }

    private static int home(String key) {
        return TopicReader.home(key, 3);
    }

    private static CallEvent event(EventType type, String call, String account, int i) {
        ObjectNode part = Json.object().put("agent_id", "agent-" + i % 2);
        part.put("summary", type.text() + " of " + call);
        String id = "evt-" + type + "-" + call;
        return CallEvent.of(id, type, THEN.plusSeconds(i), account, call).withCall(part);
    }

    private static void event(CallEvent event, Integer partition) {
        byte[] key = utf8(event.subjectId());
        writer.send(new ProducerRecord<>(Topics.EVENTS, partition, key, event.bytes()));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static DeadLetters.Ran run(String... args) {
        return DeadLetters.run(Clock.systemUTC(), kafka.settings(Map.of()), "", args);
    }

    private static DeadLetters.Ran recover(String endpoint, String... more) {
        List<String> args = new ArrayList<>(List.of("recover", "--endpoint", endpoint));
        args.addAll(List.of("--since", "1h"));
        args.addAll(List.of(more));
        return run(args.toArray(String[]::new));
    }

    /** What an endpoint was sent by way of replays, by event. */
    private static Map<String, ConsumerRecord<byte[], byte[]>> sent(String endpoint) {
        Map<String, ConsumerRecord<byte[], byte[]>> sent = new HashMap<>();
        for (ConsumerRecord<byte[], byte[]> record : kafka.records(Topics.REPLAY)) {
            DeliveryHeader header = DeadLetters.header(record.headers());
            if (header.endpointId().equals(endpoint)) {
                assertThat(sent.put(header.eventId(), record)).as("twice").isNull();
            }
        }
        return sent;
    }

    @Test
    void recover_endpointMadeLater_getsWhatRoutingWouldHaveMade() {
        register(endpoint("ep_late", "*", null));

        DeadLetters.Ran ran = recover("ep_late", "--yes");

        assertThat(ran.code()).isZero();
        assertThat(ran.err()).matches("sent 25 deliveries to ep_late as rcv_[0-9a-f-]{36}\n");
        Map<String, ConsumerRecord<byte[], byte[]>> sent = sent("ep_late");
        List<ConsumerRecord<byte[], byte[]>> routed = kafka.records(Topics.DELIVERIES);
        assertThat(sent).hasSameSizeAs(routed);
        for (ConsumerRecord<byte[], byte[]> told : routed) {
            DeliveryHeader was = DeadLetters.header(told.headers());
            ConsumerRecord<byte[], byte[]> same = sent.get(was.eventId());
            DeliveryHeader is = DeadLetters.header(same.headers());
            assertThat(same.value()).isEqualTo(told.value());
            assertThat(new String(same.key(), StandardCharsets.UTF_8))
                    .isEqualTo("ep_late:" + was.subjectId());
            assertThat(same.partition()).isEqualTo(home(is.key()));
            assertThat(is.deliveryId())
                    .isEqualTo(
                            DeliveryHeader.deliveryId(was.subjectId(), was.eventId(), "ep_late"));
            assertThat(is.replay().count()).isEqualTo(1);
            assertThat(ran.err()).contains(is.replay().id());
            assertThat(is.sequence()).isEqualTo(was.sequence());
            assertThat(is.createdAt()).isEqualTo(was.createdAt());
            assertThat(is.origin()).isEqualTo(was.origin());
            assertThat(is.attempt()).isEqualTo(1);
        }
    }

    @Test
    void recover_twice_sendsNothingTwice() {
        register(endpoint("ep_twice", "*", null));

        DeadLetters.Ran part = recover("ep_twice", "--call", "call-1", "--yes");
        DeadLetters.Ran rest = recover("ep_twice", "--yes");
        DeadLetters.Ran again = recover("ep_twice", "--yes");

        assertThat(part.err()).startsWith("sent 4 deliveries ");
        assertThat(rest.err()).startsWith("sent 21 deliveries ");
        assertThat(again.code()).isEqualTo(3);
        assertThat(again.err()).isEqualTo("endpoint ep_twice misses nothing\n");
        assertThat(sent("ep_twice")).hasSize(25);
    }

    @Test
    void recover_endpointThatWasTold_missesNothing() {
        assertThat(recover("ep_told", "--yes").code()).isEqualTo(3);
    }

    @Test
    void recover_eventsAndScope_decide() {
        register(endpoint("ep_scoped", "call.ended", "agent-1"));

        DeadLetters.Ran ran = recover("ep_scoped", "--dry-run", "--format", "json");

        assertThat(ran.code()).isZero();
        assertThat(ran.lines()).hasSize(1);
        assertThat(ran.lines().getFirst().at("/plan/event_type").stringValue())
                .isEqualTo("call.ended");
        assertThat(ran.lines().getFirst().at("/plan/deliveries").intValue()).isEqualTo(3);
        assertThat(ran.err()).isEqualTo("dry run: 3 deliveries would be made\n");
        assertThat(sent("ep_scoped")).isEmpty();
    }

    @Test
    void recover_limit_sendsNoMore() {
        register(endpoint("ep_few", "*", null));

        assertThat(recover("ep_few", "--limit", "5", "--yes").err()).startsWith("sent 5 ");
        assertThat(recover("ep_few", "--yes").err()).startsWith("sent 20 ");
        assertThat(sent("ep_few")).hasSize(25);
    }

    @Test
    void recover_unknownEndpoint_matchesNothing() {
        DeadLetters.Ran ran = recover("ep_none", "--yes");

        assertThat(ran.code()).isEqualTo(3);
        assertThat(ran.out()).isEmpty();
        assertThat(ran.err()).isEqualTo("no endpoint ep_none\n");
    }

    @Test
    void recover_disabledEndpoint_saysSo() {
        Endpoint normal = endpoint("ep_off", "*", null);
        register(
                normal.withState(
                        new Endpoint.State(Endpoint.Status.disabled, THEN, 0, null, List.of())));

        DeadLetters.Ran ran = recover("ep_off", "--yes");

        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.err()).startsWith("ringback: endpoint ep_off is disabled").hasLineCount(1);
    }

    /** The last to run: what it deletes is missing to everybody. */
    @Test
    @Order(Integer.MAX_VALUE)
    void recover_firstEventsGone_leavesTheCallsOutAndSaysSo() throws Exception {
        register(endpoint("ep_gap", "*", null));
        int partition = home("call-1");
        Map<TopicPartition, RecordsToDelete> first = new HashMap<>();
        first.put(new TopicPartition(Topics.EVENTS, partition), RecordsToDelete.beforeOffset(1));
        String cut =
                kafka.records(Topics.EVENTS).stream()
                        .filter(record -> record.partition() == partition)
                        .map(record -> new String(record.key(), StandardCharsets.UTF_8))
                        .findFirst()
                        .orElseThrow();
        try (Admin admin = kafka.clients().admin("retention")) {
            admin.deleteRecords(first).all().get();
        }

        DeadLetters.Ran ran = recover("ep_gap", "--yes");

        assertThat(ran.code()).isZero();
        assertThat(ran.err())
                .startsWith(
                        "3 deliveries left out: the first events of their calls are no longer"
                                + " kept\n");
        assertThat(sent("ep_gap").values())
                .noneMatch(record -> DeadLetters.header(record.headers()).subjectId().equals(cut));
    }
}
