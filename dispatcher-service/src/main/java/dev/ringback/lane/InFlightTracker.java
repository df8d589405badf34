package dev.ringback.lane;

import dev.ringback.lock.BriefLock;
import java.time.Duration;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which records of the assigned partitions are under way, and what may be committed: the frontier,
 * below which everything is done, and the {@link Holes} beyond it. Completions of an earlier
 * assignment change nothing. Thread-safe.
 */
public final class InFlightTracker {
    private static final Logger LOG = LoggerFactory.getLogger(InFlightTracker.class);

    /** Offsets that a record may take: transactions leave some between records. */
    private static final long GAPS_PER_RECORD = 4;

    private final BriefLock lock = new BriefLock();
    private final Condition abandoned = lock.condition();
    private final Map<TopicPartition, Assigned> partitions = new HashMap<>();
    private long epochs;

    /** One record under way, in one assignment of its partition. */
    record Ticket(TopicPartition partition, long epoch, long offset) {}

    /** One assignment of one partition. */
    private static final class Assigned {
        final long epoch;
        final long base;
        final Holes known;

        /** Offsets, and when their records were put there, in milliseconds. */
        final NavigableMap<Long, Long> unfinished = new TreeMap<>();

        final Set<Long> claimed = new HashSet<>();
        boolean ending;
        long next;
        OffsetAndMetadata committed;

        Assigned(long epoch, OffsetAndMetadata from, Holes known) {
            this.epoch = epoch;
            this.base = from.offset();
            this.known = known;
            this.next = from.offset();
            this.committed = from;
        }

        /** Everything below is done; the next to read when nothing is under way. */
        long frontier() {
            return unfinished.isEmpty() ? next : unfinished.firstKey();
        }

        OffsetAndMetadata commit() {
            long frontier = frontier();
            long end = Math.max(next, base + known.span());
            BitSet holes = new BitSet();
            for (long offset = next; offset < end; offset++) {
                holes.set((int) (offset - frontier), !known.done(offset - base));
            }
            unfinished.keySet().forEach(offset -> holes.set((int) (offset - frontier)));
            boolean sparse = holes.cardinality() <= Holes.MAX_SPARSE;
            int most = sparse ? Holes.MAX_SPARSE_SPAN : Holes.MAX_SPAN;
            int span = (int) Math.min(end - frontier, most);
            if (holes.nextClearBit(0) >= span) {
                span = 0;
            }
            holes.clear(span, Math.max(span, holes.length()));
            return new OffsetAndMetadata(frontier, new Holes(span, holes).encode());
        }
    }

    /**
     * Begins an assignment. Metadata that cannot be read means that all from the offset on comes
     * again, never that something is passed over.
     *
     * @param from the committed offset and its metadata
     */
    void assign(TopicPartition partition, OffsetAndMetadata from) {
        try (var _ = lock.hold()) {
            Optional<Holes> holes = Holes.decode(from.metadata());
            if (holes.isEmpty()) {
                LOG.warn(
                        "{} repeats from {}: unreadable commit metadata", partition, from.offset());
            }
            partitions.put(partition, new Assigned(++epochs, from, holes.orElse(Holes.NONE)));
        }
    }

    /**
     * Lets nothing more of these assignments be written, and waits for what is being written: what
     * Kafka takes after the last commit would be written again by whoever comes next.
     */
    void settle(Collection<TopicPartition> ending, Duration limit) {
        try (var _ = lock.hold()) {
            List<Assigned> assigned =
                    ending.stream().map(partitions::get).filter(Objects::nonNull).toList();
            assigned.forEach(one -> one.ending = true);
            long left = limit.toNanos();
            while (left > 0 && assigned.stream().anyMatch(one -> !one.claimed.isEmpty())) {
                left = abandoned.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What is assigned. */
    Set<TopicPartition> partitions() {
        try (var _ = lock.hold()) {
            return Set.copyOf(partitions.keySet());
        }
    }

    /** Ends an assignment; what is still under way completes into nothing. */
    void revoke(TopicPartition partition) {
        try (var _ = lock.hold()) {
            partitions.remove(partition);
        }
    }

    /** Ends every assignment. */
    void revokeAll() {
        try (var _ = lock.hold()) {
            partitions.clear();
        }
    }

    /**
     * Notes that a record has been read, in order of offset.
     *
     * @return a ticket to complete, or empty when the record was done in an earlier assignment
     */
    Optional<Ticket> start(TopicPartition partition, long offset) {
        return start(partition, offset, 0);
    }

    /**
     * The same, of a record that was put there at this time.
     *
     * @param millis as Kafka says it
     */
    Optional<Ticket> start(TopicPartition partition, long offset, long millis) {
        try (var _ = lock.hold()) {
            Assigned assigned = partitions.get(partition);
            if (assigned == null || offset < assigned.next) {
                return Optional.empty();
            }
            assigned.next = offset + 1;
            if (assigned.known.done(offset - assigned.base)) {
                return Optional.empty();
            }
            assigned.unfinished.put(offset, millis);
            return Optional.of(new Ticket(partition, assigned.epoch, offset));
        }
    }

    /** Whether so many further records of the partition still fit into what a commit can say. */
    boolean hasRoom(TopicPartition partition, int records) {
        try (var _ = lock.hold()) {
            Assigned assigned = partitions.get(partition);
            if (assigned == null) {
                return false;
            }
            long span = assigned.next - assigned.frontier() + GAPS_PER_RECORD * records;
            boolean sparse = assigned.unfinished.size() + records < Holes.MAX_SPARSE;
            return span < (sparse ? Holes.MAX_SPARSE_SPAN : Holes.MAX_SPAN);
        }
    }

    /**
     * Notes that a record is done.
     *
     * @return whether its assignment still stands, so that it counts
     */
    boolean complete(Ticket ticket) {
        try (var _ = lock.hold()) {
            Assigned assigned = partitions.get(ticket.partition());
            boolean stands = assigned != null && assigned.epoch == ticket.epoch();
            if (assigned != null && stands) {
                assigned.unfinished.remove(ticket.offset());
            }
            abandon(ticket);
            return stands;
        }
    }

    /**
     * Whether what became of a record may be written now: its assignment stands, and will until
     * this is {@link #complete} or {@link #abandon abandoned}.
     */
    boolean claim(Ticket ticket) {
        try (var _ = lock.hold()) {
            return isCurrent(ticket)
                    && Objects.requireNonNull(partitions.get(ticket.partition()))
                            .claimed
                            .add(ticket.offset());
        }
    }

    /** Notes that what was claimed is not written. */
    void abandon(Ticket ticket) {
        try (var _ = lock.hold()) {
            Assigned assigned = partitions.get(ticket.partition());
            if (assigned != null && assigned.epoch == ticket.epoch()) {
                assigned.claimed.remove(ticket.offset());
                abandoned.signalAll();
            }
        }
    }

    /** Whether the ticket's assignment still stands and is not about to end. */
    boolean isCurrent(Ticket ticket) {
        try (var _ = lock.hold()) {
            Assigned assigned = partitions.get(ticket.partition());
            return assigned != null && assigned.epoch == ticket.epoch() && !assigned.ending;
        }
    }

    /** What there is to commit since the last {@link #committed}. */
    Map<TopicPartition, OffsetAndMetadata> commits() {
        try (var _ = lock.hold()) {
            Map<TopicPartition, OffsetAndMetadata> commits = new HashMap<>();
            partitions.forEach(
                    (partition, assigned) -> {
                        OffsetAndMetadata commit = assigned.commit();
                        if (!commit.equals(assigned.committed)) {
                            commits.put(partition, commit);
                        }
                    });
            return commits;
        }
    }

    /** What is done of these partitions by now, as a commit would say it; assigned ones only. */
    public Map<TopicPartition, OffsetAndMetadata> done(Set<TopicPartition> asked) {
        try (var _ = lock.hold()) {
            Map<TopicPartition, OffsetAndMetadata> done = new HashMap<>();
            for (TopicPartition partition : asked) {
                Assigned assigned = partitions.get(partition);
                if (assigned != null) {
                    done.put(partition, assigned.commit());
                }
            }
            return done;
        }
    }

    /** Notes that Kafka has taken a commit. */
    void committed(Map<TopicPartition, OffsetAndMetadata> commits) {
        try (var _ = lock.hold()) {
            commits.forEach(
                    (partition, commit) -> {
                        Assigned assigned = partitions.get(partition);
                        if (assigned != null) {
                            assigned.committed = commit;
                        }
                    });
        }
    }

    /**
     * What has been read of a partition.
     *
     * @param open records from the first that is not done to the last that was read
     * @param oldestMillis when the first that is not done was put there; null when all are done
     */
    record Reading(long open, @Nullable Long oldestMillis) {}

    /** What has been read of a partition. */
    Reading reading(TopicPartition partition) {
        try (var _ = lock.hold()) {
            Assigned assigned = partitions.get(partition);
            if (assigned == null || assigned.unfinished.isEmpty()) {
                return new Reading(0, null);
            }
            return new Reading(
                    assigned.next - assigned.frontier(),
                    assigned.unfinished.firstEntry().getValue());
        }
    }

    /** Number of records that commits name as not done although later ones are. */
    int holes() {
        try (var _ = lock.hold()) {
            return partitions.values().stream()
                    .filter(a -> a.next - a.frontier() > a.unfinished.size())
                    .mapToInt(a -> a.unfinished.size())
                    .sum();
        }
    }

    /** Number of records under way in all partitions. */
    int inFlight() {
        try (var _ = lock.hold()) {
            return partitions.values().stream()
                    .mapToInt(assigned -> assigned.unfinished.size())
                    .sum();
        }
    }

    /** Number of records done beyond a frontier, in all partitions: the size of the hole maps. */
    long ahead() {
        try (var _ = lock.hold()) {
            return partitions.values().stream()
                    .mapToLong(a -> a.next - a.frontier() - a.unfinished.size())
                    .sum();
        }
    }
}
