package dev.ringback.dispatch;

import dev.ringback.dialect.EffectivePolicy;
import dev.ringback.lane.Watch;
import dev.ringback.order.OrderGate;
import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * Keeps the calls of ordered endpoints in order: tells the gate what comes and goes, and asks it
 * before an attempt. Deliveries of other endpoints cost a look at their key. Thread-safe.
 */
final class Ordering implements Watch {
    /** How long a delivery waits in memory for the gate to be rebuilt. */
    private static final Duration PATIENCE = Duration.ofMillis(400);

    private final OrderGate gate;
    private final Set<Integer> units = ConcurrentHashMap.newKeySet();
    private volatile boolean used;

    Ordering(OrderGate gate) {
        this.gate = gate;
    }

    @Override
    public void assigned(Map<TopicPartition, OffsetAndMetadata> from) {
        Map<Integer, Map<TopicPartition, OffsetAndMetadata>> byUnit = new HashMap<>();
        from.forEach(
                (partition, offset) ->
                        byUnit.computeIfAbsent(partition.partition(), unit -> new HashMap<>())
                                .put(partition, offset));
        byUnit.forEach(gate::assigned);
        units.addAll(byUnit.keySet());
    }

    @Override
    public void gone(Collection<TopicPartition> partitions) {
        partitions.stream()
                .collect(Collectors.groupingBy(TopicPartition::partition, Collectors.toSet()))
                .forEach(
                        (unit, gone) -> {
                            if (gate.revoked(unit, gone)) {
                                units.remove(unit);
                            }
                        });
    }

    @Override
    public boolean entered(ConsumerRecord<byte[], byte[]> record) {
        Optional<DeliveryHeader> header = header(record);
        if (header.isPresent()) {
            used = true;
            gate.entered(partition(record), header.get());
        }
        return header.isPresent();
    }

    @Override
    public void left(ConsumerRecord<byte[], byte[]> record) {
        if (used) {
            header(record).ifPresent(header -> gate.left(partition(record), header));
        }
    }

    @Override
    public Collection<TopicPartition> awaited() {
        if (!used) {
            return List.of();
        }
        List<TopicPartition> fronts = new ArrayList<>();
        for (int unit : units) {
            fronts.add(new TopicPartition(Topics.DELIVERIES, unit));
            fronts.add(new TopicPartition(Topics.REPLAY, unit));
        }
        return fronts;
    }

    @Override
    public void reached(TopicPartition partition, long offset) {
        gate.progressed(partition, offset);
    }

    /** When a delivery is to be looked at again, because an earlier one of its call is not done. */
    Optional<Instant> waitUntil(Delivery delivery, EffectivePolicy policy) {
        return policy.ordered()
                ? gate.waitUntil(partition(delivery.record()), delivery.header(), PATIENCE)
                : Optional.empty();
    }

    /**
     * A delivery is about to be put on a rung.
     *
     * @param put its header as it will be written
     */
    void moved(ConsumerRecord<byte[], byte[]> record, DeliveryHeader put) {
        if (used && gate.concerns(put.endpointId())) {
            gate.moved(record.partition(), put);
        }
    }

    /** The header of a delivery that the gate has to know of; others are not read. */
    private Optional<DeliveryHeader> header(ConsumerRecord<byte[], byte[]> record) {
        if (!gate.concerns(Delivery.endpointId(record))) {
            return Optional.empty();
        }
        try {
            return Optional.of(Delivery.read(record).header());
        } catch (Delivery.Unreadable e) {
            // It goes to the dead and holds nobody up.
            return Optional.empty();
        }
    }

    private static TopicPartition partition(ConsumerRecord<byte[], byte[]> record) {
        return new TopicPartition(record.topic(), record.partition());
    }
}
