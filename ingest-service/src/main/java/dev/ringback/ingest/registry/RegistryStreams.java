package dev.ringback.ingest.registry;

import dev.ringback.runtime.KafkaClients;
import dev.ringback.runtime.Lifecycle;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.CloseOptions.GroupMembershipOperation;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KafkaStreams.State;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the registry's topology. Of all instances one is at work; the others take over when it
 * leaves. Trouble with Kafka replaces the thread; a fault of ours stops it and turns health red.
 */
final class RegistryStreams implements Lifecycle.Part {
    static final String APPLICATION = "ringback-registry";

    private static final Logger LOG = LoggerFactory.getLogger(RegistryStreams.class);
    private static final Duration CLOSE = Duration.ofSeconds(3);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    /**
     * A command by itself is committed at once, many together share a commit. Measured against a
     * commit for each command: the same 30 ms for one, 390 a second instead of 50 for many.
     */
    private static final String COMMIT_MILLIS = "10";

    private final Topology topology;
    private final KafkaClients clients;
    private final Path states;
    private final int replication;
    private volatile boolean hasRun;
    private @Nullable Path folder;
    private volatile @Nullable KafkaStreams streams;

    /**
     * The registry's Streams application.
     *
     * @param states a folder; this instance uses one of its own inside, until it stops
     * @param replication copies of the store's changelog
     */
    RegistryStreams(Topology topology, KafkaClients clients, Path states, int replication) {
        this.topology = topology;
        this.clients = clients;
        this.states = states;
        this.replication = replication;
    }

    @Override
    public void start() {
        try {
            folder = Files.createTempDirectory(Files.createDirectories(states), "instance-");
        } catch (IOException e) {
            throw new UncheckedIOException("cannot use " + states + " for state", e);
        }
        KafkaStreams mine =
                new KafkaStreams(
                        topology,
                        new StreamsConfig(
                                clients.streams(APPLICATION, config(folder, replication))));
        mine.setUncaughtExceptionHandler(RegistryStreams::onFailure);
        mine.setStateListener((now, before) -> hasRun |= now == State.RUNNING);
        mine.start();
        streams = mine;
    }

    /** Leaves the group, so that another instance takes over at once. */
    @Override
    public void stop() {
        KafkaStreams mine = streams;
        if (mine != null) {
            mine.close(
                    CloseOptions.timeout(CLOSE)
                            .withGroupMembershipOperation(GroupMembershipOperation.LEAVE_GROUP));
        }
        if (folder != null) {
            delete(folder);
        }
    }

    /** The state of the Streams application. */
    State state() {
        KafkaStreams mine = streams;
        return mine == null ? State.CREATED : mine.state();
    }

    /** Why the registry does not run; empty when it does. */
    Optional<String> problem() {
        State state = state();
        boolean well = state == State.RUNNING || (hasRun && state == State.REBALANCING);
        return well ? Optional.empty() : Optional.of("the registry is " + state);
    }

    private static Map<String, Object> config(Path folder, int replication) {
        Map<String, Object> config = new HashMap<>();
        config.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        config.put(StreamsConfig.REPLICATION_FACTOR_CONFIG, Integer.toString(replication));
        config.put(StreamsConfig.topicPrefix("min.insync.replicas"), replication >= 3 ? "2" : "1");
        config.put(StreamsConfig.STATE_DIR_CONFIG, folder.toString());
        config.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, "1");
        config.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, COMMIT_MILLIS);
        config.put(StreamsConfig.POLL_MS_CONFIG, COMMIT_MILLIS);
        config.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, "0");
        config.put(StreamsConfig.producerPrefix("linger.ms"), "0");
        config.put(StreamsConfig.consumerPrefix("session.timeout.ms"), "10000");
        config.put(StreamsConfig.consumerPrefix("heartbeat.interval.ms"), "2000");
        return config;
    }

    private static StreamThreadExceptionResponse onFailure(Throwable failure) {
        if (rootOf(failure) instanceof KafkaException) {
            LOG.warn("the registry starts again after trouble with Kafka: {}", failure.toString());
            LockSupport.parkNanos(PAUSE.toNanos());
            return StreamThreadExceptionResponse.REPLACE_THREAD;
        }
        LOG.error("the registry stops", failure);
        return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    }

    private static Throwable rootOf(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }

    private static void delete(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            LOG.debug("{} is left behind", folder, e);
        }
    }
}
