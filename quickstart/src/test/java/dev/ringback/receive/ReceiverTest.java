package dev.ringback.receive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.dialect.Dialect;
import dev.ringback.dialect.Dialects;
import dev.ringback.dialect.Signer;
import dev.ringback.receive.Receiver.Behaviour;
import dev.ringback.receive.Receiver.Webhook;
import dev.ringback.receive.Verifier.Check;
import dev.ringback.testkit.FixedClock;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class ReceiverTest {
    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");
    private static final Dialect STANDARD = Dialects.named("standard").orElseThrow();
    private static final String SECRET = STANDARD.newSecret(new Random(1));

    private final HttpClient http = HttpClient.newHttpClient();
    private final FixedClock clock = new FixedClock(NOW);
    private final List<Webhook> heard = new CopyOnWriteArrayList<>();

    @Test
    void answer_verified_is200() throws Exception {
        try (Receiver receiver = receiver(Behaviour.GOOD)) {
            assertThat(post(receiver, "dlv_1", SECRET)).isEqualTo(200);
        }
        Webhook webhook = heard.getFirst();
        assertThat(webhook.check()).isEqualTo(new Check.Verified());
        assertThat(webhook.delivery()).isEqualTo("dlv_1");
        assertThat(webhook.attempt()).isEqualTo("1");
        assertThat(webhook.path()).isEqualTo("/hooks");
        assertThat(new String(webhook.body(), StandardCharsets.UTF_8)).isEqualTo("{\"a\":1}");
    }

    @Test
    void answer_notVerified_is401() throws Exception {
        try (Receiver receiver = receiver(Behaviour.GOOD)) {
            assertThat(post(receiver, "dlv_1", STANDARD.newSecret(new Random(2)))).isEqualTo(401);
        }
        assertThat(heard.getFirst().check()).isInstanceOf(Check.Failed.class);
    }

    @Test
    void answer_failFirst_is503ForEachDelivery() throws Exception {
        try (Receiver receiver = receiver(new Behaviour(null, Duration.ZERO, 2))) {
            assertThat(post(receiver, "dlv_1", SECRET)).isEqualTo(503);
            assertThat(post(receiver, "dlv_2", SECRET)).isEqualTo(503);
            assertThat(post(receiver, "dlv_1", SECRET)).isEqualTo(503);
            assertThat(post(receiver, "dlv_1", SECRET)).isEqualTo(200);
            assertThat(post(receiver, "dlv_2", SECRET)).isEqualTo(503);
        }
    }

    @Test
    void answer_statusSet_isThat() throws Exception {
        try (Receiver receiver = receiver(new Behaviour(410, Duration.ofMillis(1), 0))) {
            assertThat(post(receiver, "dlv_1", SECRET)).isEqualTo(410);
        }
    }

    @Test
    void answer_get_verifiesTheQuery() throws Exception {
        String query = "event=call.ended&from=%2B44&to=";
        byte[] signed = query.getBytes(StandardCharsets.UTF_8);
        try (Receiver receiver = receiver(Behaviour.GOOD)) {
            HttpRequest.Builder request =
                    HttpRequest.newBuilder(URI.create(receiver.url() + "/hooks?" + query));
            Signer.sign(STANDARD.signature(), "dlv_1", "call.ended", NOW, signed, List.of(SECRET))
                    .forEach(request::header);
            assertThat(http.send(request.build(), BodyHandlers.discarding()).statusCode())
                    .isEqualTo(200);
        }
        assertThat(heard.getFirst().body()).isEqualTo(signed);
    }

    private Receiver receiver(Behaviour behaviour) throws Exception {
        Verifier verifier = new Verifier(STANDARD.signature(), SECRET, clock);
        Receiver receiver =
                new Receiver(0, behaviour, clock, path -> Optional.of(verifier), heard::add);
        receiver.start();
        return receiver;
    }

    private int post(Receiver receiver, String delivery, String secret) throws Exception {
        byte[] body = "{\"a\":1}".getBytes(StandardCharsets.UTF_8);
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(receiver.url() + "/hooks"))
                        .header("Ringback-Delivery", delivery)
                        .header("Ringback-Attempt", "1")
                        .POST(BodyPublishers.ofByteArray(body));
        Signer.sign(STANDARD.signature(), delivery, "call.ended", NOW, body, List.of(secret))
                .forEach(request::header);
        return http.send(request.build(), BodyHandlers.discarding()).statusCode();
    }
}
