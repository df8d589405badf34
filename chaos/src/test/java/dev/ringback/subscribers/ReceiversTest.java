package dev.ringback.subscribers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringback.subscribers.Behaviour.Trouble;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Subscribers over HTTP. */
class ReceiversTest {
    private final BlockingQueue<Arrival> heard = new LinkedBlockingQueue<>();
    private final HttpClient http = HttpClient.newHttpClient();
    private Receivers receivers;

    @AfterEach
    void close() {
        receivers.close();
    }

    @Test
    void request_thatIsAnswered_isHeardOfWithItsFault() throws Exception {
        start(Trouble.none);
        assertThat(post().statusCode()).isEqualTo(200);
        Arrival arrival = heard.remove();
        assertThat(arrival.accepted()).isTrue();
        assertThat(arrival.deliveryId()).isEqualTo("dlv_1");
        assertThat(arrival.attempt()).isEqualTo(1);
        assertThat(arrival.fault()).isNotNull();
    }

    @Test
    void error_isAnswered500() throws Exception {
        start(Trouble.error);
        assertThat(post().statusCode()).isEqualTo(500);
    }

    @Test
    void gone_isAnswered410() throws Exception {
        start(Trouble.gone);
        assertThat(post().statusCode()).isEqualTo(410);
    }

    @ParameterizedTest
    @EnumSource(names = {"later_seconds", "later_date"})
    void later_isAnswered429WithRetryAfter(Trouble trouble) throws Exception {
        start(trouble);
        HttpResponse<Void> response = post();
        assertThat(response.statusCode()).isEqualTo(429);
        assertThat(response.headers().firstValue("Retry-After")).isPresent();
    }

    @ParameterizedTest
    @EnumSource(names = {"hang", "drip"})
    void slow_isNeverAnsweredInTime(Trouble trouble) {
        start(trouble);
        assertThatThrownBy(this::post).isInstanceOf(HttpTimeoutException.class);
        assertThat(heard.remove().status()).isZero();
    }

    @Test
    void reset_breaksTheConnection() {
        start(Trouble.reset);
        assertThatThrownBy(this::post)
                .isInstanceOf(IOException.class)
                .isNotInstanceOf(HttpTimeoutException.class);
    }

    private void start(Trouble trouble) {
        Subscriber subscriber =
                new Subscriber(
                        0,
                        "acc_1",
                        "standard",
                        Set.of("call.ended"),
                        null,
                        false,
                        "1s",
                        List.of(),
                        null,
                        "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
                        new Behaviour(trouble, trouble == Trouble.none ? 0 : Behaviour.ALWAYS));
        receivers = new Receivers(List.of(subscriber), Clock.systemUTC(), heard::add);
        receivers.start();
    }

    private HttpResponse<Void> post() throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(receivers.address() + "/hooks/0"))
                        .version(HttpClient.Version.HTTP_1_1)
                        .timeout(Duration.ofSeconds(1))
                        .header("Ringback-Delivery", "dlv_1")
                        .header("Ringback-Attempt", "1")
                        .POST(HttpRequest.BodyPublishers.ofString("{}"))
                        .build();
        return http.send(request, HttpResponse.BodyHandlers.discarding());
    }
}
