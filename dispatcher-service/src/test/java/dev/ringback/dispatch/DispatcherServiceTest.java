package dev.ringback.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import com.standardwebhooks.Webhook;
import dev.ringback.dialect.Dialects;
import dev.ringback.embedded.EmbeddedKafka;
import dev.ringback.runtime.SecretBox;
import dev.ringback.runtime.Setting;
import dev.ringback.schemas.Attempt;
import dev.ringback.schemas.CallEvent;
import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.Endpoint;
import dev.ringback.schemas.EventType;
import dev.ringback.schemas.Json;
import dev.ringback.schemas.Reason;
import dev.ringback.schemas.Topics;
import dev.ringback.schemas.Units;
import dev.ringback.testkit.Await;
import dev.ringback.testkit.SubscriberStub;
import dev.ringback.testkit.SubscriberStub.Answer;
import dev.ringback.testkit.SubscriberStub.Received;
import dev.ringback.testkit.TestKafka;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class DispatcherServiceTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String KEY = SecretBox.newKey("test", new SecureRandom());
    private static final String SECRET =
            Dialects.named("standard").orElseThrow().newSecret(new Random(5));

    private static TestKafka kafka;
    private static Producer<byte[], byte[]> producer;
    private static DispatcherService service;
    private static final AtomicInteger IDS = new AtomicInteger();

    @BeforeAll
    static void start() {
        kafka =
                TestKafka.start(
                        Map.of(
                                Setting.API_KEYS.name(), "t=*@*:k",
                                Setting.MASTER_KEY.name(), KEY,
                                Setting.EGRESS_ALLOW.name(), "127.0.0.1/32"));
        producer = kafka.clients().producer("test", Map.of());
        service = new DispatcherService(kafka.settings(Map.of()), Clock.systemUTC());
        service.start();
    }

    @AfterAll
    static void stop() {
        service.stop();
        producer.close();
        kafka.close();
    }

    @Test
    void event_subscribed_arrivesOnceSignedAndLogged() throws Exception {
        try (SubscriberStub subscriber = SubscriberStub.start()) {
            String account = endpoint(subscriber.url(), Endpoint.Policy.DEFAULT);
            String call = event(account);
            Await.until("arrival", LIMIT, () -> subscriber.count() == 1);
            Received request = subscriber.received().getFirst();
            new Webhook(SECRET).verify(request.text(), headers(request));
            assertThat(request.header("Ringback-Attempt")).isEqualTo("1");
            assertThat(request.header("X-Own")).isEqualTo("own value");
            assertThat(request.header("webhook-id")).isEqualTo(request.deliveryId());
            Await.until("its attempt", LIMIT, () -> attempts(call).size() == 1);
            Attempt attempt = attempts(call).getFirst();
            assertThat(attempt.outcome()).isEqualTo(Attempt.Result.delivered);
            assertThat(attempt.requestHeaders())
                    .containsEntry("x-own", "***")
                    .containsEntry("webhook-signature", "***");
        }
    }

    @Test
    void receiverFailsThreeTimes_fourthAttemptComesInTimeWithTheSameBytes() throws Exception {
        AtomicInteger answers = new AtomicInteger();
        try (SubscriberStub subscriber =
                SubscriberStub.start(
                        request -> Answer.of(answers.incrementAndGet() <= 3 ? 503 : 204))) {
            String call = event(endpoint(subscriber.url(), policy("1s", "1s", "4s")));
            Await.until("four attempts", LIMIT, () -> subscriber.count() == 4);
            Await.until("their log", LIMIT, () -> attempts(call).size() == 4);
            List<Received> requests = subscriber.received();
            List<Attempt> attempts = attempts(call);
            for (int i = 1; i < 4; i++) {
                Instant due = attempts.get(i - 1).nextDueAt();
                assertThat(requests.get(i).at()).isBetween(due.minusMillis(1), due.plusMillis(500));
                assertThat(requests.get(i).body()).isEqualTo(requests.getFirst().body());
                assertThat(requests.get(i).header("webhook-id"))
                        .isEqualTo(requests.getFirst().header("webhook-id"));
                new Webhook(SECRET).verify(requests.get(i).text(), headers(requests.get(i)));
            }
            assertThat(requests.getLast().header("webhook-timestamp"))
                    .isNotEqualTo(requests.getFirst().header("webhook-timestamp"));
        }
    }

    @Test
    void receiverNeverSucceeds_deliveryDiesWithReasonAndBytes() {
        try (SubscriberStub subscriber = SubscriberStub.start(request -> Answer.of(500))) {
            String call = event(endpoint(subscriber.url(), policy("1s")));
            DeliveryHeader dead = awaitDead(call);
            assertThat(dead.reason()).isEqualTo(Reason.exhausted);
            assertThat(dead.attempt()).isEqualTo(2);
            assertThat(dead.lastStatus()).isEqualTo(500);
            assertThat(record(call).value()).isEqualTo(subscriber.received().getFirst().body());
        }
    }

    @Test
    void receiverHangs_attemptEndsAtItsDeadline() {
        try (SubscriberStub subscriber =
                SubscriberStub.start(
                        request -> {
                            new CountDownLatch(1).await();
                            return Answer.of(200);
                        })) {
            Endpoint.Policy policy =
                    new Endpoint.Policy(Duration.ofMillis(300), List.of(), null, null, null, null);
            DeliveryHeader dead = awaitDead(event(endpoint(subscriber.url(), policy)));
            assertThat(dead.reason()).isEqualTo(Reason.no_retry);
            assertThat(dead.lastReason()).isEqualTo("timeout");
        }
    }

    @Test
    void receiverGone_diesAtOnce() {
        try (SubscriberStub subscriber = SubscriberStub.start(request -> Answer.of(410))) {
            DeliveryHeader dead = awaitDead(event(endpoint(subscriber.url(), policy("1s"))));
            assertThat(dead.reason()).isEqualTo(Reason.gone);
        }
    }

    @Test
    void receiverRedirects_isAFailureAndNotFollowed() {
        try (SubscriberStub other = SubscriberStub.start();
                SubscriberStub subscriber =
                        SubscriberStub.start(
                                request ->
                                        new Answer(
                                                302,
                                                Map.of("Location", other.url()),
                                                new byte[0]))) {
            DeliveryHeader dead = awaitDead(event(endpoint(subscriber.url(), policy())));
            assertThat(dead.lastStatus()).isEqualTo(302);
            assertThat(other.count()).isZero();
        }
    }

    @Test
    void receiverAnswersGigabytes_isReadNoFurtherThanTheCap() {
        byte[] flood = new byte[8 << 20];
        try (SubscriberStub subscriber =
                SubscriberStub.start(request -> new Answer(200, Map.of(), flood))) {
            String call = event(endpoint(subscriber.url(), policy()));
            Await.until("its attempt", LIMIT, () -> attempts(call).size() == 1);
            Attempt attempt = attempts(call).getFirst();
            assertThat(attempt.responseTruncated()).isTrue();
            assertThat(attempt.responseBody()).hasSize(16 << 10);
        }
    }

    @Test
    void address_insideTheGuard_isNeverConnectedTo() {
        DeliveryHeader dead = awaitDead(event(endpoint("http://10.1.2.3/hooks", policy("1s"))));
        assertThat(dead.reason()).isEqualTo(Reason.blocked_address);
        assertThat(awaitDead(event(endpoint("http://[::1]:9/hooks", policy("1s")))).reason())
                .isEqualTo(Reason.blocked_address);
    }

    @Test
    void nobodyListens_isRetriedAndNamed() {
        String url = "http://127.0.0.1:" + EmbeddedKafka.freePort();
        DeliveryHeader dead = awaitDead(event(endpoint(url, policy("1s"))));
        assertThat(dead.reason()).isEqualTo(Reason.exhausted);
        assertThat(dead.lastReason()).isEqualTo("connection_refused");
    }

    @Test
    void endpointDeletedWhileWaiting_diesWithThatReason() {
        try (SubscriberStub subscriber = SubscriberStub.start(request -> Answer.of(500))) {
            String account = endpoint(subscriber.url(), policy("4s"));
            String call = event(account);
            Await.until("first attempt", LIMIT, () -> subscriber.count() == 1);
            put(Topics.ENDPOINTS, "ep_" + account, null, 0);
            assertThat(awaitDead(call).reason()).isEqualTo(Reason.endpoint_deleted);
            assertThat(subscriber.count()).isEqualTo(1);
        }
    }

    @Test
    void receiverTakesElevenSeconds_withinItsTimeout_isDelivered() {
        try (SubscriberStub subscriber =
                SubscriberStub.start(
                        request -> {
                            // What is tested: a receiver that takes this long.
                            Thread.sleep(Duration.ofSeconds(11));
                            return Answer.of(200);
                        })) {
            String call = event(endpoint(subscriber.url(), policy()));
            Await.until("its attempt", LIMIT, () -> attempts(call).size() == 1);
            assertThat(attempts(call).getFirst().outcome()).isEqualTo(Attempt.Result.delivered);
        }
    }

    @Test
    void records_thatAreNoDeliveries_goToDeadAndStopNothing() {
        long before = unreadable();
        for (String topic : List.of(Topics.DELIVERIES, Topics.RETRY_PREFIX + "1s", Topics.REPLAY)) {
            for (String header : new String[] {null, "", "{}", "null", "[]", "{\"attempt\":0}"}) {
                foreign(topic, header);
            }
            foreign(topic, header("created_at", "+292278994-08-17T07:12:55Z"));
            foreign(topic, header("due_at", "-0044-03-15T10:00:00Z"));
        }
        Await.until("all among the dead", LIMIT, () -> unreadable() == before + 24);
        AtomicInteger answers = new AtomicInteger();
        try (SubscriberStub subscriber =
                SubscriberStub.start(
                        request -> Answer.of(answers.incrementAndGet() == 1 ? 500 : 200))) {
            event(endpoint(subscriber.url(), policy("1s")));
            Await.until("a retry after them", LIMIT, () -> subscriber.count() == 2);
        }
    }

    @Test
    void record_tooLargeToBeWrittenAgain_isKeptCutOff() throws Exception {
        String call = "large-" + IDS.incrementAndGet();
        byte[] key = ("ep:" + call).getBytes(StandardCharsets.UTF_8);
        byte[] zeros = new byte[2 * Topics.MAX_RECORD_BYTES];
        try (Producer<byte[], byte[]> foreign =
                kafka.clients().producer("foreign", Map.of("max.request.size", "99999999"))) {
            foreign.send(new ProducerRecord<>(Topics.DELIVERIES, key, zeros)).get();
        }
        Await.until("among the dead", LIMIT, () -> record(call) != null);
        assertThat(record(call).value()).hasSize(Topics.MAX_EVENT_BYTES);
    }

    @Test
    void endpointThatCannotBeRead_staysAsItWas() {
        try (SubscriberStub subscriber = SubscriberStub.start()) {
            String account = endpoint(subscriber.url(), Endpoint.Policy.DEFAULT);
            event(account);
            Await.until("first", LIMIT, () -> subscriber.count() == 1);
            put(Topics.ENDPOINTS, "ep_" + account, "{}".getBytes(StandardCharsets.UTF_8), 0);
            put(Topics.ENDPOINTS, "ep_x", "no json".getBytes(StandardCharsets.UTF_8), 0);
            event(account);
            Await.until("second", LIMIT, () -> subscriber.count() == 2);
        }
    }

    @Test
    void secondDispatcherJoins_deliveriesUnderWayDieOnceEach() {
        try (SubscriberStub subscriber =
                SubscriberStub.start(
                        request -> {
                            // A slow receiver: requests are under way when partitions move.
                            Thread.sleep(1_500);
                            return Answer.of(500);
                        })) {
            List<String> calls = new ArrayList<>();
            for (int i = 0; i < 12; i++) {
                // An endpoint each: the breaker of one would let through one at a time.
                calls.add(event(endpoint(subscriber.url(), policy("1s", "1s"))));
            }
            Await.until("all under way", LIMIT, () -> subscriber.count() >= 12);
            DispatcherService second =
                    new DispatcherService(kafka.settings(second()), Clock.systemUTC());
            second.start();
            try {
                Await.until(
                        "all dead", LIMIT, () -> calls.stream().allMatch(c -> record(c) != null));
                Await.until("the joiner at work", LIMIT, () -> isReady(second.port()));
            } finally {
                second.stop();
            }
            for (String call : calls) {
                assertThat(dead(call)).as(call).hasSize(1);
            }
        }
    }

    @Test
    void callsEvents_atOneEndpoint_arriveInOrder() {
        try (SubscriberStub subscriber =
                SubscriberStub.start(
                        request -> {
                            // Unevenly slow, so that what does not wait its turn overtakes.
                            Thread.sleep(request.text().length() % 7);
                            return Answer.of(200);
                        })) {
            String account = endpoint(subscriber.url(), Endpoint.Policy.DEFAULT);
            String call = "call-" + IDS.incrementAndGet();
            for (int i = 1; i <= 50; i++) {
                event(account, call, "e" + i);
            }
            Await.until("all", LIMIT, () -> subscriber.count() == 50);
            List<Integer> order =
                    subscriber.received().stream()
                            .map(r -> Json.parse(r.body()).at("/data/event/sequence").asInt())
                            .toList();
            assertThat(order).isSorted();
        }
    }

    private static String endpoint(String url, Endpoint.Policy policy) {
        String account = "acc-" + IDS.incrementAndGet();
        String id = "ep_" + account;
        SecretBox box = new SecretBox(KEY, new SecureRandom());
        Instant now = Instant.now();
        Endpoint endpoint =
                Endpoint.of(
                        id,
                        account,
                        Endpoint.Config.of(url, "standard", List.of("*"), Endpoint.Scope.ANY)
                                .withPolicy(policy)
                                .withSealed(
                                        List.of(
                                                new Endpoint.Secret(
                                                        "sec_1",
                                                        box.seal(SECRET, id),
                                                        null,
                                                        now,
                                                        null)),
                                        Map.of("X-Own", box.seal("own value", id))),
                        null,
                        now);
        put(Topics.ENDPOINTS, id, endpoint.bytes(), 0);
        return account;
    }

    private static Endpoint.Policy policy(String... schedule) {
        List<Duration> waits = List.of(schedule).stream().map(Units::duration).toList();
        return new Endpoint.Policy(null, waits, null, null, null, null);
    }

    private static String event(String account) {
        String call = "call-" + IDS.incrementAndGet();
        event(account, call, "evt");
        return call;
    }

    private static void event(String account, String call, String id) {
        String json =
                """
                {"id":"%s","type":"call.ended","occurred_at":"2026-11-23T09:00:00Z",\
                "account_id":"%s","call_id":"%s","call":{"status":"completed"}}"""
                        .formatted(id, account, call);
        put(Topics.EVENTS, call, json.getBytes(StandardCharsets.UTF_8), null);
    }

    private static void put(String topic, String key, byte[] value, Integer partition) {
        try {
            byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
            producer.send(new ProducerRecord<>(topic, partition, bytes, value)).get();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static List<Attempt> attempts(String call) {
        return kafka.records(Topics.ATTEMPTS).stream()
                .map(r -> Json.read(r.value(), Attempt.class))
                .filter(attempt -> attempt.subjectId().equals(call))
                .toList();
    }

    private static DeliveryHeader awaitDead(String call) {
        Await.until("dead", LIMIT, () -> record(call) != null);
        return DeliveryHeader.read(record(call).headers().lastHeader(DeliveryHeader.NAME).value());
    }

    private static ConsumerRecord<byte[], byte[]> record(String call) {
        List<ConsumerRecord<byte[], byte[]>> dead = dead(call);
        return dead.isEmpty() ? null : dead.getFirst();
    }

    private static List<ConsumerRecord<byte[], byte[]>> dead(String call) {
        return kafka.records(Topics.DEAD).stream()
                .filter(r -> new String(r.key(), StandardCharsets.UTF_8).endsWith(":" + call))
                .toList();
    }

    private static long unreadable() {
        return kafka.records(Topics.DEAD).stream()
                .filter(r -> new String(r.key(), StandardCharsets.UTF_8).equals("foreign"))
                .count();
    }

    /** That of a delivery like any other, but for one field. */
    private static String header(String field, String text) {
        CallEvent event = CallEvent.of("evt", EventType.CALL_ENDED, Instant.EPOCH, "acc", "call");
        byte[] usual =
                DeliveryHeader.first(
                                event,
                                1,
                                "call.ended",
                                "ep_none",
                                "standard",
                                "application/json",
                                Instant.EPOCH,
                                new DeliveryHeader.Origin(Topics.EVENTS, 0, 0),
                                null)
                        .bytes();
        return Json.read(usual, ObjectNode.class).put(field, text).toString();
    }

    private static void foreign(String topic, String header) {
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(
                        topic,
                        "foreign".getBytes(StandardCharsets.UTF_8),
                        "bytes".getBytes(StandardCharsets.UTF_8));
        if (header != null) {
            byte[] value = header.isEmpty() ? null : header.getBytes(StandardCharsets.UTF_8);
            record.headers().add(DeliveryHeader.NAME, value);
        }
        producer.send(record);
    }

    private static Map<String, String> second() {
        return Map.of(Setting.STATE_DIR.name(), kafka.folder().resolve("second").toString());
    }

    private static boolean isReady(int port) throws Exception {
        return HttpClient.newHttpClient()
                        .send(
                                HttpRequest.newBuilder(
                                                URI.create(
                                                        "http://127.0.0.1:"
                                                                + port
                                                                + "/health/ready"))
                                        .build(),
                                HttpResponse.BodyHandlers.discarding())
                        .statusCode()
                == 200;
    }

    private static HttpHeaders headers(Received request) {
        return HttpHeaders.of(
                request.headers().entrySet().stream()
                        .collect(Collectors.toMap(Map.Entry::getKey, e -> List.of(e.getValue()))),
                (name, value) -> true);
    }
}
