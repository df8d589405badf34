package dev.ringback.chaos;

import dev.ringback.chaos.Producing.Turn;
import dev.ringback.chaos.Producing.Way;
import dev.ringback.evidence.Ledger;
import dev.ringback.schemas.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Events over ingest's API, and endpoints too. Posts some events a second time for no reason. */
final class OverHttp implements Way {
    private static final Duration LIMIT = Duration.ofSeconds(15);
    private static final int TWICE_OF_HUNDRED = 3;

    private final HttpClient http =
            HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .connectTimeout(Duration.ofSeconds(2))
                    .build();
    private final String url;
    private final String apiKey;
    private final Clock clock;
    private final Ledger ledger;
    private final RandomGenerator random;

    private record Answer(int status, JsonNode body) {}

    OverHttp(String url, String apiKey, Clock clock, Ledger ledger, RandomGenerator random) {
        this.url = url;
        this.apiKey = apiKey;
        this.clock = clock;
        this.ledger = ledger;
        this.random = random;
    }

    @Override
    public List<Turn> send(List<Turn> events) {
        ArrayNode batch = Json.shared().createArrayNode();
        events.forEach(turn -> batch.add(turn.call().event(turn.index(), clock.instant())));
        List<Turn> left = unconfirmed(events, post("/v1/events", Json.bytes(batch)));
        ledger.accepted(events.size() - left.size());
        if (left.isEmpty() && random.nextInt(100) < TWICE_OF_HUNDRED) {
            post("/v1/events", Json.bytes(batch));
        }
        return left;
    }

    private static List<Turn> unconfirmed(List<Turn> events, Answer answer) {
        if (answer.status() == 202) {
            return List.of();
        }
        List<Turn> left = new ArrayList<>(events);
        if (answer.status() == 207) {
            for (JsonNode result : answer.body().path("results")) {
                if (result.path("status").asString("").equals("accepted")) {
                    left.remove(events.get(result.path("index").asInt()));
                }
            }
        } else if (answer.status() == 422 || answer.status() == 400) {
            throw new IllegalStateException(answer.status() + " " + answer.body());
        }
        return left;
    }

    /** Makes an endpoint; its id. */
    String endpoint(ObjectNode form) {
        Answer answer = post("/v1/endpoints", Json.bytes(form));
        if (answer.status() != 201) {
            throw new IllegalStateException(
                    "an endpoint was answered " + answer.status() + " " + answer.body());
        }
        return answer.body().path("id").asString("");
    }

    /** Status 0: no answer, so nobody knows. */
    private Answer post(String path, byte[] body) {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(url + path))
                        .timeout(LIMIT)
                        .header("Authorization", "Bearer " + apiKey)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                        .build();
        try {
            HttpResponse<byte[]> response =
                    http.send(request, HttpResponse.BodyHandlers.ofByteArray());
            return new Answer(response.statusCode(), Json.parse(response.body()));
        } catch (IOException | JacksonException e) {
            return new Answer(0, Json.object());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Pace.Stopped();
        }
    }
}
