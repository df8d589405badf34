package dev.ringback.console;

import dev.ringback.console.answer.Answers;
import dev.ringback.console.api.InstanceRoutes;
import dev.ringback.console.api.ReadRoutes;
import dev.ringback.console.query.Gather;
import dev.ringback.console.query.Local;
import dev.ringback.console.query.Peers;
import dev.ringback.console.query.ReadModel;
import dev.ringback.console.read.ReadSide;
import dev.ringback.console.topology.Shelf;
import dev.ringback.console.web.Dashboard;
import dev.ringback.runtime.ApiKeys;
import dev.ringback.runtime.Health;
import dev.ringback.runtime.HttpServer;
import dev.ringback.runtime.KafkaClients;
import dev.ringback.runtime.Lifecycle;
import dev.ringback.runtime.Metrics;
import dev.ringback.runtime.Setting;
import dev.ringback.runtime.Settings;
import io.javalin.config.RoutesConfig;
import io.micrometer.core.instrument.Counter;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.streams.KafkaStreams;

/** The read side of an installation: calls and deliveries over HTTP, and the dashboard. */
public final class ConsoleService implements Lifecycle.Part {
    private static final long MOST_BODY_BYTES = 8L << 20;

    private final Lifecycle parts = new Lifecycle();
    private final Metrics metrics = new Metrics();
    private final Gather gather;
    private final ReadModel model;
    private final Answers answers;
    private final ReadRoutes routes;
    private final Dashboard dashboard;
    private final HttpServer http;

    /**
     * Builds the service; {@link #start} starts it.
     *
     * @throws Settings.Invalid when there are no API keys
     */
    public ConsoleService(Settings settings, Clock clock) {
        String hint = "the console answers nobody without keys";
        ApiKeys keys = ApiKeys.parse(settings.require(Setting.API_KEYS, hint));
        Counter unreadable =
                metrics.counter("ringback_console_unreadable", "records passed over as unreadable");
        Instant made = clock.instant();
        metrics.gauge(
                "ringback_console_start_time_seconds",
                "when the console was started, as Unix time",
                made::getEpochSecond);
        Shelf shelf = new Shelf();
        model = new ReadModel(settings, shelf, unreadable::increment, this::port);
        metrics.state(
                "ringback_streams_state",
                "the state of a Kafka Streams application",
                KafkaStreams.State.class,
                model::state,
                "application",
                ReadModel.APPLICATION_ID);
        Peers peers = new Peers(settings);
        gather = new Gather(new Local(shelf, Local.BUDGET), peers, model);
        answers = new Answers(gather, KafkaClients.of(settings), clock);
        routes = new ReadRoutes(keys, answers, clock);
        dashboard = new Dashboard(answers, keys, settings, new SecureRandom(), clock);
        InstanceRoutes instances =
                new InstanceRoutes(peers, gather::answer, answers.jobs()::cancelled);
        Health health = new Health();
        health.check("stores", model::problem);
        http =
                new HttpServer(
                        HttpServer.Address.of(settings, Setting.CONSOLE_PORT),
                        MOST_BODY_BYTES,
                        health,
                        metrics,
                        config -> add(config, instances));
    }

    private void add(RoutesConfig config, InstanceRoutes instances) {
        HttpServer.describe(config, ConsoleService.class, "openapi-console.yaml");
        routes.addTo(config);
        instances.addTo(config);
        dashboard.addTo(config);
    }

    /**
     * Answers at once, with 503 until there is something to answer from: others ask by its port.
     */
    @Override
    public void start() {
        parts.closing(metrics);
        try {
            parts.closing(gather);
            parts.start(http);
            parts.closing(routes);
            parts.closing(dashboard);
            parts.start(answers);
            parts.start(model);
        } catch (RuntimeException e) {
            parts.close();
            throw e;
        }
    }

    @Override
    public void stop() {
        parts.close();
    }

    /** The port it listens on, once started. */
    public int port() {
        return http.port();
    }

    /** What it answers, each as {@code GET /v1/calls}. */
    public List<String> routes() {
        return http.routes();
    }

    /** What its routes and pages ask. */
    public ReadSide read() {
        return answers;
    }
}
