package dev.ringback.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.schemas.Call;
import dev.ringback.schemas.Json;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/** A Call in the form of each vendor's Get Call. */
class GetCallTest {
    private static final Call CALL =
            Call.read(
                    """
                    {"call_id":"c1","account_id":"acc_1","agent_id":"ag_1","agent_name":"Ann",
                     "channel":"phone","direction":"inbound","from":"+491","to":"+492",
                     "status":"completed","created_at":"2026-11-23T09:00:00Z",
                     "ended_at":"2026-11-23T09:01:23Z","end_reason":"hangup",
                     "duration_seconds":83,"billed_duration_seconds":90,
                     "cost":{"amount":0.12,"currency":"EUR"},
                     "transcript":[{"role":"assistant","text":"Hi","at":"2026-11-23T09:00:01Z"}],
                     "recording_url":"https://r.example/1","summary":"long","short_summary":"short"}
                    """
                            .getBytes(StandardCharsets.UTF_8));

    @Test
    void vomyra_isItsAnswer() {
        assertThat(Json.text(form("vomyra")))
                .isEqualTo(
                        "{\"success\":true,\"data\":{\"id\":\"c1\","
                                + "\"assistant\":{\"id\":\"ag_1\",\"name\":\"Ann\"},"
                                + "\"call_type\":\"phone\",\"direction\":\"inbound\","
                                + "\"phone_number\":\"+491\",\"call_duration\":\"00:01:23\","
                                + "\"active\":false,\"recording_url\":\"https://r.example/1\","
                                + "\"additional_data\":null,\"notes\":\"long\","
                                + "\"whatsapp_summary\":\"short\",\"transcript\":[{"
                                + "\"role\":\"assistant\",\"content\":\"Hi\","
                                + "\"timestamp\":\"2026-11-23T09:00:01Z\"}]}}");
    }

    @Test
    void tryvox_isFlat() {
        ObjectNode form = form("tryvox");
        assertThat(form.propertyNames())
                .containsExactly(
                        ("call_uuid from to direction status duration billed_duration start_time"
                                        + " ring_time answer_time end_time end_reason price price_unit"
                                        + " answer_url hangup_url ring_url recording_urls")
                                .split(" "));
        assertThat(form.path("price").decimalValue()).isEqualByComparingTo("0.12");
        assertThat(form.path("ring_time").isNull()).isTrue();
        assertThat(form.path("recording_urls").path(0).stringValue())
                .isEqualTo("https://r.example/1");
    }

    @Test
    void voicyAndUltravox_areTheCallOfTheirWebhooks() {
        assertThat(form("voicy").path("call_type").stringValue()).isEqualTo("phone_call");
        assertThat(form("voicy").path("duration_ms").intValue()).isEqualTo(83_000);
        assertThat(form("ultravox").path("callId").stringValue()).isEqualTo("c1");
        assertThat(form("ultravox").path("billedDuration").stringValue()).isEqualTo("90s");
    }

    @Test
    void standard_isTheWholeCall() {
        assertThat(form("standard").propertyNames()).containsExactlyElementsOf(Call.FIELDS);
    }

    private static ObjectNode form(String dialect) {
        return Dialects.named(dialect).orElseThrow().getCall(CALL);
    }
}
