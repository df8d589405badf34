package dev.ringback.system;

import static dev.ringback.system.RingbackClient.expect;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.runtime.Setting;
import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.Json;
import dev.ringback.schemas.Reason;
import dev.ringback.schemas.Topics;
import dev.ringback.testkit.Await;
import dev.ringback.testkit.SubscriberStub;
import dev.ringback.testkit.SubscriberStub.Answer;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** An endpoint that fails for longer than anybody waits for it. */
class DisabledAfterTest {
    private static final String ACCOUNT = "acc_1";
    private static final String[] EVERY_SECOND =
            Collections.nCopies(20, "1s").toArray(String[]::new);

    private static Pipeline pipeline;
    private static RingbackClient client;

    @BeforeAll
    static void start() {
        pipeline = Pipeline.start(Map.of(Setting.DISABLE_AFTER.name(), "2s"));
        client = pipeline.client();
    }

    @AfterAll
    static void stop() {
        pipeline.close();
    }

    @Test
    void failingForTooLong_isDisabledAndAnnounced_whatWaitsDies_enableBringsItBack() {
        AtomicInteger status = new AtomicInteger(503);
        try (SubscriberStub announced = SubscriberStub.start();
                SubscriberStub failing = SubscriberStub.start(request -> Answer.of(status.get()))) {
            announcer(announced);
            ObjectNode made = client.endpoint(ACCOUNT, failing.url(), EVERY_SECOND);
            String id = made.path("id").stringValue();
            String path = "/v1/endpoints/" + id;
            ended("call-1");
            ended("call-2");
            Await.until("disabled", Pipeline.LIMIT, () -> status(path).equals("disabled"));
            Await.until("both to die", Pipeline.LIMIT, () -> dead(id).size() == 2);
            assertThat(dead(id))
                    .extracting(DeliveryHeader::reason)
                    .containsOnly(Reason.endpoint_disabled);
            assertThat(dead(id)).allSatisfy(header -> assertThat(header.attempt()).isPositive());
            Await.until("the announcement", Pipeline.LIMIT, () -> announced.count() == 1);
            JsonNode announcement = Json.parse(announced.received().getFirst().body());
            assertThat(announcement.path("type").stringValue()).isEqualTo("endpoint.disabled");
            assertThat(announcement.toString()).contains("no success for 2s", "status 503", id);

            int before = failing.count();
            ended("call-3");
            Await.until("the third to die", Pipeline.LIMIT, () -> dead(id).size() == 3);
            assertThat(failing.count()).as("nothing is sent to it").isEqualTo(before);

            status.set(200);
            JsonNode enabled = expect(200, client.post(path + "/enable", Json.object()));
            assertThat(enabled.path("status").stringValue()).isEqualTo("normal");
            ended("call-4");
            Await.until("the fourth", Pipeline.LIMIT, () -> failing.count() == before + 1);
            assertThat(failing.received().getLast().text()).contains("call-4");
        }
    }

    private static void ended(String call) {
        expect(202, client.post("/v1/events", RingbackClient.ended(ACCOUNT, call, "e-" + call)));
    }

    private static void announcer(SubscriberStub subscriber) {
        ObjectNode wanted = Json.object().put("account_id", ACCOUNT).put("url", subscriber.url());
        wanted.putArray("events").add("endpoint.disabled");
        expect(201, client.post("/v1/endpoints", wanted));
    }

    private static String status(String path) {
        return client.get(path).body().path("status").stringValue();
    }

    private static List<DeliveryHeader> dead(String endpoint) {
        return pipeline.kafka().records(Topics.DEAD).stream()
                .map(record -> record.headers().lastHeader(DeliveryHeader.NAME))
                .map(header -> DeliveryHeader.read(header.value()))
                .filter(header -> header.endpointId().equals(endpoint))
                .toList();
    }
}
