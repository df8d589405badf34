package dev.ringback.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringback.dialect.Dialect;
import dev.ringback.dialect.Dialects;
import dev.ringback.dialect.Secrets;
import dev.ringback.dialect.Signer;
import dev.ringback.schemas.Json;
import dev.ringback.schemas.SignatureScheme;
import dev.ringback.signature.Ed25519;
import dev.ringback.signature.SignatureOverride;
import dev.ringback.signature.SignatureOverride.Reading;
import dev.ringback.system.Snippet.Language;
import dev.ringback.system.WebhooksPage.Section;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What docs/webhooks.md tells subscribers to verify with accepts what we sign, and nothing else.
 */
class VerifyingTest {
    private static final String PUBLIC_KEY = "By public key";
    private static final byte[] BODY =
            "{\"event\":\"call.ended\",\"summary\":\"שלום, नमस्ते 👋\"}"
                    .getBytes(StandardCharsets.UTF_8);

    @TempDir Path folder;

    /** A secret as we have it, and as the receiver has it. */
    record Secret(String signing, String verifying) {}

    /** A snippet with the signatures it is for. */
    record Documented(
            String section, Snippet snippet, SignatureScheme scheme, List<Secret> secrets) {
        @Override
        public String toString() {
            return section + " in " + snippet;
        }
    }

    @Test
    void page_everyDialect_isThereInEveryLanguage() throws IOException {
        for (Dialect dialect : Dialects.all()) {
            Section section = section(dialect.name());
            for (Language language : Language.values()) {
                assertThat(section.in(language.name()))
                        .as("%s in %s", dialect.name(), language)
                        .hasSize(1);
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("documented")
    void snippet_eachRequest_isJudgedRightly(Documented documented) throws Exception {
        assumeTrue(documented.snippet().isRunnable(), "not installed here");
        SignatureScheme scheme = documented.scheme();
        boolean dated = mentions(scheme, "{timestamp}");
        boolean several = !scheme.separator().isEmpty();
        Secret older = documented.secrets().getFirst();
        Secret newer = documented.secrets().getLast();
        Instant now = Instant.now();
        Map<String, String> signed = sign(scheme, now, older);
        Map<String, String> rotating = sign(scheme, now, older, newer);
        Map<String, String> unfit = new LinkedHashMap<>(signed);
        unfit.replaceAll((name, value) -> "v1,t=x é=,, v1a,Zm9v sha256=");

        Judged judged = new Judged();
        judged.expect("as signed", true, signed, BODY, older);
        judged.expect("another body", false, signed, "{}".getBytes(StandardCharsets.UTF_8), older);
        judged.expect("another secret", false, signed, BODY, newer);
        judged.expect("no headers", false, Map.of(), BODY, older);
        judged.expect("unfit headers", false, unfit, BODY, older);
        for (int minutes : new int[] {-6, 6}) {
            Map<String, String> then = sign(scheme, now.plus(Duration.ofMinutes(minutes)), older);
            judged.expect("signed " + minutes + " min from now", !dated, then, BODY, older);
        }
        judged.expect("rotating, the newer secret", true, rotating, BODY, newer);
        judged.expect("rotating, the older secret", several, rotating, BODY, older);

        assertThat(judged.by(documented.snippet(), folder)).isEqualTo(judged.expected);
    }

    /** Requests with the verdict each should get. */
    private static final class Judged {
        private final List<Snippet.Request> requests = new ArrayList<>();
        private final Map<String, Boolean> expected = new LinkedHashMap<>();

        void expect(
                String name,
                boolean accepted,
                Map<String, String> headers,
                byte[] body,
                Secret secret) {
            requests.add(new Snippet.Request(headers, body, secret.verifying()));
            expected.put(name, accepted);
        }

        Map<String, Boolean> by(Snippet snippet, Path folder) throws Exception {
            List<Boolean> verdicts = snippet.verify(requests, folder);
            Map<String, Boolean> named = new LinkedHashMap<>();
            expected.keySet().forEach(name -> named.put(name, verdicts.get(named.size())));
            return named;
        }
    }

    static List<Documented> documented() throws IOException {
        List<Documented> all = new ArrayList<>();
        for (Section section : WebhooksPage.sections()) {
            for (String configuration : section.in("json")) {
                JsonNode endpoint = Json.parse(configuration.getBytes(StandardCharsets.UTF_8));
                all.addAll(configured(section, endpoint));
            }
            Dialects.named(section.heading())
                    .map(dialect -> plain(section, dialect))
                    .ifPresent(all::addAll);
            if (section.heading().equals(PUBLIC_KEY)) {
                all.addAll(byPublicKey(section));
            }
        }
        return all;
    }

    private static List<Documented> plain(Section section, Dialect dialect) {
        List<Secret> secrets =
                Stream.of(1, 2)
                        .map(seed -> dialect.newSecret(new Random(seed)))
                        .map(secret -> new Secret(secret, secret))
                        .toList();
        return all(section, section, dialect.signature(), secrets);
    }

    private static List<Documented> byPublicKey(Section section) {
        List<Secret> secrets =
                Stream.of(1, 2)
                        .map(seed -> Ed25519.newSecret(new Random(seed)))
                        .map(secret -> new Secret(secret, Ed25519.publicKey(secret)))
                        .toList();
        return all(section, section, dialect("standard").signature(), secrets);
    }

    private static List<Documented> configured(Section section, JsonNode endpoint)
            throws IOException {
        Dialect dialect = dialect(endpoint.path("dialect").stringValue());
        ObjectNode override = (ObjectNode) endpoint.path("signature");
        Reading reading = SignatureOverride.read(override, dialect.signature());
        assertThat(reading).isInstanceOf(Reading.Valid.class);
        SignatureScheme scheme = ((Reading.Valid) reading).scheme();
        String secret = endpoint.path("secret").stringValue();
        assertThat(Secrets.fault(dialect, scheme, secret)).isEmpty();
        boolean own =
                Arrays.stream(Language.values()).anyMatch(in -> !section.in(in.name()).isEmpty());
        return all(
                section,
                own ? section : section(dialect.name()),
                scheme,
                List.of(new Secret(secret, secret), new Secret(secret + "2", secret + "2")));
    }

    private static List<Documented> all(
            Section section, Section code, SignatureScheme scheme, List<Secret> secrets) {
        return Arrays.stream(Language.values())
                .flatMap(
                        language ->
                                code.in(language.name()).stream()
                                        .map(text -> new Snippet(language, text)))
                .map(snippet -> new Documented(section.heading(), snippet, scheme, secrets))
                .toList();
    }

    private static Section section(String heading) throws IOException {
        return WebhooksPage.sections().stream()
                .filter(section -> section.heading().equals(heading))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no section " + heading));
    }

    private static Dialect dialect(String name) {
        return Dialects.named(name).orElseThrow();
    }

    private static Map<String, String> sign(SignatureScheme scheme, Instant at, Secret... secrets) {
        List<String> signing = Arrays.stream(secrets).map(Secret::signing).toList();
        return Signer.sign(scheme, "dlv_1", "call.ended", at, BODY, signing);
    }

    private static boolean mentions(SignatureScheme scheme, String placeholder) {
        return scheme.headers().values().stream().anyMatch(value -> value.contains(placeholder));
    }
}
