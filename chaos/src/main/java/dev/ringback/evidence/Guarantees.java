package dev.ringback.evidence;

import dev.ringback.schemas.Attempt.Result;
import dev.ringback.schemas.Reason;
import dev.ringback.subscribers.Arrival;
import dev.ringback.subscribers.Subscriber;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * What is promised of every single delivery; each check says what is wrong with one, if anything.
 */
final class Guarantees {
    private Guarantees() {}

    static List<Guarantee> of(Collection<Expected> deliveries) {
        return List.of(
                each("delivered or dead", deliveries, Guarantees::lost),
                each("one outcome", deliveries, Guarantees::twoOutcomes),
                each("the outcome its endpoint deserves", deliveries, Guarantees::wrongFate),
                each("every attempt logged", deliveries, Guarantees::unlogged),
                each("same bytes, valid signature, same id", deliveries, Guarantees::altered),
                each("events numbered as accepted", deliveries, Guarantees::misnumbered),
                each("never early", deliveries, Guarantees::early),
                each("Retry-After kept", deliveries, Guarantees::hurried));
    }

    private static Guarantee each(
            String promise,
            Collection<Expected> deliveries,
            Function<Expected, Stream<String>> check) {
        List<String> broken = new ArrayList<>();
        deliveries.forEach(e -> check.apply(e).forEach(wrong -> broken.add(e + " " + wrong)));
        return new Guarantee(promise, broken);
    }

    private static Stream<String> lost(Expected expected) {
        return when(expected.settledAt().isEmpty(), "is neither");
    }

    /** An answer of 2xx that the sender did not wait for does not count as delivered. */
    private static Stream<String> twoOutcomes(Expected expected) {
        boolean heard =
                expected.arrivals().stream()
                        .filter(Arrival::accepted)
                        .anyMatch(arrival -> expected.logged(arrival.attempt(), Result.delivered));
        return when(heard && expected.isDead(), "was delivered and is dead");
    }

    private static Stream<String> wrongFate(Expected expected) {
        Set<Reason> deserved = deaths(expected.subscriber());
        return expected.deaths().stream()
                .map(Expected.Death::reason)
                .flatMap(
                        reason ->
                                Stream.concat(
                                        when(!deserved.contains(reason), "died: " + reason),
                                        tooSoon(expected, reason)));
    }

    /** Nothing is given up before each attempt that its schedule has was made. */
    private static Stream<String> tooSoon(Expected expected, Reason reason) {
        boolean used = reason == Reason.exhausted || reason == Reason.no_retry;
        int all = expected.subscriber().schedule().size() + 1;
        return when(
                used && expected.attempts() < all,
                reason + " after " + expected.attempts() + " of " + all + " attempts");
    }

    private static Set<Reason> deaths(Subscriber subscriber) {
        if (!subscriber.behaviour().isHopeless()) {
            return Set.of();
        }
        return switch (subscriber.behaviour().trouble()) {
            case none -> Set.of();
            case gone -> Set.of(Reason.gone, Reason.endpoint_disabled);
            case blocked -> Set.of(Reason.blocked_address);
            case error, hang, drip, reset, later_seconds, later_date, gigabytes ->
                    givenUp(subscriber);
        };
    }

    /** What has no {@code max_age} of its own may wait for an hour, longer than any wave. */
    private static Set<Reason> givenUp(Subscriber subscriber) {
        Reason used = subscriber.schedule().isEmpty() ? Reason.no_retry : Reason.exhausted;
        return subscriber.maxAge() == null ? Set.of(used) : Set.of(used, Reason.expired);
    }

    private static Stream<String> unlogged(Expected expected) {
        int last = expected.arrivals().stream().mapToInt(Arrival::attempt).max().orElse(0);
        Stream<String> missing =
                Stream.iterate(1, n -> n <= last, n -> n + 1)
                        .filter(n -> expected.tried().stream().noneMatch(t -> t.isMade(n)))
                        .map(n -> "has no attempt " + n + " in the log");
        boolean unsaid =
                expected.isDelivered()
                        && !expected.isDead()
                        && expected.tried().stream()
                                .noneMatch(t -> t.outcome() == Result.delivered);
        return Stream.concat(missing, when(unsaid, "is not delivered in the log"));
    }

    private static Stream<String> altered(Expected expected) {
        List<Arrival> arrivals = expected.arrivals();
        Stream<String> faults =
                arrivals.stream().flatMap(arrival -> Stream.ofNullable(arrival.fault()));
        long bodies = arrivals.stream().mapToLong(Arrival::body).distinct().count();
        return Stream.concat(faults, when(bodies > 1, "had " + bodies + " bodies"));
    }

    private static Stream<String> misnumbered(Expected expected) {
        return expected.arrivals().stream()
                .mapToLong(Arrival::sequence)
                .filter(sequence -> sequence != 0 && sequence != expected.position())
                .mapToObj(n -> "is event " + expected.position() + " and is numbered " + n);
    }

    private static Stream<String> early(Expected expected) {
        return expected.arrivals().stream()
                .filter(arrival -> arrival.attempt() > 1)
                .flatMap(arrival -> early(arrival, Due.bySchedule(expected, arrival.attempt())));
    }

    private static Stream<String> early(Arrival arrival, Optional<Instant> due) {
        String attempt = "attempt " + arrival.attempt() + " came at " + arrival.at();
        return due.map(at -> when(Due.isBefore(arrival, at), attempt + ", due " + at))
                .orElseGet(() -> Stream.of(attempt + " and was never due"));
    }

    private static Stream<String> hurried(Expected expected) {
        return expected.arrivals().stream()
                .filter(arrival -> arrival.attempt() > 1)
                .flatMap(arrival -> hurried(arrival, Due.asked(expected, arrival.attempt())));
    }

    private static Stream<String> hurried(Arrival arrival, Optional<Instant> asked) {
        return asked.stream()
                .filter(until -> Due.isBefore(arrival, until))
                .map(until -> "came at " + arrival.at() + ", asked to wait until " + until);
    }

    private static Stream<String> when(boolean broken, String what) {
        return broken ? Stream.of(what) : Stream.empty();
    }
}
