package dev.ringback.evidence;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The times in which what was done may be done again: what a process had completed since its last
 * commit when it was lost, and what was under way then. Thread-safe.
 */
public final class Windows {
    /** Commits are at most a second apart, and one takes its time on a busy machine. */
    private static final Duration SINCE_COMMIT = Duration.ofMillis(1_500);

    /** Then another broker leads what the one that is away led. */
    private static final Duration HELD_UP_MOST = Duration.ofSeconds(12);

    private final Queue<Window> windows = new ConcurrentLinkedQueue<>();

    private record Window(Instant from, Instant to) {
        boolean holds(Instant at, Instant answeredAt) {
            return !answeredAt.isBefore(from) && !at.isAfter(to);
        }
    }

    /** Partitions may have changed hands, or commits been lost, at this time. */
    public void lost(Instant at) {
        windows.add(new Window(at.minus(SINCE_COMMIT), at));
    }

    /** Commits may have been held up from one time to another, if not for longer than a limit. */
    public void heldUp(Instant from, Instant to) {
        Instant most = from.plus(HELD_UP_MOST);
        windows.add(new Window(from.minus(SINCE_COMMIT), to.isBefore(most) ? to : most));
    }

    /** Forgets all. */
    public void clear() {
        windows.clear();
    }

    /** How many repeats they account for; an answer in two of them may have come three times. */
    long most(Collection<Expected> deliveries) {
        List<Window> all = List.copyOf(windows);
        return deliveries.stream()
                .flatMap(expected -> expected.arrivals().stream())
                .mapToLong(
                        arrival ->
                                all.stream()
                                        .filter(w -> w.holds(arrival.at(), arrival.answeredAt()))
                                        .count())
                .sum();
    }
}
