package dev.ringback.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringback.runtime.Setting;
import dev.ringback.runtime.Settings;
import dev.ringback.schemas.Attempt;
import dev.ringback.schemas.Json;
import dev.ringback.schemas.Topics;
import dev.ringback.testkit.Await;
import dev.ringback.testkit.TestKafka;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class ConsoleServiceTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String KEYS =
            "all=*@*:KEY; one=read@acc_1:ONE; writer=events:write@acc_1:WRITER";

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static TestKafka kafka;
    private static ConsoleService console;
    private static Producer<byte[], byte[]> producer;

    @BeforeAll
    static void start() {
        kafka = TestKafka.start();
        producer = kafka.clients().producer("test", Map.of());
        console = started();
    }

    @AfterAll
    static void stop() {
        console.stop();
        producer.close();
        kafka.close();
    }

    @Test
    void constructor_noKeys_refuses() {
        Settings settings = kafka.settings(Map.of());
        assertThatThrownBy(() -> new ConsoleService(settings, Clock.systemUTC()))
                .isInstanceOf(Settings.Invalid.class)
                .hasMessageContaining("RINGBACK_API_KEYS is not set");
    }

    @Test
    void call_known_isTheCallToTheByte() throws Exception {
        String call = "{\"call_id\":\"c1\",\"account_id\":\"acc_1\",\"cost\":{\"amount\":0.10}}";
        send(Topics.SNAPSHOTS, "c1", call);
        Await.until("the call", LIMIT, () -> get("/v1/calls/c1", "ONE").statusCode() == 200);
        assertThat(get("/v1/calls/c1", "ONE").body()).isEqualTo(call);
    }

    @Test
    void call_notForThisKey_isRefused() throws Exception {
        send(Topics.SNAPSHOTS, "c2", "{\"call_id\":\"c2\",\"account_id\":\"acc_2\"}");
        Await.until("the call", LIMIT, () -> get("/v1/calls/c2", "KEY").statusCode() == 200);
        assertThat(get("/v1/calls/c2", "ONE").statusCode()).isEqualTo(404);
        assertThat(get("/v1/calls/c2", "WRITER").statusCode()).isEqualTo(403);
        assertThat(get("/v1/calls/c2", "NOBODY").statusCode()).isEqualTo(401);
        assertThat(get("/v1/calls/none", "KEY").statusCode()).isEqualTo(404);
    }

    @Test
    void delivery_afterTwoAttempts_listsThem() throws Exception {
        send(Topics.ATTEMPTS, "dlv_1", attempt("a1", 1, Attempt.Result.retry));
        send(Topics.ATTEMPTS, "dlv_1", attempt("a2", 2, Attempt.Result.delivered));
        Await.until("both attempts", LIMIT, () -> delivery("dlv_1").path("attempts").size() == 2);
        JsonNode delivery = delivery("dlv_1");
        assertThat(delivery.path("state").stringValue()).isEqualTo("delivered");
        assertThat(delivery.path("endpoint_id").stringValue()).isEqualTo("ep_1");
        assertThat(get("/v1/deliveries/dlv_1", "ONE").statusCode()).isEqualTo(404);
    }

    @Test
    void page_noKey_listsTheRoutes() throws Exception {
        assertThat(get("/", "").body()).contains("/v1/calls/{id}", "/v1/deliveries/{id}");
        assertThat(get("/metrics", "").body()).contains("ringback_console_unreadable_total");
    }

    @Test
    void kafka_awayAndBack_goesOn() throws Exception {
        kafka.broker().close();
        kafka.broker().start();
        send(Topics.SNAPSHOTS, "c3", "{\"call_id\":\"c3\",\"account_id\":\"acc_1\"}");
        Await.until("the call", LIMIT, () -> get("/v1/calls/c3", "ONE").statusCode() == 200);
    }

    @Test
    void restart_sameFolder_knowsWhatItKnew() throws Exception {
        send(Topics.SNAPSHOTS, "c4", "{\"call_id\":\"c4\",\"account_id\":\"acc_1\"}");
        Await.until("the call", LIMIT, () -> get("/v1/calls/c4", "ONE").statusCode() == 200);
        console.stop();
        console = started();
        assertThat(get("/v1/calls/c4", "ONE").statusCode()).isEqualTo(200);
    }

    private static ConsoleService started() {
        Settings settings = kafka.settings(Map.of(Setting.API_KEYS.name(), KEYS));
        ConsoleService service = new ConsoleService(settings, Clock.systemUTC());
        service.start();
        Await.until("ready", LIMIT, () -> get(service, "/health/ready", "").statusCode() == 200);
        return service;
    }

    private static JsonNode delivery(String id) throws Exception {
        return Json.parse(
                get("/v1/deliveries/" + id, "KEY").body().getBytes(StandardCharsets.UTF_8));
    }

    private static HttpResponse<String> get(String path, String key) throws Exception {
        return get(console, path, key);
    }

    private static HttpResponse<String> get(ConsoleService service, String path, String key)
            throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + service.port() + path);
        HttpRequest request =
                HttpRequest.newBuilder(uri).header("Authorization", "Bearer " + key).build();
        return HTTP.send(request, BodyHandlers.ofString());
    }

    private static void send(String topic, String key, String value) throws Exception {
        producer.send(new ProducerRecord<>(topic, utf8(key), utf8(value)))
                .get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    }

    private static String attempt(String id, int number, Attempt.Result outcome) {
        return Json.text(
                new Attempt(
                        id,
                        "dlv_1",
                        "evt_1",
                        "call.ended",
                        "c1",
                        "acc_2",
                        "ep_1",
                        "standard",
                        number,
                        Attempt.Trigger.scheduled,
                        Instant.parse("2026-11-23T10:00:00Z"),
                        12,
                        "https://crm.example/hooks",
                        Map.of(),
                        outcome == Attempt.Result.delivered ? 204 : 503,
                        Map.of(),
                        "",
                        false,
                        outcome,
                        null,
                        null));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
