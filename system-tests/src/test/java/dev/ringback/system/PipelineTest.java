package dev.ringback.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringback.dlq.Main;
import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.Json;
import dev.ringback.schemas.Reason;
import dev.ringback.schemas.Topics;
import dev.ringback.testkit.Await;
import dev.ringback.testkit.SubscriberStub;
import dev.ringback.testkit.SubscriberStub.Answer;
import dev.ringback.testkit.SubscriberStub.Received;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/** The whole way of an event, from a POST to the receiver. */
class PipelineTest {
    private static final AtomicInteger IDS = new AtomicInteger();
    private static Pipeline pipeline;

    @BeforeAll
    static void start() {
        pipeline = Pipeline.start(Map.of());
    }

    @AfterAll
    static void stop() {
        pipeline.close();
    }

    @Test
    void acceptedEvent_arrivesOnceAsItsGoldenBodyAndVerifiersAgree() throws Exception {
        String account = account();
        try (SubscriberStub subscriber = SubscriberStub.start()) {
            String secret =
                    pipeline.client()
                            .endpoint(account, subscriber.url())
                            .get("secret")
                            .stringValue();
            byte[] event =
                    Files.readString(Path.of("src/test/resources/event.json"))
                            .replace("ACCOUNT", account)
                            .getBytes(StandardCharsets.UTF_8);
            assertThat(pipeline.client().post("/v1/events", event, "application/json").status())
                    .isEqualTo(202);
            Await.until("arrival", Pipeline.LIMIT, () -> subscriber.count() == 1);
            Received request = subscriber.received().getFirst();
            assertThat(request.text())
                    .isEqualTo(
                            Files.readString(Path.of("src/test/resources/webhook.golden.json"))
                                    .strip()
                                    .replace("ACCOUNT", account));
            HttpHeaders headers = headers(request);
            new com.standardwebhooks.Webhook(secret).verify(request.text(), headers);
            new com.svix.Webhook(secret).verify(request.text(), headers);
            assertThat(request.header("Content-Type")).isEqualTo("application/json");
            assertThat(request.header("User-Agent")).startsWith("Ringback/");
        }
    }

    @Test
    void acceptedEvent_isVerifiedByTheNpmPackage() throws Exception {
        assumeTrue(NpmVerifier.isAvailable(), "Node and npm are not installed");
        String account = account();
        try (SubscriberStub subscriber = SubscriberStub.start()) {
            String secret =
                    pipeline.client()
                            .endpoint(account, subscriber.url())
                            .get("secret")
                            .stringValue();
            pipeline.client()
                    .post("/v1/events", RingbackClient.ended(account, "call-" + account, "e"));
            Await.until("arrival", Pipeline.LIMIT, () -> subscriber.count() == 1);
            assertThat(NpmVerifier.verify(secret, subscriber.received().getFirst()))
                    .isEqualTo("verified");
        }
    }

    @Test
    void sameEventIdTenTimes_acrossARestart_isOneDelivery() {
        String account = account();
        try (SubscriberStub subscriber = SubscriberStub.start()) {
            pipeline.client().endpoint(account, subscriber.url());
            ObjectNode event = RingbackClient.ended(account, "call-" + account, "evt-same");
            for (int i = 0; i < 5; i++) {
                assertThat(pipeline.client().post("/v1/events", event).status()).isEqualTo(202);
            }
            Await.until("arrival", Pipeline.LIMIT, () -> subscriber.count() == 1);
            pipeline.stopServices();
            pipeline.startServices();
            for (int i = 0; i < 5; i++) {
                assertThat(pipeline.client().post("/v1/events", event).status()).isEqualTo(202);
            }
            pipeline.client()
                    .post("/v1/events", RingbackClient.ended(account, "call-" + account, "last"));
            Await.until("the last", Pipeline.LIMIT, () -> has(subscriber, "last"));
            assertThat(subscriber.count()).isEqualTo(2);
        }
    }

    @Test
    void endpointCreated_thenPostedAtOnce_getsTheEvent_thousandTimes() {
        try (SubscriberStub subscriber = SubscriberStub.start()) {
            RingbackClient client = pipeline.client();
            Set<String> expected = new HashSet<>();
            for (int i = 0; i < 1_000; i++) {
                String account = account();
                ObjectNode endpoint = client.endpoint(account, subscriber.url());
                String call = "call-" + account;
                int status =
                        client.post("/v1/events", RingbackClient.ended(account, call, "e"))
                                .status();
                assertThat(status).isEqualTo(202);
                expected.add(
                        DeliveryHeader.deliveryId(call, "e", endpoint.get("id").stringValue()));
            }
            Await.until("all", Pipeline.LIMIT, () -> subscriber.count() >= expected.size());
            assertThat(ids(subscriber)).isEqualTo(expected);
        }
    }

    @Test
    void receiverFailsForGood_deliveryDies_andReplayDeliversIt() {
        AtomicBoolean well = new AtomicBoolean();
        String account = account();
        try (SubscriberStub subscriber =
                SubscriberStub.start(request -> Answer.of(well.get() ? 200 : 500))) {
            String endpoint =
                    pipeline.client()
                            .endpoint(account, subscriber.url(), "1s", "1s")
                            .get("id")
                            .stringValue();
            String call = "call-" + account;
            pipeline.client().post("/v1/events", RingbackClient.ended(account, call, "e"));
            Await.until("dead", Pipeline.LIMIT, () -> dead(call) != null);
            DeliveryHeader header =
                    DeliveryHeader.read(
                            dead(call).headers().lastHeader(DeliveryHeader.NAME).value());
            assertThat(header.reason()).isEqualTo(Reason.exhausted);
            assertThat(header.attempt()).isEqualTo(3);
            assertThat(subscriber.count()).isEqualTo(3);

            well.set(true);
            assertThat(dlq("replay", "--endpoint", endpoint, "--yes", "--wait")).isZero();
            Await.until("replayed", Pipeline.LIMIT, () -> subscriber.count() == 4);
            Received first = subscriber.received().getFirst();
            Received last = subscriber.received().getLast();
            assertThat(last.body()).isEqualTo(first.body());
            assertThat(last.deliveryId()).isEqualTo(first.deliveryId());
            assertThat(last.header("Ringback-Attempt")).isEqualTo("1");
        }
    }

    @Test
    void eventFromAForeignPartitioner_isMovedHomeAndDeliveredOnce() throws Exception {
        String account = account();
        try (SubscriberStub subscriber = SubscriberStub.start();
                Producer<byte[], byte[]> producer =
                        pipeline.kafka().clients().producer("foreign", Map.of())) {
            pipeline.client().endpoint(account, subscriber.url());
            String call = "call-" + account;
            for (int partition = 0; partition < 3; partition++) {
                byte[] value = Json.bytes(RingbackClient.ended(account, call, "e" + partition));
                producer.send(
                                new ProducerRecord<>(
                                        Topics.EVENTS,
                                        partition,
                                        call.getBytes(StandardCharsets.UTF_8),
                                        value))
                        .get();
            }
            Await.until("all three", Pipeline.LIMIT, () -> ids(subscriber).size() == 3);
            assertThat(subscriber.count()).isEqualTo(3);
            List<Integer> sequences =
                    subscriber.received().stream()
                            .map(r -> Json.parse(r.body()).at("/data/event/sequence").asInt())
                            .sorted()
                            .toList();
            assertThat(sequences).containsExactly(1, 2, 3);
        }
    }

    @Test
    void kafkaStopped_postAnswers503_andAllGoesOnByItself() {
        String account = account();
        try (SubscriberStub subscriber = SubscriberStub.start()) {
            pipeline.client().endpoint(account, subscriber.url());
            String call = "call-" + account;
            pipeline.client().post("/v1/events", RingbackClient.ended(account, call, "before"));
            Await.until("before", Pipeline.LIMIT, () -> has(subscriber, "before"));

            pipeline.kafka().broker().close();
            ObjectNode event = RingbackClient.ended(account, call, "during");
            RingbackClient.Answer answer = pipeline.client().post("/v1/events", event);
            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.headers()).containsKey("retry-after");
            assertThat(answer.body().at("/results/0/id").stringValue()).isEqualTo("during");
            pipeline.kafka().broker().start();

            Await.until(
                    "accepted again",
                    Pipeline.LIMIT,
                    () -> pipeline.client().post("/v1/events", event).status() == 202);
            Await.until("during", Pipeline.LIMIT, () -> has(subscriber, "during"));
            pipeline.client().post("/v1/events", RingbackClient.ended(account, call, "after"));
            Await.until("after", Pipeline.LIMIT, () -> has(subscriber, "after"));
            assertThat(ids(subscriber)).hasSize(3);
            Await.until("all committed", Pipeline.LIMIT, () -> deliveries(call) >= 3);
            pipeline.awaitReady();
            assertThat(deliveries(call)).isEqualTo(3);
        }
    }

    private static String account() {
        return "acc_" + IDS.incrementAndGet();
    }

    /** Deliveries of a call in committed transactions. */
    private static long deliveries(String call) {
        return pipeline.kafka().records(Topics.DELIVERIES).stream()
                .filter(r -> text(r.key()).endsWith(":" + call))
                .count();
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static boolean has(SubscriberStub subscriber, String eventId) {
        return subscriber.received().stream()
                .anyMatch(r -> r.text().contains("\"id\":\"" + eventId + "\""));
    }

    private static Set<String> ids(SubscriberStub subscriber) {
        return subscriber.received().stream().map(Received::deliveryId).collect(Collectors.toSet());
    }

    private static ConsumerRecord<byte[], byte[]> dead(String call) {
        return pipeline.kafka().records(Topics.DEAD).stream()
                .filter(r -> text(r.key()).endsWith(":" + call))
                .findFirst()
                .orElse(null);
    }

    private static int dlq(String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream stream = new PrintStream(out, true, StandardCharsets.UTF_8);
        int code =
                Main.run(
                        arguments,
                        pipeline.settings(),
                        stream,
                        stream,
                        InputStream.nullInputStream(),
                        Clock.systemUTC());
        System.err.println(out.toString(StandardCharsets.UTF_8));
        return code;
    }

    private static HttpHeaders headers(Received request) {
        return HttpHeaders.of(
                request.headers().entrySet().stream()
                        .collect(Collectors.toMap(Map.Entry::getKey, e -> List.of(e.getValue()))),
                (name, value) -> true);
    }
}
