package dev.ringback.system;

import dev.ringback.schemas.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A platform team's client of ingest. */
final class RingbackClient {
    private static final Map<String, String> JSON = Map.of("Content-Type", "application/json");

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    private final String url;
    private final String key;

    /** An answer. */
    record Answer(int status, JsonNode body, Map<String, String> headers) {}

    RingbackClient(String url, String key) {
        this.url = url;
        this.key = key;
    }

    Answer post(String path, byte[] body, String contentType) {
        return send("POST", path, body, Map.of("Content-Type", contentType));
    }

    /** Any request; the key goes as a bearer token unless the headers bring another. */
    Answer send(String method, String path, byte[] body, Map<String, String> headers) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(url + path))
                        .timeout(Duration.ofSeconds(60))
                        .method(method, HttpRequest.BodyPublishers.ofByteArray(body));
        headers.forEach(request::header);
        if (!headers.containsKey("X-API-Key")) {
            request.header("Authorization", "Bearer " + key);
        }
        try {
            HttpResponse<byte[]> response =
                    http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
            Map<String, String> answered = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            response.headers().map().forEach((name, values) -> answered.put(name, values.get(0)));
            byte[] bytes = response.body();
            return new Answer(
                    response.statusCode(),
                    bytes.length == 0 ? Json.object() : Json.parse(bytes),
                    answered);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    Answer get(String path) {
        return send("GET", path, new byte[0], Map.of());
    }

    Answer delete(String path) {
        return send("DELETE", path, new byte[0], Map.of());
    }

    Answer put(String path, JsonNode body) {
        return send("PUT", path, Json.bytes(body), JSON);
    }

    Answer patch(String path, JsonNode body) {
        return send("PATCH", path, Json.bytes(body), JSON);
    }

    Answer post(String path, JsonNode body) {
        return post(path, Json.bytes(body), "application/json");
    }

    /** Creates an endpoint for all events of an account and returns its id. */
    ObjectNode endpoint(String account, String to, String... schedule) {
        ObjectNode wanted = Json.object().put("account_id", account).put("url", to);
        if (schedule.length > 0) {
            var waits = wanted.putObject("policy").putArray("schedule");
            for (String wait : schedule) {
                waits.add(wait);
            }
        }
        Answer answer = post("/v1/endpoints", wanted);
        if (answer.status() != 201) {
            throw new AssertionError(answer.status() + " " + answer.body());
        }
        return (ObjectNode) answer.body();
    }

    /** Has an answer of this status, or fails with all of it. */
    static JsonNode expect(int status, Answer answer) {
        if (answer.status() != status) {
            throw new AssertionError(answer.status() + " " + answer.body());
        }
        return answer.body();
    }

    /** An event of a call. */
    static ObjectNode event(String account, String call, String id, String type) {
        return ended(account, call, id).put("type", type);
    }

    /** An event that ends a call. */
    static ObjectNode ended(String account, String call, String id) {
        return Json.object()
                .put("id", id)
                .put("type", "call.ended")
                .put("occurred_at", "2026-11-23T09:12:31.250Z")
                .put("account_id", account)
                .put("call_id", call);
    }
}
