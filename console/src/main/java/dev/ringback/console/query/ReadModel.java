package dev.ringback.console.query;

import dev.ringback.console.topology.ConsoleRocks;
import dev.ringback.console.topology.DeliveryTopology;
import dev.ringback.console.topology.Shelf;
import dev.ringback.console.topology.Stores;
import dev.ringback.runtime.KafkaClients;
import dev.ringback.runtime.Lifecycle;
import dev.ringback.runtime.Setting;
import dev.ringback.runtime.Settings;
import dev.ringback.schemas.Topics;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntSupplier;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.CloseOptions;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.StreamsMetadata;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.state.HostInfo;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the console knows, in stores that a Kafka Streams application keeps, a part on each
 * instance. Starts once the topics are there; a stream thread that fails is replaced a second
 * later: Kafka may come back at any time. Thread-safe.
 */
public final class ReadModel implements Lifecycle.Part, Gather.Members {
    /** The name of the application and of its group. */
    public static final String APPLICATION_ID = "ringback-console";

    /** What its stores are kept from. */
    public static final List<String> SOURCES =
            Stream.of(
                            DeliveryTopology.SOURCES.stream(),
                            Stream.of(APPLICATION_ID + "-" + DeliveryTopology.HEADERS),
                            Stream.of(
                                    Topics.ATTEMPTS,
                                    Topics.EVENTS,
                                    Topics.EVENTS_INVALID,
                                    Topics.SNAPSHOTS))
                    .flatMap(topics -> topics)
                    .toList();

    private static final Logger LOG = LoggerFactory.getLogger(ReadModel.class);
    private static final Duration BEFORE_NEXT_THREAD = Duration.ofSeconds(1);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(5);
    private static final String COMMIT_MILLIS = "400";
    private static final String CACHE_BYTES = Integer.toString(24 << 20);

    private final Settings settings;
    private final Shelf shelf;
    private final Runnable unreadable;
    private final IntSupplier port;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final Thread starter = Thread.ofVirtual().name("console").unstarted(this::begin);
    private volatile @Nullable KafkaStreams streams;
    private volatile int deliveries;
    private volatile int calls;

    /**
     * A model that {@link #start} starts.
     *
     * @param shelf where its stores stand
     * @param port where this instance answers
     */
    public ReadModel(Settings settings, Shelf shelf, Runnable unreadable, IntSupplier port) {
        this.settings = settings;
        this.shelf = shelf;
        this.unreadable = unreadable;
        this.port = port;
    }

    @Override
    public void start() {
        starter.start();
    }

    private void begin() {
        try (Admin admin = KafkaClients.of(settings).impatient().admin("ringback-console")) {
            while (!count(admin)) {
                if (stopping.await(1, TimeUnit.SECONDS)) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        KafkaStreams created =
                new KafkaStreams(
                        Topologies.of(settings, shelf, unreadable, () -> calls),
                        new StreamsConfig(config()));
        created.setUncaughtExceptionHandler(ReadModel::replace);
        synchronized (this) {
            if (stopping.getCount() == 0) {
                created.close();
                return;
            }
            streams = created;
            created.start();
        }
    }

    private boolean count(Admin admin) throws InterruptedException {
        try {
            Map<String, TopicDescription> topics =
                    admin.describeTopics(List.of(Topics.ATTEMPTS, Topics.EVENTS))
                            .allTopicNames()
                            .get();
            calls = Objects.requireNonNull(topics.get(Topics.EVENTS)).partitions().size();
            deliveries = Objects.requireNonNull(topics.get(Topics.ATTEMPTS)).partitions().size();
            return true;
        } catch (ExecutionException e) {
            LOG.info("waiting for Kafka and its topics: {}", e.getMessage());
            return false;
        }
    }

    @Override
    public void stop() {
        KafkaStreams running;
        synchronized (this) {
            stopping.countDown();
            running = streams;
        }
        if (running != null) {
            running.close(
                    CloseOptions.timeout(STOP_TIMEOUT)
                            .withGroupMembershipOperation(
                                    CloseOptions.GroupMembershipOperation.LEAVE_GROUP));
        }
    }

    /** The state of the Streams application. */
    public KafkaStreams.State state() {
        KafkaStreams running = streams;
        return running == null ? KafkaStreams.State.CREATED : running.state();
    }

    /** What keeps the stores from being asked, if anything. */
    public Optional<String> problem() {
        KafkaStreams running = streams;
        if (running == null) {
            return Optional.of("waits for Kafka and its topics");
        }
        KafkaStreams.State state = running.state();
        return state == KafkaStreams.State.RUNNING
                ? Optional.empty()
                : Optional.of("the stores are " + state);
    }

    @Override
    public Optional<Integer> partitions(String store) {
        int count = isOfDeliveries(store) ? deliveries : calls;
        return count == 0 ? Optional.empty() : Optional.of(count);
    }

    @Override
    public Collection<Peers.Host> others() {
        return instances()
                .map(StreamsMetadata::hostInfo)
                .filter(host -> !host.equals(HostInfo.unavailable()))
                .filter(host -> !(host.host() + ":" + host.port()).equals(advertised()))
                .map(host -> new Peers.Host(host.host(), host.port()))
                .distinct()
                .toList();
    }

    @Override
    public Optional<Peers.Host> owner(String store, int partition) {
        String topic = isOfDeliveries(store) ? Topics.ATTEMPTS : Topics.EVENTS;
        TopicPartition source = new TopicPartition(topic, partition);
        return instances()
                .filter(one -> one.topicPartitions().contains(source))
                .map(one -> new Peers.Host(one.host(), one.port()))
                .filter(host -> !(host.name() + ":" + host.port()).equals(advertised()))
                .findFirst();
    }

    private static boolean isOfDeliveries(String store) {
        return store.equals(Stores.DELIVERIES) || store.equals(Stores.DELIVERY_COUNTS);
    }

    private Stream<StreamsMetadata> instances() {
        KafkaStreams running = streams;
        return running == null || !running.state().isRunningOrRebalancing()
                ? Stream.empty()
                : running.metadataForAllStreamsClients().stream();
    }

    /** Where others reach this instance. */
    private String advertised() {
        return Advertised.of(settings, port.getAsInt());
    }

    private static StreamThreadExceptionResponse replace(Throwable fault) {
        LOG.error("a stream thread of the console failed and is replaced", fault);
        LockSupport.parkNanos(BEFORE_NEXT_THREAD.toNanos());
        return StreamThreadExceptionResponse.REPLACE_THREAD;
    }

    private Map<String, Object> config() {
        Map<String, Object> more = new HashMap<>();
        more.put(StreamsConfig.STATE_DIR_CONFIG, settings.get(Setting.STATE_DIR).toString());
        more.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
        more.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, COMMIT_MILLIS);
        more.put(StreamsConfig.STATESTORE_CACHE_MAX_BYTES_CONFIG, CACHE_BYTES);
        more.put(StreamsConfig.ROCKSDB_CONFIG_SETTER_CLASS_CONFIG, ConsoleRocks.class);
        more.put(StreamsConfig.APPLICATION_SERVER_CONFIG, advertised());
        more.put(
                StreamsConfig.NUM_STANDBY_REPLICAS_CONFIG,
                Integer.toString(settings.get(Setting.CONSOLE_STANDBYS)));
        more.put(StreamsConfig.consumerPrefix("session.timeout.ms"), "6000");
        more.put(StreamsConfig.consumerPrefix("heartbeat.interval.ms"), "2000");
        more.put(StreamsConfig.producerPrefix("compression.type"), "lz4");
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
