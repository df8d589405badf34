package dev.ringback.console.web;

import dev.ringback.ingest.IngestService;
import dev.ringback.runtime.ApiKeys;
import dev.ringback.runtime.Health;
import dev.ringback.runtime.HttpServer;
import dev.ringback.runtime.Metrics;
import dev.ringback.runtime.SecretBox;
import dev.ringback.runtime.Setting;
import dev.ringback.runtime.Settings;
import dev.ringback.testkit.Await;
import dev.ringback.testkit.TestKafka;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;

/** The dashboard over sample reads, with a real ingest on a real Kafka for what is done there. */
final class Stage implements AutoCloseable {
    static final String ADMIN = "ADMIN-key";
    static final String ONE = "ONE-key";
    static final String READER = "READER-key";
    static final String TWO = "TWO-key";
    static final String BLIND = "BLIND-key";
    static final String BOTH = "BOTH-key";
    static final String NEW = "NEW-key";

    static final String KEYS =
            "admin=*@*:%s;one=read,endpoints:write,replay@acc_1:%s;reader=read@acc_1:%s;two=*@acc_2:%s;blind=events:write@acc_1:%s;both=*@acc_1,acc_2:%s;new=*@acc_new:%s"
                    .formatted(ADMIN, ONE, READER, TWO, BLIND, BOTH, NEW);
    static final Duration LIMIT = Duration.ofSeconds(90);

    final SampleReads reads = new SampleReads();
    private final TestKafka kafka = TestKafka.start();
    private final IngestService ingest;
    private final Dashboard dashboard;
    private final HttpServer http;
    private final Metrics metrics = new Metrics();

    Stage() {
        String master = SecretBox.newKey("test", new SecureRandom());
        Map<String, String> common =
                Map.of(Setting.API_KEYS.name(), KEYS, Setting.MASTER_KEY.name(), master);
        ingest = new IngestService(kafka.settings(common), Clock.systemUTC());
        ingest.start();
        String url = "http://127.0.0.1:" + ingest.port();
        Settings settings = kafka.settings(common).with(Setting.INGEST_URL, url);
        dashboard =
                new Dashboard(
                        reads,
                        ApiKeys.parse(KEYS),
                        settings,
                        new SecureRandom(),
                        Clock.systemUTC());
        http =
                new HttpServer(
                        HttpServer.Address.of(settings, Setting.CONSOLE_PORT),
                        1 << 20,
                        new Health(),
                        metrics,
                        dashboard::addTo);
        http.start();
        Await.until("ingest", LIMIT, () -> isReady(url));
    }

    /** Where the dashboard is. */
    String url() {
        return "http://127.0.0.1:" + http.port();
    }

    @Override
    public void close() {
        dashboard.close();
        http.stop();
        ingest.stop();
        kafka.close();
    }

    static boolean isReady(String url) throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(URI.create(url + "/health/ready")).build();
            return client.send(request, BodyHandlers.discarding()).statusCode() == 200;
        }
    }
}
