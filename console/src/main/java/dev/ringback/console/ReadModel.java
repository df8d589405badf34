package dev.ringback.console;

import dev.ringback.runtime.KafkaClients;
import dev.ringback.runtime.Lifecycle;
import dev.ringback.runtime.Setting;
import dev.ringback.runtime.Settings;
import dev.ringback.schemas.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.state.QueryableStoreTypes;
import org.apache.kafka.streams.state.ValueAndTimestamp;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the console knows, in local stores that a Kafka Streams application keeps. A stream thread
 * that fails is replaced a second later: Kafka may come back at any time. Thread-safe once started.
 */
final class ReadModel implements Lifecycle.Part {
    static final String APPLICATION_ID = "ringback-console";

    private static final Logger LOG = LoggerFactory.getLogger(ReadModel.class);
    private static final Duration BEFORE_NEXT_THREAD = Duration.ofSeconds(1);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(5);

    private final Topology topology;
    private final Map<String, Object> config;
    private volatile @Nullable KafkaStreams streams;

    /** A store cannot answer now, because it is being rebuilt or is not there yet. */
    static final class Unavailable extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Unavailable(InvalidStateStoreException cause) {
            super("the store is being rebuilt from Kafka", cause);
        }
    }

    ReadModel(Settings settings, Runnable unreadable) {
        this.topology = topology(unreadable);
        this.config = config(settings);
    }

    /** Both topologies, as the one application runs them. */
    static Topology topology(Runnable unreadable) {
        Topology topology = new Topology();
        CallTopology.addTo(topology);
        DeliveryTopology.addTo(topology, unreadable);
        return topology;
    }

    @Override
    public void start() {
        KafkaStreams created = new KafkaStreams(topology, new StreamsConfig(config));
        created.setUncaughtExceptionHandler(ReadModel::replace);
        streams = created;
        created.start();
    }

    @Override
    public void stop() {
        KafkaStreams running = streams;
        if (running != null) {
            running.close(
                    CloseOptions.timeout(STOP_TIMEOUT)
                            .withGroupMembershipOperation(
                                    CloseOptions.GroupMembershipOperation.LEAVE_GROUP));
        }
    }

    /** The state of the Streams application. */
    KafkaStreams.State state() {
        KafkaStreams running = streams;
        return running == null ? KafkaStreams.State.CREATED : running.state();
    }

    /** What keeps the stores from being asked, if anything. */
    Optional<String> problem() {
        KafkaStreams running = streams;
        if (running == null) {
            return Optional.of("not started");
        }
        KafkaStreams.State state = running.state();
        return state == KafkaStreams.State.RUNNING
                ? Optional.empty()
                : Optional.of("the stores are " + state);
    }

    /**
     * The value of a key in a store.
     *
     * @throws Unavailable when the store cannot answer now
     */
    Optional<byte[]> find(String store, String key) {
        KafkaStreams running = streams;
        if (running == null) {
            return Optional.empty();
        }
        try {
            return Optional.ofNullable(
                            running.store(
                                            StoreQueryParameters.fromNameAndType(
                                                    store,
                                                    QueryableStoreTypes
                                                            .<String, byte[]>
                                                                    timestampedKeyValueStore()))
                                    .get(key))
                    .map(ValueAndTimestamp::value);
        } catch (InvalidStateStoreException e) {
            throw new Unavailable(e);
        }
    }

    private static StreamThreadExceptionResponse replace(Throwable fault) {
        LOG.error("a stream thread of the console failed and is replaced", fault);
        LockSupport.parkNanos(BEFORE_NEXT_THREAD.toNanos());
        return StreamThreadExceptionResponse.REPLACE_THREAD;
    }

    private static Map<String, Object> config(Settings settings) {
        Map<String, Object> more = new HashMap<>();
        more.put(StreamsConfig.STATE_DIR_CONFIG, settings.get(Setting.STATE_DIR).toString());
        more.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, "1000");
        more.put(StreamsConfig.consumerPrefix("session.timeout.ms"), "6000");
        more.put(StreamsConfig.consumerPrefix("heartbeat.interval.ms"), "2000");
        more.put(
                StreamsConfig.producerPrefix("max.request.size"),
                Integer.toString(Topics.MAX_RECORD_BYTES));
        settings.get(Setting.REPLICATION)
                .ifPresent(
                        copies ->
                                more.put(
                                        StreamsConfig.REPLICATION_FACTOR_CONFIG,
                                        Integer.toString(copies)));
        return KafkaClients.of(settings).streams(APPLICATION_ID, more);
    }
}
