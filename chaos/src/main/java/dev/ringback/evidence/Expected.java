package dev.ringback.evidence;

import dev.ringback.schemas.Attempt;
import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.Reason;
import dev.ringback.subscribers.Arrival;
import dev.ringback.subscribers.Subscriber;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One delivery that has to be: an event and an endpoint that asked for it, with all that is known
 * of it. Thread-safe.
 */
public final class Expected {
    private final String deliveryId;
    private final String eventId;
    private final String callId;
    private final int position;
    private final Subscriber subscriber;

    // Guarded by this.
    private final List<Arrival> arrivals = new ArrayList<>(1);
    private final List<Tried> tried = new ArrayList<>(1);
    private final List<Death> deaths = new ArrayList<>(0);
    private final List<Instant> waits = new ArrayList<>(0);
    private final List<Instant> copies = new ArrayList<>(1);

    /**
     * One line of {@code webhook.attempts}.
     *
     * @param at when it was begun
     * @param end when its sender knew what came of it
     */
    record Tried(
            int attempt,
            Attempt.Result outcome,
            @Nullable Integer status,
            Instant at,
            Instant end) {
        boolean isMade(int number) {
            return attempt == number && outcome != Attempt.Result.deferred;
        }
    }

    /** One record of {@code webhook.deliveries.dead}. */
    record Death(Reason reason, Instant at) {}

    /**
     * A delivery of which nothing has been seen yet.
     *
     * @param endpointId the subscriber's, in the registry
     * @param position of the event among its call's, from 1
     */
    public Expected(
            String callId, String eventId, int position, Subscriber subscriber, String endpointId) {
        this.deliveryId = DeliveryHeader.deliveryId(callId, eventId, endpointId);
        this.eventId = eventId;
        this.callId = callId;
        this.position = position;
        this.subscriber = subscriber;
    }

    String deliveryId() {
        return deliveryId;
    }

    String callId() {
        return callId;
    }

    int position() {
        return position;
    }

    Subscriber subscriber() {
        return subscriber;
    }

    synchronized void heard(Arrival arrival) {
        arrivals.add(arrival);
    }

    synchronized void tried(Attempt attempt) {
        tried.add(
                new Tried(
                        attempt.attempt(),
                        attempt.outcome(),
                        attempt.responseStatus(),
                        attempt.at(),
                        attempt.at().plusMillis(attempt.durationMs())));
    }

    /** A record on a rung. */
    synchronized void waits(Instant putAt) {
        waits.add(putAt);
    }

    synchronized void died(Reason reason, Instant at) {
        deaths.add(new Death(reason, at));
    }

    /** A record of {@code webhook.deliveries}, of an aborted transaction or not. */
    synchronized void copied(Instant readAt) {
        copies.add(readAt);
    }

    synchronized List<Arrival> arrivals() {
        return List.copyOf(arrivals);
    }

    synchronized List<Tried> tried() {
        return List.copyOf(tried);
    }

    synchronized List<Death> deaths() {
        return List.copyOf(deaths);
    }

    synchronized List<Instant> waits() {
        return List.copyOf(waits);
    }

    synchronized List<Instant> copies() {
        return List.copyOf(copies);
    }

    /** How often routing wrote it beyond the first time. */
    synchronized int copiedAgain() {
        return Math.max(0, copies.size() - 1);
    }

    /** Whether its receiver has said that it has it. */
    synchronized boolean isDelivered() {
        return arrivals.stream().anyMatch(Arrival::accepted);
    }

    synchronized boolean isDead() {
        return !deaths.isEmpty();
    }

    /** When it was first delivered or dead; empty while it is neither. */
    synchronized Optional<Instant> settledAt() {
        Stream<Instant> answers =
                arrivals.stream().filter(Arrival::accepted).map(Arrival::answeredAt);
        return Stream.concat(answers, deaths.stream().map(Death::at)).min(Instant::compareTo);
    }

    synchronized Optional<Instant> firstArrival() {
        return arrivals.stream().map(Arrival::at).min(Instant::compareTo);
    }

    /** Answers of 2xx that the sender did not wait for: it logged that the attempt had failed. */
    synchronized long unheard() {
        return arrivals.stream()
                .filter(Arrival::accepted)
                .filter(arrival -> !logged(arrival.attempt(), Attempt.Result.delivered))
                .filter(arrival -> logged(arrival.attempt(), Attempt.Result.retry))
                .count();
    }

    /** How often it was delivered, or died, beyond the first time. */
    synchronized long repeats() {
        long delivered = arrivals.stream().filter(Arrival::accepted).count() - unheard();
        return Math.max(0, delivered - 1) + Math.max(0, deaths.size() - 1);
    }

    /** How many attempts arrived or are in the log. */
    synchronized long attempts() {
        return IntStream.concat(
                        arrivals.stream().mapToInt(Arrival::attempt),
                        tried.stream().filter(t -> t.isMade(t.attempt())).mapToInt(Tried::attempt))
                .distinct()
                .count();
    }

    synchronized boolean logged(int attempt, Attempt.Result outcome) {
        return tried.stream().anyMatch(t -> t.attempt() == attempt && t.outcome() == outcome);
    }

    @Override
    public String toString() {
        return deliveryId
                + " ("
                + eventId
                + " to "
                + subscriber.path()
                + ", "
                + subscriber.behaviour().trouble()
                + ")";
    }
}
