package dev.ringback.dialect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.standardwebhooks.Webhook;
import dev.ringback.schemas.SignatureScheme;
import dev.ringback.schemas.SignatureScheme.Algorithm;
import dev.ringback.schemas.SignatureScheme.Encoding;
import dev.ringback.schemas.SignatureScheme.SecretForm;
import dev.ringback.schemas.SignatureScheme.Timestamp;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class SignerTest {
    private static final Dialect STANDARD = Dialects.named("standard").orElseThrow();
    private static final String BODY = "{\"type\":\"call.ended\",\"text\":\"नमस्ते 👋\"}";

    @Test
    void sign_standard_isAcceptedByStandardwebhooksAndSvix() {
        String secret = STANDARD.newSecret(new Random(7));
        HttpHeaders headers = headers(List.of(secret));
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
        HttpHeaders headers = headers(List.of(older, newer));
        for (String secret : List.of(older, newer)) {
            assertThatCode(() -> new Webhook(secret).verify(BODY, headers))
                    .doesNotThrowAnyException();
        }
    }

    @Test
    void sign_hexOfBodyAlone_meetsTheVendorsCheckValue() {
        SignatureScheme scheme =
                new SignatureScheme(
                        Map.of("X-Vomyra-Signature", "{signature}"),
                        "{body}",
                        "",
                        Timestamp.unix_seconds,
                        Algorithm.HMAC_SHA256,
                        Encoding.hex,
                        SecretForm.utf8);
        String body =
                "{\"event\":\"call.ended\",\"data\":{\"call_id\":\"665f1a2b3c4d5e6f7a8b9c0d\","
                        + "\"status\":\"completed\",\"ended_reason\":\"customer-ended-call\","
                        + "\"duration_seconds\":83}}";
        Map<String, String> headers =
                Signer.sign(
                        scheme,
                        "dlv_1",
                        "call.ended",
                        Instant.EPOCH,
                        body.getBytes(StandardCharsets.UTF_8),
                        List.of("older", "vomyra-secret"));
        assertThat(headers)
                .containsEntry(
                        "X-Vomyra-Signature",
                        "ac3c19342e11901a1143844ba3c96ae80f33f288437f20cb889e874ed4094911");
    }

    @Test
    void faultIn_secretOfOtherForm_saysWhich() {
        assertThat(STANDARD.faultIn("secret")).isPresent();
        assertThat(STANDARD.faultIn("whsec_AAAA").orElseThrow()).endsWith("it has 3");
        assertThat(STANDARD.faultIn(STANDARD.newSecret(new Random(3)))).isEmpty();
    }

    private static HttpHeaders headers(List<String> secrets) {
        Map<String, String> signed =
                Signer.sign(
                        STANDARD.signature(),
                        "dlv_1",
                        "call.ended",
                        Instant.now(),
                        BODY.getBytes(StandardCharsets.UTF_8),
                        secrets);
        return HttpHeaders.of(
                signed.entrySet().stream()
                        .collect(
                                Collectors.toMap(
                                        Map.Entry::getKey, entry -> List.of(entry.getValue()))),
                (name, value) -> true);
    }
}
