package dev.ringback.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import com.standardwebhooks.Webhook;
import dev.ringback.schemas.EventType;
import dev.ringback.schemas.SignatureScheme;
import dev.ringback.testkit.Await;
import dev.ringback.testkit.SubscriberStub;
import dev.ringback.testkit.SubscriberStub.Received;
import java.net.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What receivers see of signatures, checked by code of their own. */
class SigningOnTheWireTest {
    private static final String OLD = "a-secret-that-is-old-01234567890123456789";
    private static final String NEW = "a-secret-that-is-new-01234567890123456789";

    private static TestDispatcher dispatcher;

    @BeforeAll
    static void start() {
        dispatcher = TestDispatcher.start(Clock.systemUTC());
    }

    @AfterAll
    static void stop() {
        dispatcher.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    Retell | x-retell-signature  | v={timestamp},d={signature}  | {body}{timestamp}  | unix_millis  | v=(?<T>\\d{13}),d=(?<S>[0-9a-f]{64})
                    Bland  | X-Webhook-Signature | {signature}                  | {body}             | unix_seconds | (?<T>)(?<S>[0-9a-f]{64})
                    Stripe | Stripe-Signature    | t={timestamp},v1={signature} | {timestamp}.{body} | unix_seconds | t=(?<T>\\d{10}),v1=(?<S>[0-9a-f]{64})
                    GitHub | X-Hub-Signature-256 | sha256={signature}           | {body}             | unix_seconds | (?<T>)sha256=(?<S>[0-9a-f]{64})
                    """)
    void endpointsOwnScheme_isWhatThatReceiverExpects(
            String vendor, String name, String value, String message, String time, String form) {
        SignatureScheme scheme =
                SignatureScheme.parse(
                        """
                        {"headers":{"%s":"%s"},"message":"%s","separator":"","timestamp":"%s",
                         "algorithm":"hmac-sha256","encoding":"hex","secret":"utf8"}"""
                                .formatted(name, value, message, time));
        String account = dispatcher.name(vendor);
        Received request =
                received(
                        EndpointSketch.of("ep_" + account, account, "vomyra")
                                .secrets(NEW)
                                .signature(scheme),
                        account);
        Matcher header = Pattern.compile(form).matcher(request.header(name));
        assertThat(header.matches()).as(request.header(name)).isTrue();
        String signed =
                switch (vendor) {
                    case "Retell" -> request.text() + header.group("T");
                    case "Stripe" -> header.group("T") + "." + request.text();
                    default -> request.text();
                };
        assertThat(header.group("S")).isEqualTo(hmac(NEW, signed));
        assertThat(request.headers()).doesNotContainKey("x-vomyra-signature");
        assertThat(shown(account)).containsEntry(name.toLowerCase(java.util.Locale.ROOT), "***");
    }

    @Test
    void overlap_ultravox_signsWithEachSecretAndAComma() {
        String account = dispatcher.name("acc");
        Received request =
                received(
                        EndpointSketch.of("ep_" + account, account, "ultravox").secrets(OLD, NEW),
                        account);
        String signed = request.text() + request.header("X-Ultravox-Webhook-Timestamp");
        assertThat(request.header("X-Ultravox-Webhook-Signature"))
                .isEqualTo(hmac(OLD, signed) + "," + hmac(NEW, signed));
    }

    @Test
    void overlap_standard_verifiesWithEitherSecret() throws Exception {
        String account = dispatcher.name("acc");
        String first = standard(OLD);
        String second = standard(NEW);
        Received request =
                received(
                        EndpointSketch.of("ep_" + account, account, "standard")
                                .secrets(first, second),
                        account);
        assertThat(request.header("webhook-signature").split(" ")).hasSize(2);
        HttpHeaders headers =
                HttpHeaders.of(
                        request.headers().entrySet().stream()
                                .collect(
                                        Collectors.toMap(
                                                Map.Entry::getKey, e -> List.of(e.getValue()))),
                        (name, value) -> true);
        new Webhook(first).verify(request.text(), headers);
        new Webhook(second).verify(request.text(), headers);
    }

    @Test
    void overlap_vomyra_newestSignsAlone() {
        String account = dispatcher.name("acc");
        Received request =
                received(
                        EndpointSketch.of("ep_" + account, account, "vomyra").secrets(OLD, NEW),
                        account);
        assertThat(request.header("X-Vomyra-Signature")).isEqualTo(hmac(NEW, request.text()));
    }

    @Test
    void secretOfAnotherForm_isWaitedForNotLeftOut() {
        String account = dispatcher.name("acc");
        try (SubscriberStub subscriber = SubscriberStub.start()) {
            dispatcher.put(
                    EndpointSketch.of("ep_" + account, account, "standard")
                            .url(subscriber.url())
                            .secrets("not base64 at all!"));
            String call = dispatcher.ended(account);
            assertThat(dispatcher.awaitAttempts(call, 1).getFirst())
                    .satisfies(
                            attempt -> {
                                assertThat(attempt.outcome().name()).isEqualTo("deferred");
                                assertThat(attempt.toString()).doesNotContain("not base64");
                            });
            assertThat(subscriber.count()).isZero();
        }
    }

    private static Received received(EndpointSketch sketch, String account) {
        try (SubscriberStub subscriber = SubscriberStub.start()) {
            dispatcher.put(sketch.url(subscriber.url()));
            dispatcher.send(dispatcher.event(EventType.CALL_ENDED, account, account));
            Await.until("arrival", TestDispatcher.LIMIT, () -> subscriber.count() == 1);
            return subscriber.received().getFirst();
        }
    }

    private static Map<String, String> shown(String subjectId) {
        return dispatcher.awaitAttempts(subjectId, 1).getFirst().requestHeaders();
    }

    private static String standard(String key) {
        byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
        return "whsec_" + Base64.getEncoder().encodeToString(bytes);
    }

    static String hmac(String secret, String message) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return HexFormat.of().formatHex(mac.doFinal(message.getBytes(StandardCharsets.UTF_8)));
        } catch (java.security.GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }
}
