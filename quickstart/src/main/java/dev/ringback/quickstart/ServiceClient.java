package dev.ringback.quickstart;

import dev.ringback.samples.Subscribers;
import dev.ringback.schemas.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.StringJoiner;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What a platform's own client would do: ask for health, create endpoints, post events. */
final class ServiceClient implements AutoCloseable {
    private static final byte[] NOTHING = {};
    private static final MediaType JSON = MediaType.get("application/json");

    private final OkHttpClient http =
            new OkHttpClient.Builder().callTimeout(Duration.ofSeconds(15)).build();

    /** An ingest, as somebody with this key sees it. */
    Ingest ingest(String url, String apiKey) {
        return new Ingest(url, apiKey);
    }

    /** What may be asked of an ingest. */
    final class Ingest implements Subscribers.Registry {
        private final String url;
        private final String apiKey;

        private Ingest(String url, String apiKey) {
            this.url = url;
            this.apiKey = apiKey;
        }

        @Override
        public JsonNode post(String path, ObjectNode document) {
            return send("POST", url + path, apiKey, Json.bytes(document));
        }

        @Override
        public void put(String path, ObjectNode document) {
            send("PUT", url + path, apiKey, Json.bytes(document));
        }

        /** Posts an event. */
        void event(byte[] json) {
            send("POST", url + "/v1/events", apiKey, json);
        }

        /** Deletes the endpoints of the samples' account that are at this receiver. */
        void deleteEndpointsAt(String receiver) {
            String all = url + "/v1/endpoints?account_id=" + Subscribers.ACCOUNT;
            for (JsonNode endpoint : send("GET", all, apiKey, NOTHING).path("items")) {
                boolean owned = endpoint.path("url").asString("").startsWith(receiver + "/");
                if (owned && endpoint.path("name").asString("").startsWith(Subscribers.NAMED)) {
                    String id = endpoint.path("id").asString("");
                    send("DELETE", url + "/v1/endpoints/" + id, apiKey, NOTHING);
                }
            }
        }
    }

    /** What keeps a service from being ready, if anything. */
    Optional<String> unready(String url) {
        Request request = new Request.Builder().url(url + "/health/ready").build();
        try (Response response = http.newCall(request).execute()) {
            return response.code() == 200
                    ? Optional.empty()
                    : Optional.of("is not ready: " + problems(read(response)));
        } catch (IOException e) {
            return Optional.of("does not answer yet");
        }
    }

    /**
     * Sends a document.
     *
     * @return the answer
     * @throws Ringback.Refused with the service's own words, unless it answers 2xx
     */
    private JsonNode send(String method, String url, String apiKey, byte[] document) {
        Request request =
                new Request.Builder()
                        .url(url)
                        .header("Authorization", "Bearer " + apiKey)
                        .method(
                                method,
                                method.equals("GET") ? null : RequestBody.create(document, JSON))
                        .build();
        try (Response response = http.newCall(request).execute()) {
            JsonNode answer = read(response);
            if (!response.isSuccessful()) {
                throw new Ringback.Refused(
                        url + " answered " + response.code() + ": " + detail(answer));
            }
            return answer;
        } catch (IOException e) {
            throw new Ringback.Refused(url + " does not answer: " + e.getMessage());
        }
    }

    /** Lets go of its connections; a server that stops would wait for them. */
    @Override
    public void close() {
        http.connectionPool().evictAll();
    }

    private static JsonNode read(Response response) throws IOException {
        byte[] body = response.body().bytes();
        try {
            return body.length == 0 ? Json.object() : Json.parse(body);
        } catch (JacksonException e) {
            return Json.object().put("detail", new String(body, StandardCharsets.UTF_8));
        }
    }

    private static String problems(JsonNode health) {
        StringJoiner problems = new StringJoiner(", ");
        health.path("problems")
                .properties()
                .forEach(problem -> problems.add(problem.getValue().asString("")));
        return problems.toString();
    }

    private static String detail(JsonNode problem) {
        String errors = problem.has("errors") ? " " + problem.path("errors") : "";
        return problem.path("detail").asString("no reason given") + errors;
    }
}
