package dev.ringback.console;

import dev.ringback.schemas.Topics;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.Stores;
import org.apache.kafka.streams.state.TimestampedKeyValueStore;
import org.apache.kafka.streams.state.ValueAndTimestamp;

/** The latest Call of every call id. The topic itself is what the store is rebuilt from. */
final class CallTopology {
    static final String STORE = "calls";

    private CallTopology() {}

    static void addTo(Topology topology) {
        topology.addReadOnlyStateStore(
                Stores.timestampedKeyValueStoreBuilder(
                        Stores.persistentTimestampedKeyValueStore(STORE),
                        Serdes.String(),
                        Serdes.ByteArray()),
                "snapshots",
                new StringDeserializer(),
                new ByteArrayDeserializer(),
                Topics.SNAPSHOTS,
                "keep-calls",
                Keeper::new);
    }

    private static final class Keeper extends ContextualProcessor<String, byte[], Void, Void> {
        @Override
        public void init(ProcessorContext<Void, Void> context) {
            super.init(context);
            Sweep.schedule(context, store());
        }

        @Override
        public void process(Record<String, byte[]> snapshot) {
            if (snapshot.key() == null) {
                return;
            }
            if (snapshot.value() == null) {
                store().delete(snapshot.key());
            } else {
                store().put(
                                snapshot.key(),
                                ValueAndTimestamp.make(snapshot.value(), snapshot.timestamp()));
            }
        }

        private TimestampedKeyValueStore<String, byte[]> store() {
            return context().getStateStore(STORE);
        }
    }
}
