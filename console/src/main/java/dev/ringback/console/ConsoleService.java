package dev.ringback.console;

import dev.ringback.runtime.ApiKeys;
import dev.ringback.runtime.Health;
import dev.ringback.runtime.HttpServer;
import dev.ringback.runtime.Lifecycle;
import dev.ringback.runtime.Metrics;
import dev.ringback.runtime.Setting;
import dev.ringback.runtime.Settings;
import io.micrometer.core.instrument.Counter;
import java.time.Clock;
import java.time.Instant;
import org.apache.kafka.streams.KafkaStreams;

/** The read side of an installation: calls and deliveries over HTTP. */
public final class ConsoleService implements Lifecycle.Part {
    private static final long MOST_BODY_BYTES = 64 << 10;

    private final Lifecycle parts = new Lifecycle();
    private final Metrics metrics = new Metrics();
    private final ReadModel model;
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
                metrics.counter(
                        "ringback_console_unreadable", "attempts passed over as unreadable");
        Instant made = clock.instant();
        metrics.gauge(
                "ringback_console_start_time_seconds",
                "when the console was started, as Unix time",
                made::getEpochSecond);
        model = new ReadModel(settings, unreadable::increment);
        metrics.state(
                "ringback_streams_state",
                "the state of a Kafka Streams application",
                KafkaStreams.State.class,
                model::state,
                "application",
                ReadModel.APPLICATION_ID);
        Health health = new Health();
        health.check("stores", model::problem);
        http =
                new HttpServer(
                        HttpServer.Address.of(settings, Setting.CONSOLE_PORT),
                        MOST_BODY_BYTES,
                        health,
                        metrics,
                        new ConsoleRoutes(keys, model::find)::addTo);
    }

    @Override
    public void start() {
        parts.closing(metrics);
        try {
            parts.start(model);
            parts.start(http);
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
}
