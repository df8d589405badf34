package dev.ringback.console.web.registry;

import dev.ringback.console.web.view.Doc;
import dev.ringback.schemas.Json;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Ingest's HTTP API, called with the key of who is logged in, so that ingest decides what they may.
 * Thread-safe; calls block.
 */
public final class Ingest implements AutoCloseable {
    private static final Duration CONNECT = Duration.ofSeconds(2);
    private static final Duration WHOLE = Duration.ofSeconds(12);

    private final String url;
    private final HttpClient client;

    /** What became of a request. */
    public sealed interface Answer {}

    /**
     * Ingest did it, or knows it.
     *
     * @param etag the version of what it answers with; empty when it has none
     */
    public record Done(Doc body, String etag) implements Answer {}

    /** Ingest refuses. */
    public record Refused(int status, String detail, List<Doc> errors) implements Answer {
        /** Copies the list. */
        public Refused {
            errors = List.copyOf(errors);
        }
    }

    /** Ingest is not there, or nobody said where it is. */
    public record Away(String detail) implements Answer {}

    /**
     * Calls ingest at this address.
     *
     * @param url empty: nobody said where it is
     */
    public Ingest(String url) {
        this.url = url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
        this.client = HttpClient.newBuilder().connectTimeout(CONNECT).build();
    }

    /** Whether somebody said where it is. */
    public boolean isKnown() {
        return !url.isEmpty();
    }

    /** Asks. */
    public Answer get(String key, String path) {
        return send(key, "GET", path, null, "");
    }

    /** Has something done. */
    public Answer post(String key, String path, JsonNode body) {
        return send(key, "POST", path, body, "");
    }

    /**
     * Changes a part.
     *
     * @param etag the version that it is a change of; empty: any
     */
    public Answer patch(String key, String path, JsonNode body, String etag) {
        return send(key, "PATCH", path, body, etag);
    }

    /** Puts the whole. */
    public Answer put(String key, String path, JsonNode body) {
        return send(key, "PUT", path, body, "");
    }

    /** Deletes. */
    public Answer delete(String key, String path) {
        return send(key, "DELETE", path, null, "");
    }

    /** An id as a part of a path or of a query. */
    public static String part(String id) {
        return URLEncoder.encode(id, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** Lets go of its connections. */
    @Override
    public void close() {
        client.shutdownNow();
    }

    private Answer send(
            String key, String method, String path, @Nullable JsonNode body, String etag) {
        if (!isKnown()) {
            return new Away("This console does not know where ingest is: set RINGBACK_INGEST_URL.");
        }
        try {
            HttpRequest.Builder request =
                    HttpRequest.newBuilder(URI.create(url + path))
                            .timeout(WHOLE)
                            .header("Authorization", "Bearer " + key);
            if (!etag.isEmpty()) {
                request.header("If-Match", etag);
            }
            if (body != null) {
                request.header("Content-Type", "application/json");
            }
            request.method(
                    method,
                    body == null
                            ? BodyPublishers.noBody()
                            : BodyPublishers.ofByteArray(Json.bytes(body)));
            return answer(client.send(request.build(), BodyHandlers.ofByteArray()));
        } catch (IOException | IllegalArgumentException e) {
            return new Away("Ingest does not answer. Nothing is known to have changed.");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Away("The console is stopping.");
        }
    }

    private static Answer answer(HttpResponse<byte[]> response) {
        Doc body = read(response.body());
        if (response.statusCode() < 300) {
            return new Done(body, response.headers().firstValue("ETag").orElse(""));
        }
        String detail = body.text("detail", "Ingest answered " + response.statusCode() + ".");
        return response.statusCode() == 503
                ? new Away(detail)
                : new Refused(response.statusCode(), detail, body.list("errors"));
    }

    private static Doc read(byte[] bytes) {
        try {
            return bytes.length == 0 ? Doc.NONE : new Doc(Json.parse(bytes));
        } catch (JacksonException e) {
            return Doc.NONE;
        }
    }
}
