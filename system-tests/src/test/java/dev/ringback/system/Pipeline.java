package dev.ringback.system;

import dev.ringback.dispatch.DispatcherService;
import dev.ringback.ingest.IngestService;
import dev.ringback.runtime.SecretBox;
import dev.ringback.runtime.Setting;
import dev.ringback.runtime.Settings;
import dev.ringback.testkit.Await;
import dev.ringback.testkit.TestKafka;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** Ingest and dispatcher on a real broker, in this JVM. */
final class Pipeline implements AutoCloseable {
    static final Duration LIMIT = Duration.ofSeconds(60);
    static final String KEY = "test-key";

    private final TestKafka kafka;
    private IngestService ingest;
    private DispatcherService dispatcher;

    private Pipeline(TestKafka kafka) {
        this.kafka = kafka;
    }

    static Pipeline start(Map<String, String> more) {
        Map<String, String> environment =
                new HashMap<>(
                        Map.of(
                                Setting.API_KEYS.name(),
                                "test=*@*:" + KEY,
                                Setting.MASTER_KEY.name(),
                                SecretBox.newKey("test", new SecureRandom()),
                                Setting.ALLOW_HTTP.name(),
                                "true",
                                Setting.EGRESS_ALLOW.name(),
                                "127.0.0.1/32"));
        environment.putAll(more);
        Pipeline pipeline = new Pipeline(TestKafka.start(environment));
        pipeline.startServices();
        return pipeline;
    }

    TestKafka kafka() {
        return kafka;
    }

    /** What a process of its own needs to be told. */
    Map<String, String> environment() {
        return kafka.environment();
    }

    Settings settings() {
        return kafka.settings(Map.of());
    }

    RingbackClient client() {
        return new RingbackClient("http://127.0.0.1:" + ingest.port(), KEY);
    }

    int ingestPort() {
        return ingest.port();
    }

    int dispatcherPort() {
        return dispatcher.port();
    }

    void startServices() {
        ingest = new IngestService(settings(), Clock.systemUTC());
        ingest.start();
        dispatcher = new DispatcherService(settings(), Clock.systemUTC());
        dispatcher.start();
        awaitReady();
    }

    void stopServices() {
        dispatcher.stop();
        ingest.stop();
    }

    void awaitReady() {
        Await.until("ingest ready", LIMIT, () -> isReady(ingest.port()));
        Await.until("dispatcher ready", LIMIT, () -> isReady(dispatcher.port()));
    }

    static boolean isReady(int port) throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpRequest request =
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/health/ready"))
                            .timeout(Duration.ofSeconds(5))
                            .build();
            return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200;
        }
    }

    @Override
    public void close() {
        stopServices();
        kafka.close();
    }
}
