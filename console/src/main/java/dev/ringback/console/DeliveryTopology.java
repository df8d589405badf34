package dev.ringback.console;

import dev.ringback.schemas.Json;
import dev.ringback.schemas.Topics;
import java.util.Map;
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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/** The attempts at every delivery id, oldest first, as one JSON array. */
final class DeliveryTopology {
    static final String STORE = "deliveries";
    static final int MOST_ATTEMPTS = 50;

    private static final Logger LOG = LoggerFactory.getLogger(DeliveryTopology.class);
    private static final String SOURCE = "attempts";
    private static final String KEEPER = "keep-deliveries";

    private DeliveryTopology() {}

    /**
     * Adds itself.
     *
     * @param unreadable told of each attempt that is passed over because it cannot be read
     */
    static void addTo(Topology topology, Runnable unreadable) {
        topology.addSource(
                SOURCE, new StringDeserializer(), new ByteArrayDeserializer(), Topics.ATTEMPTS);
        topology.addProcessor(KEEPER, () -> new Keeper(unreadable), SOURCE);
        String recordBytes = Integer.toString(Topics.MAX_RECORD_BYTES);
        topology.addStateStore(
                Stores.timestampedKeyValueStoreBuilder(
                                Stores.persistentTimestampedKeyValueStore(STORE),
                                Serdes.String(),
                                Serdes.ByteArray())
                        .withLoggingEnabled(Map.of("max.message.bytes", recordBytes)),
                KEEPER);
    }

    private static final class Keeper extends ContextualProcessor<String, byte[], Void, Void> {
        private final Runnable unreadable;

        Keeper(Runnable unreadable) {
            this.unreadable = unreadable;
        }

        @Override
        public void init(ProcessorContext<Void, Void> context) {
            super.init(context);
            Sweep.schedule(context, store());
        }

        @Override
        public void process(Record<String, byte[]> attempt) {
            if (attempt.key() == null || attempt.value() == null) {
                return;
            }
            try {
                ValueAndTimestamp<byte[]> known = store().get(attempt.key());
                byte[] all = with(known == null ? null : known.value(), attempt.value());
                store().put(attempt.key(), ValueAndTimestamp.make(all, attempt.timestamp()));
            } catch (JacksonException e) {
                unreadable.run();
                LOG.warn("an attempt at {} is not JSON and is passed over", attempt.key());
            }
        }

        private TimestampedKeyValueStore<String, byte[]> store() {
            return context().getStateStore(STORE);
        }
    }

    /** The attempts with one more, unless it is there already; the oldest make room. */
    private static byte[] with(byte @Nullable [] known, byte[] added) {
        JsonNode attempt = Json.parse(added);
        ArrayNode all =
                known == null ? Json.shared().createArrayNode() : (ArrayNode) Json.parse(known);
        JsonNode id = attempt.path("attempt_id");
        if (!attempt.isObject()
                || all.valueStream().anyMatch(a -> a.path("attempt_id").equals(id))) {
            return Json.bytes(all);
        }
        all.add(attempt);
        byte[] bytes = Json.bytes(all);
        while (all.size() > MOST_ATTEMPTS || bytes.length > Topics.MAX_BODY_BYTES) {
            all.remove(0);
            bytes = Json.bytes(all);
        }
        return bytes;
    }
}
