package dev.ringback.dispatch;

import static dev.ringback.dispatch.SigningOnTheWireTest.hmac;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.dialect.GroupIds;
import dev.ringback.schemas.Attempt;
import dev.ringback.schemas.CallEvent;
import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.Endpoint;
import dev.ringback.schemas.Endpoint.Callback.Payload;
import dev.ringback.schemas.Endpoint.Callback.Role;
import dev.ringback.schemas.EventType;
import dev.ringback.schemas.Json;
import dev.ringback.schemas.Reason;
import dev.ringback.schemas.Topics;
import dev.ringback.testkit.Await;
import dev.ringback.testkit.SubscriberStub;
import dev.ringback.testkit.SubscriberStub.Answer;
import dev.ringback.testkit.SubscriberStub.Received;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.utils.Utils;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The answer request: what a subscriber answers steers the call. */
class AnswerTest {
    private static final String MENU =
            "{\"voxml_version\":\"1.0\",\"instructions\":[{\"verb\":\"Say\",\"text\":\"Hello\"}]}";
    private static final String LATE_NEWER = "late: a newer answer was accepted";
    private static final Duration LONG = Duration.ofSeconds(90);

    private static TestDispatcher dispatcher;

    @BeforeAll
    static void start() {
        dispatcher = TestDispatcher.start(Clock.systemUTC());
    }

    @AfterAll
    static void stop() {
        dispatcher.close();
    }

    @Test
    void answer_validVoxml_isPublishedForItsCall() {
        try (SubscriberStub own = answering(MENU)) {
            String call = answered(webhooks(own.url(), null, "call-secret"));
            JsonNode instruction = awaitInstructions(call, 1).getFirst();
            assertThat(instruction.path("source").stringValue()).isEqualTo("answer");
            assertThat(Json.text(instruction.path("instructions"))).isEqualTo(MENU);
            Received request = own.received().getFirst();
            assertThat(Json.parse(request.body()).propertyNames())
                    .containsExactly("event", "call_uuid", "account_id", "from", "to", "direction");
            String time = request.header("X-TryVox-Timestamp");
            assertThat(request.header("X-TryVox-Signature"))
                    .isEqualTo(
                            "t="
                                    + time
                                    + ",v1="
                                    + hmac("call-secret", time + "." + request.text()));
            Attempt attempt = dispatcher.awaitAttempts(call, 1).getFirst();
            assertThat(attempt.outcome()).isEqualTo(Attempt.Result.delivered);
            assertThat(attempt.deliveryId())
                    .isEqualTo(instruction.path("delivery_id").stringValue());
        }
    }

    @Test
    void answer_invalidVoxml_isTriedAgainAndTheLogSaysWhere() {
        try (SubscriberStub own =
                answering(
                        "{\"voxml_version\":\"1.0\",\"instructions\":[{\"verb\":\"Play\"}]}",
                        MENU)) {
            String call = answered(webhooks(own.url(), null, null));
            awaitInstructions(call, 1);
            List<Attempt> attempts = dispatcher.awaitAttempts(call, 2);
            assertThat(attempts.getFirst().reason())
                    .isEqualTo("VoxML: /instructions/0/url is required");
            assertThat(attempts.getFirst().outcome()).isEqualTo(Attempt.Result.retry);
        }
    }

    @Test
    void answer_severalMistakes_areAllInTheLog() {
        try (SubscriberStub own =
                answering(
                        "{\"voxml_version\":\"1.0\",\"instructions\":[{\"verb\":\"Play\"},{\"verb\":\"Sing\"}]}",
                        MENU)) {
            String call = answered(webhooks(own.url(), null, null));
            assertThat(dispatcher.awaitAttempts(call, 1).getFirst().reason())
                    .isEqualTo(
                            "VoxML: /instructions/0/url is required;"
                                    + " /instructions/1/verb is no verb of VoxML");
        }
    }

    @Test
    void answer_afterALaterQuestionWasAnswered_isLoggedLateAndNotPublished() {
        CountDownLatch released = new CountDownLatch(1);
        try (SubscriberStub own =
                SubscriberStub.start(
                        request -> {
                            if (request.path().contains("first")) {
                                released.await();
                            }
                            return new Answer(200, Map.of(), MENU.getBytes(StandardCharsets.UTF_8));
                        })) {
            String call = dispatcher.name("call");
            ask(call, own.url() + "/first");
            Await.until("asked", TestDispatcher.LIMIT, () -> own.count() == 1);
            ask(call, own.url() + "/second");
            awaitInstructions(call, 1);
            released.countDown();
            List<Attempt> attempts = dispatcher.awaitAttempts(call, 2);
            assertThat(attempts).extracting(Attempt::reason).contains(LATE_NEWER);
            assertThat(instructions(call)).hasSize(1);
        }
    }

    private static void ask(String call, String url) {
        CallEvent event = dispatcher.event(EventType.CALL_ANSWERED, "acc", call);
        dispatcher.send(event.withWebhooks(webhooks(url, null, null)));
    }

    @Test
    void answer_ofTheApplication_isSignedByItsSecretAndAskedByGet() {
        try (SubscriberStub theirs = answering(MENU)) {
            String account = dispatcher.name("acc");
            String record = GroupIds.application(account, "app");
            dispatcher.put(
                    EndpointSketch.of(record, account, "tryvox")
                            .url("")
                            .events()
                            .secrets("application-secret")
                            .group(
                                    new Endpoint.Group.Application(
                                            Map.of(Role.answer, theirs.url()),
                                            "GET",
                                            "POST",
                                            Payload.documented)));
            String call = dispatcher.name("call");
            dispatcher.send(
                    dispatcher
                            .event(EventType.CALL_ANSWERED, account, call)
                            .withCall(json("{\"application_id\":\"app\"}")));
            awaitInstructions(call, 1);
            Received request = theirs.received().getFirst();
            String query = request.path().substring(request.path().indexOf('?') + 1);
            assertThat(query).startsWith("event=call.answered&call_uuid=" + call);
            String time = request.header("X-TryVox-Timestamp");
            assertThat(request.header("X-TryVox-Signature"))
                    .isEqualTo(
                            "t=" + time + ",v1=" + hmac("application-secret", time + "." + query));
        }
    }

    @Test
    void answer_down_isAskedFourTimesInRealTimeAndThenTheFallback() {
        try (SubscriberStub down = SubscriberStub.start(request -> Answer.of(503));
                SubscriberStub fallback = answering(MENU)) {
            String call = answered(webhooks(down.url(), fallback.url(), null));
            JsonNode instruction = awaitInstructions(call, 1).getFirst();
            assertThat(instruction.path("source").stringValue()).isEqualTo("fallback");
            List<Received> requests = down.received();
            assertThat(requests).hasSize(4);
            long[] seconds = {1, 4, 16};
            for (int i = 0; i < 3; i++) {
                Instant before = requests.get(i).at();
                assertThat(requests.get(i + 1).at())
                        .isBetween(
                                before.plusSeconds(seconds[i]), before.plusSeconds(seconds[i] + 1));
            }
            Received first = fallback.received().getFirst();
            assertThat(first.at())
                    .isBetween(requests.get(3).at(), requests.get(3).at().plusSeconds(1));
            assertThat(first.body()).isEqualTo(requests.getFirst().body());
            assertThat(first.header("Ringback-Attempt")).isEqualTo("1");
            assertThat(dispatcher.awaitDead(call, TestDispatcher.LIMIT).reason())
                    .isEqualTo(Reason.exhausted);
        }
    }

    @Test
    void bothDown_failedRecordAndDead_replayAfterTheEndIsRefused() {
        try (SubscriberStub down = SubscriberStub.start(request -> Answer.of(500))) {
            String call = answered(webhooks(down.url(), null, null));
            JsonNode instruction = awaitInstructions(call, 1).getFirst();
            assertThat(instruction.path("failed").booleanValue()).isTrue();
            assertThat(instruction.path("reason").stringValue()).isEqualTo("status 500");
            DeliveryHeader dead = dispatcher.awaitDead(call, TestDispatcher.LIMIT);
            assertThat(dead.reason()).isEqualTo(Reason.exhausted);
            int asked = down.count();
            end(call);
            replay(call);
            Await.until("dead again", LONG, () -> dispatcher.dead(call).size() == 2);
            DeliveryHeader again = dispatcher.dead(call).getLast();
            assertThat(again.reason()).isEqualTo(Reason.late);
            assertThat(down.count()).isEqualTo(asked);
            assertThat(dispatcher.attempts(call).getLast().reason())
                    .isEqualTo("late: the call has ended");
            assertThat(instructions(call)).hasSize(1);
        }
    }

    @Test
    void answer_afterTheCallEnded_isLoggedLateAndNotPublished() throws Exception {
        CountDownLatch ended = new CountDownLatch(1);
        try (SubscriberStub slow =
                SubscriberStub.start(
                        request -> {
                            ended.await();
                            return new Answer(200, Map.of(), MENU.getBytes(StandardCharsets.UTF_8));
                        })) {
            String account = dispatcher.name("acc");
            String call = answered(account, webhooks(slow.url(), null, null));
            Await.until("asked", TestDispatcher.LIMIT, () -> slow.count() == 1);
            end(account, call);
            Await.until("told", TestDispatcher.LIMIT, () -> isOver(call));
            awaitLaterAnswerInPartitionOf(call);
            ended.countDown();
            Attempt attempt = dispatcher.awaitAttempts(call, 1).getFirst();
            assertThat(attempt.reason()).isEqualTo("late: the call has ended");
            assertThat(instructions(call)).isEmpty();
        }
    }

    @Test
    void answer_askedTwiceByACopy_isPublishedOnce() {
        try (SubscriberStub own = answering(MENU)) {
            String call = answered(webhooks(own.url(), null, null));
            awaitInstructions(call, 1);
            ConsumerRecord<byte[], byte[]> asked =
                    dispatcher.kafka().records(Topics.ANSWERS).stream()
                            .filter(record -> key(record).equals(call))
                            .findFirst()
                            .orElseThrow();
            dispatcher.restart(Clock.systemUTC());
            dispatcher.send(
                    new ProducerRecord<>(
                            Topics.ANSWERS,
                            asked.partition(),
                            null,
                            asked.key(),
                            asked.value(),
                            asked.headers()));
            String after = answered(webhooks(own.url(), null, null));
            awaitInstructions(after, 1);
            assertThat(instructions(call)).hasSize(1);
        }
    }

    private static boolean isOver(String call) {
        return dispatcher.kafka().records(Topics.ANSWERS).stream()
                .anyMatch(
                        record ->
                                key(record).equals(call)
                                        && record.headers().lastHeader(Topics.HEADER_ENDED)
                                                != null);
    }

    /** What came after it in its partition has been read, so it has been read as well. */
    private static void awaitLaterAnswerInPartitionOf(String call) {
        int partition = partition(call);
        try (SubscriberStub other = answering(MENU)) {
            String later = answered(webhooks(other.url(), null, null));
            while (partition(later) != partition) {
                later = answered(webhooks(other.url(), null, null));
            }
            awaitInstructions(later, 1);
        }
    }

    private static int partition(String call) {
        byte[] key = call.getBytes(StandardCharsets.UTF_8);
        return Utils.toPositive(Utils.murmur2(key)) % 3;
    }

    private static void replay(String call) {
        ConsumerRecord<byte[], byte[]> dead =
                dispatcher.kafka().records(Topics.DEAD).stream()
                        .filter(record -> header(record).subjectId().equals(call))
                        .findFirst()
                        .orElseThrow();
        ProducerRecord<byte[], byte[]> living =
                new ProducerRecord<>(Topics.REPLAY, dead.partition(), dead.key(), dead.value());
        DeliveryHeader moved = header(dead).replayed("rpl_1", Instant.now());
        living.headers().add(DeliveryHeader.NAME, moved.bytes());
        dispatcher.send(living);
    }

    private static DeliveryHeader header(ConsumerRecord<byte[], byte[]> record) {
        return DeliveryHeader.read(record.headers().lastHeader(DeliveryHeader.NAME).value());
    }

    private static SubscriberStub answering(String... bodies) {
        AtomicInteger next = new AtomicInteger();
        return SubscriberStub.start(
                request ->
                        new Answer(
                                200,
                                Map.of(),
                                bodies[Math.min(next.getAndIncrement(), bodies.length - 1)]
                                        .getBytes(StandardCharsets.UTF_8)));
    }

    private static ObjectNode webhooks(String answer, String fallback, String secret) {
        ObjectNode webhooks = Json.object().put("dialect", "tryvox").put("answer_url", answer);
        if (fallback != null) {
            webhooks.put("fallback_url", fallback);
        }
        if (secret != null) {
            webhooks.put("webhook_secret", secret);
        }
        return webhooks;
    }

    private static String answered(ObjectNode webhooks) {
        return answered("acc", webhooks);
    }

    private static String answered(String account, ObjectNode webhooks) {
        String call = dispatcher.name("call");
        CallEvent event = dispatcher.event(EventType.CALL_ANSWERED, account, call);
        dispatcher.send(event.withWebhooks(webhooks));
        return call;
    }

    private static void end(String call) {
        end("acc", call);
    }

    private static void end(String account, String call) {
        dispatcher.send(dispatcher.event(EventType.CALL_ENDED, account, call));
    }

    private static List<JsonNode> awaitInstructions(String call, int count) {
        Await.until("instructions", LONG, () -> instructions(call).size() >= count);
        return instructions(call);
    }

    private static List<JsonNode> instructions(String call) {
        return dispatcher.kafka().records(Topics.INSTRUCTIONS).stream()
                .filter(record -> key(record).equals(call))
                .map(record -> Json.parse(record.value()))
                .toList();
    }

    private static String key(ConsumerRecord<byte[], byte[]> record) {
        return new String(record.key(), StandardCharsets.UTF_8);
    }

    private static ObjectNode json(String text) {
        return (ObjectNode) Json.parse(text.getBytes(StandardCharsets.UTF_8));
    }
}
