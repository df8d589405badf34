package dev.ringback.system;

import static dev.ringback.system.RingbackClient.expect;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import dev.ringback.console.ConsoleService;
import dev.ringback.runtime.Setting;
import dev.ringback.schemas.Json;
import dev.ringback.schemas.Topics;
import dev.ringback.testkit.Await;
import dev.ringback.testkit.SubscriberStub;
import dev.ringback.testkit.SubscriberStub.Answer;
import dev.ringback.testkit.SubscriberStub.Received;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Plants a marker in every secret and header value that can be brought, takes each through its
 * life, and looks for it in all that the services wrote or answered.
 */
class SecrecyTest {
    private static final String ACCOUNT = "acc_secrecy";
    private static final String CALL = "call-secrecy";

    private final Map<String, byte[]> needles = new LinkedHashMap<>();
    private final Map<String, byte[]> written = new LinkedHashMap<>();
    private final Queue<String> logged = new ConcurrentLinkedQueue<>();
    private int planted;
    private RingbackClient client;

    @Test
    void plantedMarkers_areNowhereInWhatTheServicesWrote() throws Exception {
        try (Pipeline pipeline = Pipeline.start(Map.of());
                SubscriberStub echo = SubscriberStub.start(SecrecyTest::echo)) {
            listenToLogs();
            ConsoleService console = new ConsoleService(pipeline.settings(), Clock.systemUTC());
            console.start();
            client = pipeline.client();
            plantEverywhere(echo.url());
            plantInMistakes(echo.url());
            Await.until("all webhooks", Pipeline.LIMIT, () -> callsDone(pipeline));
            readMetrics(pipeline.ingestPort(), "ingest");
            readMetrics(pipeline.dispatcherPort(), "dispatcher");
            readMetrics(console.port(), "console");
            readDeliveries(pipeline, console.port());
            readTopics(pipeline);
            readState(pipeline.settings().get(Setting.STATE_DIR));
            console.stop();
        }
        written.put("the logs", String.join("\n", logged).getBytes(StandardCharsets.UTF_8));
        assertThat(written).hasSizeGreaterThan(40);
        assertThat(logged).isNotEmpty();
        List<String> found = new ArrayList<>();
        written.forEach(
                (where, bytes) ->
                        needles.forEach(
                                (what, needle) -> {
                                    if (contains(bytes, needle)) {
                                        found.add(what + " in " + where);
                                    }
                                }));
        assertThat(found).isEmpty();
    }

    /** A receiver that tells all it has got, as receivers for debugging do, and fails. */
    private static Answer echo(Received request) {
        return new Answer(
                request.path().contains("fine") ? 200 : 500,
                Map.of("X-Echo", String.valueOf(request.headers().get("x-own"))),
                (request.headers() + request.text()).getBytes(StandardCharsets.UTF_8));
    }

    private void plantEverywhere(String url) {
        String standard = endpoint("standard", url, whsec());
        answer(200, client.patch("/v1/endpoints/" + standard, patch()));
        ObjectNode rotation = Json.object().put("secret", whsec()).put("overlap", "1h");
        answer(201, client.post("/v1/endpoints/" + standard + "/secrets", rotation));
        answer(202, client.post("/v1/endpoints/" + standard + "/test", Json.object()));
        endpoint("vomyra", url, text());
        endpoint("ultravox", url + "/fine", text());
        endpoint("tryvox", url, text());
        endpoint("voicy", url + "/fine", text());
        answer(
                200,
                client.post("/v1/agents/agent/deploy", Json.object().put("account_id", ACCOUNT)));
        ObjectNode application =
                Json.object()
                        .put("account_id", ACCOUNT)
                        .put("status_callback_url", url + "/fine")
                        .put("webhook_secret", text());
        answer(201, client.put("/v1/applications/app", application));
        ObjectNode vendors = Json.object().put("url", url + "/fine");
        vendors.putArray("secrets").add(text());
        vendors.putArray("events").add("call.ended");
        expect(201, ultravox(vendors));

        ObjectNode created = RingbackClient.event(ACCOUNT, CALL, "e1", "call.created");
        created.putObject("call").put("application_id", "app").put("agent_id", "agent");
        created.putObject("webhooks")
                .put("dialect", "tryvox")
                .put("hangup_url", url + "/fine")
                .put("webhook_secret", text());
        answer(202, client.post("/v1/events", created));
        ObjectNode started = RingbackClient.event(ACCOUNT, CALL, "e2", "call.started");
        ObjectNode ended =
                started.putObject("webhooks")
                        .put("dialect", "ultravox")
                        .putObject("callbacks")
                        .putObject("ended");
        ended.put("url", url + "/fine").putArray("secrets").add(text());
        answer(202, client.post("/v1/events", started));
        answer(202, client.post("/v1/events", RingbackClient.ended(ACCOUNT, CALL, "e3")));
        ObjectNode analyzed = RingbackClient.event(ACCOUNT, CALL, "e4", "call.analyzed");
        answer(202, client.post("/v1/events", analyzed));
        answer(200, client.get("/v1/endpoints?account_id=" + ACCOUNT));
        answer(200, client.get("/v1/endpoints/" + standard));
        answer(200, client.get("/v1/applications/app?account_id=" + ACCOUNT));
        answer(200, client.get("/v1/agents/agent?account_id=" + ACCOUNT));
    }

    /** What is refused must not be repeated either. */
    private void plantInMistakes(String url) {
        ObjectNode short1 = wanted("standard", url, "whsec_" + text());
        answer(422, client.post("/v1/endpoints", short1));
        ObjectNode broken = wanted("standard", url, whsec());
        broken.putObject("headers").put("X-Own", text() + "\r\nX-Two: 2");
        answer(422, client.post("/v1/endpoints", broken));
        ObjectNode wrong = wanted("vomyra", "ftp://example.com", text());
        wrong.put("signature", text());
        answer(422, client.post("/v1/endpoints", wrong));
        answer(422, ultravox(Json.object().put("url", 1).put("secrets", text())));
        for (String path : List.of("/v1/endpoints", "/v1/events")) {
            String cut = "{\"secret\":" + text() + ",\"webhooks\":{\"webhook_secret\":" + text();
            answer(
                    400,
                    client.post(path, cut.getBytes(StandardCharsets.UTF_8), "application/json"));
        }
        ObjectNode event = RingbackClient.ended(ACCOUNT, CALL, "e9");
        event.putObject("webhooks")
                .put("dialect", "tryvox")
                .put("hangup_url", "ftp://x")
                .putArray("webhook_secret")
                .add(text());
        answer(422, client.post("/v1/events", event));
        ObjectNode foreign = RingbackClient.ended("acc_other", CALL, "e10");
        foreign.putObject("webhooks")
                .put("dialect", "tryvox")
                .put("hangup_url", url)
                .put("webhook_secret", text());
        answer(202, client.post("/v1/events", foreign));
    }

    private String endpoint(String dialect, String url, String secret) {
        return answer(201, client.post("/v1/endpoints", wanted(dialect, url, secret)));
    }

    private ObjectNode wanted(String dialect, String url, String secret) {
        ObjectNode wanted =
                Json.object()
                        .put("account_id", ACCOUNT)
                        .put("name", "Named " + dialect)
                        .put("url", url)
                        .put("dialect", dialect)
                        .put("secret", secret);
        wanted.putObject("headers").put("X-Own", text());
        wanted.putObject("policy").putArray("schedule").add("10ms");
        if (dialect.equals("voicy")) {
            wanted.putObject("scope").put("agent_id", "agent");
        }
        return wanted;
    }

    private ObjectNode patch() {
        ObjectNode patch = Json.object().put("secret", whsec());
        patch.putObject("headers").put("X-Own", text()).put("X-Other", text());
        return patch;
    }

    private RingbackClient.Answer ultravox(ObjectNode body) {
        return client.send(
                "POST",
                "/api/webhooks?account_id=" + ACCOUNT,
                Json.bytes(body),
                Map.of("X-API-Key", "test-key", "Content-Type", "application/json"));
    }

    /** Keeps an answer and gives the id in it. */
    private String answer(int status, RingbackClient.Answer answer) {
        String all = answer.status() + " " + answer.headers() + " " + answer.body();
        written.put(
                "answer " + written.size() + " " + answer.status(),
                all.getBytes(StandardCharsets.UTF_8));
        return expect(status, answer).path("id").asString("");
    }

    private String text() {
        String marker = "marker-" + ++planted + "-7h1s-1s-s3cr3t";
        plant(marker, marker.getBytes(StandardCharsets.UTF_8));
        return marker;
    }

    /** A secret of Standard Webhooks around a marker. */
    private String whsec() {
        String key = "marker-" + ++planted + "-7h1s-1s-a-k3y-0f-many-byt3s";
        byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
        plant(key, bytes);
        return "whsec_" + Base64.getEncoder().encodeToString(bytes);
    }

    private void plant(String name, byte[] bytes) {
        String base64 = Base64.getEncoder().encodeToString(bytes).replace("=", "");
        needles.put(name, bytes);
        needles.put(name + " in base64", base64.getBytes(StandardCharsets.UTF_8));
        needles.put(
                name + " in hex", HexFormat.of().formatHex(bytes).getBytes(StandardCharsets.UTF_8));
    }

    private void listenToLogs() {
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        AppenderBase<ILoggingEvent> keeper =
                new AppenderBase<>() {
                    @Override
                    protected void append(ILoggingEvent event) {
                        logged.add(event.getFormattedMessage());
                        if (event.getThrowableProxy() != null) {
                            logged.add(ThrowableProxyUtil.asString(event.getThrowableProxy()));
                        }
                    }
                };
        keeper.setContext(root.getLoggerContext());
        keeper.start();
        root.addAppender(keeper);
        ((Logger) LoggerFactory.getLogger("dev.ringback")).setLevel(Level.TRACE);
    }

    /** The last event has been through every endpoint: each has delivered or died. */
    private static boolean callsDone(Pipeline pipeline) {
        Set<String> reached =
                Set.copyOf(
                        pipeline.kafka().records(Topics.ATTEMPTS).stream()
                                .map(record -> Json.parse(record.value()))
                                .filter(
                                        attempt ->
                                                !attempt.path("outcome").asString().equals("retry"))
                                .map(attempt -> attempt.path("delivery_id").asString())
                                .toList());
        return pipeline.kafka().records(Topics.DELIVERIES).stream()
                .map(record -> Json.parse(record.headers().lastHeader("ringback-delivery").value()))
                .allMatch(header -> reached.contains(header.path("delivery_id").asString()));
    }

    private void readMetrics(int port, String service) throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpRequest request =
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics"))
                            .build();
            HttpResponse<byte[]> response =
                    http.send(request, HttpResponse.BodyHandlers.ofByteArray());
            assertThat(response.statusCode()).isEqualTo(200);
            written.put("metrics of " + service, response.body());
        }
    }

    private void readDeliveries(Pipeline pipeline, int consolePort) {
        RingbackClient console = new RingbackClient("http://127.0.0.1:" + consolePort, "test-key");
        Await.until(
                "the call in the console",
                Pipeline.LIMIT,
                () -> console.get("/v1/calls/" + CALL).status() == 200);
        answer(200, console.get("/v1/calls/" + CALL));
        pipeline.kafka().records(Topics.DELIVERIES).stream()
                .map(record -> Json.parse(record.headers().lastHeader("ringback-delivery").value()))
                .map(header -> header.path("delivery_id").asString())
                .forEach(
                        id -> {
                            Await.until(
                                    "a delivery in the console",
                                    Pipeline.LIMIT,
                                    () -> console.get("/v1/deliveries/" + id).status() == 200);
                            answer(200, console.get("/v1/deliveries/" + id));
                        });
    }

    /** Every topic there is, those of Streams too. */
    private void readTopics(Pipeline pipeline) throws Exception {
        Set<String> names;
        try (Admin admin = pipeline.kafka().clients().admin("secrecy")) {
            names = admin.listTopics(new ListTopicsOptions().listInternal(true)).names().get();
        }
        assertThat(names).contains(Topics.ENDPOINTS, Topics.EVENTS, Topics.DEAD, Topics.ATTEMPTS);
        for (String name : names) {
            for (ConsumerRecord<byte[], byte[]> record : pipeline.kafka().records(name)) {
                String where = name + "-" + record.partition() + "@" + record.offset();
                keep(where + " key", record.key());
                keep(where, record.value());
                for (Header header : record.headers()) {
                    keep(where + " " + header.key(), header.value());
                }
            }
        }
    }

    /** What lies in local files: stores and their logs. */
    private void readState(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                keep(folder.relativize(file).toString(), Files.readAllBytes(file));
            }
        }
    }

    private void keep(String where, byte[] bytes) {
        if (bytes != null) {
            written.put(where, bytes);
        }
    }

    private static boolean contains(byte[] bytes, byte[] needle) {
        for (int at = 0; at <= bytes.length - needle.length; at++) {
            int same = 0;
            while (same < needle.length && bytes[at + same] == needle[same]) {
                same++;
            }
            if (same == needle.length) {
                return true;
            }
        }
        return false;
    }
}
