package dev.ringback.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.dialect.SampleEvents.Kind;
import dev.ringback.schemas.Call;
import dev.ringback.schemas.CallEvent;
import dev.ringback.schemas.EventType;
import dev.ringback.schemas.Json;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class BodiesTest {
    @ParameterizedTest
    @CsvSource({
        "2026-11-23T09:12:31Z,2026-11-23T09:12:31Z",
        "2026-11-23t09:12:31.25z,2026-11-23T09:12:31.250Z",
        "2026-11-23T14:42:31.250+05:30,2026-11-23T09:12:31.250Z",
        "2026-11-22T10:12:31-23:00,2026-11-23T09:12:31Z",
        "2026-11-23T09:12:31-00:00,2026-11-23T09:12:31Z",
        "2016-12-31T23:59:60Z,2017-01-01T00:00:00Z",
        "2026-11-23T09:12:31.123456789123Z,2026-11-23T09:12:31.123456789Z"
    })
    void instant_ofRfc3339_isThatOne(String text, Instant instant) {
        assertThat(Bodies.instant(text)).hasValue(instant);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "now", "2026-11-23", "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z"})
    void instant_ofAnythingElse_isNone(String text) {
        assertThat(Bodies.instant(text)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "125,125000",
        "83.2505,83251",
        "1.5e1,15000",
        "0,0",
        "1e-999999999,0",
        "0.0004,0",
        "0.0005,1",
        "1e999999999,",
        "-1,"
    })
    void millis_ofSeconds_areWhole(String seconds, Long millis) {
        assertThat(Bodies.millis(json(seconds)).orElse(null)).isEqualTo(millis);
    }

    @ParameterizedTest
    @CsvSource({
        "60,\"60s\"",
        "60.50,\"60.5s\"",
        "6E1,\"60s\"",
        "0,\"0s\"",
        "1e999999999,null",
        "null,null"
    })
    void billedDuration_ofUltravox_isInSeconds(String seconds, String expected) {
        Call call =
                Call.read(utf8("{\"call_id\":\"c1\",\"billed_duration_seconds\":" + seconds + "}"));
        CallEvent event = SampleEvents.event(EventType.CALL_BILLED, Kind.bare);
        byte[] body = Dialects.named("ultravox").orElseThrow().body(event, call, 1, null);
        assertThat(Json.parse(body).at("/call/billedDuration")).isEqualTo(json(expected));
    }

    @ParameterizedTest
    @CsvSource({
        "unjoined,true",
        "agent_hangup,true",
        "connection_error,true",
        "customer-ended-call,false",
        "HANGUP,false"
    })
    void endReason_ofUltravox_isOneOfItsListOrNull(String reason, boolean passes) {
        Call call = Call.of(Json.object().put("call_id", "c1").put("end_reason", reason));
        CallEvent event = SampleEvents.event(EventType.CALL_ENDED, Kind.bare);
        JsonNode body =
                Json.parse(Dialects.named("ultravox").orElseThrow().body(event, call, 1, null));
        assertThat(body.at("/call/endReason").stringValueOpt().orElse(null))
                .isEqualTo(passes ? reason : null);
    }

    @ParameterizedTest
    @CsvSource({
        "busy,busy",
        "no-answer,no-answer",
        "failed,failed",
        "canceled,canceled",
        "completed,completed",
        "in-progress,completed",
        "forwarding,completed"
    })
    void status_ofTryvoxAtTheEnd_isTheCallsOwnOrCompleted(String status, String expected) {
        Call call = Call.of(Json.object().put("call_id", "c1").put("status", status));
        CallEvent event = SampleEvents.event(EventType.CALL_ENDED, Kind.bare);
        JsonNode body =
                Json.parse(Dialects.named("tryvox").orElseThrow().body(event, call, 1, null));
        assertThat(body.path("status").asString()).isEqualTo(expected);
    }

    @Test
    void caller_ofVomyra_isTheOtherParty() {
        assertThat(caller("inbound")).isEqualTo(json("\"+1\""));
        assertThat(caller("outbound")).isEqualTo(json("\"+2\""));
    }

    private static JsonNode caller(String direction) {
        Call call =
                Call.of(
                        Json.object()
                                .put("call_id", "c1")
                                .put("direction", direction)
                                .put("from", "+1")
                                .put("to", "+2")
                                .put("caller_name", "Mira"));
        CallEvent event = SampleEvents.event(EventType.CALL_STARTED, Kind.bare);
        byte[] body = Dialects.named("vomyra").orElseThrow().body(event, call, 1, null);
        return Json.parse(body).at("/data/caller");
    }

    private static JsonNode json(String text) {
        return Json.parse(utf8(text));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
