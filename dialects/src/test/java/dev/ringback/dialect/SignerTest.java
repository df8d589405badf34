package dev.ringback.dialect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.standardwebhooks.Webhook;
import dev.ringback.schemas.SignatureScheme;
import dev.ringback.signature.Ed25519;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SignerTest {
    private static final Dialect STANDARD = Dialects.named("standard").orElseThrow();
    private static final String BODY = "{\"type\":\"call.ended\",\"text\":\"नमस्ते 👋\"}";
    private static final Instant AT = Instant.parse("2026-01-02T03:04:05.678901234Z");

    @Test
    void sign_standard_isAcceptedByStandardwebhooksAndSvix() {
        String secret = STANDARD.newSecret(new Random(7));
        HttpHeaders headers = standardNow(List.of(secret));
        assertThatCode(() -> new Webhook(secret).verify(BODY, headers)).doesNotThrowAnyException();
        assertThatCode(() -> new com.svix.Webhook(secret).verify(BODY, headers))
                .doesNotThrowAnyException();
        assertThatCode(() -> new Webhook(secret).verify(BODY + " ", headers))
                .isInstanceOf(com.standardwebhooks.exceptions.WebhookVerificationException.class);
    }

    @Test
    void sign_twoSecrets_isAcceptedWithEither() {
        String older = STANDARD.newSecret(new Random(1));
        String newer = STANDARD.newSecret(new Random(2));
        HttpHeaders headers = standardNow(List.of(older, newer));
        for (String secret : List.of(older, newer)) {
            assertThatCode(() -> new Webhook(secret).verify(BODY, headers))
                    .doesNotThrowAnyException();
            assertThatCode(() -> new com.svix.Webhook(secret).verify(BODY, headers))
                    .doesNotThrowAnyException();
        }
    }

    @Test
    void sign_secretRotatedIntoAKey_carriesBothVersions() {
        String secret = STANDARD.newSecret(new Random(1));
        HttpHeaders headers = standardNow(List.of(secret, Ed25519.newSecret(new Random(2))));
        assertThat(headers.firstValue("webhook-signature").orElseThrow())
                .matches("v1,[A-Za-z0-9+/]{43}= v1a,[A-Za-z0-9+/]{86}==");
        assertThatCode(() -> new Webhook(secret).verify(BODY, headers)).doesNotThrowAnyException();
        assertThatCode(() -> new com.svix.Webhook(secret).verify(BODY, headers))
                .doesNotThrowAnyException();
    }

    /** The vectors of the reference implementation and of Svix's server. */
    @ParameterizedTest
    @CsvSource({
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw,"
                + "'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='",
        "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg==,"
                + "'v1a,hnO3f9T8Ytu9HwrXslvumlUpqtNVqkhqw/enGzPCXe5BdqzCInXqYXFymVJaA7AZdpXwVLPo3mNl8EM+m7TBAg=='"
    })
    void sign_standard_meetsPublishedVectors(String secret, String signature) {
        Map<String, String> headers =
                Signer.sign(
                        STANDARD.signature(),
                        "msg_p5jXN8AQM9LWM0D4loKWxJek",
                        "test",
                        Instant.ofEpochSecond(1_614_265_330),
                        utf8("{\"test\": 2432232314}"),
                        List.of(secret));
        assertThat(headers)
                .containsExactly(
                        Map.entry("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek"),
                        Map.entry("webhook-timestamp", "1614265330"),
                        Map.entry("webhook-signature", signature));
    }

    @Test
    void sign_vomyra_meetsTheCheckValueWithTheNewestSecretAlone() {
        String body =
                "{\"event\":\"call.ended\",\"data\":{\"call_id\":\"665f1a2b3c4d5e6f7a8b9c0d\","
                        + "\"status\":\"completed\",\"ended_reason\":\"customer-ended-call\","
                        + "\"duration_seconds\":83}}";
        assertThat(signed(scheme("vomyra"), body, "older", "vomyra-secret"))
                .containsExactly(
                        Map.entry(
                                "X-Vomyra-Signature",
                                "ac3c19342e11901a1143844ba3c96ae80f33f288437f20cb889e874ed4094911"));
    }

    @Test
    void sign_ultravox_meetsTheCheckValue() {
        String body =
                "{\"event\":\"call.started\",\"call\":{\"callId\":"
                        + "\"3c90c3cc-0d44-4b50-8888-8dd25736052a\","
                        + "\"created\":\"2023-11-07T05:31:56Z\"}}";
        assertThat(signed(ultravox("iso8601_offset"), body, "uv-secret-old", "uv-secret-new"))
                .containsExactly(
                        Map.entry(
                                "X-Ultravox-Webhook-Timestamp", "2026-01-02T03:04:05.678901+00:00"),
                        Map.entry(
                                "X-Ultravox-Webhook-Signature",
                                "29b20c451b9a29c20e31500cecaebb5ffd943a4f33c71211e1f8319791649fd7,"
                                        + "cbbaf948c36d6bc788c70dea7804959c9fb994a0051e200c54aefcac6bc3bc3f"));
    }

    @ParameterizedTest
    @CsvSource({
        "iso8601,2026-01-02T03:04:05.678901",
        "iso8601_z,2026-01-02T03:04:05.678901Z",
        "iso8601_offset,2026-01-02T03:04:05.678901+00:00"
    })
    void sign_ultravox_writesAndSignsTheTimeInItsForm(String form, String time) {
        assertThat(signed(ultravox(form), BODY, "s"))
                .containsEntry("X-Ultravox-Webhook-Timestamp", time)
                .containsEntry("X-Ultravox-Webhook-Signature", Receivers.hmacHex("s", BODY, time));
    }

    @Test
    void sign_tryvox_putsTheTimeBeforeTheBody() {
        assertThat(signed(scheme("tryvox"), BODY, "older", "newer"))
                .containsExactly(
                        Map.entry("X-TryVox-Timestamp", "1767323045"),
                        Map.entry(
                                "X-TryVox-Signature",
                                "t=1767323045,v1="
                                        + Receivers.hmacHex("newer", "1767323045.", BODY)));
    }

    @Test
    void sign_voicy_namesTheEventAndSignsTheBody() {
        assertThat(signed(scheme("voicy"), BODY, "ש"))
                .containsExactly(
                        Map.entry("x-voicy-event", "call_ended"),
                        Map.entry("x-voicy-signature", "sha256=" + Receivers.hmacHex("ש", BODY)));
    }

    @Test
    void sign_withoutSecrets_leavesOutSignaturesAndTheirTime() {
        assertThat(signed(scheme("voicy"), BODY)).containsOnlyKeys("x-voicy-event");
        assertThat(signed(scheme("tryvox"), BODY)).isEmpty();
        assertThat(signed(scheme("standard"), BODY)).containsOnlyKeys("webhook-id");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"whsec_!", "whsec_", "whsk_", "whsk_AAAA", "whsk_%", "", "_", "no base64"})
    void sign_secretOfAnotherForm_doesNotSignWithIt(String malformed) {
        String right = STANDARD.newSecret(new Random(5));
        assertThat(signed(STANDARD.signature(), BODY, right, malformed))
                .isEqualTo(signed(STANDARD.signature(), BODY, right));
        assertThat(signed(STANDARD.signature(), BODY, malformed)).containsOnlyKeys("webhook-id");
    }

    @Test
    void sign_newestSecretOfAnotherForm_theNewestRightOneSigns() {
        SignatureScheme keysAlone =
                SignatureScheme.parse(
                        """
                        {"headers":{"s":"{version}={signature}"},"message":"{body}","separator":"",
                         "timestamp":"unix_seconds","algorithm":"ed25519","encoding":"hex",
                         "secret":"utf8"}""");
        String key = Ed25519.newSecret(new Random(1));
        assertThat(signed(keysAlone, BODY, key, "a text"))
                .isEqualTo(signed(keysAlone, BODY, key))
                .containsOnlyKeys("s");
    }

    @Test
    void sign_keyWhereSecretsAreTexts_isATextToo() {
        String key = Ed25519.newSecret(new Random(1));
        assertThat(signed(scheme("vomyra"), BODY, key))
                .containsEntry("X-Vomyra-Signature", Receivers.hmacHex(key, BODY));
    }

    /** As the vendor's documentation has receivers do it, in Python's words. */
    @Test
    void sign_ultravox_isAcceptedByTheVendorsOwnSample() {
        Map<String, String> headers =
                signed(scheme("ultravox"), BODY, "retired-secret", "current-secret");
        for (String webhookSecret : List.of("retired-secret", "current-secret")) {
            assertThat(isAcceptedByUltravoxSample(headers, BODY, webhookSecret)).isTrue();
            assertThat(isAcceptedByUltravoxSample(headers, BODY + " ", webhookSecret)).isFalse();
        }
        assertThat(isAcceptedByUltravoxSample(headers, BODY, "another-secret")).isFalse();
    }

    private static boolean isAcceptedByUltravoxSample(
            Map<String, String> headers, String content, String webhookSecret) {
        String requestTimestamp = headers.getOrDefault("X-Ultravox-Webhook-Timestamp", "");
        // datetime.now() has no offset, and only a time without one can be taken from it
        java.time.LocalDateTime.parse(requestTimestamp);
        String expected = Receivers.hmacHex(webhookSecret, content, requestTimestamp);
        return List.of(headers.getOrDefault("X-Ultravox-Webhook-Signature", "").split(","))
                .contains(expected);
    }

    private static SignatureScheme ultravox(String timestamp) {
        SignatureScheme usual = scheme("ultravox");
        return new SignatureScheme(
                usual.headers(),
                usual.message(),
                usual.separator(),
                SignatureScheme.Timestamp.valueOf(timestamp),
                usual.algorithm(),
                usual.encoding(),
                usual.secret());
    }

    private static SignatureScheme scheme(String dialect) {
        return Dialects.named(dialect).orElseThrow().signature();
    }

    private static Map<String, String> signed(
            SignatureScheme scheme, String body, String... secrets) {
        return Signer.sign(scheme, "dlv_1", "call_ended", AT, utf8(body), List.of(secrets));
    }

    /** The judges look at the clock. */
    private static HttpHeaders standardNow(List<String> secrets) {
        Map<String, String> signed =
                Signer.sign(
                        STANDARD.signature(),
                        "dlv_1",
                        "call.ended",
                        Instant.now(),
                        utf8(BODY),
                        secrets);
        return HttpHeaders.of(
                signed.entrySet().stream()
                        .collect(
                                Collectors.toMap(
                                        Map.Entry::getKey, entry -> List.of(entry.getValue()))),
                (name, value) -> true);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
