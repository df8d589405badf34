package dev.ringback.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.schemas.EventSchema.Reading;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class EventSchemaTest {
    private static final EventSchema SCHEMA = new EventSchema();

    private static final String ENDED =
            """
            {"id":"evt-1","type":"call.ended","occurred_at":"2026-11-23T09:12:31.250Z",
             "account_id":"acc_1","call_id":"c1","environment":"production",
             "call":{"status":"completed","end_reason":"hangup","duration_seconds":125},
             "data":{},"webhooks":null}""";

    @Test
    void read_contractExample_isValid() {
        assertThat(read(ENDED))
                .isInstanceOfSatisfying(
                        Reading.Valid.class,
                        valid -> {
                            assertThat(valid.event().type()).isEqualTo(EventType.CALL_ENDED);
                            assertThat(valid.event().subjectId()).isEqualTo("c1");
                        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    "call_id":"c1"                     | "x":1                    | /call_id      | is required
                    "account_id":"acc_1",              |                          | /account_id   | is required
                    "type":"call.ended",               |                          | /type         | is required
                    "type":"call.ended"                | "type":"call.exploded"   | /type         | unknown event type "call.exploded"
                    2026-11-23T09:12:31.250Z           | 2026-02-30T09:12:31Z     | /occurred_at  | is not an RFC 3339 date and time
                    "data":{}                          | "date":{}                | /date         | unknown field
                    "status":"completed"               | "state":"completed"      | /call/state   | unknown field
                    "status":"completed"               | "call_id":"c2"           | /call/call_id | differs from the event's call_id
                    "duration_seconds":125             | "duration_seconds":"125" | /call/duration_seconds | string found, [number, null] expected
                    "webhooks":null                    | "webhooks":{}            | /webhooks/dialect | is required
                    "webhooks":null                    | "webhooks":{"dialect":"voicy"} | /webhooks/dialect | does not have a value in the enumeration ["tryvox", "ultravox"]
                    "webhooks":null                    | "webhooks":{"dialect":"tryvox","hangup":"x"} | /webhooks/hangup | unknown field
                    "webhooks":null                    | "webhooks":{"dialect":"tryvox","hangup_url":1} | /webhooks/hangup_url | integer found, [string, null] expected
                    "webhooks":null                    | "webhooks":{"dialect":"tryvox","answer_method":"PUT"} | /webhooks/answer_method | does not have a value in the enumeration ["POST", "GET", null]
                    "webhooks":null                    | "webhooks":{"dialect":"tryvox","webhook_secret":""} | /webhooks/webhook_secret | must be at least 1 characters long
                    "webhooks":null                    | "webhooks":{"dialect":"ultravox"} | /webhooks/callbacks | is required
                    "webhooks":null                    | "webhooks":{"dialect":"ultravox","callbacks":{"started":{}}} | /webhooks/callbacks/started | unknown field
                    "webhooks":null                    | "webhooks":{"dialect":"ultravox","callbacks":{"ended":{}}} | /webhooks/callbacks/ended/url | is required
                    "webhooks":null                    | "webhooks":{"dialect":"ultravox","callbacks":{"ended":{"url":"u","secrets":[1]}}} | /webhooks/callbacks/ended/secrets/0 | integer found, [string, object] expected
                    """)
    void read_oneThingWrong_namesIt(String from, String to, String pointer, String reason) {
        String wrong = ENDED.replace(from, to == null ? "" : to);
        assertThat(wrong).isNotEqualTo(ENDED);
        assertThat(violations(wrong)).contains(new Violation(pointer, reason));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"dialect\":\"tryvox\",\"hangup_url\":\"https://a.example/h\"}",
                "{\"dialect\":\"tryvox\",\"ring_url\":null,\"webhook_secret\":{\"sealed\":\"x\"}}",
                "{\"dialect\":\"ultravox\",\"callbacks\":{\"ended\":{\"url\":\"https://a.example\","
                        + "\"secrets\":[\"s\",{\"sealed\":\"x\"}]},\"joined\":null}}"
            })
    void read_targetsOfACall_areValid(String webhooks) {
        assertThat(read(ENDED.replace("\"webhooks\":null", "\"webhooks\":" + webhooks)))
                .isInstanceOfSatisfying(
                        Reading.Valid.class,
                        valid -> assertThat(valid.event().webhooks()).hasToString(webhooks));
    }

    @Test
    void read_whatTheParserCannotTake_isNoEvent() {
        for (String text :
                List.of(
                        "{\"a\":1e999999999999}",
                        "{\"a\":-1E-999999999999}",
                        "[".repeat(5_000) + "]".repeat(5_000),
                        "{\"a\":" + "1".repeat(5_000) + "}",
                        "{\"" + "a".repeat(60_000) + "\":1}")) {
            assertThat(SCHEMA.read(text.getBytes(StandardCharsets.UTF_8), "made"))
                    .isInstanceOf(EventSchema.Reading.Invalid.class);
        }
    }

    @Test
    void read_targetsTooLong_areRefused() {
        String most = "x".repeat(513);
        String tryvox = "{\"dialect\":\"tryvox\",\"webhook_secret\":\"" + most + "\"}";
        String ultravox =
                "{\"dialect\":\"ultravox\",\"callbacks\":{\"ended\":{\"url\":\""
                        + "x".repeat(201)
                        + "\",\"secrets\":["
                        + "\"s\",".repeat(10)
                        + "\"s\"]}}}";
        assertThat(violations(ENDED.replace("\"webhooks\":null", "\"webhooks\":" + tryvox)))
                .extracting(Violation::pointer)
                .containsExactly("/webhooks/webhook_secret");
        assertThat(violations(ENDED.replace("\"webhooks\":null", "\"webhooks\":" + ultravox)))
                .extracting(Violation::pointer)
                .containsExactlyInAnyOrder(
                        "/webhooks/callbacks/ended/url", "/webhooks/callbacks/ended/secrets");
    }

    @Test
    void read_targetsOnAnotherSubject_areRefused() {
        String message =
                ENDED.replace("call.ended", "message.failed")
                        .replace("call_id", "message_id")
                        .replaceAll("\"call\":\\{[^}]*},", "")
                        .replace("\"webhooks\":null", "\"webhooks\":{\"dialect\":\"tryvox\"}");
        assertThat(violations(message))
                .containsExactly(new Violation("/webhooks", "only events of a call bring targets"));
    }

    @Test
    void read_deeplyNested_saysSo() {
        String deep = "[".repeat(99) + "]".repeat(99);
        assertThat(violations(ENDED.replace("{}", "{\"x\":" + deep + "}")))
                .containsExactly(new Violation("", "nested deeper than 100"));
    }

    @Test
    void read_notJson_saysSo() {
        assertThat(violations("{\"id\":")).hasSize(1);
        assertThat(violations("{\"id\":").getFirst().reason()).startsWith("not JSON");
        assertThat(violations("[]").getFirst().reason()).isEqualTo("an event is a JSON object");
    }

    @Test
    void read_twoKeysAlike_isNotJson() {
        String twice = ENDED.replace("\"data\":{}", "\"data\":{},\"data\":{}");
        assertThat(violations(twice).getFirst().reason()).startsWith("not JSON");
    }

    @Test
    void read_unknownFieldsWhereTheyAreFree_areKept() {
        String free =
                ENDED.replace("\"data\":{}", "\"data\":{\"mine\":1}")
                        .replace(
                                "\"status\":\"completed\"",
                                "\"attributes\":{\"a\":1},\"metadata\":{\"m\":\"1\"},"
                                        + "\"extensions\":{\"ultravox\":{\"model\":\"x\"}}");
        assertThat(read(free)).isInstanceOf(Reading.Valid.class);
    }

    @ParameterizedTest
    @EnumSource(EventType.class)
    void document_everyType_requiresItsSubject(EventType type) {
        assertThat(SCHEMA.document(type).get("required").toString())
                .contains("\"" + type.subject().field() + "\"");
        assertThat(SCHEMA.document(type).get("$schema").stringValue())
                .isEqualTo("https://json-schema.org/draft/2020-12/schema");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"call\":{\"summary\":\"lone \\ud800 surrogate\"}",
                "\"call\":{\"\\udfff\":1}",
                "\"data\":{\"\\ud83d\":\"\\ude00\"}",
                "\"call\":{\"sequence\":1e999999999}",
                "\"call\":{\"duration_seconds\":1e999999999}",
                "\"data\":{\"n\":-1e-999999999}",
                "\"call\":{\"metadata\":{\"a\":\"\\u0000\"}}",
                "\"call\":{\"attributes\":{\"\":{\"a/b~c\":[]}}}"
            })
    void read_hostileButJson_isRefusedOrCanBeWritten(String part) {
        String hostile =
                "{\"id\":\"e\",\"type\":\"call.ended\",\"occurred_at\":\"2026-11-23T09:12:31Z\","
                        + "\"account_id\":\"a\",\"call_id\":\"c\","
                        + part
                        + "}";
        switch (read(hostile)) {
            case Reading.Valid(CallEvent event) -> {
                Call call = Call.first(event).after(event, 1);
                assertThat(Call.read(call.bytes())).hasToString(call.toString());
                assertThat(Json.bytes(event.data())).isNotEmpty();
            }
            case Reading.Invalid(List<Violation> violations) -> assertThat(violations).isNotEmpty();
        }
    }

    @Test
    void read_aHundredThousandUnknownFields_namesAFew() {
        StringBuilder fields = new StringBuilder();
        for (int i = 0; i < 50_000; i++) {
            fields.append(",\"x").append(i).append("\":1");
        }
        String json = ENDED.replace("\"data\":{}", "\"data\":{}" + fields);
        assertThat(violations(json)).hasSizeBetween(1, 101);
    }

    private static Reading read(String json) {
        return SCHEMA.read(json.getBytes(StandardCharsets.UTF_8));
    }

    private static List<Violation> violations(String json) {
        return switch (read(json)) {
            case Reading.Valid valid -> List.of();
            case Reading.Invalid(List<Violation> violations) -> violations;
        };
    }
}
