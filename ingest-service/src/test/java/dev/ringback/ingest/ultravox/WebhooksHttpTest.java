package dev.ringback.ingest.ultravox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.ingest.TestIngest;
import dev.ringback.ingest.TestIngest.Reply;
import dev.ringback.ingest.TwoIngests;
import dev.ringback.schemas.Attempt.Report;
import dev.ringback.schemas.Endpoint.Failure;
import dev.ringback.schemas.Json;
import dev.ringback.schemas.Topics;
import dev.ringback.testkit.Await;
import dev.ringback.testkit.TestKafka;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class WebhooksHttpTest {
    private static final String PATH = "/api/webhooks";
    private static final Instant NOW = Instant.parse("2026-11-23T09:12:31.250Z");
    private static final String FORM =
            """
            {"url":"https://crm.example/uv","events":["call.started","call.ended"],
             "agentId":"a1","secrets":["uv-one","uv-two"]}""";

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

    @Test
    void create_withSecrets_answersTheVendorsForm() {
        Reply made = create("own", FORM);
        assertThat(made.status()).isEqualTo(201);
        JsonNode webhook = made.body();
        assertThat(webhook.propertyNames())
                .containsExactlyInAnyOrder(
                        "webhookId",
                        "agentId",
                        "created",
                        "url",
                        "secrets",
                        "events",
                        "status",
                        "lastStatusChange",
                        "recentFailures");
        assertThat(webhook.path("webhookId").stringValue())
                .matches("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
        assertThat(texts(webhook.path("secrets"))).containsExactly("uv-one", "uv-two");
        assertThat(texts(webhook.path("events"))).containsExactly("call.started", "call.ended");
        assertThat(webhook.path("agentId").stringValue()).isEqualTo("a1");
        assertThat(webhook.path("status").stringValue()).isEqualTo("normal");
        assertThat(webhook.path("lastStatusChange")).isEqualTo(webhook.path("created"));
        assertThat(webhook.path("recentFailures")).isEmpty();
        assertThat(get(made).body()).isEqualTo(webhook);
    }

    @Test
    void create_withoutSecrets_makesAndShowsOne() {
        Reply made =
                create("made", "{\"url\":\"https://crm.example/uv\",\"events\":[\"call.billed\"]}");
        assertThat(made.status()).isEqualTo(201);
        assertThat(texts(made.body().path("secrets"))).hasSize(1);
        assertThat(made.body().path("agentId").isNull()).isTrue();
        assertThat(get(made).body()).isEqualTo(made.body());
    }

    @Test
    void create_isAnEndpointLikeOthers_whichShowsNoSecretsThere() {
        Reply made = create("both", FORM);
        String id = "ep_" + made.body().path("webhookId").stringValue().replace("-", "");
        JsonNode endpoint = ingest.get("/v1/endpoints/" + id, TestIngest.ADMIN).body();
        assertThat(texts(endpoint.path("events"))).containsExactly("call.created", "call.ended");
        assertThat(endpoint.at("/scope/agent_id").stringValue()).isEqualTo("a1");
        assertThat(endpoint.toString()).doesNotContain("uv-one");
    }

    @Test
    void get_endpointMadeElsewhere_showsNoSecrets() {
        Reply endpoint =
                ingest.post(
                        "/v1/endpoints",
                        TestIngest.ADMIN,
                        TestIngest.JSON,
                        """
                        {"account_id":"elsewhere","url":"https://crm.example/uv",
                         "dialect":"ultravox","secret":"MARKER"}""");
        assertThat(endpoint.status()).isEqualTo(201);
        JsonNode page = list("?account_id=elsewhere").body();
        JsonNode webhook = page.at("/results/0");
        assertThat(webhook.path("secrets").isArray()).isTrue();
        assertThat(webhook.path("secrets")).isEmpty();
        assertThat(texts(webhook.path("events")))
                .containsExactly("call.started", "call.joined", "call.ended", "call.billed");
        Reply replaced = put(webhook.path("webhookId").stringValue(), FORM);
        assertThat(replaced.status()).isEqualTo(200);
        assertThat(replaced.body().path("secrets")).isEmpty();
        assertThat(page.toString()).doesNotContain("MARKER");
    }

    @Test
    void list_pages_forthAndBack() {
        List<String> made = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            made.add(id(create("paged", FORM)));
        }
        Collections.sort(made);
        JsonNode first = list("?account_id=paged&pageSize=2").body();
        assertThat(first.path("total").intValue()).isEqualTo(5);
        assertThat(first.path("previous").isNull()).isTrue();
        assertThat(ids(first)).isEqualTo(made.subList(0, 2));
        JsonNode second = follow(first, "next");
        assertThat(ids(second)).isEqualTo(made.subList(2, 4));
        JsonNode last = follow(second, "next");
        assertThat(ids(last)).isEqualTo(made.subList(4, 5));
        assertThat(last.path("next").isNull()).isTrue();
        assertThat(ids(follow(last, "previous"))).isEqualTo(made.subList(2, 4));
        assertThat(ids(follow(second, "previous"))).isEqualTo(made.subList(0, 2));
    }

    @Test
    void list_ofAnAgent_hasItsAlone() {
        String mine = id(create("agents", FORM));
        create("agents", FORM.replace("\"a1\"", "\"a2\""));
        create("agents", FORM.replace("\"a1\"", "null"));
        JsonNode page = list("?account_id=agents&agentId=a1").body();
        assertThat(ids(page)).containsExactly(mine);
        assertThat(page.path("total").intValue()).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"pageSize=0", "pageSize=x", "pageSize=201", "cursor=!", "cursor=YWJj"})
    void list_badQuery_is400(String query) {
        assertThat(list("?account_id=acc_1&" + query).status()).isEqualTo(400);
    }

    @Test
    void put_replacesAll_andKeepsSecretsThatAreLeftOut() {
        Reply made = create("put", FORM);
        Reply put =
                put(id(made), "{\"url\":\"https://crm.example/2\",\"events\":[\"call.joined\"]}");
        assertThat(put.status()).isEqualTo(200);
        assertThat(put.body().path("url").stringValue()).isEqualTo("https://crm.example/2");
        assertThat(texts(put.body().path("events"))).containsExactly("call.joined");
        assertThat(put.body().path("agentId").isNull()).isTrue();
        assertThat(put.body().path("secrets")).isEqualTo(made.body().path("secrets"));
        assertThat(put.body().path("created")).isEqualTo(made.body().path("created"));
        assertThat(get(made).body()).isEqualTo(put.body());
    }

    @Test
    void put_whatWasGot_changesNothing() {
        Reply made = create("same", FORM);
        assertThat(put(id(made), made.body().toString()).body()).isEqualTo(made.body());
    }

    @Test
    void put_withoutUrlAndEvents_is422() {
        Reply reply = put(id(create("empty", FORM)), "{}");
        assertThat(reply.status()).isEqualTo(422);
        assertThat(TwoIngests.pointers(reply)).containsExactlyInAnyOrder("/url", "/events");
    }

    @Test
    void patch_changesWhatItNames() {
        Reply made = create("patch", FORM);
        Reply patched = patch(id(made), "{\"secrets\":[\"uv-two\",\"uv-three\"]}");
        assertThat(patched.status()).isEqualTo(200);
        assertThat(texts(patched.body().path("secrets"))).containsExactly("uv-two", "uv-three");
        assertThat(patched.body().path("events")).isEqualTo(made.body().path("events"));
        Reply freed = patch(id(made), "{\"agentId\":null}");
        assertThat(freed.body().path("agentId").isNull()).isTrue();
        assertThat(freed.body().path("secrets")).isEqualTo(patched.body().path("secrets"));
        assertThat(get(made).body()).isEqualTo(freed.body());
    }

    @Test
    void patch_ofAllEvents_keepsThatItIsAll() {
        Reply endpoint =
                ingest.post(
                        "/v1/endpoints",
                        TestIngest.ADMIN,
                        TestIngest.JSON,
                        """
                        {"account_id":"acc_1","url":"https://crm.example/uv",
                         "dialect":"ultravox"}""");
        String id = endpoint.body().path("id").stringValue();
        assertThat(patch(id, "{\"url\":\"https://crm.example/2\"}").status()).isEqualTo(200);
        JsonNode events = ingest.get("/v1/endpoints/" + id, TestIngest.ADMIN).body().path("events");
        assertThat(texts(events)).containsExactly("*");
    }

    @Test
    void delete_is204_andThen404() {
        Reply made = create("deleted", FORM);
        String path = PATH + "/" + id(made);
        assertThat(send("DELETE", path, TestIngest.ADMIN, "").status()).isEqualTo(204);
        assertThat(get(made).status()).isEqualTo(404);
        assertThat(send("DELETE", path, TestIngest.ADMIN, "").status()).isEqualTo(404);
        assertThat(list("?account_id=deleted").body().path("total").intValue()).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    https://crm.example/uv | http://crm.example/uv   | /url
                    https://crm.example/uv | https://u:p@crm.example | /url
                    "call.ended"           | "call.answered"         | /events/1
                    "call.ended"           | 7                       | /events/1
                    "uv-two"               | ""                      | /secrets/1
                    "agentId"              | "agent_id"              | /agent_id
                    """)
    void create_oneThingWrong_namesIt(String from, String to, String pointer) {
        Reply reply = create("wrong", FORM.replace(from, to));
        assertThat(reply.status()).isEqualTo(422);
        assertThat(TwoIngests.pointers(reply)).containsExactly(pointer);
    }

    @Test
    void create_atTheLimits_isMade_andAboveThemIsNot() {
        String url = "https://crm.example/" + "u".repeat(180);
        String form = FORM.replace("https://crm.example/uv", url);
        String secret = "s".repeat(120);
        assertThat(create("long", form.replace("uv-one", secret)).status()).isEqualTo(201);
        Reply tooLong =
                create("long", form.replace(url, url + "u").replace("uv-one", secret + "s"));
        assertThat(tooLong.status()).isEqualTo(422);
        assertThat(TwoIngests.pointers(tooLong)).containsExactlyInAnyOrder("/url", "/secrets/0");
        assertThat(tooLong.body().toString()).doesNotContain(secret);
    }

    @Test
    void account_isTheKeys_orHasToBeNamed() {
        Reply owners = send("POST", PATH, TestIngest.OWNER, FORM);
        assertThat(owners.status()).isEqualTo(201);
        assertThat(send("GET", PATH, TestIngest.OWNER, "").body().path("total").intValue())
                .isPositive();
        assertThat(send("POST", PATH, TestIngest.ADMIN, FORM).status()).isEqualTo(400);
        assertThat(send("GET", PATH, TestIngest.ADMIN, "").status()).isEqualTo(400);
        assertThat(get(owners).status()).isEqualTo(200);
    }

    @Test
    void foreignAccount_isNotThere() {
        String path = PATH + "/" + id(create("acc_2", FORM));
        for (String method : List.of("GET", "PUT", "PATCH", "DELETE")) {
            assertThat(send(method, path, TestIngest.OWNER, FORM).status())
                    .as(method)
                    .isEqualTo(404);
        }
        Reply page = send("GET", PATH + "?account_id=acc_2", TestIngest.OWNER, "");
        assertThat(page.body().path("results")).isEmpty();
        assertThat(send("POST", PATH + "?account_id=acc_2", TestIngest.OWNER, FORM).status())
                .isEqualTo(403);
    }

    @Test
    void otherDialects_areNotThere() {
        String id =
                ingest.post(
                                "/v1/endpoints",
                                TestIngest.ADMIN,
                                TestIngest.JSON,
                                "{\"account_id\":\"acc_1\",\"url\":\"https://crm.example\"}")
                        .body()
                        .path("id")
                        .stringValue();
        assertThat(send("GET", PATH + "/" + id, TestIngest.ADMIN, "").status()).isEqualTo(404);
    }

    @Test
    void key_wrongMissingOrReadOnly_isRefused() {
        assertThat(send("GET", PATH, "wrong", "").status()).isEqualTo(401);
        assertThat(ingest.get(PATH, "").status()).isEqualTo(401);
        String path = PATH + "?account_id=acc_1";
        assertThat(send("GET", path, TestIngest.READER, "").status()).isEqualTo(200);
        assertThat(send("POST", path, TestIngest.READER, FORM).status()).isEqualTo(403);
    }

    @Test
    void health_isShownInTheVendorsWords() {
        Reply made = create("ill", FORM);
        String endpoint = "ep_" + id(made).replace("-", "");
        List<Failure> failures =
                Stream.iterate(NOW, at -> at.plusSeconds(1))
                        .limit(10)
                        .map(at -> new Failure(at, "status 503"))
                        .toList();
        Report report = new Report(endpoint, "ill", false, 10, NOW, failures, false);
        try (Producer<byte[], byte[]> producer =
                kafka.clients().producer("report", Duration.ofSeconds(20), Map.of())) {
            producer.send(
                    new ProducerRecord<>(
                            Topics.REGISTRY_COMMANDS,
                            "ill".getBytes(StandardCharsets.UTF_8),
                            report.command("cmd-report")));
        }
        Await.until(
                "the report to be taken in",
                Duration.ofSeconds(30),
                () -> get(made).body().path("status").stringValue().equals("unhealthy"));
        JsonNode webhook = get(made).body();
        assertThat(webhook.path("recentFailures")).hasSize(10);
        assertThat(webhook.at("/recentFailures/0"))
                .isEqualTo(
                        Json.object()
                                .put("timestamp", "2026-11-23T09:12:31.250Z")
                                .put("failure", "status 503"));
        assertThat(Instant.parse(webhook.path("lastStatusChange").stringValue()))
                .isAfter(Instant.parse(webhook.path("created").stringValue()));
    }

    private static Reply create(String account, String form) {
        return send("POST", PATH + "?account_id=" + account, TestIngest.ADMIN, form);
    }

    private static Reply put(String id, String form) {
        return send("PUT", PATH + "/" + id, TestIngest.ADMIN, form);
    }

    private static Reply patch(String id, String form) {
        return send("PATCH", PATH + "/" + id, TestIngest.ADMIN, form);
    }

    private static Reply get(Reply made) {
        return send("GET", PATH + "/" + id(made), TestIngest.ADMIN, "");
    }

    private static Reply list(String query) {
        return send("GET", PATH + query, TestIngest.ADMIN, "");
    }

    /** What a link of a page leads to. */
    private static JsonNode follow(JsonNode page, String link) {
        URI uri = URI.create(page.path(link).stringValue());
        assertThat(uri.getHost()).isEqualTo("127.0.0.1");
        return send("GET", uri.getRawPath() + "?" + uri.getRawQuery(), TestIngest.ADMIN, "").body();
    }

    /** A request as the vendor's clients send it. */
    private static Reply send(String method, String path, String key, String body) {
        Map<String, String> headers = Map.of("X-API-Key", key, "Content-Type", TestIngest.JSON);
        return ingest.send(
                method,
                path,
                "",
                headers,
                body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    }

    private static String id(Reply made) {
        return made.body().path("webhookId").stringValue();
    }

    private static List<String> ids(JsonNode page) {
        return page.path("results").findValuesAsString("webhookId");
    }

    private static List<String> texts(JsonNode array) {
        return array.valueStream().map(JsonNode::stringValue).toList();
    }
}
