package dev.ringback.dlq;

import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.Topics;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;

/**
 * Finds dead deliveries. Every delivery counts once, by its latest death. Memory grows with what
 * matches, not with the topic.
 */
final class DeadTopic {
    private final TopicReader reader;

    DeadTopic(TopicReader reader) {
        this.reader = reader;
    }

    /**
     * What was found.
     *
     * @param deliveries that match, the first to die first
     * @param unreadable records within the time asked for; empty when the filter looks inside
     * @param unreadableCount how many there are, in either case
     */
    record Found(
            List<DeadRecord.Delivery> deliveries,
            List<DeadRecord.Unreadable> unreadable,
            long unreadableCount) {
        /** Copies the lists. */
        Found {
            deliveries = List.copyOf(deliveries);
            unreadable = List.copyOf(unreadable);
        }
    }

    /** The deliveries a filter means, with what is known of their replays. */
    Found find(Filter filter) {
        Map<String, DeadRecord.Delivery> latest = new HashMap<>();
        List<DeadRecord.Unreadable> unreadable = new ArrayList<>();
        AtomicLong unreadableCount = new AtomicLong();
        reader.read(
                Topics.DEAD,
                filter.scanFrom(),
                next -> {
                    switch (DeadRecord.of(next)) {
                        case DeadRecord.Delivery dead -> keep(dead, filter, latest);
                        case DeadRecord.Unreadable bad -> {
                            if (filter.inTime(bad.place().at())) {
                                unreadableCount.incrementAndGet();
                                if (!filter.looksInside()) {
                                    unreadable.add(bad);
                                }
                            }
                        }
                    }
                });
        countReplays(latest);
        List<DeadRecord.Delivery> deliveries = new ArrayList<>(latest.values());
        deliveries.sort(
                Comparator.comparing(DeadRecord.Delivery::diedAt)
                        .thenComparingInt(dead -> dead.place().partition())
                        .thenComparingLong(dead -> dead.place().offset()));
        return new Found(deliveries, unreadable, unreadableCount.get());
    }

    /** A later death that does not match hides an earlier one that does. */
    private static void keep(
            DeadRecord.Delivery dead, Filter filter, Map<String, DeadRecord.Delivery> latest) {
        String id = dead.header().deliveryId();
        DeadRecord.Delivery known = latest.get(id);
        if (known != null && !dead.after(known)) {
            return;
        }
        if (filter.matches(dead)) {
            latest.put(id, dead);
        } else {
            latest.remove(id);
        }
    }

    private void countReplays(Map<String, DeadRecord.Delivery> latest) {
        Optional<Instant> firstDeath =
                latest.values().stream()
                        .map(dead -> dead.place().at().minus(Filter.CLOCKS_APART))
                        .min(Comparator.naturalOrder());
        if (firstDeath.isPresent()) {
            reader.read(
                    Topics.REPLAY,
                    firstDeath,
                    next ->
                            header(next)
                                    .ifPresent(
                                            header ->
                                                    latest.computeIfPresent(
                                                            header.deliveryId(),
                                                            (id, dead) ->
                                                                    dead.withReplays(
                                                                            count(header)))));
        }
    }

    private static Optional<DeliveryHeader> header(ConsumerRecord<byte[], byte[]> record) {
        Header found = record.headers().lastHeader(DeliveryHeader.NAME);
        return found == null || found.value() == null
                ? Optional.empty()
                : DeadRecord.header(found.value());
    }

    private static int count(DeliveryHeader header) {
        DeliveryHeader.Replay replay = header.replay();
        return replay == null ? 0 : replay.count();
    }
}
