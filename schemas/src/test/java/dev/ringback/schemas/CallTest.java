package dev.ringback.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class CallTest {
    @Test
    void after_parts_mergesAsRfc7396() {
        Call call =
                after(
                        after(
                                null,
                                1,
                                "call.created",
                                "{\"from\":\"+1\",\"metadata\":{\"a\":\"1\",\"b\":\"2\"},"
                                        + "\"transcript\":[{\"role\":\"agent\",\"text\":\"hi\"}]}"),
                        2,
                        "call.ended",
                        "{\"from\":null,\"metadata\":{\"a\":null,\"c\":\"3\"},\"transcript\":[]}");
        assertThat(call.tree().has("from")).isFalse();
        assertThat(call.tree().get("metadata").toString()).isEqualTo("{\"b\":\"2\",\"c\":\"3\"}");
        assertThat(call.tree().get("transcript").isEmpty()).isTrue();
        assertThat(call.tree().get("sequence").asLong()).isEqualTo(2);
    }

    @Test
    void after_eventWithoutItsTime_takesOccurredAt() {
        Call call = after(null, 1, "call.ringing", "{}");
        assertThat(call.text("ringing_at")).hasValue("2026-11-23T09:00:00Z");
        Call given = after(null, 1, "call.ringing", "{\"ringing_at\":\"2026-11-23T08:00:00Z\"}");
        assertThat(given.text("ringing_at")).hasValue("2026-11-23T08:00:00Z");
    }

    @Test
    void after_environmentLeftOut_keepsTheCalls() {
        Call call = after(null, 1, "call.created", "{\"environment\":\"staging\"}");
        assertThat(after(call, 2, "call.ended", "{}").text("environment")).hasValue("staging");
        assertThat(after(null, 1, "call.ended", "{}").text("environment")).hasValue("production");
    }

    @Test
    void bytes_numbers_stayAsWritten() {
        Call call = after(null, 1, "call.ended", "{\"cost\":{\"amount\":0.10}}");
        assertThat(new String(call.bytes(), StandardCharsets.UTF_8)).contains("\"amount\":0.10");
    }

    @Test
    void whole_littleKnown_hasEveryDocumentedFieldInOrder() {
        ObjectNode schema = new EventSchema().document(EventType.CALL_CREATED);
        List<String> documented = List.copyOf(schema.at("/$defs/call/properties").propertyNames());
        assertThat(Call.FIELDS).isEqualTo(documented);
        ObjectNode whole = after(null, 1, "call.created", "{}").whole();
        assertThat(List.copyOf(whole.propertyNames())).isEqualTo(documented);
        assertThat(whole.get("summary").isNull()).isTrue();
    }

    private static Call after(Call before, long sequence, String type, String part) {
        ObjectNode document =
                Json.object()
                        .put("id", "e" + sequence)
                        .put("type", type)
                        .put("occurred_at", "2026-11-23T09:00:00Z")
                        .put("account_id", "acc")
                        .put("call_id", "c1");
        document.set("call", Json.parse(part.getBytes(StandardCharsets.UTF_8)));
        CallEvent event = ((EventSchema.Reading.Valid) new EventSchema().read(document)).event();
        return (before == null ? Call.first(event) : before).after(event, sequence);
    }
}
