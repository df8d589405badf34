package dev.ringback.evidence;

import dev.ringback.schemas.Attempt;
import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.Reason;
import dev.ringback.subscribers.Arrival;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Every delivery of a wave of events, by its id, and what nobody asked for. Thread-safe, but that a
 * wave begins while nothing is under way.
 */
public final class Ledger {
    private static final int WAVES_REMEMBERED = 5;

    private final Map<String, Expected> deliveries = new ConcurrentHashMap<>();
    private final Deque<Set<String>> earlier = new ArrayDeque<>();
    private final Queue<String> strangers = new ConcurrentLinkedQueue<>();
    private final Set<String> answered = ConcurrentHashMap.newKeySet();
    private final Set<String> buried = ConcurrentHashMap.newKeySet();
    private final AtomicInteger dropped = new AtomicInteger();
    private volatile Set<String> waiting = Set.of();
    private final AtomicInteger offered = new AtomicInteger();
    private final AtomicInteger accepted = new AtomicInteger();
    private final AtomicInteger late = new AtomicInteger();

    /** Forgets a wave that has been checked, but for its ids. */
    public void begin(int events, Collection<Expected> wave) {
        if (!deliveries.isEmpty()) {
            earlier.add(Set.copyOf(deliveries.keySet()));
        }
        if (earlier.size() > WAVES_REMEMBERED) {
            earlier.remove();
        }
        deliveries.clear();
        strangers.clear();
        answered.clear();
        buried.clear();
        waiting = Set.of();
        dropped.set(0);
        late.set(0);
        accepted.set(0);
        offered.set(events);
        wave.forEach(expected -> deliveries.put(expected.deliveryId(), expected));
    }

    /** Events that have been answered 202, or acknowledged by Kafka. */
    public void accepted(int events) {
        accepted.addAndGet(events);
    }

    /** A request has come. */
    public void heard(Arrival arrival) {
        if (arrival.accepted() && !isOfEarlier(arrival.deliveryId())) {
            answered.add(arrival.deliveryId());
        }
        Expected expected = deliveries.get(arrival.deliveryId());
        if (expected == null || !expected.subscriber().equals(arrival.subscriber())) {
            strange(arrival.deliveryId(), "came to " + arrival.subscriber().path());
        } else {
            expected.heard(arrival);
        }
    }

    void tried(Attempt attempt) {
        with(attempt.deliveryId(), "was tried", expected -> expected.tried(attempt));
    }

    void copied(String deliveryId, Instant readAt) {
        with(deliveryId, "was routed", expected -> expected.copied(readAt));
    }

    void waits(DeliveryHeader header, Instant putAt) {
        with(header.deliveryId(), "waits", expected -> expected.waits(putAt));
    }

    void died(DeliveryHeader header) {
        Reason reason = header.reason();
        Instant at = header.diedAt();
        if (reason == null || at == null) {
            strange(header.deliveryId(), "died without a reason");
        } else {
            died(header.deliveryId(), reason, at);
        }
    }

    void died(String deliveryId, Reason reason, Instant at) {
        if (!isOfEarlier(deliveryId)) {
            buried.add(deliveryId);
        }
        with(deliveryId, "died", expected -> expected.died(reason, at));
    }

    /** A record of a delivery topic that is no delivery. */
    void unreadable(String what) {
        strangers.add(what);
    }

    private void with(String deliveryId, String what, Consumer<Expected> note) {
        Expected expected = deliveries.get(deliveryId);
        if (expected == null) {
            strange(deliveryId, what);
        } else {
            note.accept(expected);
        }
    }

    private void strange(String deliveryId, String what) {
        if (isOfEarlier(deliveryId)) {
            late.incrementAndGet();
        } else {
            strangers.add(deliveryId + " " + what + ", and nobody asked for it");
        }
    }

    private boolean isOfEarlier(String deliveryId) {
        return earlier.stream().anyMatch(ids -> ids.contains(deliveryId));
    }

    /** An event that routing did not take, though each is good. */
    void dropped() {
        dropped.incrementAndGet();
    }

    /** The deliveries of records that no dispatcher has committed. */
    public void waiting(Set<String> deliveryIds) {
        waiting = Set.copyOf(deliveryIds);
    }

    /**
     * The sums: what receivers have said, what is in the topic of the dead, and what waits in the
     * others, each counted by itself.
     */
    Balance balance() {
        long unheard = answered.stream().filter(this::diedUnheard).count();
        long open =
                waiting.stream()
                        .filter(id -> !answered.contains(id) && !buried.contains(id))
                        .filter(id -> !isOfEarlier(id))
                        .count();
        return new Balance(
                offered.get(),
                accepted.get(),
                dropped.get(),
                deliveries.size(),
                answered.size() - unheard,
                buried.size(),
                open);
    }

    /** Its receiver has it, but has said so too late for the sender, which gave it up. */
    private boolean diedUnheard(String deliveryId) {
        Expected expected = deliveries.get(deliveryId);
        return expected != null && buried.contains(deliveryId) && expected.unheard() > 0;
    }

    /** All deliveries of the wave. */
    Collection<Expected> deliveries() {
        return deliveries.values();
    }

    /** What nobody asked for. */
    List<String> strangers() {
        return List.copyOf(strangers);
    }

    /** What came of deliveries of earlier waves after these had been checked. */
    int late() {
        return late.get();
    }

    /** Deliveries that are neither delivered nor dead. */
    public long pending() {
        return deliveries.values().stream().filter(e -> e.settledAt().isEmpty()).count();
    }

    /** How many these are, by how their subscribers behave. */
    public String pendingKinds() {
        Map<String, Long> kinds = new TreeMap<>();
        deliveries.values().stream()
                .filter(e -> e.settledAt().isEmpty())
                .forEach(e -> kinds.merge(e.subscriber().kind(), 1L, Long::sum));
        return kinds.toString();
    }
}
