package dev.ringback.console.topology;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;

/**
 * The stores of the partitions that this instance works on. One is here from when it has been
 * restored whole until it is given away: what is being restored must not answer. Thread-safe.
 */
public final class Shelf {
    private final Map<String, Map<Integer, ReadOnlyKeyValueStore<Bytes, byte[]>>> open =
            new ConcurrentHashMap<>();

    void put(String name, int partition, ReadOnlyKeyValueStore<Bytes, byte[]> store) {
        open.computeIfAbsent(name, n -> new ConcurrentHashMap<>()).put(partition, store);
    }

    void take(String name, int partition) {
        Map<Integer, ReadOnlyKeyValueStore<Bytes, byte[]>> stores = open.get(name);
        if (stores != null) {
            stores.remove(partition);
        }
    }

    /** The partitions of a store that are here. */
    public Map<Integer, ReadOnlyKeyValueStore<Bytes, byte[]>> of(String name) {
        return new TreeMap<>(open.getOrDefault(name, Map.of()));
    }

    /** One partition of a store. */
    public Optional<ReadOnlyKeyValueStore<Bytes, byte[]>> of(String name, int partition) {
        return Optional.ofNullable(open.getOrDefault(name, Map.of()).get(partition));
    }
}
