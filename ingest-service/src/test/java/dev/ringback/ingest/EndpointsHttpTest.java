package dev.ringback.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.ingest.TestIngest.Reply;
import dev.ringback.runtime.Setting;
import dev.ringback.schemas.Endpoint;
import dev.ringback.schemas.EventType;
import dev.ringback.schemas.Topics;
import dev.ringback.testkit.TestKafka;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class EndpointsHttpTest {
    private static final String PATH = "/v1/endpoints";

    private static TestKafka kafka;
    private static TestIngest first;
    private static TestIngest second;

    @BeforeAll
    static void start() {
        kafka = TestKafka.start();
        first = TestIngest.start(kafka, Map.of(Setting.INGEST_DEADLINE.name(), "20s"));
        second = TestIngest.start(kafka, Map.of(Setting.INGEST_DEADLINE.name(), "20s"));
    }

    @AfterAll
    static void stop() {
        second.close();
        first.close();
        kafka.close();
    }

    @Test
    void create_leastForm_hasDefaultsAndShowsItsSecretOnce() {
        Reply reply = create(first, TestIngest.ADMIN, endpoint("defaults"));
        JsonNode made = reply.body();
        assertThat(reply.status()).isEqualTo(201);
        assertThat(reply.header("ETag")).isEqualTo("\"1\"");
        assertThat(reply.header("Location")).isEqualTo(PATH + "/" + id(reply));
        assertThat(made.path("secret").stringValue()).startsWith("whsec_");
        assertThat(made.path("dialect").stringValue()).isEqualTo("standard");
        assertThat(made.path("events").toString()).isEqualTo("[\"*\"]");
        assertThat(made.path("status").stringValue()).isEqualTo("normal");
        assertThat(made.at("/policy/timeout").stringValue()).isEqualTo("20s");
        assertThat(made.at("/policy/max_in_flight").intValue()).isEqualTo(8);
        assertThat(made.at("/secrets/0").propertyNames())
                .containsExactly("id", "created_at", "expires_at");
        Reply read = first.get(PATH + "/" + id(reply), TestIngest.ADMIN);
        assertThat(read.header("ETag")).isEqualTo("\"1\"");
        assertThat(read.body().has("secret")).isFalse();
        assertThat(read.body().path("recent_failures")).isEmpty();
    }

    @Test
    void create_secretAndHeaders_areNowhereInTheClear() {
        String secret = "whsec_TUFSS0VSTUFSS0VSTUFSS0VSTUFSS0VS";
        String form =
                """
                {"account_id":"acc_1","url":"https://crm.example/a","secret":"%s",
                 "headers":{"Authorization":"Bearer MARKER"}}"""
                        .formatted(secret);
        Reply reply = create(first, TestIngest.ADMIN, form);
        assertThat(reply.status()).isEqualTo(201);
        assertThat(reply.body().path("headers").toString()).isEqualTo("[\"Authorization\"]");
        assertThat(reply.body().toString()).doesNotContain("MARKER", secret);
        Stream<ConsumerRecord<byte[], byte[]>> everything =
                Stream.of(
                                Topics.REGISTRY_COMMANDS,
                                Topics.REGISTRY_ANSWERS,
                                Topics.ENDPOINTS,
                                "ringback-registry-endpoints-changelog")
                        .flatMap(topic -> kafka.records(topic).stream());
        List<String> values =
                everything
                        .filter(record -> record.value() != null)
                        .map(record -> new String(record.value(), StandardCharsets.UTF_8))
                        .toList();
        assertThat(values).anyMatch(value -> value.contains(id(reply)));
        assertThat(values).noneMatch(value -> value.contains("MARKER") || value.contains("TUFSS"));
    }

    @Test
    void create_onOneInstance_isSeenByTheNextReadOnTheOther() {
        for (int i = 0; i < 10; i++) {
            Reply made = create(first, TestIngest.ADMIN, endpoint("visible"));
            String path = PATH + "/" + id(made);
            assertThat(second.get(path, TestIngest.ADMIN).status()).isEqualTo(200);
            assertThat(first.delete(path, TestIngest.ADMIN, Map.of()).status()).isEqualTo(204);
            assertThat(second.get(path, TestIngest.ADMIN).status()).isEqualTo(404);
        }
    }

    @Test
    void create_hundredAtOnceOnTwoInstances_allEndAlike() throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Reply>> replies =
                    IntStream.range(0, 100)
                            .mapToObj(i -> i % 2 == 0 ? first : second)
                            .map(
                                    ingest ->
                                            threads.submit(
                                                    () ->
                                                            create(
                                                                    ingest,
                                                                    TestIngest.ADMIN,
                                                                    endpoint("hundred"))))
                            .toList();
            for (Future<Reply> reply : replies) {
                assertThat(reply.get().status()).isEqualTo(201);
            }
        }
        List<String> mine = ids(first, "?account_id=hundred&limit=200", TestIngest.ADMIN);
        assertThat(mine).hasSize(100).isSorted();
        assertThat(ids(second, "?account_id=hundred&limit=200", TestIngest.ADMIN)).isEqualTo(mine);
    }

    @Test
    void list_pages_coverAllOnce() {
        for (int i = 0; i < 5; i++) {
            create(first, TestIngest.ADMIN, endpoint("paged"));
        }
        Reply one = first.get(PATH + "?account_id=paged&limit=3", TestIngest.ADMIN);
        String cursor = one.body().path("next_cursor").stringValue();
        Reply two =
                first.get(PATH + "?account_id=paged&limit=3&cursor=" + cursor, TestIngest.ADMIN);
        assertThat(one.body().path("items")).hasSize(3);
        assertThat(two.body().path("items")).hasSize(2);
        assertThat(two.body().path("next_cursor").isNull()).isTrue();
        assertThat(ids(first, "?account_id=paged", TestIngest.ADMIN))
                .hasSize(5)
                .doesNotHaveDuplicates();
    }

    @Test
    void list_scopeFields_filter() {
        String scoped = endpoint("scoped").replace("{", "{\"scope\":{\"agent_id\":\"a1\"},");
        create(first, TestIngest.ADMIN, scoped);
        create(first, TestIngest.ADMIN, endpoint("scoped"));
        assertThat(ids(first, "?account_id=scoped&agent_id=a1", TestIngest.ADMIN)).hasSize(1);
        assertThat(ids(first, "?account_id=scoped&application_id=x", TestIngest.ADMIN)).isEmpty();
        assertThat(ids(first, "?account_id=scoped", TestIngest.ADMIN)).hasSize(2);
    }

    @Test
    void list_badLimit_is400() {
        assertThat(first.get(PATH + "?limit=0", TestIngest.ADMIN).status()).isEqualTo(400);
        assertThat(first.get(PATH + "?limit=201", TestIngest.ADMIN).status()).isEqualTo(400);
    }

    @Test
    void foreignAccount_isNotThere() {
        String foreign = id(create(first, TestIngest.ADMIN, endpoint("acc_2")));
        String path = PATH + "/" + foreign;
        assertThat(first.get(path, TestIngest.OWNER).status()).isEqualTo(404);
        assertThat(first.delete(path, TestIngest.OWNER, Map.of()).status()).isEqualTo(404);
        assertThat(ids(first, "", TestIngest.OWNER)).doesNotContain(foreign);
        assertThat(ids(first, "?account_id=acc_2", TestIngest.OWNER)).isEmpty();
        assertThat(create(first, TestIngest.OWNER, endpoint("acc_2")).status()).isEqualTo(403);
        assertThat(first.get(path, TestIngest.ADMIN).status()).isEqualTo(200);
    }

    @Test
    void keyWithoutScope_is403() {
        assertThat(create(first, TestIngest.READER, endpoint("acc_1")).status()).isEqualTo(403);
        assertThat(first.delete(PATH + "/ep_x", TestIngest.READER, Map.of()).status())
                .isEqualTo(403);
        assertThat(first.get(PATH, TestIngest.READER).status()).isEqualTo(200);
        assertThat(first.get(PATH, "").status()).isEqualTo(401);
    }

    @Test
    void create_everythingWrong_namesEachFault() {
        Reply reply =
                create(
                        first,
                        TestIngest.ADMIN,
                        "{\"url\":\"http://x\",\"evnts\":[],\"signature\":7}");
        assertThat(reply.status()).isEqualTo(422);
        assertThat(reply.body().path("errors").findValuesAsString("pointer"))
                .containsExactlyInAnyOrder("/account_id", "/url", "/evnts", "/signature");
    }

    @Test
    void create_notAnObject_isRefused() {
        assertThat(create(first, TestIngest.ADMIN, "{").status()).isEqualTo(400);
        assertThat(create(first, TestIngest.ADMIN, "[]").status()).isEqualTo(422);
        assertThat(first.post(PATH, TestIngest.ADMIN, "text/plain", "{}").status()).isEqualTo(415);
        assertThat(create(first, TestIngest.ADMIN, " ".repeat(300_000)).status()).isEqualTo(413);
    }

    @Test
    void delete_unknown_is404() {
        assertThat(first.delete(PATH + "/ep_none", TestIngest.ADMIN, Map.of()).status())
                .isEqualTo(404);
    }

    @Test
    void delete_ifMatch_holdsOrIs412() {
        String path = PATH + "/" + id(create(first, TestIngest.ADMIN, endpoint("matched")));
        assertThat(first.delete(path, TestIngest.ADMIN, Map.of("If-Match", "\"7\"")).status())
                .isEqualTo(412);
        assertThat(first.delete(path, TestIngest.ADMIN, Map.of("If-Match", "W/\"1\"")).status())
                .isEqualTo(412);
        assertThat(first.delete(path, TestIngest.ADMIN, Map.of("If-Match", "\"1\"")).status())
                .isEqualTo(204);
    }

    @Test
    void delete_leavesATombstone() {
        String id = id(create(first, TestIngest.ADMIN, endpoint("gone")));
        first.delete(PATH + "/" + id, TestIngest.ADMIN, Map.of());
        List<ConsumerRecord<byte[], byte[]>> records =
                kafka.records(Topics.ENDPOINTS).stream()
                        .filter(r -> new String(r.key(), StandardCharsets.UTF_8).equals(id))
                        .toList();
        assertThat(records).hasSize(2);
        assertThat(Endpoint.read(records.getFirst().value()).version()).isEqualTo(1);
        assertThat(records.getLast().value()).isNull();
    }

    @Test
    void delete_onBothInstancesAtOnce_onlyOneFindsIt() throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 10; i++) {
                String path = PATH + "/" + id(create(first, TestIngest.ADMIN, endpoint("raced")));
                Future<Reply> one =
                        threads.submit(() -> first.delete(path, TestIngest.ADMIN, Map.of()));
                Future<Reply> two =
                        threads.submit(() -> second.delete(path, TestIngest.ADMIN, Map.of()));
                assertThat(List.of(one.get().status(), two.get().status()))
                        .containsExactlyInAnyOrder(204, 404);
            }
        }
    }

    @Test
    void eventTypes_listAllWithTheirSchemas() {
        Reply list = first.get("/v1/event-types", TestIngest.READER);
        assertThat(list.body().path("items")).hasSize(EventType.values().length);
        assertThat(list.body().path("next_cursor").isNull()).isTrue();
        for (JsonNode item : list.body().path("items")) {
            Reply schema = first.get(item.path("schema").stringValue(), TestIngest.OWNER);
            assertThat(schema.header("Content-Type")).isEqualTo("application/schema+json");
            assertThat(schema.body().path("title")).isEqualTo(item.path("type"));
        }
        assertThat(first.get("/v1/event-types/none/schema", TestIngest.READER).status())
                .isEqualTo(404);
        assertThat(first.get("/v1/event-types", "").status()).isEqualTo(401);
    }

    @Test
    void openApi_isServedToEverybody() throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + first.port() + "/openapi.yaml");
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<String> page =
                    client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
            assertThat(page.headers().firstValue("Content-Type").orElse(""))
                    .startsWith("application/yaml");
            assertThat(page.body())
                    .isEqualTo(Files.readString(Path.of("..", "docs", "openapi.yaml")));
        }
    }

    private static String endpoint(String account) {
        return "{\"account_id\":\"" + account + "\",\"url\":\"https://crm.example/hooks\"}";
    }

    private static Reply create(TestIngest ingest, String key, String form) {
        return ingest.post(PATH, key, TestIngest.JSON, form);
    }

    private static String id(Reply reply) {
        return reply.body().path("id").stringValue();
    }

    private static List<String> ids(TestIngest ingest, String query, String key) {
        return ingest.get(PATH + query, key).body().path("items").findValuesAsString("id").stream()
                .filter(id -> id.startsWith("ep_"))
                .toList();
    }
}
