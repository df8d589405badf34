package dev.ringback.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.console.ConsoleService;
import dev.ringback.runtime.Setting;
import dev.ringback.schemas.Json;
import dev.ringback.testkit.Await;
import dev.ringback.testkit.SubscriberStub;
import dev.ringback.testkit.SubscriberStub.Answer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * What the services measure, the page that explains it, and what watches it name the same things.
 */
class MetricsTest {
    private static final Path OBSERVABILITY = Path.of("../containers/observability");
    private static final Pattern METRIC = Pattern.compile("\\b(?:ringback|jvm|process)_[a-z0-9_]+");
    private static final Pattern HISTOGRAM = Pattern.compile("_seconds_(bucket|count|sum|max)$");
    private static final String TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    private static Pipeline pipeline;
    private static ConsoleService console;
    private static String scraped;

    @BeforeAll
    static void start() throws Exception {
        pipeline = Pipeline.start(Map.of(Setting.LIVE_SLOTS.name(), "8"));
        console = new ConsoleService(pipeline.settings(), Clock.systemUTC());
        console.start();
        AtomicInteger requests = new AtomicInteger();
        try (SubscriberStub subscriber =
                SubscriberStub.start(
                        request -> Answer.of(requests.getAndIncrement() == 0 ? 503 : 200))) {
            pipeline.client().endpoint("acc_m", subscriber.url(), "1s");
            byte[] event = Json.bytes(RingbackClient.ended("acc_m", "call-m", "evt-m"));
            pipeline.client()
                    .send(
                            "POST",
                            "/v1/events",
                            event,
                            Map.of("Content-Type", "application/json", "traceparent", TRACE));
            Await.until("both attempts", Pipeline.LIMIT, () -> subscriber.count() == 2);
            assertThat(subscriber.received())
                    .allSatisfy(r -> assertThat(r.header("traceparent")).isEqualTo(TRACE));
        }
        System.gc();
        Await.until(
                "a collection, and the lanes to be looked at",
                Pipeline.LIMIT,
                () -> {
                    String said = scrape(pipeline.dispatcherPort());
                    return said.contains("ringback_lane_lag{lane=\"retry\",rung=\"1s\"}")
                            && said.contains("jvm_gc_pause_seconds")
                            && said.contains("outcome=\"retry\",reason=\"status_5xx\"");
                });
        scraped =
                scrape(pipeline.ingestPort())
                        + scrape(pipeline.dispatcherPort())
                        + scrape(console.port());
    }

    @AfterAll
    static void stop() {
        console.stop();
        pipeline.close();
    }

    @Test
    void metrics_ofOurs_areAllDocumented() throws Exception {
        String page = Files.readString(Path.of("../docs/operations.md"));
        assertThat(exposed().stream().filter(name -> name.startsWith("ringback_")))
                .isNotEmpty()
                .allSatisfy(name -> assertThat(page).contains("`" + name + "`"));
    }

    @Test
    void metrics_documented_areAllThere() throws Exception {
        Set<String> named = names(Files.readString(Path.of("../docs/operations.md")));
        named.removeIf(name -> !name.startsWith("ringback_"));
        assertThat(exposed()).containsAll(named);
    }

    @Test
    void rules_name_onlyMetricsThatThereAre() throws Exception {
        String rules = Files.readString(OBSERVABILITY.resolve("rules.yml"));
        assertThat(exposed()).containsAll(names(rules));
    }

    @Test
    void dashboard_names_onlyMetricsThatThereAre() throws Exception {
        JsonNode board =
                Json.parse(
                        Files.readAllBytes(
                                OBSERVABILITY.resolve("grafana/dashboards/ringback.json")));
        List<String> queries = board.findValuesAsString("expr");
        assertThat(queries).hasSizeGreaterThan(20);
        assertThat(exposed()).containsAll(names(String.join("\n", queries)));
    }

    @Test
    void rules_eachAlert_isInTheTableOfAlarms() throws Exception {
        String page = Files.readString(Path.of("../docs/operations.md"));
        List<String> alerts =
                Files.readAllLines(OBSERVABILITY.resolve("rules.yml")).stream()
                        .filter(line -> line.contains("- alert: "))
                        .map(line -> line.substring(line.indexOf(": ") + 2))
                        .toList();
        assertThat(alerts)
                .hasSizeGreaterThan(5)
                .allSatisfy(alert -> assertThat(page).contains("`" + alert + "`"));
    }

    /** Names as they are documented: of a histogram without what its series end with. */
    private static Set<String> exposed() {
        return names(
                scraped.lines()
                        .filter(line -> !line.startsWith("#"))
                        .map(line -> line.split("[{ ]", 2)[0])
                        .collect(Collectors.joining("\n")));
    }

    private static Set<String> names(String text) {
        return METRIC.matcher(text)
                .results()
                .map(found -> HISTOGRAM.matcher(found.group()).replaceFirst("_seconds"))
                .filter(name -> !name.startsWith("ringback_streams_state_"))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String scrape(int port) throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpRequest request =
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/metrics"))
                            .build();
            return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
        }
    }
}
