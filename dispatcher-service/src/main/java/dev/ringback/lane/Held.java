package dev.ringback.lane;

import dev.ringback.lane.InFlightTracker.Ticket;

import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Records that have been read and may not start yet, those of a partition in the order in which
 * they may. A partition that holds any is paused, so at most one poll's records of each are ever
 * held. Used by the lane's own thread alone.
 */
final class Held {
    private static final Comparator<Waiting> FIRST_READY =
            Comparator.comparing(Waiting::readyAt).thenComparingLong(w -> w.record().offset());

    private final Map<TopicPartition, Queue<Waiting>> partitions = new LinkedHashMap<>();
    private final Function<ConsumerRecord<byte[], byte[]>, Instant> readyAt;

    /** A record under way, and when it may start. */
    record Waiting(ConsumerRecord<byte[], byte[]> record, Ticket ticket, Instant readyAt) {}

    /**
     * Nothing is held yet.
     *
     * @param readyAt when a record may start; asked once for each
     */
    Held(Function<ConsumerRecord<byte[], byte[]>, Instant> readyAt) {
        this.readyAt = readyAt;
    }

    /** Holds what has not been done in an earlier assignment. */
    void add(ConsumerRecords<byte[], byte[]> records, InFlightTracker tracker) {
        for (TopicPartition partition : records.partitions()) {
            for (ConsumerRecord<byte[], byte[]> record : records.records(partition)) {
                tracker.start(partition, record.offset(), record.timestamp())
                        .ifPresent(ticket -> hold(partition, record, ticket));
            }
        }
    }

    private void hold(
            TopicPartition partition, ConsumerRecord<byte[], byte[]> record, Ticket ticket) {
        partitions
                .computeIfAbsent(partition, p -> new PriorityQueue<>(FIRST_READY))
                .add(new Waiting(record, ticket, readyAt.apply(record)));
    }

    void drop(Collection<TopicPartition> gone) {
        gone.forEach(partitions::remove);
    }

    void clear() {
        partitions.clear();
    }

    /** The partitions that hold records. */
    Set<TopicPartition> partitions() {
        return partitions.keySet();
    }

    /**
     * Starts every record whose time has come and that finds room, one of each partition in turn.
     *
     * @param starter whether it found room for a record and started it
     * @return whether one found no room
     */
    boolean startReady(Instant now, Predicate<Waiting> starter) {
        List<TopicPartition> turn = new ArrayList<>(partitions.keySet());
        boolean full = false;
        while (!turn.isEmpty()) {
            List<TopicPartition> again = new ArrayList<>();
            for (TopicPartition partition : turn) {
                Waiting head = ready(partition, now);
                if (head == null) {
                    continue;
                }
                if (starter.test(head)) {
                    again.add(partition);
                    remove(partition);
                } else {
                    full = true;
                }
            }
            turn = again;
        }
        return full;
    }

    private @Nullable Waiting ready(TopicPartition partition, Instant now) {
        Queue<Waiting> queue = partitions.get(partition);
        Waiting head = queue == null ? null : queue.peek();
        return head == null || head.readyAt().isAfter(now) ? null : head;
    }

    private void remove(TopicPartition partition) {
        partitions.computeIfPresent(
                partition,
                (p, queue) -> {
                    queue.remove();
                    return queue.isEmpty() ? null : queue;
                });
    }

    /** The lowest offset held of a partition; null when none is. */
    @Nullable Long firstOffset(TopicPartition partition) {
        Queue<Waiting> queue = partitions.get(partition);
        return queue == null
                ? null
                : queue.stream().mapToLong(w -> w.record().offset()).min().orElseThrow();
    }

    /** When the first of them may start; null when nothing is held. */
    @Nullable Instant nextReadyAt() {
        Instant next = null;
        for (Queue<Waiting> queue : partitions.values()) {
            Waiting head = queue.peek();
            if (head != null && (next == null || head.readyAt().isBefore(next))) {
                next = head.readyAt();
            }
        }
        return next;
    }
}
