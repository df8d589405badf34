package dev.ringback.system;

import static dev.ringback.system.RingbackClient.expect;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.schemas.Attempt;
import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.Json;
import dev.ringback.schemas.Reason;
import dev.ringback.schemas.Topics;
import dev.ringback.testkit.Await;
import dev.ringback.testkit.SubscriberStub;
import dev.ringback.testkit.SubscriberStub.Answer;
import dev.ringback.testkit.SubscriberStub.Received;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What makes a vendor's subscribers at home: over HTTP in, over HTTP out. */
class VendorsTest {
    private static final AtomicInteger IDS = new AtomicInteger();
    private static Pipeline pipeline;
    private static RingbackClient client;

    @BeforeAll
    static void start() {
        pipeline = Pipeline.start(Map.of("RINGBACK_UNHEALTHY_AFTER", "3"));
        client = pipeline.client();
    }

    @AfterAll
    static void stop() {
        pipeline.close();
    }

    @Test
    void tryVoxApplication_itsUrlsAreCalled_andThoseOfTheCallWinOneByOne() {
        String account = account();
        try (SubscriberStub subscriber = SubscriberStub.start()) {
            ObjectNode application =
                    Json.object()
                            .put("account_id", account)
                            .put("status_callback_url", subscriber.url() + "/status")
                            .put("hangup_url", subscriber.url() + "/hangup")
                            .put("webhook_secret", "application-secret");
            expect(201, client.put("/v1/applications/app_1", application));
            ObjectNode ended = RingbackClient.ended(account, "call-a-" + account, "e1");
            ended.putObject("call").put("application_id", "app_1").put("status", "busy");
            expect(202, client.post("/v1/events", ended));
            Await.until("two webhooks", Pipeline.LIMIT, () -> subscriber.count() == 2);
            assertThat(paths(subscriber))
                    .containsExactlyInAnyOrder("/hooks/status", "/hooks/hangup");
            Received status = at(subscriber, "/hooks/status");
            assertThat(Json.parse(status.body()).path("status").asString()).isEqualTo("busy");
            assertTryVoxSignature(status, "application-secret");

            ObjectNode second = RingbackClient.ended(account, "call-b-" + account, "e2");
            second.putObject("call").put("application_id", "app_1");
            second.putObject("webhooks")
                    .put("dialect", "tryvox")
                    .put("hangup_url", subscriber.url() + "/mine")
                    .put("webhook_secret", "call-secret");
            expect(202, client.post("/v1/events", second));
            Await.until("four webhooks", Pipeline.LIMIT, () -> subscriber.count() == 4);
            assertTryVoxSignature(at(subscriber, "/hooks/mine"), "call-secret");
            assertThat(paths(subscriber).stream().filter("/hooks/hangup"::equals)).hasSize(1);
            assertThat(paths(subscriber).stream().filter("/hooks/status"::equals)).hasSize(2);
        }
    }

    @Test
    void tryVoxCall_withoutASecretOfItsOwn_isSignedByTheApplications() {
        String account = account();
        try (SubscriberStub subscriber = SubscriberStub.start()) {
            ObjectNode application =
                    Json.object()
                            .put("account_id", account)
                            .put("webhook_secret", "application-secret");
            expect(201, client.put("/v1/applications/app_1", application));
            ObjectNode created = RingbackClient.event(account, account, "e1", "call.created");
            created.putObject("call").put("application_id", "app_1");
            created.putObject("webhooks")
                    .put("dialect", "tryvox")
                    .put("status_callback_url", subscriber.url() + "/get?tenant=7")
                    .put("status_callback_method", "GET");
            expect(202, client.post("/v1/events", created));
            Await.until("the webhook", Pipeline.LIMIT, () -> subscriber.count() == 1);
            Received request = subscriber.received().getFirst();
            assertThat(request.path())
                    .startsWith("/hooks/get?tenant=7&event=call.queued&call_uuid=");
            assertThat(request.body()).isEmpty();
            String query = request.path().substring(request.path().indexOf('?') + 1);
            String time = request.header("X-TryVox-Timestamp");
            assertThat(request.header("X-TryVox-Signature"))
                    .isEqualTo(
                            "t=" + time + ",v1=" + hmac("application-secret", time + "." + query));
        }
    }

    @Test
    void voicyAgent_webCallsSeeADraftAtOnce_phoneCallsAfterDeploy() {
        String account = account();
        try (SubscriberStub subscriber = SubscriberStub.start()) {
            String id = voicy(account, subscriber.url() + "/one").path("id").asString();
            analyzed(account, "phone-1", "phone");
            analyzed(account, "web-1", "web");
            Await.until("the web call", Pipeline.LIMIT, () -> calls(subscriber).contains("web-1"));
            JsonNode agent = expect(200, client.get("/v1/agents/agent?account_id=" + account));
            assertThat(agent.path("webhooks").asString()).isEqualTo("1/5");
            assertThat(agent.path("draft_differs").asBoolean()).isTrue();

            ObjectNode whose = Json.object().put("account_id", account);
            expect(200, client.post("/v1/agents/agent/deploy", whose));
            ObjectNode moved = Json.object().put("url", subscriber.url() + "/two");
            expect(200, client.patch("/v1/endpoints/" + id, moved));
            analyzed(account, "phone-2", "phone");
            analyzed(account, "web-2", "web");
            Await.until("both", Pipeline.LIMIT, () -> subscriber.count() == 3);
            assertThat(subscriber.received().stream().map(r -> r.path() + " " + call(r)))
                    .containsExactlyInAnyOrder(
                            "/hooks/one web-1", "/hooks/one phone-2", "/hooks/two web-2");
            Received phone = at(subscriber, "/hooks/two");
            assertThat(phone.header("x-voicy-event")).isEqualTo("call_ended");
            assertThat(phone.header("x-voicy-signature"))
                    .isEqualTo("sha256=" + hmac("voicy-secret", phone.text()));
        }
    }

    @Test
    void voicyWebhooks_fireTogether_soThatNoneWaitsForAnother() {
        String account = account();
        CountDownLatch all = new CountDownLatch(5);
        try (SubscriberStub subscriber =
                SubscriberStub.start(
                        request -> {
                            all.countDown();
                            return Answer.of(all.await(4, TimeUnit.SECONDS) ? 200 : 500);
                        })) {
            for (int i = 0; i < 5; i++) {
                voicy(account, subscriber.url() + "/" + i);
            }
            analyzed(account, "web-" + account, "web");
            Await.until("all delivered", Pipeline.LIMIT, () -> delivered(account) == 5);
        }
    }

    @Test
    void voicyFailure_isDeadAtOnce() {
        String account = account();
        try (SubscriberStub subscriber = SubscriberStub.start(request -> Answer.of(500))) {
            String id = voicy(account, subscriber.url()).path("id").asString();
            analyzed(account, "web-" + account, "web");
            Await.until("death", Pipeline.LIMIT, () -> dead(id) != null);
            assertThat(dead(id).reason()).isEqualTo(Reason.no_retry);
            assertThat(subscriber.count()).isEqualTo(1);
        }
    }

    @Test
    void ultravoxApi_makesAnEndpoint_thatGetsTheVendorsEvents() {
        String account = account();
        try (SubscriberStub subscriber = SubscriberStub.start()) {
            ObjectNode wanted = Json.object().put("url", subscriber.url() + "/uv");
            wanted.putArray("secrets").add("uv-one").add("uv-two");
            wanted.putArray("events").add("call.started");
            RingbackClient.Answer made =
                    client.send(
                            "POST",
                            "/api/webhooks?account_id=" + account,
                            Json.bytes(wanted),
                            Map.of("X-API-Key", "test-key", "Content-Type", "application/json"));
            expect(201, made);
            assertThat(made.body().path("secrets").size()).isEqualTo(2);
            expect(
                    202,
                    client.post(
                            "/v1/events",
                            RingbackClient.event(account, account, "e1", "call.created")));
            Await.until("the webhook", Pipeline.LIMIT, () -> subscriber.count() == 1);
            Received request = subscriber.received().getFirst();
            JsonNode body = Json.parse(request.body());
            assertThat(body.path("event").asString()).isEqualTo("call.started");
            assertThat(body.at("/call/callId").asString()).isEqualTo(account);
            String time = request.header("X-Ultravox-Webhook-Timestamp");
            assertThat(request.header("X-Ultravox-Webhook-Signature"))
                    .isEqualTo(
                            hmac("uv-one", request.text() + time)
                                    + ","
                                    + hmac("uv-two", request.text() + time));
        }
    }

    @Test
    void ultravoxCall_itsOwnCallbacksAreCalled() {
        String account = account();
        try (SubscriberStub subscriber = SubscriberStub.start()) {
            ObjectNode created = RingbackClient.event(account, account, "e1", "call.created");
            ObjectNode callbacks =
                    created.putObject("webhooks").put("dialect", "ultravox").putObject("callbacks");
            callbacks
                    .putObject("ended")
                    .put("url", subscriber.url() + "/ended")
                    .putArray("secrets")
                    .add("one-call");
            expect(202, client.post("/v1/events", created));
            expect(202, client.post("/v1/events", RingbackClient.ended(account, account, "e2")));
            Await.until("the callback", Pipeline.LIMIT, () -> subscriber.count() == 1);
            Received request = subscriber.received().getFirst();
            assertThat(request.path()).isEqualTo("/hooks/ended");
            String time = request.header("X-Ultravox-Webhook-Timestamp");
            assertThat(request.header("X-Ultravox-Webhook-Signature"))
                    .isEqualTo(hmac("one-call", request.text() + time));
        }
    }

    @Test
    void failingEndpoint_becomesUnhealthy_recovers_andBothAreAnnounced() {
        String account = account();
        AtomicInteger status = new AtomicInteger(500);
        try (SubscriberStub announced = SubscriberStub.start();
                SubscriberStub failing = SubscriberStub.start(request -> Answer.of(status.get()))) {
            announcer(account, announced);
            ObjectNode endpoint = client.endpoint(account, failing.url(), "10ms", "10ms", "10ms");
            String path = "/v1/endpoints/" + endpoint.path("id").asString();
            expect(202, client.post("/v1/events", RingbackClient.ended(account, account, "e1")));
            Await.until("unhealthy", Pipeline.LIMIT, () -> status(path).equals("unhealthy"));
            JsonNode failures = client.get(path).body().path("recent_failures");
            assertThat(failures.size()).isPositive();
            assertThat(failures.get(0).path("failure").asString()).isEqualTo("status 500");
            status.set(200);
            expect(202, client.post("/v1/events", RingbackClient.ended(account, account, "e2")));
            Await.until("normal", Pipeline.LIMIT, () -> status(path).equals("normal"));
            Await.until("both announced", Pipeline.LIMIT, () -> announced.count() == 2);
            assertThat(types(announced))
                    .containsExactly("endpoint.unhealthy", "endpoint.recovered");
        }
    }

    @Test
    void goneEndpoint_isDisabled_andWhatComesDiesUntilItIsEnabled() {
        String account = account();
        AtomicInteger status = new AtomicInteger(410);
        try (SubscriberStub announced = SubscriberStub.start();
                SubscriberStub gone = SubscriberStub.start(request -> Answer.of(status.get()))) {
            announcer(account, announced);
            String id = client.endpoint(account, gone.url(), "1s").path("id").asString();
            String path = "/v1/endpoints/" + id;
            expect(202, client.post("/v1/events", RingbackClient.ended(account, account, "e1")));
            Await.until("disabled", Pipeline.LIMIT, () -> status(path).equals("disabled"));
            Await.until("announced", Pipeline.LIMIT, () -> announced.count() == 1);
            assertThat(types(announced)).containsExactly("endpoint.disabled");
            expect(202, client.post("/v1/events", RingbackClient.ended(account, account, "e2")));
            Await.until(
                    "death", Pipeline.LIMIT, () -> reasons(id).contains(Reason.endpoint_disabled));
            assertThat(reasons(id)).containsOnlyOnce(Reason.gone);
            status.set(200);
            expect(200, client.post(path + "/enable", Json.object()));
            expect(202, client.post("/v1/events", RingbackClient.ended(account, account, "e3")));
            Await.until("arrival", Pipeline.LIMIT, () -> gone.count() == 2);
        }
    }

    @Test
    void testEvent_arrives_andIsLoggedAsATest() {
        String account = account();
        try (SubscriberStub subscriber = SubscriberStub.start()) {
            String id = client.endpoint(account, subscriber.url()).path("id").asString();
            String delivery =
                    expect(202, client.post("/v1/endpoints/" + id + "/test", Json.object()))
                            .path("delivery_id")
                            .asString();
            Await.until("arrival", Pipeline.LIMIT, () -> subscriber.count() == 1);
            assertThat(subscriber.received().getFirst().deliveryId()).isEqualTo(delivery);
            Await.until(
                    "the attempt",
                    Pipeline.LIMIT,
                    () ->
                            pipeline.kafka().records(Topics.ATTEMPTS).stream()
                                    .map(record -> Json.read(record.value(), Attempt.class))
                                    .anyMatch(
                                            attempt ->
                                                    attempt.deliveryId().equals(delivery)
                                                            && attempt.trigger()
                                                                    == Attempt.Trigger.test));
        }
    }

    private static long delivered(String account) {
        return pipeline.kafka().records(Topics.ATTEMPTS).stream()
                .map(record -> Json.read(record.value(), Attempt.class))
                .filter(attempt -> attempt.accountId().equals(account))
                .filter(attempt -> attempt.outcome() == Attempt.Result.delivered)
                .count();
    }

    private static String account() {
        return "acc-" + IDS.incrementAndGet();
    }

    private static JsonNode voicy(String account, String url) {
        ObjectNode wanted =
                Json.object()
                        .put("account_id", account)
                        .put("name", "CRM")
                        .put("url", url)
                        .put("dialect", "voicy")
                        .put("secret", "voicy-secret");
        wanted.putObject("scope").put("agent_id", "agent");
        return expect(201, client.post("/v1/endpoints", wanted));
    }

    private static void analyzed(String account, String call, String channel) {
        ObjectNode event = RingbackClient.event(account, call, "e", "call.analyzed");
        event.putObject("call").put("agent_id", "agent").put("channel", channel);
        expect(202, client.post("/v1/events", event));
    }

    private static void announcer(String account, SubscriberStub subscriber) {
        ObjectNode wanted = Json.object().put("account_id", account).put("url", subscriber.url());
        wanted.putArray("events")
                .add("endpoint.unhealthy")
                .add("endpoint.recovered")
                .add("endpoint.disabled");
        expect(201, client.post("/v1/endpoints", wanted));
    }

    private static String status(String path) {
        return client.get(path).body().path("status").asString();
    }

    private static DeliveryHeader dead(String endpoint) {
        return deaths(endpoint).stream().findFirst().orElse(null);
    }

    private static List<Reason> reasons(String endpoint) {
        return deaths(endpoint).stream().map(DeliveryHeader::reason).toList();
    }

    private static List<DeliveryHeader> deaths(String endpoint) {
        return pipeline.kafka().records(Topics.DEAD).stream()
                .map(record -> record.headers().lastHeader(DeliveryHeader.NAME))
                .map(header -> DeliveryHeader.read(header.value()))
                .filter(header -> header.endpointId().equals(endpoint))
                .toList();
    }

    private static List<String> types(SubscriberStub subscriber) {
        return subscriber.received().stream()
                .map(request -> Json.parse(request.body()).path("type").asString())
                .toList();
    }

    private static List<String> paths(SubscriberStub subscriber) {
        return subscriber.received().stream().map(Received::path).toList();
    }

    private static List<String> calls(SubscriberStub subscriber) {
        return subscriber.received().stream().map(VendorsTest::call).toList();
    }

    private static String call(Received request) {
        return Json.parse(request.body()).at("/call/call_id").asString();
    }

    private static Received at(SubscriberStub subscriber, String path) {
        return subscriber.received().stream()
                .filter(request -> request.path().equals(path))
                .findFirst()
                .orElseThrow();
    }

    private static void assertTryVoxSignature(Received request, String secret) {
        String time = request.header("X-TryVox-Timestamp");
        assertThat(request.header("X-TryVox-Signature"))
                .isEqualTo("t=" + time + ",v1=" + hmac(secret, time + "." + request.text()));
    }

    private static String hmac(String secret, String message) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return HexFormat.of().formatHex(mac.doFinal(message.getBytes(StandardCharsets.UTF_8)));
        } catch (java.security.GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
