package dev.ringback.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.dialect.SampleEvents.Kind;
import dev.ringback.schemas.Call;
import dev.ringback.schemas.CallEvent;
import dev.ringback.schemas.EventType;
import dev.ringback.schemas.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Bodies of a call that was long talked through. */
class LargeBodyTest {
    private static final int TRANSCRIPT_BYTES = 300 * 1024;
    private static final List<String> SAID =
            List.of(
                    "שלום, מה שלומך? ",
                    "नमस्ते जी ",
                    "\"quoted\" \\ / \t\n",
                    "👩🏽‍💻🎧 ",
                    "plain ");

    @Test
    void body_standard_carriesEveryWord() {
        Call call = longCall();
        JsonNode body = Json.parse(body("standard", EventType.CALL_ENDED, call));
        assertThat(body.at("/data/call/transcript")).isEqualTo(call.tree().get("transcript"));
    }

    @Test
    void body_voicy_carriesEveryWord() {
        Call call = longCall();
        JsonNode body = Json.parse(body("voicy", EventType.CALL_ANALYZED, call));
        assertThat(texts(body.at("/call/transcript"), "content"))
                .isEqualTo(texts(call.tree().get("transcript"), "text"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"standard", "voicy"})
    void body_withLongTranscript_isUtf8Unescaped(String dialect) {
        byte[] body = body(dialect, EventType.CALL_ANALYZED, longCall());
        assertThat(body).hasSizeGreaterThan(TRANSCRIPT_BYTES);
        assertThat(new String(body, StandardCharsets.UTF_8))
                .contains(SAID.get(0), SAID.get(1), SAID.get(3))
                .doesNotContain("\\u");
    }

    @ParameterizedTest
    @ValueSource(strings = {"vomyra", "tryvox", "ultravox"})
    void body_ofDialectWithoutTranscript_staysSmall(String dialect) {
        assertThat(body(dialect, EventType.CALL_ENDED, longCall())).hasSizeLessThan(2_000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"standard", "vomyra", "tryvox", "voicy", "ultravox"})
    void body_ofTheSameEvent_isTheSameAgainAndLeavesTheCallAlone(String name) {
        Call call = longCall();
        byte[] before = call.bytes();
        EventType type =
                Stream.of(EventType.values())
                        .filter(t -> t.subject() == EventType.Subject.CALL)
                        .filter(t -> Dialects.named(name).orElseThrow().webhookEvent(t).isPresent())
                        .findFirst()
                        .orElseThrow();
        assertThat(body(name, type, call)).isEqualTo(body(name, type, call));
        assertThat(call.bytes()).isEqualTo(before);
    }

    private static byte[] body(String dialect, EventType type, Call call) {
        CallEvent event = SampleEvents.event(type, Kind.full);
        return Dialects.named(dialect).orElseThrow().body(event, call, 7, null);
    }

    private static Call longCall() {
        ObjectNode fields = Json.object().put("call_id", "c1").put("account_id", "acc_1");
        ArrayNode transcript = fields.putArray("transcript");
        int bytes = 0;
        for (int line = 0; bytes < TRANSCRIPT_BYTES; line++) {
            String text = SAID.get(line % SAID.size()).repeat(20) + line;
            bytes += text.getBytes(StandardCharsets.UTF_8).length;
            transcript
                    .addObject()
                    .put("role", line % 2 == 0 ? "assistant" : "user")
                    .put("text", text);
        }
        ObjectNode extensions = fields.putObject("extensions");
        Dialects.all()
                .forEach(d -> extensions.putObject(d.name()).putObject("call").put("more", 1));
        return Call.of(fields);
    }

    private static List<String> texts(JsonNode lines, String field) {
        List<String> texts = new ArrayList<>();
        lines.forEach(line -> texts.add(line.path(field).asString()));
        return texts;
    }
}
