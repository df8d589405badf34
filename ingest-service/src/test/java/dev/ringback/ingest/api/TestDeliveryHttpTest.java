package dev.ringback.ingest.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.dialect.Dialect;
import dev.ringback.dialect.GroupIds;
import dev.ringback.ingest.TestIngest;
import dev.ringback.ingest.TestIngest.Reply;
import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.DeliveryHeader.Via;
import dev.ringback.schemas.Endpoint.Callback.Role;
import dev.ringback.schemas.Json;
import dev.ringback.schemas.Topics;
import dev.ringback.testkit.TestKafka;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.utils.Utils;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** {@code POST /v1/endpoints/{id}/test}: what it writes for a dispatcher. */
class TestDeliveryHttpTest {
    private static final Via TRIED_ONCE = new Via(null, null, List.of(), null, null, true);

    private static TestKafka kafka;
    private static TestIngest ingest;

    @BeforeAll
    static void start() {
        kafka = TestKafka.start();
        ingest = TestIngest.start(kafka, Map.of());
    }

    @AfterAll
    static void stop() {
        ingest.close();
        kafka.close();
    }

    @ParameterizedTest
    @CsvSource({
        "standard, call.ended, call.ended, /type, call.ended",
        "vomyra, call.ended, call.ended, /event, call.ended",
        "voicy, call.analyzed, call_ended, /event, call_ended",
        "ultravox, call.ended, call.ended, /event, call.ended",
        "tryvox, call.ended, call.ended, /event, call.ended"
    })
    void test_ofEveryDialect_writesOneDelivery(
            String dialect, String type, String webhook, String pointer, String event) {
        String id = endpoint(dialect, "\"*\"");
        Reply reply = test(id);
        assertThat(reply.status()).isEqualTo(202);
        ConsumerRecord<byte[], byte[]> record = only(id);
        DeliveryHeader header = header(record);
        assertThat(reply.body().path("delivery_id").stringValue()).isEqualTo(header.deliveryId());
        assertThat(header.eventType()).isEqualTo(type);
        assertThat(header.webhookEvent()).isEqualTo(webhook);
        assertThat(header.dialect()).isEqualTo(dialect);
        assertThat(header.accountId()).isEqualTo("acc_1");
        assertThat(header.attempt()).isEqualTo(1);
        assertThat(header.contentType()).isEqualTo(TestIngest.JSON);
        assertThat(header.via()).isEqualTo(TRIED_ONCE);
        assertThat(Json.parse(record.value()).at(pointer).stringValue()).isEqualTo(event);
    }

    @Test
    void test_goesWhereRoutingPutsTheEndpointsDeliveries() {
        String id = endpoint("standard", "\"call.ended\"");
        test(id);
        ConsumerRecord<byte[], byte[]> record = only(id);
        String key = header(record).key();
        assertThat(new String(record.key(), StandardCharsets.UTF_8)).isEqualTo(key);
        assertThat(record.partition()).isEqualTo(Utils.toPositive(Utils.murmur2(record.key())) % 3);
    }

    @Test
    void test_showsTheFirstEventThatIsAskedFor() {
        String id = endpoint("standard", "\"message.failed\",\"call.ended\"");
        test(id);
        assertThat(header(only(id)).eventType()).isEqualTo("message.failed");
    }

    @Test
    void test_ofAnnouncements_isOfTheEndpointItself() {
        String id = endpoint("standard", "\"endpoint.disabled\"");
        test(id);
        ConsumerRecord<byte[], byte[]> record = only(id);
        assertThat(header(record).subjectId()).isEqualTo(id);
        assertThat(Json.parse(record.value()).path("type").stringValue())
                .isEqualTo("endpoint.disabled");
    }

    @Test
    void test_ofAnApplicationsUrlByGet_isAQuery() {
        Reply made =
                ingest.put(
                        "/v1/applications/app",
                        TestIngest.ADMIN,
                        """
                        {"account_id":"acc_1","status_callback_url":"https://ivr.example/status",
                         "status_callback_method":"GET","webhook_secret":"MARKER"}""");
        assertThat(made.status()).isEqualTo(201);
        String id = GroupIds.member(GroupIds.application("acc_1", "app"), Role.status);
        assertThat(test(id).status()).isEqualTo(202);
        ConsumerRecord<byte[], byte[]> record = only(id);
        DeliveryHeader header = header(record);
        assertThat(header.contentType()).isEqualTo(Dialect.FORM);
        assertThat(header.via()).isEqualTo(new Via(null, null, List.of(), null, "GET", true));
        assertThat(new String(record.value(), StandardCharsets.UTF_8))
                .startsWith("event=call.queued&call_uuid=sample-");
    }

    @Test
    void test_ofADisabledEndpoint_is409() {
        String id = endpoint("standard", "\"*\"");
        assertThat(post("/v1/endpoints/" + id + "/disable", "").status()).isEqualTo(200);
        assertThat(test(id).status()).isEqualTo(409);
        assertThat(post("/v1/endpoints/" + id + "/enable", "").status()).isEqualTo(200);
        assertThat(test(id).status()).isEqualTo(202);
        assertThat(of(id)).hasSize(1);
    }

    @Test
    void test_ofWhatIsNoEndpoint_is404() {
        ingest.put("/v1/applications/bare", TestIngest.ADMIN, "{\"account_id\":\"acc_1\"}");
        assertThat(test(GroupIds.application("acc_1", "bare")).status()).isEqualTo(404);
        assertThat(test("ep_none").status()).isEqualTo(404);
    }

    @Test
    void test_withoutTheRightTo_isRefused() {
        String id = endpoint("standard", "\"*\"");
        String path = "/v1/endpoints/" + id + "/test";
        assertThat(ingest.post(path, TestIngest.READER, TestIngest.JSON, "").status())
                .isEqualTo(403);
        String foreign = "/v1/endpoints/" + foreign() + "/test";
        assertThat(ingest.post(foreign, TestIngest.OWNER, TestIngest.JSON, "").status())
                .isEqualTo(404);
        assertThat(of(id)).isEmpty();
    }

    private static String endpoint(String dialect, String events) {
        return create(
                """
                {"account_id":"acc_1","name":"CRM","url":"https://crm.example/hooks",
                 "dialect":"%s","events":[%s],"scope":{"agent_id":"a1"}}"""
                        .formatted(dialect, events));
    }

    private static String foreign() {
        return create("{\"account_id\":\"acc_2\",\"url\":\"https://crm.example/hooks\"}");
    }

    private static String create(String form) {
        JsonNode made = post("/v1/endpoints", form).body();
        return made.path("id").stringValue();
    }

    private static Reply test(String id) {
        return post("/v1/endpoints/" + id + "/test", "");
    }

    private static Reply post(String path, String body) {
        return ingest.post(path, TestIngest.ADMIN, TestIngest.JSON, body);
    }

    private static ConsumerRecord<byte[], byte[]> only(String endpoint) {
        List<ConsumerRecord<byte[], byte[]>> records = of(endpoint);
        assertThat(records).hasSize(1);
        return records.getFirst();
    }

    private static List<ConsumerRecord<byte[], byte[]>> of(String endpoint) {
        return kafka.records(Topics.DELIVERIES).stream()
                .filter(record -> header(record).endpointId().equals(endpoint))
                .toList();
    }

    private static DeliveryHeader header(ConsumerRecord<byte[], byte[]> record) {
        return DeliveryHeader.read(record.headers().lastHeader(DeliveryHeader.NAME).value());
    }
}
