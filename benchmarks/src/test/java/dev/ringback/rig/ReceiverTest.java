package dev.ringback.rig;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ReceiverTest {
    @Test
    void receiver_answersAsItsSubscriberWants() throws IOException {
        try (Receiver receiver =
                Receiver.start(
                        (endpoint, event, at) ->
                                event == 5 ? Receiver.Answer.ok : Receiver.Answer.unavailable)) {
            assertThat(post(receiver, "{\"id\":\"bench-5\"}")).isEqualTo(200);
            assertThat(post(receiver, "{\"id\":\"bench-6\"}")).isEqualTo(503);
        }
    }

    private static int post(Receiver receiver, String body) throws IOException {
        HttpURLConnection connection =
                (HttpURLConnection)
                        URI.create(Subscribers.url(3, receiver.port(), false))
                                .toURL()
                                .openConnection();
        connection.setRequestMethod("POST");
        connection.setDoOutput(true);
        connection.getOutputStream().write(body.getBytes(StandardCharsets.UTF_8));
        return connection.getResponseCode();
    }
}
