package dev.ringback.ingest.registry;

import dev.ringback.ingest.health.HealthRules;
import dev.ringback.schemas.Topics;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorSupplier;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/** Commands in; endpoints, answers and announcements out: {@link Registrar} between the topics. */
final class RegistryTopology implements Supplier<Topology> {
    private final HealthRules rules;
    private final Runnable unreadable;

    /**
     * The registry's topology.
     *
     * @param rules when an endpoint is healthy
     * @param unreadable told of each command that is passed over because it cannot be read
     */
    RegistryTopology(HealthRules rules, Runnable unreadable) {
        this.rules = rules;
        this.unreadable = unreadable;
    }

    @Override
    public Topology get() {
        Topology topology = new Topology();
        topology.addSource(
                "commands",
                new StringDeserializer(),
                new ByteArrayDeserializer(),
                Topics.REGISTRY_COMMANDS);
        topology.addProcessor("registrar", registrar(), "commands");
        topology.addSink(
                Registrar.ENDPOINTS,
                Topics.ENDPOINTS,
                new StringSerializer(),
                new ByteArraySerializer(),
                "registrar");
        topology.addSink(
                Registrar.ANSWERS,
                Topics.REGISTRY_ANSWERS,
                new StringSerializer(),
                new ByteArraySerializer(),
                "registrar");
        topology.addSink(
                Registrar.EVENTS,
                Topics.EVENTS,
                new StringSerializer(),
                new ByteArraySerializer(),
                "registrar");
        return topology;
    }

    private ProcessorSupplier<String, byte[], String, byte[]> registrar() {
        return new ProcessorSupplier<>() {
            @Override
            public Processor<String, byte[], String, byte[]> get() {
                return new Registrar(rules, unreadable);
            }

            @Override
            public Set<StoreBuilder<?>> stores() {
                return Set.of(
                        Stores.keyValueStoreBuilder(
                                Stores.inMemoryKeyValueStore(Registrar.STORE),
                                Serdes.String(),
                                Serdes.ByteArray()));
            }
        };
    }
}
