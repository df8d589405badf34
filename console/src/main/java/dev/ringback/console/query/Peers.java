package dev.ringback.console.query;

import dev.ringback.runtime.Problem;
import dev.ringback.runtime.Setting;
import dev.ringback.runtime.Settings;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Speaks with the other instances of the console. They know each other by a secret that all derive
 * from the same settings. Thread-safe.
 */
public final class Peers implements AutoCloseable {
    /** Where instances ask each other. */
    public static final String PATH = "/internal/";

    private static final Logger LOG = LoggerFactory.getLogger(Peers.class);
    private static final String HEADER = "Ringback-Instance";
    private static final String PURPOSE = "ringback-console-instances";
    private static final Duration CONNECT = Duration.ofMillis(750);
    private static final Duration ANSWER = Duration.ofSeconds(3);

    private final HttpClient http =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(CONNECT)
                    .build();
    private final String secret;

    /** Derives the secret from these settings. */
    public Peers(Settings settings) {
        String known =
                settings.isSet(Setting.MASTER_KEY)
                        ? settings.get(Setting.MASTER_KEY)
                        : settings.get(Setting.API_KEYS);
        this.secret = derive(known);
    }

    /** Where another instance is. */
    public record Host(String name, int port) {}

    /**
     * Asks one for something.
     *
     * @param what the last part of the path
     * @return nothing when it does not answer
     */
    Optional<byte[]> ask(Host host, String what, byte[] question) {
        HttpRequest request =
                HttpRequest.newBuilder(
                                URI.create(
                                        "http://%s:%d%s%s"
                                                .formatted(host.name, host.port, PATH, what)))
                        .header(HEADER, secret)
                        .timeout(ANSWER)
                        .POST(BodyPublishers.ofByteArray(question))
                        .build();
        try {
            HttpResponse<byte[]> response = http.send(request, BodyHandlers.ofByteArray());
            if (response.statusCode() == 200) {
                return Optional.of(response.body());
            }
            LOG.warn("{}:{} answered {}", host.name, host.port, response.statusCode());
        } catch (IOException e) {
            LOG.debug("{}:{} does not answer: {}", host.name, host.port, e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return Optional.empty();
    }

    /**
     * Checks that it is another instance that asks.
     *
     * @param shown what it shows
     * @throws Problem 404 when it is not: to others there is nothing here
     */
    public void check(@Nullable String shown) {
        byte[] given = (shown == null ? "" : shown).getBytes(StandardCharsets.UTF_8);
        if (!MessageDigest.isEqual(given, secret.getBytes(StandardCharsets.UTF_8))) {
            throw Problem.of(404, "there is nothing here");
        }
    }

    /** The name of the header that shows it. */
    public static String header() {
        return HEADER;
    }

    private static String derive(String known) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(known.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return Base64.getEncoder()
                    .encodeToString(mac.doFinal(PURPOSE.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HmacSHA256", e);
        }
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}
