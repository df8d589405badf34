package dev.ringback.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.runtime.Setting;
import dev.ringback.runtime.TopicSetup;
import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.Json;
import dev.ringback.schemas.RetryLadder;
import dev.ringback.schemas.Topics;
import dev.ringback.testkit.Await;
import dev.ringback.testkit.SubscriberStub;
import dev.ringback.testkit.SubscriberStub.Answer;
import dev.ringback.testkit.SubscriberStub.Received;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Topics that go away while deliveries move, and come back. */
class StormTest {
    private static final String ACCOUNT = "acc_1";
    private static final int EVENTS = 20;

    /** A producer may sit on a record for two minutes before it is written anew. */
    private static final Duration LIMIT = Duration.ofMinutes(5);

    private final CountDownLatch gone = new CountDownLatch(1);
    private Pipeline pipeline;

    @BeforeEach
    void start() {
        pipeline = Pipeline.start(Map.of(Setting.RETRY_RUNGS.name(), "1s 4s"));
    }

    @AfterEach
    void stop() {
        pipeline.close();
    }

    @Test
    void retryTopic_awayForAWhile_losesNothing() throws Exception {
        try (SubscriberStub subscriber = answering(200)) {
            endpoint(subscriber, "1s", "1s", "1s");
            deleteWhileUnderWay(subscriber, RetryLadder.topic(Duration.ofSeconds(1)));
            Await.until("first attempts", LIMIT, () -> tried(subscriber, 1).size() == EVENTS);
            createTopics();
            Await.until("second attempts", LIMIT, () -> tried(subscriber, 2).size() == EVENTS);
            assertThat(tried(subscriber, 2)).isEqualTo(tried(subscriber, 1));
        }
    }

    @Test
    void deadTopic_awayForAWhile_losesNothing() throws Exception {
        try (SubscriberStub subscriber = answering(500)) {
            endpoint(subscriber);
            deleteWhileUnderWay(subscriber, Topics.DEAD);
            Await.until("the attempts", LIMIT, () -> tried(subscriber, 1).size() == EVENTS);
            createTopics();
            Await.until("all dead", LIMIT, () -> dead().size() == EVENTS);
            assertThat(dead()).isEqualTo(tried(subscriber, 1));
        }
    }

    @Test
    void deadTopic_awayWhenTheDispatcherStops_leavesAllForTheNext() throws Exception {
        try (SubscriberStub subscriber = answering(500)) {
            endpoint(subscriber);
            deleteWhileUnderWay(subscriber, Topics.DEAD);
            Await.until("the attempts", LIMIT, () -> tried(subscriber, 1).size() == EVENTS);
            pipeline.stopServices();
            createTopics();
            pipeline.startServices();
            Await.until("all dead", LIMIT, () -> dead().size() == EVENTS);
            assertThat(dead()).isEqualTo(tried(subscriber, 1));
        }
    }

    /** A subscriber that fails first attempts, once the topic is gone; the rest it answers so. */
    private SubscriberStub answering(int later) {
        return SubscriberStub.start(
                request -> {
                    gone.await();
                    boolean first = request.header("Ringback-Attempt").equals("1");
                    return Answer.of(first ? 500 : later);
                });
    }

    private void endpoint(SubscriberStub subscriber, String... schedule) {
        ObjectNode form = Json.object().put("account_id", ACCOUNT).put("url", subscriber.url());
        ArrayNode waits =
                form.putObject("policy").put("max_in_flight", EVENTS).putArray("schedule");
        for (String wait : schedule) {
            waits.add(wait);
        }
        RingbackClient.expect(201, pipeline.client().post("/v1/endpoints", form));
    }

    private void deleteWhileUnderWay(SubscriberStub subscriber, String topic) throws Exception {
        ArrayNode batch = Json.shared().createArrayNode();
        for (int i = 0; i < EVENTS; i++) {
            batch.add(RingbackClient.ended(ACCOUNT, "call-" + i, "evt-" + i));
        }
        RingbackClient.expect(202, pipeline.client().post("/v1/events", batch));
        Await.until("some under way", LIMIT, () -> subscriber.count() > 0);
        try (Admin admin = pipeline.kafka().clients().admin("storm")) {
            admin.deleteTopics(List.of(topic)).all().get();
            Await.until(
                    "the topic is gone",
                    LIMIT,
                    () -> !admin.listTopics().names().get().contains(topic));
        }
        gone.countDown();
    }

    private void createTopics() throws InterruptedException {
        try (Admin admin = pipeline.kafka().clients().admin("storm")) {
            new TopicSetup(admin, pipeline.settings()).create();
        }
    }

    private static Set<String> tried(SubscriberStub subscriber, int attempt) {
        return subscriber.received().stream()
                .filter(r -> r.header("Ringback-Attempt").equals(Integer.toString(attempt)))
                .map(Received::deliveryId)
                .collect(Collectors.toSet());
    }

    private Set<String> dead() {
        return pipeline.kafka().records(Topics.DEAD).stream()
                .map(record -> record.headers().lastHeader(DeliveryHeader.NAME).value())
                .map(value -> DeliveryHeader.read(value).deliveryId())
                .collect(Collectors.toSet());
    }
}
