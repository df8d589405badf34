package dev.ringback.lane;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Records that have been read and may not start yet. A partition that holds any is paused, so at
 * most one poll's records of each are ever held. Used by the lane's own thread alone.
 */
final class Held {
    /** What became of asking to start a record. */
    enum Start {
        /** It started, or was done already. */
        STARTED,
        /** The partition must wait. */
        PARTITION_FULL,
        /** The whole lane must wait. */
        LANE_FULL
    }

    private final Map<TopicPartition, Deque<Waiting>> partitions = new LinkedHashMap<>();
    private final Function<ConsumerRecord<byte[], byte[]>, Instant> readyAt;

    /** A record and when it may start. */
    private record Waiting(ConsumerRecord<byte[], byte[]> record, Instant readyAt) {}

    /**
     * Nothing is held yet.
     *
     * @param readyAt when a record may start; asked once for each
     */
    Held(Function<ConsumerRecord<byte[], byte[]>, Instant> readyAt) {
        this.readyAt = readyAt;
    }

    void add(ConsumerRecords<byte[], byte[]> records) {
        for (TopicPartition partition : records.partitions()) {
            Deque<Waiting> queue = partitions.computeIfAbsent(partition, p -> new ArrayDeque<>());
            for (ConsumerRecord<byte[], byte[]> record : records.records(partition)) {
                queue.add(new Waiting(record, readyAt.apply(record)));
            }
        }
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
     * @return whether the lane ran out of room
     */
    boolean startReady(Instant now, Function<ConsumerRecord<byte[], byte[]>, Start> starter) {
        List<TopicPartition> turn = new ArrayList<>(partitions.keySet());
        while (!turn.isEmpty()) {
            List<TopicPartition> again = new ArrayList<>();
            for (TopicPartition partition : turn) {
                Deque<Waiting> queue = partitions.get(partition);
                Waiting head = queue == null ? null : queue.peek();
                if (queue == null || head == null || head.readyAt().isAfter(now)) {
                    continue;
                }
                switch (starter.apply(head.record())) {
                    case STARTED -> {
                        queue.remove();
                        again.add(partition);
                    }
                    case PARTITION_FULL -> {}
                    case LANE_FULL -> {
                        forgetEmpty();
                        return true;
                    }
                }
            }
            turn = again;
        }
        forgetEmpty();
        return false;
    }

    /** When the first of the heads may start; null when nothing is held. */
    @Nullable Instant nextReadyAt() {
        Instant next = null;
        for (Deque<Waiting> queue : partitions.values()) {
            Waiting head = queue.peek();
            if (head != null && (next == null || head.readyAt().isBefore(next))) {
                next = head.readyAt();
            }
        }
        return next;
    }

    private void forgetEmpty() {
        partitions.values().removeIf(Deque::isEmpty);
    }
}
