package dev.ringback.console;

import dev.ringback.schemas.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.function.Consumer;
import tools.jackson.databind.JsonNode;

/** Asks a console over HTTP, with one API key. */
final class Reader {
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private final int port;
    private final String key;

    Reader(ConsoleService console, String key) {
        this.port = console.port();
        this.key = key;
    }

    /** What was answered. */
    record Answer(int status, String body) {
        JsonNode json() {
            return Json.parse(Records.utf8(body));
        }
    }

    Answer get(String path) {
        return ask("GET", path, "");
    }

    Answer ask(String method, String path, String body) {
        try {
            HttpRequest request =
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                            .header("Authorization", "Bearer " + key)
                            .method(method, BodyPublishers.ofString(body))
                            .build();
            HttpResponse<String> response = HTTP.send(request, BodyHandlers.ofString());
            return new Answer(response.statusCode(), response.body());
        } catch (IOException e) {
            return new Answer(0, e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Reads lines until the console ends them. */
    void lines(String path, Consumer<String> each) {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .header("Authorization", "Bearer " + key)
                        .build();
        try {
            HTTP.send(request, BodyHandlers.ofLines()).body().forEach(each);
        } catch (IOException | UncheckedIOException e) {
            each.accept("ended: " + e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    JsonNode json(String path) {
        Answer answer = get(path);
        if (answer.status() != 200) {
            throw new AssertionError(path + " answered " + answer);
        }
        return answer.json();
    }
}
