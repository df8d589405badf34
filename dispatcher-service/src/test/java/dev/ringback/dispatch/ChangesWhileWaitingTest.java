package dev.ringback.dispatch;

import static dev.ringback.dispatch.SigningOnTheWireTest.hmac;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.dialect.GroupIds;
import dev.ringback.schemas.Attempt;
import dev.ringback.schemas.CallEvent;
import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.Endpoint;
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
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a delivery that waits on a rung finds when its endpoint has changed meanwhile. */
class ChangesWhileWaitingTest {
    private static final Duration WAIT = Duration.ofSeconds(4);
    private static final String SECRET = "the-secret-it-had-at-first-0123456789";
    private static final String OTHER = "the-secret-it-has-been-given-0123456789";

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
    void disabled_diesWithThatReasonUntried() {
        try (SubscriberStub failing = failing()) {
            String account = dispatcher.name("acc");
            dispatcher.put(endpoint(account, failing));
            String call = failOnce(account, failing);
            dispatcher.put(endpoint(account, failing).state(Endpoint.Status.disabled, 1));
            DeliveryHeader dead = dispatcher.awaitDead(call, TestDispatcher.LIMIT);
            assertThat(dead.reason()).isEqualTo(Reason.endpoint_disabled);
            assertThat(dead.attempt()).isEqualTo(1);
            assertThat(failing.count()).isEqualTo(1);
        }
    }

    @Test
    void recordUnreadable_waitsForOneThatIsNot() {
        try (SubscriberStub failing = failing()) {
            String account = dispatcher.name("acc");
            EndpointSketch endpoint = endpoint(account, failing);
            dispatcher.put(endpoint);
            String call = failOnce(account, failing);
            String key = dispatcher.attempts(call).getFirst().endpointId();
            dispatcher.remove(key);
            dispatcher.send(
                    new ProducerRecord<>(
                            Topics.ENDPOINTS,
                            0,
                            key.getBytes(StandardCharsets.UTF_8),
                            "no endpoint".getBytes(StandardCharsets.UTF_8)));
            Attempt second = dispatcher.awaitAttempts(call, 2).get(1);
            assertThat(second.outcome()).isEqualTo(Attempt.Result.deferred);
            assertThat(second.reason()).isEqualTo("its endpoint cannot be read");
            assertThat(second.attempt()).isEqualTo(2);
            assertThat(dispatcher.dead(call)).isEmpty();
            assertThat(failing.count()).isEqualTo(1);
        }
    }

    @Test
    void urlSecretAndHeadersChanged_applyToTheNextAttempt() {
        try (SubscriberStub failing = failing();
                SubscriberStub other = SubscriberStub.start()) {
            String account = dispatcher.name("acc");
            dispatcher.put(endpoint(account, failing).header("X-Own", "before"));
            String call = failOnce(account, failing);
            dispatcher.put(endpoint(account, other).secrets(OTHER).header("X-Own", "after"));
            dispatcher.awaitAttempts(call, 2);
            Received second = other.received().getFirst();
            assertThat(failing.count()).isEqualTo(1);
            assertThat(second.body()).isEqualTo(failing.received().getFirst().body());
            assertThat(second.header("X-Vomyra-Signature")).isEqualTo(hmac(OTHER, second.text()));
            assertThat(second.header("X-Own")).isEqualTo("after");
        }
    }

    @Test
    void applicationsSecretChanged_appliesToTheNextAttempt() {
        try (SubscriberStub failing = failing()) {
            String account = dispatcher.name("acc");
            CallTargetsDeliveryTest.application(dispatcher, account, failing.url(), "POST", SECRET);
            ofApplication(account);
            Await.until("first", TestDispatcher.LIMIT, () -> failing.count() == 1);
            CallTargetsDeliveryTest.application(dispatcher, account, failing.url(), "POST", OTHER);
            Await.until("third", TestDispatcher.LIMIT, () -> failing.count() == 3);
            Received last = failing.received().getLast();
            String time = last.header("X-TryVox-Timestamp");
            assertThat(last.header("X-TryVox-Signature"))
                    .isEqualTo("t=" + time + ",v1=" + hmac(OTHER, time + "." + last.text()));
        }
    }

    @Test
    void applicationDeleted_itsUrlsDie() {
        try (SubscriberStub failing = failing()) {
            String account = dispatcher.name("acc");
            String record =
                    CallTargetsDeliveryTest.application(
                            dispatcher, account, failing.url(), "POST", SECRET);
            String call = ofApplication(account);
            Await.until("first", TestDispatcher.LIMIT, () -> failing.count() == 1);
            dispatcher.remove(record);
            assertThat(dispatcher.awaitDead(call, TestDispatcher.LIMIT).reason())
                    .isEqualTo(Reason.endpoint_deleted);
            dispatcher.remove(GroupIds.member(record, Role.status));
        }
    }

    @ParameterizedTest
    @CsvSource({"web,2,0", "phone,0,2"})
    void draftAndDeployed_eachCallGoesByItsOwn(String channel, int atDraft, int atDeployed) {
        try (SubscriberStub draft = failing();
                SubscriberStub deployed = failing()) {
            String account = dispatcher.name("acc");
            put(account, Endpoint.Stage.draft, draft);
            put(account, Endpoint.Stage.deployed, deployed);
            String call = dispatcher.name("call");
            CallEvent event = dispatcher.event(EventType.CALL_ANALYZED, account, call);
            dispatcher.send(
                    event.withCall(Json.object().put("channel", channel).put("agent_id", "agent")));
            dispatcher.awaitDead(call, TestDispatcher.LIMIT);
            assertThat(draft.count()).isEqualTo(atDraft);
            assertThat(deployed.count()).isEqualTo(atDeployed);
        }
    }

    @Test
    void deployedCopyRemoved_diesThoughTheDraftIsThere() {
        try (SubscriberStub draft = failing();
                SubscriberStub deployed = failing()) {
            String account = dispatcher.name("acc");
            put(account, Endpoint.Stage.draft, draft);
            put(account, Endpoint.Stage.deployed, deployed);
            String call = dispatcher.name("call");
            dispatcher.send(dispatcher.event(EventType.CALL_ANALYZED, account, call));
            Await.until("first", TestDispatcher.LIMIT, () -> deployed.count() == 1);
            dispatcher.remove("ep_" + account + "@deployed");
            assertThat(dispatcher.awaitDead(call, TestDispatcher.LIMIT).reason())
                    .isEqualTo(Reason.endpoint_deleted);
            assertThat(draft.count()).isZero();
        }
    }

    @Test
    void testDelivery_isTriedOnceAndSaidToBeOne() {
        try (SubscriberStub failing = failing()) {
            String account = dispatcher.name("acc");
            dispatcher.put(endpoint(account, failing));
            CallEvent event =
                    dispatcher.event(EventType.CALL_ENDED, account, dispatcher.name("test"));
            DeliveryHeader header =
                    DeliveryHeader.first(
                            event,
                            1,
                            "call.ended",
                            "ep_" + account,
                            "vomyra",
                            "application/json",
                            Instant.now(),
                            new DeliveryHeader.Origin(Topics.REGISTRY_COMMANDS, 0, 0),
                            new DeliveryHeader.Via(null, null, List.of(), null, null, true));
            ProducerRecord<byte[], byte[]> record =
                    new ProducerRecord<>(Topics.DELIVERIES, utf8(header.key()), utf8("{}"));
            record.headers().add(DeliveryHeader.NAME, header.bytes());
            dispatcher.send(record);
            DeliveryHeader dead = dispatcher.awaitDead(event.subjectId(), TestDispatcher.LIMIT);
            assertThat(dead.reason()).isEqualTo(Reason.no_retry);
            assertThat(dead.lastReason()).isEqualTo("status 500");
            assertThat(dispatcher.attempts(event.subjectId()))
                    .singleElement()
                    .satisfies(
                            attempt ->
                                    assertThat(attempt.trigger()).isEqualTo(Attempt.Trigger.test));
        }
    }

    private static SubscriberStub failing() {
        return SubscriberStub.start(request -> Answer.of(500));
    }

    private static EndpointSketch endpoint(String account, SubscriberStub subscriber) {
        return EndpointSketch.of("ep_" + account, account, "vomyra")
                .url(subscriber.url())
                .secrets(SECRET)
                .schedule(WAIT, WAIT);
    }

    private static void put(String account, Endpoint.Stage stage, SubscriberStub subscriber) {
        dispatcher.put(
                EndpointSketch.of("ep_" + account, account, "voicy")
                        .url(subscriber.url())
                        .schedule(Duration.ofSeconds(1))
                        .stage(stage));
    }

    private static String failOnce(String account, SubscriberStub failing) {
        String call = dispatcher.ended(account);
        Await.until("first", TestDispatcher.LIMIT, () -> failing.count() == 1);
        dispatcher.awaitAttempts(call, 1);
        return call;
    }

    private static String ofApplication(String account) {
        String call = dispatcher.name("call");
        CallEvent event = dispatcher.event(EventType.CALL_CREATED, account, call);
        dispatcher.send(event.withCall(Json.object().put("application_id", "app")));
        return call;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
