package dev.ringback.route;

import dev.ringback.schemas.Topics;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.common.serialization.Deserializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.Serializer;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * {@code call.events} ▸ {@link Router} ▸ {@code webhook.deliveries}, {@code call.snapshots}, {@code
 * call.events.invalid}, {@code webhook.deliveries.dead}, and back to {@code call.events} what a
 * foreign partitioner put on another partition than its call's.
 */
final class RouteTopology implements Supplier<Topology> {
    static final String STORE = "subjects";

    private static final String SOURCE = "events";
    private static final String ROUTER = "router";

    private final int partitions;
    private final Supplier<Router> routers;

    /**
     * Describes the topology.
     *
     * @param partitions of {@code call.events}; what goes back there goes by the same number by
     *     which the router calls a partition home, so that it cannot go round in circles
     * @param routers makes the router of each partition
     */
    RouteTopology(int partitions, Supplier<Router> routers) {
        this.partitions = partitions;
        this.routers = routers;
    }

    @Override
    public Topology get() {
        Serializer<byte[]> out = Serdes.ByteArray().serializer();
        Deserializer<byte[]> in = Serdes.ByteArray().deserializer();
        Topology topology =
                new Topology()
                        .addSource(SOURCE, in, in, Topics.EVENTS)
                        .addProcessor(ROUTER, new Supplied(routers), SOURCE);
        for (Router.Exit exit : Router.Exit.values()) {
            if (exit == Router.Exit.EVENTS) {
                topology.addSink(exit.name(), exit.topic(), out, out, this::home, ROUTER);
            } else {
                topology.addSink(exit.name(), exit.topic(), out, out, ROUTER);
            }
        }
        return topology;
    }

    private Optional<Set<Integer>> home(String topic, byte[] key, byte[] value, int actual) {
        return Optional.of(Set.of(Router.home(key, partitions)));
    }

    private record Supplied(Supplier<Router> routers)
            implements ProcessorSupplier<byte[], byte[], byte[], byte[]> {
        @Override
        public Processor<byte[], byte[], byte[], byte[]> get() {
            return routers.get();
        }

        @Override
        public Set<StoreBuilder<?>> stores() {
            Map<String, String> changelog =
                    Map.of("max.message.bytes", Integer.toString(Topics.MAX_RECORD_BYTES));
            return Set.of(
                    Stores.keyValueStoreBuilder(
                                    Stores.persistentKeyValueStore(STORE),
                                    Serdes.Bytes(),
                                    Serdes.ByteArray())
                            .withLoggingEnabled(changelog));
        }
    }
}
