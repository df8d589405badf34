package dev.ringback.order;

import dev.ringback.schemas.DeliveryHeader;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * Lets a delivery of an ordered endpoint go only when no earlier one of its call to that endpoint
 * is pending: read and not done, or waiting on a rung. Partitions with one number are a unit, which
 * holds all copies of a delivery. A unit without ordered deliveries costs nothing; the first one
 * has what waits there read from Kafka once. Thread-safe; only {@link #waitUntil} ever waits.
 */
public final class OrderGate {
    private static final Duration SOON = Duration.ofSeconds(1);
    private static final int FEWEST = 256;

    private final Scanner scanner;
    private final Function<String, Optional<Instant>> ordered;
    private final Clock clock;
    private final Map<Integer, Unit> units = new ConcurrentHashMap<>();

    /**
     * Endpoints that are ordered or have been; what becomes of theirs must always be told. Those of
     * which anything is pending are all here: who adds either has the lock that is shared.
     */
    private final Set<String> followed = ConcurrentHashMap.newKeySet();

    private final ReadWriteLock following = new ReentrantReadWriteLock();

    /** With more of them it is time to forget some. */
    private volatile int many = FEWEST;

    /** Reads what waits in a unit; must come back to the unit until that has ended. */
    @FunctionalInterface
    public interface Scanner {
        /** Asks for a scan; must not block. */
        void request(Scan scan);
    }

    /**
     * A gate to which no unit belongs yet.
     *
     * @param ordered empty when an endpoint does not keep order now; otherwise when it may have
     *     begun to: when it was last changed, or {@link Instant#MIN} if it never was. Must know at
     *     least what the registry held when the process started.
     */
    public OrderGate(Scanner scanner, Function<String, Optional<Instant>> ordered, Clock clock) {
        this.scanner = scanner;
        this.ordered = ordered;
        this.clock = clock;
    }

    /**
     * Whether this has to be told of an endpoint's deliveries: it keeps order, or has done so since
     * the process began and may again.
     */
    public boolean concerns(String endpointId) {
        return followed.contains(endpointId) || ordered.apply(endpointId).isPresent();
    }

    /**
     * Partitions of a unit have been assigned to us: all of them, or further ones of a new topic.
     * On the lane's thread.
     *
     * @param committed where reading begins in each
     */
    public void assigned(int unit, Map<TopicPartition, OffsetAndMetadata> committed) {
        Unit known = units.get(unit);
        if (known == null || !known.extend(committed)) {
            units.put(unit, new Unit(committed, followed, ordered, clock));
        }
    }

    /**
     * Partitions of a unit are not ours any more. With the last of them all that was known of the
     * unit is forgotten; others, as those of a rung that was deleted, end alone.
     *
     * @return whether nothing of the unit is left
     */
    public boolean revoked(int unit, Set<TopicPartition> partitions) {
        Unit own = units.get(unit);
        if (own != null && own.isEmptyWithout(partitions)) {
            units.remove(unit);
            own.end();
        }
        return !units.containsKey(unit);
    }

    /**
     * A record of an ordered endpoint stands in line. On the lane's thread, in the order of each
     * partition's offsets and before anything of it starts.
     */
    public void entered(TopicPartition from, DeliveryHeader header) {
        Unit unit = units.get(from.partition());
        if (unit != null) {
            follow(header.endpointId(), () -> unit.enter(from, header)).ifPresent(scanner::request);
        }
    }

    private <T> T follow(String endpointId, Supplier<T> step) {
        if (followed.size() > many) {
            forget();
        }
        following.readLock().lock();
        try {
            followed.add(endpointId);
            return step.get();
        } finally {
            following.readLock().unlock();
        }
    }

    /** Forgets endpoints that keep no order any more and of which nothing is pending. */
    private void forget() {
        following.writeLock().lock();
        try {
            if (followed.size() > many) {
                followed.removeIf(this::isOver);
                many = Math.max(FEWEST, 2 * followed.size());
            }
        } finally {
            following.writeLock().unlock();
        }
    }

    private boolean isOver(String endpointId) {
        boolean over =
                ordered.apply(endpointId).isEmpty()
                        && units.values().stream().noneMatch(unit -> unit.concerns(endpointId));
        if (over) {
            units.values().forEach(unit -> unit.forget(endpointId));
        }
        return over;
    }

    /**
     * Reading of a front topic has got here: every record below has been entered, was done, or is
     * of an endpoint that keeps no order. On the lane's thread, once per poll.
     */
    public void progressed(TopicPartition front, long nextOffset) {
        Unit unit = units.get(front.partition());
        if (unit != null) {
            unit.progress(front, nextOffset);
        }
    }

    /**
     * Whether a delivery that is due may be attempted; may be asked on virtual threads.
     *
     * @param patience how long to wait for a scan under way
     * @return empty when it may; otherwise when to look again
     */
    public Optional<Instant> waitUntil(
            TopicPartition from, DeliveryHeader header, Duration patience) {
        Unit unit = units.get(from.partition());
        if (unit == null) {
            return Optional.of(clock.instant().plus(SOON));
        }
        Unit.Turn turn = turn(unit, from, header);
        return turn.reading().filter(reading -> waited(reading, patience)).isPresent()
                ? turn(unit, from, header).again()
                : turn.again();
    }

    private Unit.Turn turn(Unit unit, TopicPartition from, DeliveryHeader header) {
        Unit.Turn turn = follow(header.endpointId(), () -> unit.turn(from, header));
        turn.scan().ifPresent(scanner::request);
        return turn;
    }

    private static boolean waited(CompletableFuture<Void> reading, Duration patience) {
        try {
            reading.get(patience.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException | ExecutionException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /**
     * A copy is about to be put on a rung. Before the write.
     *
     * @param moved the header exactly as it will be written
     */
    public void moved(int unit, DeliveryHeader moved) {
        Unit own = units.get(unit);
        if (own != null) {
            follow(
                    moved.endpointId(),
                    () -> {
                        own.move(moved);
                        return own;
                    });
        }
    }

    /**
     * A record is finished with, whatever became of it: right after it counts as done. Also when it
     * was read before its endpoint kept order and so was never {@link #entered}.
     */
    public void left(TopicPartition from, DeliveryHeader header) {
        Unit unit = units.get(from.partition());
        if (unit != null) {
            unit.leave(from, header);
        }
    }

    /** Number of endpoints of which anything is remembered: by this, or by any of its units. */
    int remembered() {
        int most = units.values().stream().mapToInt(Unit::known).max().orElse(0);
        return Math.max(followed.size(), most);
    }

    /** Number of copies of deliveries that are known to be pending. */
    public int pending() {
        return units.values().stream().mapToInt(Unit::size).sum();
    }
}
