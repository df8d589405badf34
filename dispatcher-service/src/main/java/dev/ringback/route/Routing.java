package dev.ringback.route;

import dev.ringback.runtime.KafkaClients;
import dev.ringback.runtime.Lifecycle;
import dev.ringback.runtime.Metrics;
import dev.ringback.runtime.SecretBox;
import dev.ringback.runtime.Setting;
import dev.ringback.runtime.Settings;
import dev.ringback.schemas.EventSchema;
import dev.ringback.schemas.Topics;
import io.micrometer.core.instrument.Counter;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs track and route: starts the Streams application, replaces a thread that fails, and says what
 * is wrong while it is not running.
 */
public final class Routing implements Lifecycle.Part {
    private static final Logger LOG = LoggerFactory.getLogger(Routing.class);
    private static final long PAUSE_MILLIS = 1_000;
    private static final Duration SHAKY = Duration.ofSeconds(10);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(5);

    private final Settings settings;
    private final KafkaClients clients;
    private final Router.Registry registry;
    private final SecretBox box;
    private final Metrics metrics;
    private final Freshness freshness = new Freshness();
    private final Map<String, Counter> counters = new ConcurrentHashMap<>();
    private final CountDownLatch stopping = new CountDownLatch(1);
    private volatile @Nullable KafkaStreams streams;
    private volatile boolean failed;
    private volatile long lastFailureNanos;

    /**
     * Routing that {@link #start} starts.
     *
     * @param box seals the secrets that calls bring
     */
    public Routing(
            Settings settings,
            KafkaClients clients,
            Router.Registry registry,
            SecretBox box,
            Metrics metrics) {
        this.settings = settings;
        this.clients = clients;
        this.registry = registry;
        this.box = box;
        this.metrics = metrics;
    }

    @Override
    public void start() {
        Intake intake = new Intake(new EventSchema(), box, settings.get(Setting.ALLOW_HTTP));
        Router.Rules rules = new Router.Rules(partitions(), settings.get(Setting.CALL_RETENTION));
        RouteTopology topology =
                new RouteTopology(
                        rules.partitions(),
                        () -> new Router(intake, freshness, registry, rules, this::count));
        KafkaStreams started =
                new KafkaStreams(topology.get(), config(), new PolledClients(freshness));
        started.setUncaughtExceptionHandler(
                error -> {
                    LOG.error("a routing thread failed and is replaced", error);
                    lastFailureNanos = System.nanoTime();
                    failed = true;
                    pause();
                    return StreamThreadExceptionResponse.REPLACE_THREAD;
                });
        streams = started;
        metrics.state(
                "ringback_streams_state",
                "the state of a Kafka Streams application",
                KafkaStreams.State.class,
                started::state,
                "application",
                Topics.ROUTING_GROUP);
        started.start();
    }

    @Override
    public void stop() {
        stopping.countDown();
        freshness.stop();
        KafkaStreams running = streams;
        if (running != null && !running.close(STOP_LIMIT)) {
            LOG.warn("routing did not stop within {}", STOP_LIMIT);
        }
    }

    /** What keeps routing from working, if anything. */
    public Optional<String> trouble() {
        KafkaStreams running = streams;
        KafkaStreams.State state = running == null ? KafkaStreams.State.CREATED : running.state();
        if (state != KafkaStreams.State.RUNNING) {
            return Optional.of("is " + state);
        }
        boolean shaky = failed && System.nanoTime() - lastFailureNanos < SHAKY.toNanos();
        return shaky ? Optional.of("has just replaced a thread that failed") : Optional.empty();
    }

    private void count(String fate) {
        counters.computeIfAbsent(
                        fate,
                        name ->
                                metrics.counter(
                                        "ringback_events",
                                        "events by what became of them",
                                        "fate",
                                        name))
                .increment();
    }

    /** Asks until Kafka answers: a broker may not know yet what another has just created. */
    private int partitions() {
        try (Admin admin = clients.impatient().admin(Topics.ROUTING_GROUP)) {
            while (true) {
                try {
                    return admin.describeTopics(List.of(Topics.EVENTS))
                            .allTopicNames()
                            .get()
                            .values()
                            .iterator()
                            .next()
                            .partitions()
                            .size();
                } catch (ExecutionException e) {
                    LOG.warn("routing waits for {}: {}", Topics.EVENTS, e.getMessage());
                    if (pause()) {
                        throw new IllegalStateException("stopped before Kafka answered", e);
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Waits a moment; true when routing is told to stop meanwhile. */
    private boolean pause() {
        try {
            return stopping.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }

    private Properties config() {
        Map<String, Object> own = new HashMap<>();
        own.put("processing.guarantee", "exactly_once_v2");
        own.put("commit.interval.ms", "1000");
        own.put("num.stream.threads", Integer.toString(threads()));
        own.put("state.dir", settings.get(Setting.STATE_DIR).toString());
        own.put("replication.factor", replication());
        own.put("statestore.cache.max.bytes", "0");
        own.put("rocksdb.config.setter", RouteRocks.class.getName());
        own.put("poll.ms", "20");
        own.put("producer.linger.ms", "1");
        own.put("producer.compression.type", "lz4");
        own.put("producer.max.request.size", Integer.toString(Topics.MAX_RECORD_BYTES));
        own.put("main.consumer.max.poll.records", "100");
        own.put("buffered.records.per.partition", "32");
        own.put("main.consumer.auto.offset.reset", "earliest");
        own.put("main.consumer.session.timeout.ms", "10000");
        own.put("main.consumer.heartbeat.interval.ms", "2000");
        Properties config = new Properties();
        config.putAll(clients.streams(Topics.ROUTING_GROUP, own));
        return config;
    }

    private static int threads() {
        return Math.clamp(Runtime.getRuntime().availableProcessors() / 2, 1, 4);
    }

    /** -1 takes the broker's default, which is what an operator without a wish would want. */
    private String replication() {
        return settings.get(Setting.REPLICATION).map(String::valueOf).orElse("-1");
    }
}
