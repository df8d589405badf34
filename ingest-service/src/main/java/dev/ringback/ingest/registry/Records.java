package dev.ringback.ingest.registry;

import dev.ringback.schemas.Endpoint;
import java.util.Optional;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * The records of {@code webhook.endpoints} as all commands so far have left them. What is changed
 * here is written to the topic in the same order and committed with it.
 */
final class Records {
    private final KeyValueStore<String, byte[]> store;
    private final Topic topic;

    /** Where changes go. */
    interface Topic {
        /**
         * Writes a record.
         *
         * @param value null to take the key away
         */
        void write(String key, byte @Nullable [] value);
    }

    Records(KeyValueStore<String, byte[]> store, Topic topic) {
        this.store = store;
        this.topic = topic;
    }

    /** The record of a key. */
    Optional<Endpoint> find(String key) {
        return Optional.ofNullable(store.get(key)).map(Endpoint::read);
    }

    /** The same, if it belongs to the account. */
    Optional<Endpoint> find(String key, String accountId) {
        return find(key).filter(endpoint -> endpoint.accountId().equals(accountId));
    }

    /** Adds a record or replaces it. */
    void put(Endpoint endpoint) {
        byte[] bytes = endpoint.bytes();
        store.put(endpoint.key(), bytes);
        topic.write(endpoint.key(), bytes);
    }

    /** Takes a record away. */
    void remove(String key) {
        store.delete(key);
        topic.write(key, null);
    }
}
