package dev.ringback.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.route.Intake.Taken;
import dev.ringback.runtime.SecretBox;
import dev.ringback.schemas.EventSchema;
import dev.ringback.schemas.Json;
import dev.ringback.schemas.Violation;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

class IntakeTest {
    private static final String MARKER = "marker-in-the-clear";

    private final SecretBox box =
            new SecretBox(SecretBox.newKey("test", new SecureRandom()), new SecureRandom());
    private final Intake intake = new Intake(new EventSchema(), box, false);

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "{ \"dialect\":\"tryvox\", \"hangup_url\":\"https://t.example/h\"}",
                "{\"dialect\":\"tryvox\",\"webhook_secret\":{\"sealed\":\"x\"}}"
            })
    void take_nothingToSeal_keepsTheBytes(String webhooks) {
        byte[] event = event(webhooks);
        assertThat(intake.take(event, "made"))
                .isInstanceOfSatisfying(
                        Taken.Event.class, taken -> assertThat(taken.value()).isSameAs(event));
    }

    @Test
    void take_plainSecret_isSealedForItsCallInEventAndBytes() {
        byte[] event =
                event(
                        "{\"dialect\":\"tryvox\",\"hangup_url\":\"https://t.example/h\","
                                + "\"webhook_secret\":\""
                                + MARKER
                                + "\"}");
        assertThat(intake.take(event, "made"))
                .isInstanceOfSatisfying(
                        Taken.Event.class,
                        taken -> {
                            assertThat(text(taken.value())).doesNotContain(MARKER);
                            assertThat(taken.event().webhooks().toString()).doesNotContain(MARKER);
                            JsonNode sealed =
                                    Json.parse(taken.value()).at("/webhooks/webhook_secret/sealed");
                            assertThat(box.open(sealed.stringValue(), "acc_1/c1"))
                                    .isEqualTo(MARKER);
                        });
    }

    @Test
    void take_urlThatMayNotBe_isRefusedWithItsSecretSealed() {
        byte[] event =
                event(
                        "{\"dialect\":\"ultravox\",\"callbacks\":{\"ended\":{\"url\":\"http://u.example\","
                                + "\"secrets\":[\""
                                + MARKER
                                + "\"]}}}");
        assertThat(intake.take(event, "made"))
                .isInstanceOfSatisfying(
                        Taken.Refused.class,
                        refused -> {
                            assertThat(refused.violations())
                                    .containsExactly(
                                            new Violation(
                                                    "/webhooks/callbacks/ended/url",
                                                    "is not https"));
                            assertThat(text(refused.value())).doesNotContain(MARKER);
                        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"dialect\":\"none\",\"webhook_secret\":\"" + MARKER + "\"}",
                "{\"callbacks\":{\"x\":{\"secrets\":\"" + MARKER + "\"}}}",
                "[{\"dialect\":\"tryvox\",\"webhook_secret\":\"" + MARKER + "\"}]",
                "\"{\\\"webhook_secret\\\":\\\"" + MARKER + "\\\"}\"",
                "null,\"Webhooks\":{\"webhook_secret\":\"" + MARKER + "\"}",
                "null,\"webhook_secret\":\"" + MARKER + "\"",
                "{\"tryvox\":{\"webhook_secret\":{\"plain\":\"" + MARKER + "\"}}}",
                "{\"callbacks\":{\"ended\":{\"secret\":\"" + MARKER + "\"}}}",
                "{\"callbacks\":{\"ended\":{\"secrets\":{\"a\":\"" + MARKER + "\"}}}}",
                "{\"dialect\":\"ultravox\",\"callbacks\":{\"y\":{\"secrets\":[[],\""
                        + MARKER
                        + "\"]}}}"
            })
    void take_noValidEvent_isRefusedWithItsSecretsSealed(String webhooks) {
        assertThat(intake.take(event(webhooks), "made"))
                .isInstanceOfSatisfying(
                        Taken.Refused.class,
                        refused -> {
                            assertThat(text(refused.value())).doesNotContain(MARKER);
                            assertThat(refused.violations().toString()).doesNotContain(MARKER);
                        });
    }

    @Test
    void take_notValidAndNothingToSeal_keepsTheBytes() {
        for (String value : List.of("{ not json", "[]", "{\"webhooks\":7}", "{\"webhooks\":{}}")) {
            byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
            assertThat(intake.take(bytes, "made"))
                    .isInstanceOfSatisfying(
                            Taken.Refused.class,
                            refused -> assertThat(refused.value()).isSameAs(bytes));
        }
    }

    private static byte[] event(String webhooks) {
        return ("{\"id\":\"e1\",\"type\":\"call.ended\",\"occurred_at\":\"2026-11-23T09:00:00Z\","
                        + "\"account_id\":\"acc_1\",\"call_id\":\"c1\",\"webhooks\":"
                        + webhooks
                        + "}")
                .getBytes(StandardCharsets.UTF_8);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
