package dev.ringback.signature;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.dialect.Dialects;
import dev.ringback.dialect.Receivers;
import dev.ringback.dialect.Signer;
import dev.ringback.schemas.Json;
import dev.ringback.schemas.SignatureScheme;
import dev.ringback.schemas.Violation;
import dev.ringback.signature.SignatureOverride.Reading;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

class SignatureOverrideTest {
    private static final String BODY = "{\"event\":\"call_analyzed\",\"text\":\"नमस्ते שלום 👋\"}";
    private static final Instant AT = Instant.ofEpochMilli(1_767_323_045_678L);

    @Test
    void read_retell_isServed() {
        SignatureScheme retell =
                scheme(
                        """
                        {"headers":{"x-retell-signature":"v={timestamp},d={signature}"},
                         "message":"{body}{timestamp}","timestamp":"unix_millis"}""");
        assertThat(signed(retell, BODY, "key_1"))
                .containsExactly(
                        Map.entry(
                                "x-retell-signature",
                                "v=1767323045678,d="
                                        + Receivers.hmacHex("key_1", BODY, "1767323045678")));
    }

    @Test
    void read_bland_isServed() {
        SignatureScheme bland = scheme("{\"headers\":{\"X-Webhook-Signature\":\"{signature}\"}}");
        assertThat(signed(bland, BODY, "s3cret"))
                .containsExactly(
                        Map.entry("X-Webhook-Signature", Receivers.hmacHex("s3cret", BODY)));
    }

    @Test
    void read_stripe_isServed() {
        SignatureScheme stripe =
                scheme(
                        """
                        {"headers":{"Stripe-Signature":"t={timestamp},v1={signature}"},
                         "message":"{timestamp}.{body}"}""");
        assertThat(signed(stripe, BODY, "whsec_is_not_decoded"))
                .containsExactly(
                        Map.entry(
                                "Stripe-Signature",
                                "t=1767323045,v1="
                                        + Receivers.hmacHex(
                                                "whsec_is_not_decoded", "1767323045.", BODY)));
    }

    /** The example of GitHub's documentation. */
    @Test
    void read_github_isServed() {
        SignatureScheme github =
                scheme("{\"headers\":{\"X-Hub-Signature-256\":\"sha256={signature}\"}}");
        assertThat(signed(github, "Hello, World!", "It's a Secret to Everybody"))
                .containsExactly(
                        Map.entry(
                                "X-Hub-Signature-256",
                                "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"));
    }

    @ParameterizedTest
    @CsvSource({"hmac-sha512,HmacSHA512", "hmac-sha1,HmacSHA1", "hmac-sha256,HmacSHA256"})
    void read_base64OfAnyHmac_isServed(String algorithm, String jca) {
        SignatureScheme generic =
                scheme(
                        """
                        {"headers":{"X-Signature":"{signature}","X-Event":"{event}","X-Id":"{id}"},
                         "message":"{id}|{body}","algorithm":"%s","encoding":"base64",
                         "secret":"base64"}"""
                                .formatted(algorithm));
        byte[] key = {0, 1, 2, (byte) 0xff};
        String text = Base64.getEncoder().encodeToString(key);
        String expected =
                Base64.getEncoder().encodeToString(Receivers.hmac(jca, key, "dlv_1|", BODY));
        for (String secret : List.of(text, "whsec_" + text)) {
            assertThat(signed(generic, BODY, secret))
                    .containsExactly(
                            Map.entry("X-Signature", expected),
                            Map.entry("X-Event", "call_ended"),
                            Map.entry("X-Id", "dlv_1"));
        }
    }

    @Test
    void read_ed25519_isServed() throws GeneralSecurityException {
        SignatureScheme keys =
                scheme(
                        """
                        {"headers":{"X-Sig":"{version},{signature}","X-Time":"{timestamp}"},
                         "message":"{timestamp}\\n{body}","algorithm":"ed25519",
                         "encoding":"base64"}""");
        String secret = Ed25519.newSecret(new Random(3));
        String[] sent = signed(keys, BODY, secret).getOrDefault("X-Sig", "").split(",");
        Signature verifier = Signature.getInstance("Ed25519");
        verifier.initVerify(Ed25519Test.publicKey(Ed25519.publicKey(secret)));
        verifier.update(utf8("1767323045\n" + BODY));
        assertThat(sent[0]).isEqualTo("v1a");
        assertThat(verifier.verify(Base64.getDecoder().decode(sent[1]))).isTrue();
    }

    @Test
    void read_separator_joinsASignatureOfEachSecret() {
        SignatureScheme several =
                scheme("{\"headers\":{\"X-S\":\"s={signature}\"},\"separator\":\"; \"}");
        assertThat(signed(several, BODY, "older", "newer"))
                .containsEntry(
                        "X-S",
                        "s="
                                + Receivers.hmacHex("older", BODY)
                                + "; s="
                                + Receivers.hmacHex("newer", BODY));
    }

    @Test
    void read_voicyWithoutPrefix_keepsWhatItDoesNotName() {
        SignatureScheme voicy = Dialects.named("voicy").orElseThrow().signature();
        SignatureScheme bare =
                valid(
                        """
                        {"headers":{"x-voicy-event":"{event}","x-voicy-signature":"{signature}"}}""",
                        voicy);
        assertThat(signed(bare, BODY, "s"))
                .containsExactly(
                        Map.entry("x-voicy-event", "call_ended"),
                        Map.entry("x-voicy-signature", Receivers.hmacHex("s", BODY)));
    }

    @Test
    void read_nothing_isTheDialects() {
        for (var dialect : Dialects.all()) {
            assertThat(valid("{}", dialect.signature())).isEqualTo(dialect.signature());
            assertThat(valid("{\"headers\":null,\"secret\":null}", dialect.signature()))
                    .isEqualTo(dialect.signature());
        }
    }

    @Test
    void read_whatItMade_isTheSameAgain() {
        SignatureScheme scheme = scheme("{\"timestamp\":\"iso8601_z\",\"algorithm\":\"ed25519\"}");
        assertThat(Json.read(Json.tree(scheme), SignatureScheme.class)).isEqualTo(scheme);
        assertThat(valid(Json.text(scheme), Dialects.all().getFirst().signature()))
                .isEqualTo(scheme);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"header\":{}} | /header | unknown field",
                "{\"headers\":[]} | /headers | is not an object of texts",
                "{\"headers\":{\"a/b\":1}} | /headers/a~1b | is not a text",
                "{\"message\":7} | /message | is not a text",
                "{\"separator\":true} | /separator | is not a text",
                "{\"algorithm\":\"md5\"} | /algorithm | is not one of hmac-sha256, hmac-sha512, hmac-sha1, ed25519",
                "{\"encoding\":1} | /encoding | is not one of hex, base64",
                "{\"secret\":\"hex\"} | /secret | is not one of utf8, base64",
                "{\"timestamp\":\"now\"} | /timestamp | is not one of unix_seconds, unix_millis, iso8601, iso8601_z, iso8601_offset",
                "{\"headers\":{}} | /headers | has no header with {signature}",
                "{\"headers\":{\"a\":\"{timestamp}\"}} | /headers | has no header with {signature}",
                "{\"headers\":{\"a b\":\"{signature}\"}} | /headers/a b | is not a header name (RFC 9110)",
                "{\"headers\":{\"\":\"{signature}\"}} | /headers/ | is not a header name (RFC 9110)",
                "{\"headers\":{\"Host\":\"{signature}\"}} | /headers/Host | is set by Ringback alone",
                "{\"headers\":{\"RINGBACK-Sig\":\"{signature}\"}} | /headers/RINGBACK-Sig | is set by Ringback alone",
                "{\"headers\":{\"a\":\"{signature}\",\"A\":\"x\"}} | /headers/A | comes twice",
                "{\"headers\":{\"a\":\"{signature}{body}\"}} | /headers/a | has {body}, which is not one of {event} {id} {signature} {timestamp} {version}",
                "{\"headers\":{\"a\":\"{signature}\\r\\nb: c\"}} | /headers/a | is not 1 to 256 characters of printable ASCII without spaces around",
                "{\"headers\":{\"a\":\"{signature} é\"}} | /headers/a | is not 1 to 256 characters of printable ASCII without spaces around",
                "{\"headers\":{\"a\":\"{signature}\",\"b\":\"\"}} | /headers/b | is not 1 to 256 characters of printable ASCII without spaces around",
                "{\"message\":\"\"} | /message | has no {body}",
                "{\"message\":\"{body}{body}\"} | /message | has more than one {body}",
                "{\"message\":\"{body}{signature}\"} | /message | has {signature}, which is not one of {body} {id} {timestamp}",
                "{\"message\":\"{timestamp}{body}\"} | /message | has a {timestamp} that no header carries, so that nobody could verify it",
                "{\"separator\":\"\\n\"} | /separator | is not up to 8 characters of printable ASCII"
            })
    void read_withAFault_saysWhereAndWhat(String document, String pointer, String reason) {
        assertThat(violations(document)).containsExactly(new Violation(pointer, reason));
    }

    @Test
    void read_withSeveralFaults_saysAll() {
        assertThat(violations("{\"message\":\"\",\"headers\":{},\"separator\":\"\\t\"}"))
                .extracting(Violation::pointer)
                .containsExactly("/headers", "/message", "/separator");
    }

    @ParameterizedTest
    @ValueSource(ints = {5, 6})
    void read_headers_areFiveAtMost(int count) {
        ObjectNode document = Json.object();
        ObjectNode headers = document.putObject("headers");
        for (int i = 0; i < count; i++) {
            headers.put("h" + i, "{signature}");
        }
        assertThat(SignatureOverride.read(document, vomyra()) instanceof Reading.Valid)
                .isEqualTo(count <= 5);
    }

    @Test
    void read_longTexts_areRefused() {
        String longText = "{signature}" + "x".repeat(246);
        assertThat(violations("{\"headers\":{\"a\":\"" + longText + "\"}}")).hasSize(1);
        assertThat(violations("{\"message\":\"{body}" + "x".repeat(251) + "\"}")).hasSize(1);
        assertThat(violations("{\"headers\":{\"" + "x".repeat(101) + "\":\"{signature}\"}}"))
                .hasSize(1);
    }

    private static SignatureScheme vomyra() {
        return Dialects.named("vomyra").orElseThrow().signature();
    }

    private static SignatureScheme scheme(String document) {
        return valid(document, vomyra());
    }

    private static SignatureScheme valid(String document, SignatureScheme dialects) {
        return switch (SignatureOverride.read(tree(document), dialects)) {
            case Reading.Valid(SignatureScheme scheme) -> scheme;
            case Reading.Invalid(List<Violation> violations) ->
                    throw new AssertionError(violations.toString());
        };
    }

    private static List<Violation> violations(String document) {
        return switch (SignatureOverride.read(tree(document), vomyra())) {
            case Reading.Valid(SignatureScheme scheme) ->
                    throw new AssertionError(scheme.toString());
            case Reading.Invalid(List<Violation> violations) -> violations;
        };
    }

    private static ObjectNode tree(String document) {
        return (ObjectNode) Json.parse(utf8(document));
    }

    private static Map<String, String> signed(
            SignatureScheme scheme, String body, String... secrets) {
        return Signer.sign(scheme, "dlv_1", "call_ended", AT, utf8(body), List.of(secrets));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
