package dev.ringback.evidence;

import dev.ringback.schemas.Units;
import dev.ringback.subscribers.Arrival;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * When an attempt may come at the earliest: by what its receiver saw and answered and by the
 * endpoint's policy, not by what the sender says of itself.
 */
final class Due {
    /** Clocks of one machine, read by several processes, and cut to milliseconds. */
    private static final Duration CLOCK = Duration.ofMillis(5);

    private Due() {}

    static boolean isBefore(Arrival arrival, Instant due) {
        return arrival.at().isBefore(due.minus(CLOCK));
    }

    /**
     * The schedule's wait after the first end of the attempt before; empty when there was none, or
     * when the schedule has no such wait. Of attempts that nobody saw, the log knows.
     */
    static Optional<Instant> bySchedule(Expected expected, int attempt) {
        List<String> schedule = expected.subscriber().schedule();
        int before = attempt - 1;
        if (before > schedule.size()) {
            return Optional.empty();
        }
        Duration wait = Units.duration(schedule.get(before - 1));
        return Stream.concat(
                        arrivals(expected, before).map(Arrival::answeredAt),
                        unseen(expected, before))
                .map(end -> end.plus(wait))
                .min(Instant::compareTo);
    }

    /** Until when the attempt before was asked to wait; empty when not, or when nobody saw it. */
    static Optional<Instant> asked(Expected expected, int attempt) {
        int before = attempt - 1;
        return unseen(expected, before).findAny().isPresent()
                ? Optional.empty()
                : arrivals(expected, before).map(Arrival::askedUntil).min(Instant::compareTo);
    }

    private static Stream<Arrival> arrivals(Expected expected, int attempt) {
        return expected.arrivals().stream().filter(arrival -> arrival.attempt() == attempt);
    }

    /**
     * When attempts ended of which no request was seen. Each in the log goes with the first request
     * that came while it was made; a request of which the log knows nothing, because its sender was
     * cut off, stands for none of them.
     */
    private static Stream<Instant> unseen(Expected expected, int attempt) {
        List<Instant> seen =
                new ArrayList<>(arrivals(expected, attempt).map(Arrival::at).sorted().toList());
        return expected.tried().stream()
                .filter(tried -> tried.isMade(attempt))
                .sorted(Comparator.comparing(Expected.Tried::end))
                .filter(tried -> !takeFirst(seen, tried) && tried.status() == null)
                .map(Expected.Tried::end);
    }

    private static boolean takeFirst(List<Instant> seen, Expected.Tried tried) {
        Instant from = tried.at().minus(CLOCK);
        Instant to = tried.end().plus(CLOCK);
        Optional<Instant> first =
                seen.stream().filter(at -> !at.isBefore(from) && !at.isAfter(to)).findFirst();
        return first.map(seen::remove).orElse(false);
    }

    /** How much later than that attempts came. */
    static Stream<Duration> lateness(Expected expected) {
        return expected.arrivals().stream()
                .filter(arrival -> arrival.attempt() > 1)
                .flatMap(arrival -> late(expected, arrival).stream());
    }

    private static Optional<Duration> late(Expected expected, Arrival arrival) {
        Optional<Instant> asked = asked(expected, arrival.attempt());
        return bySchedule(expected, arrival.attempt())
                .map(due -> asked.filter(due::isBefore).orElse(due))
                .map(due -> Duration.between(due, arrival.at()));
    }
}
