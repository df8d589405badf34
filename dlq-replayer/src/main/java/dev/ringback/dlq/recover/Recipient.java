package dev.ringback.dlq.recover;

import dev.ringback.dlq.scan.TopicReader;
import dev.ringback.fanout.Fanout;
import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.Endpoint;
import dev.ringback.schemas.EventType;
import dev.ringback.schemas.Json;
import dev.ringback.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import tools.jackson.core.JacksonException;

/**
 * The endpoint for which events are recovered, as the registry knows it now.
 *
 * @param records its draft and what was deployed of it, or the one there is
 */
record Recipient(List<Endpoint> records) {
    /** Copies the list. */
    Recipient {
        records = List.copyOf(records);
    }

    /** The endpoint with that id, if there is one that can be called. */
    static Optional<Recipient> find(TopicReader reader, String id) {
        Map<String, Endpoint> found = new LinkedHashMap<>();
        reader.read(Topics.ENDPOINTS, Optional.empty(), next -> take(id, next, found));
        found.values().removeIf(endpoint -> endpoint.config().group() != null);
        return found.isEmpty()
                ? Optional.empty()
                : Optional.of(new Recipient(new ArrayList<>(found.values())));
    }

    private static void take(
            String id, ConsumerRecord<byte[], byte[]> next, Map<String, Endpoint> found) {
        String key = next.key() == null ? "" : new String(next.key(), StandardCharsets.UTF_8);
        if (!key.equals(id) && !key.equals(Endpoint.key(id, Endpoint.Stage.deployed))) {
            return;
        }
        found.remove(key);
        if (next.value() != null) {
            try {
                found.put(key, Json.read(next.value(), Endpoint.class));
            } catch (JacksonException e) {
                // the registry's own business; without a record it is not called either
            }
        }
    }

    String id() {
        return records.getFirst().id();
    }

    String accountId() {
        return records.getFirst().accountId();
    }

    /** Whether all that is sent to it would die at once. */
    boolean isDisabled() {
        return records.stream().allMatch(one -> one.status() == Endpoint.Status.disabled);
    }

    /** Whether it asked for events of this type. */
    boolean wants(EventType type) {
        return records.stream().anyMatch(one -> one.wants(type));
    }

    /** Its share in the deliveries of an event; nobody waits for the answer to a question now. */
    List<Fanout.Planned> of(Fanout fanout) {
        return fanout.over(records).stream()
                .filter(planned -> planned.header().endpointId().equals(id()))
                .filter(planned -> planned.header().kind() == DeliveryHeader.Kind.notify)
                .toList();
    }
}
