package dev.ringback.ingest.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.ingest.request.Requests;
import dev.ringback.runtime.ApiKeys;
import dev.ringback.runtime.Health;
import dev.ringback.runtime.HttpServer;
import dev.ringback.runtime.Metrics;
import dev.ringback.runtime.Setting;
import dev.ringback.schemas.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** VoxML judged over HTTP, which needs no Kafka. */
class VoxmlApiTest {
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private static Metrics metrics;
    private static HttpServer server;

    @BeforeAll
    static void start() {
        metrics = new Metrics();
        Requests requests = new Requests(ApiKeys.parse("one=read@acc_1:k"), UUID::randomUUID);
        server =
                new HttpServer(
                        new HttpServer.Address("127.0.0.1", 0, Setting.INGEST_PORT),
                        1 << 20,
                        new Health(),
                        metrics,
                        routes -> new VoxmlApi(requests, false).addTo(routes));
        server.start();
    }

    @AfterAll
    static void stop() {
        server.stop();
        metrics.close();
    }

    @Test
    void validate_valid_saysSo() throws Exception {
        HttpResponse<byte[]> answer =
                post("{\"voxml_version\":\"1.0\",\"instructions\":[{\"verb\":\"Hangup\"}]}", "k");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(Json.text(Json.parse(answer.body())))
                .isEqualTo("{\"valid\":true,\"errors\":[],\"warnings\":[]}");
    }

    @Test
    void validate_invalid_namesEachPlace() throws Exception {
        HttpResponse<byte[]> answer =
                post("{\"voxml_version\":\"1.0\",\"instructions\":[{\"verb\":\"Play\"}]}", "k");
        assertThat(answer.statusCode()).isEqualTo(200);
        JsonNode report = Json.parse(answer.body());
        assertThat(report.path("valid").booleanValue()).isFalse();
        assertThat(report.at("/errors/0/pointer").stringValue()).isEqualTo("/instructions/0/url");
        assertThat(report.at("/errors/0/line").intValue()).isEqualTo(1);
    }

    @Test
    void validate_noJson_isAVerdictToo() throws Exception {
        HttpResponse<byte[]> answer = post("<Response/>", "k");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(Json.parse(answer.body()).path("valid").booleanValue()).isFalse();
    }

    @Test
    void validate_tooLarge_isRefused() throws Exception {
        assertThat(post("x".repeat(300 << 10), "k").statusCode()).isEqualTo(413);
    }

    @Test
    void validate_withoutKey_isRefused() throws Exception {
        assertThat(post("{}", "another").statusCode()).isEqualTo(401);
    }

    private static HttpResponse<byte[]> post(String body, String key)
            throws IOException, InterruptedException {
        return HTTP.send(
                HttpRequest.newBuilder(
                                URI.create(
                                        "http://127.0.0.1:" + server.port() + "/v1/voxml/validate"))
                        .header("Authorization", "Bearer " + key)
                        .POST(HttpRequest.BodyPublishers.ofString(body))
                        .build(),
                HttpResponse.BodyHandlers.ofByteArray());
    }
}
