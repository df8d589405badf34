package dev.ringback.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.schemas.SignatureScheme;
import dev.ringback.signature.Ed25519;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class SecretsTest {
    private static final Dialect STANDARD = Dialects.named("standard").orElseThrow();
    private static final Dialect VOMYRA = Dialects.named("vomyra").orElseThrow();
    private static final Dialect ULTRAVOX = Dialects.named("ultravox").orElseThrow();

    static List<Dialect> dialects() {
        return Dialects.all();
    }

    @ParameterizedTest
    @MethodSource("dialects")
    void make_forADialect_isRandomPrintableAndWithoutFault(Dialect dialect) {
        String secret = Secrets.make(dialect, null, new Random(1));
        assertThat(secret)
                .hasSizeBetween(32, dialect.rules().mostSecret())
                .matches("[!-~]+")
                .isNotEqualTo(Secrets.make(dialect, null, new Random(2)));
        assertThat(Secrets.fault(dialect, null, secret)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "hmac-sha256,utf8",
        "hmac-sha512,utf8",
        "hmac-sha1,base64",
        "ed25519,utf8",
        "ed25519,base64"
    })
    void make_forAnOverride_isOfItsFormAndSigns(String algorithm, String form) {
        SignatureScheme override = override(algorithm, form);
        for (Dialect dialect : Dialects.all()) {
            String secret = Secrets.make(dialect, override, new Random(1));
            assertThat(Secrets.fault(dialect, override, secret)).isEmpty();
            assertThat(sign(override, secret)).isNotEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "secret,is not whsec_ and the base64 of 24 to 64 bytes",
        "whsec_%,is not whsec_ and the base64 of 24 to 64 bytes",
        "whsec_AAAA,is not whsec_ and the base64 of 24 to 64 bytes; it has 3",
        "whsk_AAAA,is not whsk_ and the base64 of an ed25519 key of 32 or 64 bytes",
        "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlaaaaaaaaaaAJ6p9lMicMFs6Kvg==,"
                + "is a key whose public half is not that of its private half",
        "whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=,"
                + "is not whsec_ and the base64 of 24 to 64 bytes"
    })
    void fault_ofStandardSecret_saysWhichForm(String secret, String fault) {
        assertThat(Secrets.fault(STANDARD, null, secret)).hasValue(fault);
    }

    @Test
    void fault_ofKeyInEitherForm_isNone() {
        String both = Ed25519.newSecret(new Random(1));
        String seed = "whsk_nWGxne/9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=";
        assertThat(Secrets.fault(STANDARD, null, both)).isEmpty();
        assertThat(Secrets.fault(STANDARD, null, seed)).isEmpty();
    }

    @Test
    void fault_ofTextSecret_saysWhatIsWrong() {
        assertThat(Secrets.fault(VOMYRA, null, " ")).hasValue("is blank");
        assertThat(Secrets.fault(VOMYRA, null, "a\nb"))
                .hasValue("has a character that cannot be printed");
        assertThat(Secrets.fault(VOMYRA, null, "a\ud83d"))
                .hasValue("has a character that cannot be printed");
        assertThat(Secrets.fault(VOMYRA, null, Ed25519.newSecret(new Random(1))))
                .hasValue("is an ed25519 key, but the signature is not made with one");
        assertThat(Secrets.fault(VOMYRA, null, "סוד 🗝")).isEmpty();
    }

    @Test
    void fault_ofLongSecret_namesTheDialectsLimit() {
        assertThat(Secrets.fault(ULTRAVOX, null, "x".repeat(120))).isEmpty();
        assertThat(Secrets.fault(ULTRAVOX, null, "x".repeat(121)))
                .hasValue("is longer than 120 characters");
        assertThat(Secrets.fault(ULTRAVOX, override("hmac-sha1", "utf8"), "x".repeat(121)))
                .hasValue("is longer than 120 characters");
        assertThat(Secrets.fault(VOMYRA, null, "x".repeat(513)))
                .hasValue("is longer than 512 characters");
    }

    @Test
    void fault_underAnOverride_isOfTheOverridesForm() {
        SignatureScheme base64 = override("hmac-sha256", "base64");
        assertThat(Secrets.fault(VOMYRA, base64, "c2VjcmV0")).isEmpty();
        assertThat(Secrets.fault(VOMYRA, base64, "key_c2VjcmV0")).isEmpty();
        assertThat(Secrets.fault(VOMYRA, base64, "whsec_c2VjcmV0"))
                .hasValue("is not whsec_ and the base64 of 24 to 64 bytes; it has 6");
        assertThat(Secrets.fault(VOMYRA, base64, "not base64"))
                .hasValue("is not base64, alone or after a prefix such as whsec_");
        assertThat(Secrets.fault(STANDARD, override("hmac-sha256", "utf8"), "short")).isEmpty();
        assertThat(Secrets.fault(VOMYRA, override("ed25519", "utf8"), "short"))
                .hasValue("is not whsk_ and the base64 of an ed25519 key of 32 or 64 bytes");
    }

    private static SignatureScheme override(String algorithm, String form) {
        return SignatureScheme.parse(
                """
                {"headers":{"s":"{signature}"},"message":"{body}","separator":"",
                 "timestamp":"unix_seconds","algorithm":"%s","encoding":"hex","secret":"%s"}"""
                        .formatted(algorithm, form));
    }

    private static java.util.Map<String, String> sign(SignatureScheme scheme, String secret) {
        byte[] body = "{}".getBytes(StandardCharsets.UTF_8);
        return Signer.sign(scheme, "dlv_1", "e", Instant.EPOCH, body, List.of(secret));
    }
}
