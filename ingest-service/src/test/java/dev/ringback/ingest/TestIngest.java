package dev.ringback.ingest;

import dev.ringback.runtime.SecretBox;
import dev.ringback.runtime.Setting;
import dev.ringback.runtime.Settings;
import dev.ringback.schemas.Json;
import dev.ringback.testkit.Await;
import dev.ringback.testkit.TestKafka;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.MissingNode;

/** A running service with keys for several callers, and a client of it. */
public final class TestIngest implements AutoCloseable {
    /** May do everything. */
    public static final String ADMIN = "admin-key";

    /** May do everything to acc_1. */
    public static final String OWNER = "owner-key";

    /** May only read. */
    public static final String READER = "reader-key";

    public static final String JSON = "application/json";
    public static final String LINES = "application/x-ndjson";

    private static final String MASTER_KEY = SecretBox.newKey("test", new SecureRandom());
    private static final String KEYS =
            "admin=*@*:admin-key;owner=events:write,endpoints:write@acc_1:owner-key;"
                    + "reader=read@*:reader-key";

    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final IngestService service;

    private TestIngest(IngestService service) {
        this.service = service;
    }

    /** An answer; its body is a missing node when it is not JSON. */
    public record Reply(int status, HttpHeaders headers, JsonNode body) {
        public String header(String name) {
            return headers.firstValue(name).orElse("");
        }
    }

    /** A service on the broker that is ready. */
    public static TestIngest start(TestKafka kafka, Map<String, String> more) {
        TestIngest ingest = startUnready(settings(kafka, more));
        ingest.awaitReady();
        return ingest;
    }

    static TestIngest startUnready(Settings settings) {
        IngestService service = new IngestService(settings, Clock.systemUTC());
        service.start();
        return new TestIngest(service);
    }

    static Settings settings(TestKafka kafka, Map<String, String> more) {
        Map<String, String> all = new HashMap<>();
        all.put(Setting.API_KEYS.name(), KEYS);
        all.put(Setting.MASTER_KEY.name(), MASTER_KEY);
        all.putAll(more);
        return kafka.settings(all);
    }

    /** An event that is valid. */
    static String event(String id, String callId) {
        return """
        {"id":"%s","type":"call.ended","occurred_at":"2026-11-23T09:12:31.250Z",\
        "account_id":"acc_1","call_id":"%s","call":{"status":"completed"}}"""
                .formatted(id, callId);
    }

    void awaitReady() {
        Await.until("ingest is ready", Duration.ofSeconds(30), () -> ready().status() == 200);
    }

    int port() {
        return service.port();
    }

    Reply ready() {
        return get("/health/ready", "");
    }

    Reply events(String body) {
        return post("/v1/events", ADMIN, JSON, body);
    }

    Reply lines(String body) {
        return post("/v1/events", ADMIN, LINES, body);
    }

    public Reply post(String path, String key, String type, String body) {
        return send("POST", path, key, Map.of("Content-Type", type), BodyPublishers.ofString(body));
    }

    public Reply put(String path, String key, String body) {
        return put(path, key, Map.of(), body);
    }

    public Reply put(String path, String key, Map<String, String> headers, String body) {
        return json("PUT", path, key, headers, body);
    }

    public Reply patch(String path, String key, Map<String, String> headers, String body) {
        return json("PATCH", path, key, headers, body);
    }

    private Reply json(
            String method, String path, String key, Map<String, String> headers, String body) {
        Map<String, String> all = new HashMap<>(headers);
        all.put("Content-Type", JSON);
        return send(method, path, key, all, BodyPublishers.ofString(body));
    }

    public Reply get(String path, String key) {
        return send("GET", path, key, Map.of(), BodyPublishers.noBody());
    }

    public Reply delete(String path, String key, Map<String, String> headers) {
        return send("DELETE", path, key, headers, BodyPublishers.noBody());
    }

    public Reply send(
            String method,
            String path,
            String key,
            Map<String, String> headers,
            BodyPublisher body) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path))
                        .method(method, body)
                        .timeout(Duration.ofSeconds(60));
        headers.forEach(request::header);
        if (!key.isEmpty()) {
            request.header("Authorization", "Bearer " + key);
        }
        try {
            var response = client.send(request.build(), BodyHandlers.ofByteArray());
            return new Reply(response.statusCode(), response.headers(), json(response.body()));
        } catch (IOException e) {
            throw new AssertionError(method + " " + path, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(method + " " + path, e);
        }
    }

    private static JsonNode json(byte[] body) {
        boolean isJson = body.length > 0 && (body[0] == '{' || body[0] == '[');
        return isJson ? Json.parse(body) : MissingNode.getInstance();
    }

    @Override
    public void close() {
        service.stop();
        client.close();
    }
}
