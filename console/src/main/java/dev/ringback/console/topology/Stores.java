package dev.ringback.console.topology;

import dev.ringback.schemas.Topics;
import java.util.Map;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;

/** The console's stores by name. */
public final class Stores {
    /** Deliveries, their attempts, and the lists that lead to them. */
    public static final String DELIVERIES = "delivery-log";

    /** How many deliveries are where, and what became of attempts over time. */
    public static final String DELIVERY_COUNTS = "delivery-counts";

    /** The Calls, by id. */
    public static final String CALLS = "calls";

    /** Events, and the lists that lead to calls. */
    public static final String EVENTS = "event-log";

    /** How many events came, over time. */
    public static final String EVENT_COUNTS = "event-counts";

    private static final Map<String, String> LOGGED =
            Map.of("max.message.bytes", Integer.toString(Topics.MAX_RECORD_BYTES));

    private Stores() {}

    /** A store that shows every change at once. */
    static StoreBuilder<KeyValueStore<Bytes, byte[]>> direct(String name) {
        return plain(name).withLoggingEnabled(LOGGED);
    }

    /** A store of sums, which many changes share before they are written. */
    static StoreBuilder<KeyValueStore<Bytes, byte[]>> sums(String name) {
        return plain(name).withLoggingEnabled(LOGGED).withCachingEnabled();
    }

    /** A store that is rebuilt from the topic it is kept from. */
    static StoreBuilder<KeyValueStore<Bytes, byte[]>> plain(String name) {
        return org.apache.kafka.streams.state.Stores.keyValueStoreBuilder(
                org.apache.kafka.streams.state.Stores.persistentKeyValueStore(name),
                Serdes.Bytes(),
                Serdes.ByteArray());
    }
}
