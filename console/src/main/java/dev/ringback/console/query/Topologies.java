package dev.ringback.console.query;

import dev.ringback.console.topology.CallTopology;
import dev.ringback.console.topology.DeliveryTopology;
import dev.ringback.console.topology.EventTopology;
import dev.ringback.console.topology.Shelf;
import dev.ringback.runtime.Setting;
import dev.ringback.runtime.Settings;
import dev.ringback.schemas.EventSchema;
import java.time.Duration;
import java.util.function.IntSupplier;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.Topology;

/** Puts the topologies of the console together. */
final class Topologies {
    private Topologies() {}

    /** All topologies, as the one application runs them. */
    static Topology of(
            Settings settings, Shelf shelf, Runnable unreadable, IntSupplier partitions) {
        Duration kept = settings.get(Setting.CONSOLE_RETENTION);
        StreamsBuilder builder = new StreamsBuilder();
        DeliveryTopology.addTo(
                builder,
                new DeliveryTopology.Rules(
                        shelf, settings.get(Setting.RETRY_RUNGS), kept, unreadable));
        EventTopology.addTo(
                builder,
                new EventTopology.Rules(
                        shelf,
                        new EventSchema(),
                        settings.get(Setting.ALLOW_HTTP),
                        partitions,
                        kept));
        Topology topology = builder.build();
        CallTopology.addTo(topology, new CallTopology.Rules(shelf, kept, unreadable));
        return topology;
    }
}
