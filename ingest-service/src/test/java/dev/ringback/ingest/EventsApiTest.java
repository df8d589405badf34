package dev.ringback.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.ingest.TestIngest.Reply;
import dev.ringback.schemas.Topics;
import dev.ringback.testkit.TestKafka;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class EventsApiTest {
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
    void post_oneEvent_isAcceptedWithItsId() {
        Reply reply = ingest.events(TestIngest.event("evt-1", "one"));
        assertThat(reply.status()).isEqualTo(202);
        assertThat(reply.body().toString()).isEqualTo("{\"id\":\"evt-1\",\"status\":\"accepted\"}");
    }

    @Test
    void post_eventWithId_keepsItsBytesUnderItsSubject() {
        String event =
                "{ \"id\":\"evt-b\", \"type\":\"call.ended\",\"occurred_at\":\"2026-11-23T09:12:31Z\","
                        + "\"account_id\":\"acc_1\",\"call_id\":\"bytés\",\"data\":{\"n\":1.10e2}}";
        assertThat(ingest.events("\ufeff \n" + event + "\n ").status()).isEqualTo(202);
        assertThat(ingest.events("[ " + event + " ]").status()).isEqualTo(202);
        assertThat(ingest.lines("\n" + event + "\r\n").status()).isEqualTo(202);
        assertThat(values("bytés")).containsExactly(event, event, event);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\"id\":null,"})
    void post_eventWithoutId_getsOneAndKeepsItsNumbers(String id) {
        String call = "made-" + id.length();
        String event =
                "{"
                        + id
                        + "\"type\":\"call.ended\",\"occurred_at\":\"2026-11-23T09:12:31Z\","
                        + "\"account_id\":\"acc_1\",\"call_id\":\""
                        + call
                        + "\",\"data\":{\"n\":12345678901234567890.1234567890123456789000}}";
        Reply reply = ingest.events(event);
        assertThat(reply.status()).isEqualTo(202);
        String made = reply.body().path("id").stringValue();
        assertThat(made)
                .matches("evt_[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-.{12}");
        assertThat(values(call))
                .singleElement()
                .asString()
                .contains(made)
                .contains("12345678901234567890.1234567890123456789000");
    }

    @Test
    void post_arrayOfValidEvents_is202InOrder() {
        Reply reply =
                ingest.events(
                        IntStream.range(0, 1_000)
                                .mapToObj(i -> TestIngest.event("evt-" + i, "thousand"))
                                .collect(Collectors.joining(",", "[", "]")));
        assertThat(reply.status()).isEqualTo(202);
        assertThat(reply.body().path("results"))
                .hasSize(1_000)
                .allMatch(result -> result.path("status").stringValue().equals("accepted"));
        assertThat(values("thousand"))
                .hasSize(1_000)
                .element(999)
                .asString()
                .contains("\"evt-999\"");
    }

    @Test
    void post_someValid_is207WithEachFate() {
        String foreign = TestIngest.event("evt-f", "mixed").replace("acc_1", "acc_2");
        String large = TestIngest.event("evt-l", "x".repeat(Topics.MAX_EVENT_BYTES));
        Reply reply =
                ingest.post(
                        "/v1/events",
                        TestIngest.OWNER,
                        TestIngest.JSON,
                        "["
                                + String.join(
                                        ",",
                                        TestIngest.event("evt-a", "mixed"),
                                        "{\"id\":\"evt-x\",\"type\":\"call.ended\"}",
                                        foreign,
                                        large,
                                        "7",
                                        TestIngest.event("evt-z", "mixed"))
                                + "]");
        assertThat(reply.status()).isEqualTo(207);
        JsonNode results = reply.body().path("results");
        assertThat(results.valueStream().map(r -> r.path("index").intValue()))
                .containsExactly(0, 1, 2, 3, 4, 5);
        assertThat(results.valueStream().map(r -> r.path("id").asString("none")))
                .containsExactly("evt-a", "evt-x", "evt-f", "evt-l", "none", "evt-z");
        assertThat(results.valueStream().map(r -> r.path("status").stringValue()))
                .containsExactly(
                        "accepted", "rejected", "rejected", "rejected", "rejected", "accepted");
        assertThat(results.get(1).path("errors").findValuesAsString("pointer"))
                .contains("/account_id", "/call_id", "/occurred_at");
        assertThat(results.get(2).at("/errors/0/pointer").stringValue()).isEqualTo("/account_id");
        assertThat(results.get(3).at("/errors/0/reason").stringValue()).contains("1 MiB");
        assertThat(values("mixed")).hasSize(2);
    }

    @Test
    void post_noneValid_is422WithResults() {
        Reply reply = ingest.events("[{},{}]");
        assertThat(reply.status()).isEqualTo(422);
        assertThat(reply.body().path("results")).hasSize(2);
    }

    @Test
    void post_lines_namesTheMalformedOne() {
        Reply reply =
                ingest.lines(
                        TestIngest.event("evt-1", "lines")
                                + "\n\n  \r\n{oops\n"
                                + TestIngest.event("evt-2", "lines"));
        assertThat(reply.status()).isEqualTo(207);
        JsonNode results = reply.body().path("results");
        assertThat(results).hasSize(3);
        assertThat(results.at("/1/errors/0/reason").stringValue()).startsWith("line 4 is not JSON");
        assertThat(results.at("/2/index").intValue()).isEqualTo(2);
        assertThat(results.at("/2/id").stringValue()).isEqualTo("evt-2");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "  ",
                "{",
                "[{}",
                "[{},",
                "{} {}",
                "[{}] x",
                "{\"id\":1,\"id\":2}",
                "nul",
                "]"
            })
    void post_notJson_is400(String body) {
        Reply reply = ingest.events(body);
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.header("Content-Type")).isEqualTo("application/problem+json");
    }

    @Test
    void post_notUtf8_is400() {
        byte[] latin = TestIngest.event("evt-1", "é").getBytes(StandardCharsets.ISO_8859_1);
        byte[] wide = TestIngest.event("evt-1", "wide").getBytes(StandardCharsets.UTF_16LE);
        for (byte[] body : List.of(latin, wide)) {
            Reply reply =
                    ingest.send(
                            "POST",
                            "/v1/events",
                            TestIngest.ADMIN,
                            Map.of("Content-Type", TestIngest.JSON),
                            BodyPublishers.ofByteArray(body));
            assertThat(reply.status()).isEqualTo(400);
        }
    }

    @Test
    void post_withoutKey_is401() {
        Reply reply = ingest.post("/v1/events", "", TestIngest.JSON, "{}");
        assertThat(reply.status()).isEqualTo(401);
        assertThat(reply.header("WWW-Authenticate")).isEqualTo("Bearer");
    }

    @Test
    void post_keyWithoutScope_is403() {
        assertThat(ingest.post("/v1/events", TestIngest.READER, TestIngest.JSON, "{}").status())
                .isEqualTo(403);
    }

    @Test
    void post_oneEventOfAnotherAccount_is403() {
        String foreign = TestIngest.event("evt-f", "foreign").replace("acc_1", "acc_2");
        Reply reply = ingest.post("/v1/events", TestIngest.OWNER, TestIngest.JSON, foreign);
        assertThat(reply.status()).isEqualTo(403);
        assertThat(values("foreign")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "application/json; charset=utf-8, 202",
        "Application/JSON;charset=\"UTF-8\", 202",
        "application/json; charset=iso-8859-1, 415",
        "text/plain, 415",
        "application/problem+json, 415"
    })
    void post_contentType_decides(String type, int status) {
        String event = TestIngest.event("evt-t", "types");
        assertThat(ingest.post("/v1/events", TestIngest.ADMIN, type, event).status())
                .isEqualTo(status);
    }

    @Test
    void post_withoutContentType_is415() {
        Reply reply =
                ingest.send(
                        "POST",
                        "/v1/events",
                        TestIngest.ADMIN,
                        Map.of(),
                        BodyPublishers.ofString("{}"));
        assertThat(reply.status()).isEqualTo(415);
    }

    @Test
    void post_compressedBody_is415() {
        Reply reply =
                ingest.send(
                        "POST",
                        "/v1/events",
                        TestIngest.ADMIN,
                        Map.of("Content-Type", TestIngest.JSON, "Content-Encoding", "gzip"),
                        BodyPublishers.ofString("x"));
        assertThat(reply.status()).isEqualTo(415);
    }

    @Test
    void post_oneInvalidEvent_is422WithPointers() {
        Reply reply =
                ingest.events(
                        TestIngest.event("bad id", "c").replace("completed\"", "x\",\"y\":1"));
        assertThat(reply.status()).isEqualTo(422);
        assertThat(reply.header("Content-Type")).isEqualTo("application/problem+json");
        assertThat(reply.body().path("errors").findValuesAsString("pointer"))
                .containsExactlyInAnyOrder("/id", "/call/y");
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "[ ]"})
    void post_emptyArray_is422(String body) {
        assertThat(ingest.events(body).status()).isEqualTo(422);
    }

    @Test
    void post_noLines_is422() {
        assertThat(ingest.lines("\n \n").status()).isEqualTo(422);
    }

    @Test
    void post_moreThanThousandEvents_is413() {
        String line = TestIngest.event("evt-m", "many") + "\n";
        assertThat(ingest.lines(line.repeat(1_001)).status()).isEqualTo(413);
        String array = "[" + "{},".repeat(1_000) + "{}]";
        assertThat(ingest.events(array).status()).isEqualTo(413);
        assertThat(values("many")).isEmpty();
    }

    @Test
    void post_oneEventAboveOneMebibyte_is413() {
        String padding = "\"data\":{\"x\":\"" + "x".repeat(Topics.MAX_EVENT_BYTES) + "\"},";
        String event = TestIngest.event("evt-l", "l").replaceFirst("\\{", "{" + padding);
        assertThat(ingest.events(event).status()).isEqualTo(413);
    }

    @Test
    void post_eventOfOneMebibyte_isAccepted() {
        String event = TestIngest.event("evt-l", "full");
        int missing = Topics.MAX_EVENT_BYTES - event.length() - "\"data\":{\"x\":\"\"},".length();
        String padding = "\"data\":{\"x\":\"" + "x".repeat(missing) + "\"},";
        assertThat(ingest.events(event.replaceFirst("\\{", "{" + padding)).status()).isEqualTo(202);
    }

    @Test
    void post_halfASurrogatePair_isKeptAsItCame() {
        String event = TestIngest.event("evt-s", "half").replace("completed", "\\ud800");
        assertThat(ingest.events(event).status()).isEqualTo(202);
        assertThat(ingest.events(event.replace("\"id\":\"evt-s\",", "")).status()).isEqualTo(202);
        assertThat(values("half"))
                .hasSize(2)
                .allMatch(v -> v.toLowerCase(Locale.ROOT).contains("\\ud800"));
    }

    @Test
    void post_deeplyNested_isRejected() {
        String deep = "[".repeat(200) + "]".repeat(200);
        String event = TestIngest.event("evt-d", "deep");
        Reply reply = ingest.events(event.replaceFirst("\\{", "{\"data\":{\"x\":" + deep + "},"));
        assertThat(reply.status()).isEqualTo(422);
        assertThat(ingest.events("[".repeat(600)).status()).isEqualTo(400);
    }

    @Test
    void post_exponentBeyondAnyNumber_is400AndOneBadLineIsItsOwn() {
        String event =
                TestIngest.event("evt-b", "beyond")
                        .replace("\"status\":\"completed\"", "\"duration_seconds\":1e999999999999");
        assertThat(ingest.events(event).status()).isEqualTo(400);
        assertThat(ingest.events("[" + "[".repeat(600)).status()).isEqualTo(400);
    }

    @Test
    void post_hugeExponent_isAnsweredAtOnce() {
        String event =
                TestIngest.event("evt-e", "huge")
                        .replace("\"status\":\"completed\"", "\"duration_seconds\":1e999999999");
        for (String each : List.of(event, event.replace("\"id\":\"evt-e\",", ""))) {
            assertThat(ingest.events(each).status()).isIn(202, 422);
        }
    }

    @Test
    void metrics_countEachFate() {
        ingest.events("[" + TestIngest.event("evt-1", "counted") + ",{}]");
        assertThat(scrape())
                .containsPattern("ringback_events_accepted_total [1-9]")
                .containsPattern("ringback_events_rejected_total [1-9]")
                .contains("ringback_events_unconfirmed_total 0");
    }

    private static String scrape() {
        try (var in =
                java.net
                        .URI
                        .create("http://127.0.0.1:" + ingest.port() + "/metrics")
                        .toURL()
                        .openStream()) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (java.io.IOException e) {
            throw new AssertionError(e);
        }
    }

    private static List<String> values(String callId) {
        return kafka.records(Topics.EVENTS).stream()
                .filter(record -> text(record.key()).equals(callId))
                .map(ConsumerRecord::value)
                .map(EventsApiTest::text)
                .toList();
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
