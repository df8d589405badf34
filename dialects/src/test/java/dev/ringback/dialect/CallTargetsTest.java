package dev.ringback.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.schemas.Endpoint.Callback.Role;
import dev.ringback.schemas.EventType;
import dev.ringback.schemas.Json;
import dev.ringback.schemas.Violation;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

class CallTargetsTest {
    private static final ObjectNode TRYVOX =
            json(
                    """
                    {"dialect":"tryvox","answer_url":"https://t.example/a",\
                    "ring_url":"https://t.example/r","hangup_url":"https://t.example/h",\
                    "status_callback_url":"https://t.example/s","status_callback_method":"GET",\
                    "webhook_secret":{"sealed":"one"}}""");

    private static final ObjectNode ULTRAVOX =
            json(
                    """
                    {"dialect":"ultravox","callbacks":{\
                    "joined":{"url":"https://u.example/j","secrets":[{"sealed":"a"},{"sealed":"b"}]},\
                    "ended":{"url":"https://u.example/e"}}}""");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            textBlock =
                    """
                    CALL_CREATED    | status
                    CALL_RINGING    | ring status
                    CALL_ANSWERED   | status
                    CALL_STARTED    | -
                    CALL_ENDED      | hangup status ended
                    CALL_JOINED     | joined
                    CALL_BILLED     | -
                    """)
    void of_eventOfACall_areItsUrlsForIt(EventType type, String purposes) {
        ObjectNode known = CallTargets.after(known(TRYVOX), ULTRAVOX);
        assertThat(CallTargets.of(known, type, null))
                .extracting(CallTargets.Target::purpose)
                .containsExactlyInAnyOrder(purposes == null ? new String[0] : purposes.split(" "));
    }

    @Test
    void of_methods_statusAloneIsAskedForByGet() {
        assertThat(CallTargets.of(known(TRYVOX), EventType.CALL_ENDED, null))
                .extracting(target -> target.callback().method())
                .containsExactlyInAnyOrder("POST", "GET");
    }

    @Test
    void of_secrets_areTheSealedOnesInTheirOrder() {
        assertThat(CallTargets.of(known(ULTRAVOX), EventType.CALL_JOINED, null))
                .singleElement()
                .satisfies(target -> assertThat(target.secrets()).containsExactly("a", "b"));
        assertThat(CallTargets.of(known(ULTRAVOX), EventType.CALL_ENDED, null))
                .singleElement()
                .satisfies(target -> assertThat(target.secrets()).isEmpty());
        assertThat(CallTargets.of(known(TRYVOX), EventType.CALL_CREATED, null))
                .singleElement()
                .satisfies(target -> assertThat(target.secrets()).containsExactly("one"));
    }

    @Test
    void after_laterEvent_mergesWithinItsDialect() {
        ObjectNode known = CallTargets.after(known(TRYVOX), ULTRAVOX);
        ObjectNode next =
                CallTargets.after(
                        known,
                        json("{\"dialect\":\"tryvox\",\"ring_url\":null,\"hangup_url\":\"x\"}"));
        assertThat(CallTargets.replaced(known)).contains(Role.ring);
        assertThat(CallTargets.replaced(next))
                .containsExactlyInAnyOrder(Role.answer, Role.hangup, Role.status);
        assertThat(next.at("/tryvox/hangup_url").stringValue()).isEqualTo("x");
        assertThat(next.get("ultravox")).isEqualTo(known.get("ultravox"));
    }

    @Test
    void seal_plainSecrets_areReplacedWhereverTheyAre() {
        ObjectNode tryvox = json("{\"dialect\":\"tryvox\",\"webhook_secret\":\"p\"}");
        ObjectNode ultravox =
                json(
                        "{\"callbacks\":{\"ended\":{\"secrets\":[\"p\",{\"sealed\":\"q\"},7]},"
                                + "\"odd\":{\"secrets\":\"p\"},\"none\":null}}");
        assertThat(CallTargets.seal(tryvox, text -> text + "!")).isTrue();
        assertThat(CallTargets.seal(ultravox, text -> text + "!")).isTrue();
        assertThat(tryvox.toString()).contains("{\"sealed\":\"p!\"}");
        assertThat(ultravox)
                .hasToString(
                        "{\"callbacks\":{\"ended\":{\"secrets\":[{\"sealed\":\"p!\"},"
                                + "{\"sealed\":\"q\"},7]},\"odd\":{\"secrets\":{\"sealed\":\"p!\"}},"
                                + "\"none\":null}}");
        assertThat(CallTargets.seal(ultravox, text -> "never")).isFalse();
    }

    @Test
    void faults_urlsAndSealedSecrets_areNamed() {
        ObjectNode tryvox =
                json(
                        "{\"hangup_url\":\"http://t.example\",\"ring_url\":\"https://a:b@t.example\","
                                + "\"webhook_secret\":{\"sealed\":\"x\"}}");
        assertThat(CallTargets.faults(tryvox, false, false))
                .containsExactly(
                        new Violation("/webhooks/hangup_url", "is not https"),
                        new Violation(
                                "/webhooks/ring_url", "has a user name or password; use a header"),
                        new Violation("/webhooks/webhook_secret", "is not a text"));
        ObjectNode ultravox =
                json("{\"callbacks\":{\"joined\":{\"url\":\"ftp://x\",\"secrets\":[{}]}}}");
        assertThat(CallTargets.faults(ultravox, true, true))
                .extracting(Violation::pointer)
                .isEqualTo(List.of("/webhooks/callbacks/joined/url"));
    }

    private static ObjectNode known(ObjectNode webhooks) {
        return CallTargets.after(Json.object(), webhooks);
    }

    private static ObjectNode json(String text) {
        return (ObjectNode) Json.parse(text.getBytes(StandardCharsets.UTF_8));
    }
}
