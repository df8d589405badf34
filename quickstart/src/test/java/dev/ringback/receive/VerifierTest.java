package dev.ringback.receive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.dialect.Dialect;
import dev.ringback.dialect.Dialects;
import dev.ringback.dialect.Signer;
import dev.ringback.receive.Verifier.Check;
import dev.ringback.schemas.SignatureScheme;
import dev.ringback.schemas.SignatureScheme.Algorithm;
import dev.ringback.schemas.SignatureScheme.Encoding;
import dev.ringback.schemas.SignatureScheme.SecretForm;
import dev.ringback.schemas.SignatureScheme.Timestamp;
import dev.ringback.signature.Ed25519;
import dev.ringback.testkit.FixedClock;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class VerifierTest {
    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00.123456Z");
    private static final byte[] BODY = utf8("{\"type\":\"call.ended\",\"text\":\"שלום\"}");

    private final FixedClock clock = new FixedClock(NOW);

    @ParameterizedTest
    @MethodSource("dialects")
    void check_signedRightly_isVerified(Dialect dialect) {
        String secret = secret(dialect, 1);
        Map<String, String> headers = signed(dialect.signature(), List.of(secret));
        assertThat(check(dialect.signature(), secret, headers, BODY))
                .isEqualTo(new Check.Verified());
    }

    @ParameterizedTest
    @MethodSource("dialects")
    void check_anotherSecret_fails(Dialect dialect) {
        Map<String, String> headers = signed(dialect.signature(), List.of(secret(dialect, 1)));
        assertFails(check(dialect.signature(), secret(dialect, 2), headers, BODY), "signature");
    }

    @ParameterizedTest
    @MethodSource("dialects")
    void check_changedBody_fails(Dialect dialect) {
        String secret = secret(dialect, 1);
        Map<String, String> headers = signed(dialect.signature(), List.of(secret));
        assertFails(check(dialect.signature(), secret, headers, utf8("{}")), "signature");
    }

    @ParameterizedTest
    @MethodSource("dialects")
    void check_noHeaders_fails(Dialect dialect) {
        Check check = check(dialect.signature(), secret(dialect, 1), Map.of(), BODY);
        assertThat(check).isInstanceOf(Check.Failed.class);
    }

    @Test
    void check_signedLongAgoOrAhead_fails() {
        Dialect standard = Dialects.named("standard").orElseThrow();
        String secret = secret(standard, 1);
        Map<String, String> headers = signed(standard.signature(), List.of(secret));
        clock.set(NOW.plus(Duration.ofMinutes(4)));
        assertThat(check(standard.signature(), secret, headers, BODY))
                .isEqualTo(new Check.Verified());
        clock.set(NOW.plus(Duration.ofMinutes(6)));
        assertFails(check(standard.signature(), secret, headers, BODY), "more than 5 minutes");
        clock.set(NOW.minus(Duration.ofMinutes(6)));
        assertFails(check(standard.signature(), secret, headers, BODY), "more than 5 minutes");
    }

    @Test
    void check_timestampNotATime_fails() {
        Dialect standard = Dialects.named("standard").orElseThrow();
        String secret = secret(standard, 1);
        Map<String, String> headers = signed(standard.signature(), List.of(secret));
        headers.put("webhook-timestamp", "yesterday");
        assertFails(check(standard.signature(), secret, headers, BODY), "no time of signing");
    }

    @Test
    void check_secretsRotating_acceptsEither() {
        Dialect standard = Dialects.named("standard").orElseThrow();
        String older = secret(standard, 1);
        String newer = secret(standard, 2);
        Map<String, String> headers = signed(standard.signature(), List.of(older, newer));
        for (String secret : List.of(older, newer)) {
            assertThat(check(standard.signature(), secret, headers, BODY))
                    .isEqualTo(new Check.Verified());
        }
        assertFails(check(standard.signature(), secret(standard, 3), headers, BODY), "signature");
    }

    @ParameterizedTest
    @EnumSource(Timestamp.class)
    void check_timestampInsideTheSignatureHeader_isFound(Timestamp form) {
        SignatureScheme scheme =
                new SignatureScheme(
                        Map.of("X-Signature", "t={timestamp},v1={signature}"),
                        "{timestamp}.{body}",
                        "",
                        form,
                        Algorithm.HMAC_SHA256,
                        Encoding.hex,
                        SecretForm.utf8);
        Map<String, String> headers = signed(scheme, List.of("s"));
        assertThat(check(scheme, "s", headers, BODY)).isEqualTo(new Check.Verified());
        assertFails(check(scheme, "t", headers, BODY), "signature");
    }

    @ParameterizedTest
    @EnumSource(
            value = Timestamp.class,
            names = {"iso8601", "iso8601_z", "iso8601_offset"})
    void check_timestampInAnotherFormThanTheDialects_isRead(Timestamp form) {
        Dialect ultravox = Dialects.named("ultravox").orElseThrow();
        SignatureScheme scheme = with(ultravox.signature(), form);
        Map<String, String> headers = signed(scheme, List.of("s"));
        assertThat(check(ultravox.signature(), "s", headers, BODY)).isEqualTo(new Check.Verified());
        clock.set(NOW.plus(Duration.ofMinutes(6)));
        assertFails(check(ultravox.signature(), "s", headers, BODY), "more than 5 minutes");
    }

    @Test
    void check_publicKeyOrPrivate_verifiesEd25519() {
        SignatureScheme standard = Dialects.named("standard").orElseThrow().signature();
        String key = Ed25519.newSecret(new Random(1));
        Map<String, String> headers = signed(standard, List.of(key));
        assertThat(headers.get("webhook-signature")).startsWith("v1a,");
        for (String secret : List.of(key, Ed25519.publicKey(key))) {
            assertThat(check(standard, secret, headers, BODY)).isEqualTo(new Check.Verified());
            assertFails(check(standard, secret, headers, utf8("{}")), "signature");
        }
        String other = Ed25519.publicKey(Ed25519.newSecret(new Random(2)));
        assertFails(check(standard, other, headers, BODY), "signature");
    }

    @Test
    void check_ed25519BesideHmac_acceptsEither() {
        Dialect standard = Dialects.named("standard").orElseThrow();
        String shared = secret(standard, 1);
        String key = Ed25519.newSecret(new Random(1));
        Map<String, String> headers = signed(standard.signature(), List.of(shared, key));
        for (String secret : List.of(shared, Ed25519.publicKey(key))) {
            assertThat(check(standard.signature(), secret, headers, BODY))
                    .isEqualTo(new Check.Verified());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"sha256={event}", "v1,t=x", "=,=,=", "", "sha256=zz"})
    void check_unfitSignature_fails(String value) {
        for (Dialect dialect : Dialects.all()) {
            String secret = secret(dialect, 1);
            Map<String, String> headers = signed(dialect.signature(), List.of(secret));
            dialect.signature()
                    .headers()
                    .forEach(
                            (name, template) -> {
                                if (template.contains("{signature}")) {
                                    headers.put(name, value);
                                }
                            });
            assertThat(check(dialect.signature(), secret, headers, BODY))
                    .as(dialect.name())
                    .isInstanceOf(Check.Failed.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"whpk_", "whpk_AAAA", "whpk_no base64"})
    void faultIn_unfitPublicKey_isNamed(String secret) {
        Dialect standard = Dialects.named("standard").orElseThrow();
        assertThat(Verifier.faultIn(standard, secret).orElse("")).contains("whpk_");
    }

    private static SignatureScheme with(SignatureScheme scheme, Timestamp form) {
        return new SignatureScheme(
                scheme.headers(),
                scheme.message(),
                scheme.separator(),
                form,
                scheme.algorithm(),
                scheme.encoding(),
                scheme.secret());
    }

    private Check check(
            SignatureScheme scheme, String secret, Map<String, String> headers, byte[] body) {
        Map<String, String> received = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        received.putAll(headers);
        return new Verifier(scheme, secret, clock).check(received, body);
    }

    private static Map<String, String> signed(SignatureScheme scheme, List<String> secrets) {
        return new HashMap<>(Signer.sign(scheme, "dlv_1", "call.ended", NOW, BODY, secrets));
    }

    private static void assertFails(Check check, String why) {
        assertThat(check)
                .isInstanceOfSatisfying(
                        Check.Failed.class, failed -> assertThat(failed.why()).contains(why));
    }

    private static String secret(Dialect dialect, long seed) {
        return dialect.newSecret(new Random(seed));
    }

    private static List<Dialect> dialects() {
        return Dialects.all();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
