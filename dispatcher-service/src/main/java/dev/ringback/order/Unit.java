package dev.ringback.order;

import dev.ringback.lock.BriefLock;
import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.Topics;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one unit while it is ours: its pending copies, which endpoints are known in
 * full, and how far reading has come. Thread-safe.
 */
final class Unit {
    /** Scans begin at least this far apart, however many endpoints ask. */
    private static final Duration SCAN_GAP = Duration.ofSeconds(5);

    /** How long after its time a copy that nobody has read is believed to be waiting. */
    private static final Duration OVERDUE = Duration.ofMinutes(5);

    /**
     * How often a unit is read again because of what is overdue: that is what a backlog is, too.
     */
    private static final Duration DOUBT_GAP = Duration.ofMinutes(15);

    private static final Duration SOON = Duration.ofSeconds(1);
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(5);
    private static final int HOPS = 10;

    private final Set<String> followed;
    private final Function<String, Optional<Instant>> ordered;
    private final Clock clock;

    private final BriefLock lock = new BriefLock();

    // Guarded by the lock.
    private final Map<TopicPartition, OffsetAndMetadata> committed;
    private final Pending pending = new Pending();
    private final Known known = new Known();
    private final Map<TopicPartition, Long> progress = new HashMap<>();

    /** How far the front topics reached when they were first looked at. */
    private final Map<TopicPartition, Long> fronts = new HashMap<>();

    /** Names of copies of which nothing was left at some time during the scan under way. */
    private final Set<Long> gone = new HashSet<>();

    private boolean ended;

    /** Whether all partitions have been scanned. */
    private boolean complete;

    /** Number of scans begun. */
    private int scans;

    private Instant lastScan = Instant.MIN;
    private @Nullable Reading reading;

    /**
     * Whether it is a delivery's turn.
     *
     * @param again empty when it is; otherwise when to look again
     * @param reading a scan that was under way then and may change it when it is over
     * @param scan to ask for
     */
    record Turn(
            Optional<Instant> again,
            Optional<CompletableFuture<Void>> reading,
            Optional<Scan> scan) {}

    /** A unit of which nothing has been read yet. */
    Unit(
            Map<TopicPartition, OffsetAndMetadata> committed,
            Set<String> followed,
            Function<String, Optional<Instant>> ordered,
            Clock clock) {
        this.committed = new HashMap<>(committed);
        this.followed = followed;
        this.ordered = ordered;
        this.clock = clock;
    }

    /** Adds partitions; false when one of them is here already, so that all begins anew. */
    boolean extend(Map<TopicPartition, OffsetAndMetadata> more) {
        try (var _ = lock.hold()) {
            if (more.keySet().stream().anyMatch(committed::containsKey)) {
                end();
                return false;
            }
            committed.putAll(more);
            complete = false;
            return true;
        }
    }

    /** Takes partitions out; whether none is left. */
    boolean isEmptyWithout(Set<TopicPartition> gone) {
        try (var _ = lock.hold()) {
            committed.keySet().removeAll(gone);
            fronts.keySet().removeAll(gone);
            progress.keySet().removeAll(gone);
            return committed.isEmpty();
        }
    }

    /** The unit is not ours any more. */
    void end() {
        try (var _ = lock.hold()) {
            ended = true;
            if (reading != null) {
                reading.over.complete(null);
            }
        }
    }

    /** A record has been read; a scan to ask for, if it takes one. */
    Optional<Scan> enter(TopicPartition from, DeliveryHeader header) {
        try (var _ = lock.hold()) {
            pending.enter(Copy.of(from.topic(), header));
            return covers(header.endpointId()) ? Optional.empty() : ask(header.endpointId());
        }
    }

    /** Reading of a front topic has come this far. */
    void progress(TopicPartition front, long nextOffset) {
        try (var _ = lock.hold()) {
            progress.put(front, nextOffset);
        }
    }

    /** A copy is about to be put on a rung; the scan after the next will see it there. */
    void move(DeliveryHeader moved) {
        try (var _ = lock.hold()) {
            pending.wait(Copy.onRung(moved), scans + 1);
        }
    }

    /** A record is done. */
    void leave(TopicPartition from, DeliveryHeader header) {
        try (var _ = lock.hold()) {
            Copy copy = Copy.of(from.topic(), header);
            if (pending.leave(copy, scans) && reading != null) {
                gone.add(copy.name());
            }
        }
    }

    /** Whether something of an endpoint is pending, or may turn out to be. */
    boolean concerns(String endpointId) {
        try (var _ = lock.hold()) {
            return reading != null || pending.has(Copy.owner(endpointId));
        }
    }

    /** An endpoint keeps no order any more, and this is not concerned. */
    void forget(String endpointId) {
        try (var _ = lock.hold()) {
            known.forget(endpointId);
        }
    }

    /** Number of endpoints of which it is remembered whether they are known in full. */
    int known() {
        try (var _ = lock.hold()) {
            return known.size();
        }
    }

    /** Number of pending copies. */
    int size() {
        try (var _ = lock.hold()) {
            return pending.size();
        }
    }

    /** Whether it is a delivery's turn now. */
    Turn turn(TopicPartition from, DeliveryHeader header) {
        try (var _ = lock.hold()) {
            Instant soon = clock.instant().plus(SOON);
            if (ended) {
                return new Turn(Optional.of(soon), Optional.empty(), Optional.empty());
            }
            if (!covers(header.endpointId())) {
                Optional<Scan> scan = ask(header.endpointId());
                return new Turn(
                        Optional.of(soon), Optional.ofNullable(reading).map(one -> one.over), scan);
            }
            if (!hasCaughtUp(from)) {
                return new Turn(Optional.of(soon), Optional.empty(), Optional.empty());
            }
            Pending.Head head = pending.head(Copy.of(from.topic(), header).key());
            if (head == null || head.sequence() >= header.sequence()) {
                return new Turn(Optional.empty(), Optional.empty(), Optional.empty());
            }
            return new Turn(Optional.of(lookAgain(head)), Optional.empty(), doubt(head));
        }
    }

    private boolean covers(String endpointId) {
        return complete && known.covers(endpointId, ordered.apply(endpointId));
    }

    private Optional<Scan> ask(String endpointId) {
        known.ask(endpointId);
        return scanAfter(SCAN_GAP);
    }

    private Optional<Scan> scanAfter(Duration gap) {
        if (reading != null || (scans > 0 && clock.instant().isBefore(lastScan.plus(gap)))) {
            return Optional.empty();
        }
        reading = new Reading();
        return Optional.of(reading);
    }

    /**
     * Behind a rung's record an earlier one may lie unread in a front topic, after a crash; behind
     * a replayed one, in the live topic.
     */
    private boolean hasCaughtUp(TopicPartition from) {
        if (from.topic().equals(Topics.DELIVERIES)) {
            return true;
        }
        return fronts.entrySet().stream()
                .filter(front -> !front.getKey().equals(from))
                .allMatch(front -> progress.getOrDefault(front.getKey(), 0L) >= front.getValue());
    }

    /**
     * Soon, when the one ahead is being tried; otherwise after a part of the time it has to wait,
     * so that many behind one that waits for hours seldom move, and all notice when it dies.
     */
    private Instant lookAgain(Pending.Head head) {
        Instant now = clock.instant();
        if (head.inHand() || head.dueMillis() <= now.toEpochMilli()) {
            return now.plus(SOON);
        }
        Instant due = Instant.ofEpochMilli(head.dueMillis());
        Duration part = Duration.between(now, due).dividedBy(HOPS);
        Duration least = part.compareTo(SOON) < 0 ? SOON : part;
        Instant again = now.plus(least.compareTo(LONGEST_WAIT) < 0 ? least : LONGEST_WAIT);
        return again.isBefore(due.plus(SOON)) ? again : due.plus(SOON);
    }

    /** A copy that should long have been read may never have been written. */
    private Optional<Scan> doubt(Pending.Head head) {
        long latest = clock.instant().minus(OVERDUE).toEpochMilli();
        return head.inHand() || head.dueMillis() > latest ? Optional.empty() : scanAfter(DOUBT_GAP);
    }

    /** One reading of everything that waits here. */
    private final class Reading implements Scan {
        final CompletableFuture<Void> over = new CompletableFuture<>();
        private Instant began = Instant.MIN;
        private Set<TopicPartition> partitions = Set.of();

        @Override
        public Optional<Map<TopicPartition, OffsetAndMetadata>> begin() {
            try (var _ = lock.hold()) {
                scans += began.equals(Instant.MIN) ? 1 : 0;
                began = clock.instant();
                lastScan = began;
                known.begin();
                partitions = Set.copyOf(committed.keySet());
                return ended ? Optional.empty() : Optional.of(Map.copyOf(committed));
            }
        }

        @Override
        public boolean reach(Map<TopicPartition, Long> ends) {
            try (var _ = lock.hold()) {
                ends.forEach(
                        (partition, end) -> {
                            if (!Copy.isRung(partition.topic())) {
                                fronts.putIfAbsent(partition, end);
                            }
                        });
                return !ended;
            }
        }

        @Override
        public boolean wants(String endpointId) {
            try (var _ = lock.hold()) {
                boolean now =
                        followed.contains(endpointId) || ordered.apply(endpointId).isPresent();
                boolean wanted = known.wants(endpointId, now);
                return wanted && (followed.add(endpointId) || wanted);
            }
        }

        @Override
        public boolean found(List<Copy> copies) {
            try (var _ = lock.hold()) {
                for (Copy copy : copies) {
                    if (!gone.contains(copy.name())) {
                        pending.wait(copy, scans);
                    }
                }
                return !ended;
            }
        }

        @Override
        public void end() {
            try (var _ = lock.hold()) {
                pending.forgetUnseenSince(scans);
                known.end(began);
                gone.clear();
                complete = committed.keySet().equals(partitions);
                reading = null;
            }
            over.complete(null);
        }
    }
}
