package dev.ringback.lane;

import dev.ringback.lane.InFlightTracker.Ticket;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Records that have been read and may not start yet, those of a partition in the order in which
 * they may. A partition that holds any is paused, so at most one poll's records of each are ever
 * held; and of all together so many bytes. What goes beyond is given back: it is read again when it
 * may start. Used by the lane's own thread alone.
 */
final class Held {
    /** For records that may start, and as much again for those whose time has not come. */
    private static final long MOST_BYTES = 32L << 20;

    /** What each partition may hold whatever the others do. */
    private static final long LEAST_BYTES = 64L << 10;

    /** When what found no room here is read again. */
    private static final Duration AGAIN = Duration.ofMillis(50);

    private static final Comparator<Waiting> FIRST_READY =
            Comparator.comparing(Waiting::readyAt).thenComparingLong(w -> w.record().offset());

    private final Map<TopicPartition, Queue<Waiting>> partitions = new LinkedHashMap<>();
    private final Map<TopicPartition, Instant> givenBack = new HashMap<>();
    private final Function<ConsumerRecord<byte[], byte[]>, Instant> readyAt;
    private long readyBytes;
    private long earlyBytes;
    private int turns;

    /**
     * A record under way, and when it may start.
     *
     * @param early whether that had not come yet when it was read
     */
    record Waiting(
            ConsumerRecord<byte[], byte[]> record, Ticket ticket, Instant readyAt, boolean early) {
        int bytes() {
            return Admission.size(record);
        }
    }

    /** Where a partition is read on. */
    interface Rewind {
        /** The record at this offset is the next to be read. */
        void to(TopicPartition partition, long offset);
    }

    /**
     * Nothing is held yet.
     *
     * @param readyAt when a record may start; asked once for each
     */
    Held(Function<ConsumerRecord<byte[], byte[]>, Instant> readyAt) {
        this.readyAt = readyAt;
    }

    /** Holds what has not been done in an earlier assignment, and gives back what is too much. */
    void add(
            ConsumerRecords<byte[], byte[]> records,
            InFlightTracker tracker,
            Instant now,
            Rewind rewind) {
        for (TopicPartition partition : records.partitions()) {
            givenBack.remove(partition);
            for (ConsumerRecord<byte[], byte[]> record : records.records(partition)) {
                Instant at = readyAt.apply(record);
                boolean early = at.isAfter(now);
                if (!hasRoom(partition, Admission.size(record), early)) {
                    rewind.to(partition, record.offset());
                    givenBack.put(partition, early ? at : now.plus(AGAIN));
                    break;
                }
                tracker.start(partition, record.offset(), record.timestamp())
                        .ifPresent(
                                ticket -> hold(partition, new Waiting(record, ticket, at, early)));
            }
        }
    }

    /** One that may start always finds room where nothing else is held. */
    private boolean hasRoom(TopicPartition partition, int size, boolean early) {
        long all = early ? earlyBytes : readyBytes;
        return all + size <= MOST_BYTES
                || bytes(partition) + size <= LEAST_BYTES
                || (!early && !partitions.containsKey(partition));
    }

    private long bytes(TopicPartition partition) {
        Queue<Waiting> queue = partitions.get(partition);
        return queue == null ? 0 : queue.stream().mapToLong(Waiting::bytes).sum();
    }

    private void hold(TopicPartition partition, Waiting waiting) {
        partitions.computeIfAbsent(partition, p -> new PriorityQueue<>(FIRST_READY)).add(waiting);
        count(waiting, 1);
    }

    private void count(Waiting waiting, int times) {
        long bytes = (long) times * waiting.bytes();
        if (waiting.early()) {
            earlyBytes += bytes;
        } else {
            readyBytes += bytes;
        }
    }

    void drop(Collection<TopicPartition> gone) {
        for (TopicPartition partition : gone) {
            givenBack.remove(partition);
            Queue<Waiting> queue = partitions.remove(partition);
            if (queue != null) {
                queue.forEach(waiting -> count(waiting, -1));
            }
        }
    }

    void clear() {
        partitions.clear();
        givenBack.clear();
        readyBytes = 0;
        earlyBytes = 0;
    }

    /** Whether a partition is not to be read now: it holds records, or gave some back. */
    boolean mustWait(TopicPartition partition, Instant now) {
        Instant again = givenBack.get(partition);
        return partitions.containsKey(partition) || (again != null && again.isAfter(now));
    }

    /**
     * Starts every record whose time has come and that finds room, one of each partition in turn,
     * another one first each time.
     *
     * @param starter whether it found room for a record and started it
     * @return whether one found no room
     */
    boolean startReady(Instant now, Predicate<Waiting> starter) {
        givenBack.values().removeIf(again -> !again.isAfter(now));
        List<TopicPartition> turn = new ArrayList<>(partitions.keySet());
        Collections.rotate(turn, ++turns);
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
                    count(queue.remove(), -1);
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

    /** When the first of them may start, or has to be read again; null when there are none. */
    @Nullable Instant nextReadyAt() {
        Instant next = givenBack.values().stream().min(Comparator.naturalOrder()).orElse(null);
        for (Queue<Waiting> queue : partitions.values()) {
            Waiting head = queue.peek();
            if (head != null && (next == null || head.readyAt().isBefore(next))) {
                next = head.readyAt();
            }
        }
        return next;
    }
}
