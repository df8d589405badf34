package dev.ringback.dispatch;

import static dev.ringback.dispatch.SigningOnTheWireTest.hmac;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.dialect.GroupIds;
import dev.ringback.schemas.CallEvent;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class CallTargetsDeliveryTest {
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
    void tryvox_callsSecretSignsItsUrls_applicationsSignsItsOwn() {
        try (SubscriberStub own = SubscriberStub.start();
                SubscriberStub theirs = SubscriberStub.start()) {
            String account = dispatcher.name("acc");
            application(account, theirs.url(), "POST", "secret-of-the-application");
            send(
                    account,
                    EventType.CALL_ENDED,
                    "{\"dialect\":\"tryvox\",\"hangup_url\":\"%s\",\"webhook_secret\":\"secret-of-the-call\"}"
                            .formatted(own.url()));
            assertSigned(received(own), "secret-of-the-call");
            assertSigned(received(theirs), "secret-of-the-application");
        }
    }

    @Test
    void tryvox_callWithoutSecret_isSignedByItsApplication() {
        try (SubscriberStub own = SubscriberStub.start();
                SubscriberStub theirs = SubscriberStub.start()) {
            String account = dispatcher.name("acc");
            application(account, theirs.url(), "POST", "secret-of-the-application");
            String webhooks =
                    "{\"dialect\":\"tryvox\",\"status_callback_url\":\"%s\"}".formatted(own.url());
            send(account, EventType.CALL_CREATED, webhooks);
            assertSigned(received(own), "secret-of-the-application");
            assertThat(theirs.count()).isZero();
        }
    }

    @Test
    void tryvox_noSecretAtAll_goesOutUnsigned() {
        try (SubscriberStub own = SubscriberStub.start()) {
            String webhooks = "{\"dialect\":\"tryvox\",\"ring_url\":\"%s\"}".formatted(own.url());
            send(dispatcher.name("acc"), EventType.CALL_RINGING, webhooks);
            Received request = received(own);
            assertThat(request.headers())
                    .doesNotContainKeys("x-tryvox-signature", "x-tryvox-timestamp");
            assertThat(Json.parse(request.body()).at("/event").stringValue())
                    .isEqualTo("call.ringing");
        }
    }

    @Test
    void get_ofTheCallAndOfTheApplication_signsTheWholeQuery() {
        try (SubscriberStub own = SubscriberStub.start();
                SubscriberStub theirs = SubscriberStub.start()) {
            String account = dispatcher.name("acc");
            application(account, theirs.url() + "?token=it's", "GET", "application");
            send(account, EventType.CALL_CREATED, "{}");
            Received first = received(theirs);
            assertThat(first.method()).isEqualTo("GET");
            assertThat(first.path()).startsWith("/hooks?token=it%27s&event=call.queued&call_uuid=");
            assertSigned(first, "application");
            send(
                    account,
                    EventType.CALL_CREATED,
                    """
                    {"dialect":"tryvox","status_callback_url":"%s","status_callback_method":"GET",\
                    "webhook_secret":"call"}"""
                            .formatted(own.url()));
            Received second = received(own);
            assertThat(second.method()).isEqualTo("GET");
            assertThat(second.body()).isEmpty();
            assertThat(second.headers()).doesNotContainKey("content-type");
            assertSigned(second, "call");
        }
    }

    @Test
    void ultravoxCallbacks_areSignedByTheirSecretsOrNotAtAll() {
        try (SubscriberStub joined = SubscriberStub.start();
                SubscriberStub ended = SubscriberStub.start()) {
            String account = dispatcher.name("acc");
            String call = dispatcher.name("call");
            ObjectNode webhooks =
                    json(
                            """
                            {"dialect":"ultravox","callbacks":{\
                            "joined":{"url":"%s","secrets":["one","two"]},"ended":{"url":"%s"}}}"""
                                    .formatted(joined.url(), ended.url()));
            CallEvent first = dispatcher.event(EventType.CALL_JOINED, account, call);
            dispatcher.send(first.withWebhooks(webhooks));
            dispatcher.send(dispatcher.event(EventType.CALL_ENDED, account, call));
            Received signed = received(joined);
            String message = signed.text() + signed.header("X-Ultravox-Webhook-Timestamp");
            assertThat(signed.header("X-Ultravox-Webhook-Signature"))
                    .isEqualTo(hmac("one", message) + "," + hmac("two", message));
            assertThat(received(ended).headers())
                    .doesNotContainKeys(
                            "x-ultravox-webhook-signature", "x-ultravox-webhook-timestamp");
        }
    }

    @Test
    void callsOwnUrl_applicationThatSignsDeletedMeanwhile_diesInsteadOfGoingUnsigned() {
        try (SubscriberStub own = SubscriberStub.start(r -> Answer.of(500));
                SubscriberStub theirs = SubscriberStub.start()) {
            String account = dispatcher.name("acc");
            String record = application(account, theirs.url(), "POST", "application");
            String webhooks =
                    "{\"dialect\":\"tryvox\",\"status_callback_url\":\"%s\"}".formatted(own.url());
            String call = send(account, EventType.CALL_CREATED, webhooks);
            Await.until("first", TestDispatcher.LIMIT, () -> own.count() == 1);
            dispatcher.remove(record);
            assertThat(dispatcher.awaitDead(call, TestDispatcher.LIMIT).reason())
                    .isEqualTo(Reason.endpoint_deleted);
            assertThat(own.received())
                    .allMatch(request -> request.headers().containsKey("x-tryvox-signature"));
        }
    }

    @Test
    void secretsStraightFromKafka_areInNothingThatIsWritten() throws Exception {
        String marker = "marker-" + dispatcher.name("plain");
        try (SubscriberStub own = SubscriberStub.start(r -> Answer.of(500))) {
            String account = dispatcher.name("acc");
            List<CallEvent> events = new ArrayList<>();
            ObjectNode tryvox =
                    json(
                            "{\"dialect\":\"tryvox\",\"hangup_url\":\"%s\",\"webhook_secret\":\"%s\"}"
                                    .formatted(own.url(), marker));
            ObjectNode ultravox =
                    json(
                            "{\"dialect\":\"ultravox\",\"callbacks\":{\"ended\":{\"url\":\"%s\",\"secrets\":[\"%s\"]}}}"
                                    .formatted(own.url(), marker));
            ObjectNode invalid = tryvox.deepCopy().put("hangup_url", "ftp://x");
            ObjectNode unknown = tryvox.deepCopy().put("hangup", "x");
            for (ObjectNode webhooks : List.of(tryvox, ultravox, invalid, unknown)) {
                for (int partition = 0; partition < 3; partition++) {
                    CallEvent event =
                            dispatcher
                                    .event(EventType.CALL_ENDED, account, dispatcher.name("call"))
                                    .withWebhooks(webhooks);
                    events.add(event);
                    dispatcher.send(
                            new ProducerRecord<>(Topics.EVENTS, partition, null, event.bytes()));
                }
            }
            Await.until("all sent", TestDispatcher.LIMIT, () -> own.count() >= 6);
            Await.until(
                    "all refused",
                    TestDispatcher.LIMIT,
                    () -> dispatcher.kafka().records(Topics.EVENTS_INVALID).size() >= 6);
            String call = events.getFirst().subjectId();
            dispatcher.awaitAttempts(call, 2);
            assertThat(recordsWith(marker)).isEqualTo(Map.of(Topics.EVENTS, 12L));
            assertThat(dispatcher.attempts(call).toString()).doesNotContain(marker);
        }
    }

    /** How many records of each topic hold a text, in key, value or headers. */
    private static Map<String, Long> recordsWith(String text)
            throws ExecutionException, InterruptedException {
        Map<String, Long> found = new java.util.TreeMap<>();
        try (Admin admin = dispatcher.kafka().clients().admin("test")) {
            Set<String> topics = admin.listTopics().names().get();
            assertThat(topics).anyMatch(topic -> topic.endsWith("-changelog"));
            for (String topic : topics) {
                long count =
                        dispatcher.kafka().records(topic).stream()
                                .filter(record -> holds(record, text))
                                .count();
                if (count > 0) {
                    found.put(topic, count);
                }
            }
        }
        return found;
    }

    private static boolean holds(ConsumerRecord<byte[], byte[]> record, String text) {
        StringBuilder all = new StringBuilder(latin(record.key())).append(latin(record.value()));
        for (Header header : record.headers()) {
            all.append(latin(header.value()));
        }
        return all.indexOf(text) >= 0;
    }

    private static String latin(byte[] bytes) {
        return bytes == null ? "" : new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static void assertSigned(Received request, String secret) {
        String time = request.header("X-TryVox-Timestamp");
        String body =
                request.method().equals("GET")
                        ? request.path().substring(request.path().indexOf('?') + 1)
                        : request.text();
        assertThat(request.header("X-TryVox-Signature"))
                .isEqualTo("t=" + time + ",v1=" + hmac(secret, time + "." + body));
    }

    private static Received received(SubscriberStub subscriber) {
        Await.until("arrival", TestDispatcher.LIMIT, () -> subscriber.count() == 1);
        return subscriber.received().getFirst();
    }

    private static String send(String account, EventType type, String webhooks) {
        String call = dispatcher.name("call");
        dispatcher.send(
                dispatcher
                        .event(type, account, call)
                        .withCall(json("{\"application_id\":\"app\"}"))
                        .withWebhooks(json(webhooks)));
        return call;
    }

    /** An application with a status URL; returns the id of its record. */
    static String application(
            TestDispatcher on, String account, String url, String method, String secret) {
        String record = GroupIds.application(account, "app");
        on.put(
                EndpointSketch.of(record, account, "tryvox")
                        .url("")
                        .events()
                        .secrets(secret)
                        .group(
                                new Endpoint.Group.Application(
                                        Map.of(Role.status, url),
                                        "POST",
                                        method,
                                        Payload.documented)));
        on.put(
                EndpointSketch.of(GroupIds.member(record, Role.status), account, "tryvox")
                        .url(url)
                        .events("call.created", "call.ended")
                        .scope(new Endpoint.Scope(null, "app", null, null))
                        .callback(
                                new Endpoint.Callback(
                                        Role.status, record, method, Payload.documented)));
        return record;
    }

    private static String application(String account, String url, String method, String secret) {
        return application(dispatcher, account, url, method, secret);
    }

    private static ObjectNode json(String text) {
        return (ObjectNode) Json.parse(text.getBytes(StandardCharsets.UTF_8));
    }
}
