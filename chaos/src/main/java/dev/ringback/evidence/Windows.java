package dev.ringback.evidence;

import dev.ringback.subscribers.Arrival;
import java.time.Duration;
import java.time.Instant;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;

/**
 * The times in which what was done may be done again: what a process had completed since its last
 * commit when it was lost, and what was under way then. Thread-safe.
 */
public final class Windows {
    /** Commits are at most a second apart, and one takes its time on a busy machine. */
    private static final Duration SINCE_COMMIT = Duration.ofMillis(1_500);

    /** Then another broker leads what the one that is away led. */
    private static final Duration HELD_UP_MOST = Duration.ofSeconds(12);

    /** How long a transaction may have been open when it was lost. */
    private static final Duration UNCOMMITTED = Duration.ofSeconds(3);

    /** How much later than written a record is read on a busy machine. */
    private static final Duration READ_LATER = Duration.ofSeconds(3);

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

    /** Partitions may have moved, or been worked on by two, from one time to another. */
    public void stale(Instant from, Instant to) {
        windows.add(new Window(from.minus(SINCE_COMMIT), to.plus(SINCE_COMMIT)));
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

    /**
     * How many repeats of a delivery they account for: each time that it was brought to an end, or
     * put on a rung, in one of them may have been done once more. What several windows hold counts
     * once.
     */
    long most(Expected expected) {
        Stream<Instant> ends = expected.deaths().stream().map(Expected.Death::at);
        long steps =
                Stream.concat(ends, expected.waits().stream()).filter(at -> holds(at, at)).count();
        long accepted =
                expected.arrivals().stream()
                        .filter(Arrival::accepted)
                        .filter(arrival -> holds(arrival.at(), arrival.answeredAt()))
                        .count();
        return steps + accepted;
    }

    /** How many copies of a delivery that routing made again they account for. */
    long mostCopies(Expected expected) {
        return expected.copies().stream()
                .filter(at -> holds(at.minus(READ_LATER), at.plus(UNCOMMITTED)))
                .count();
    }

    private boolean holds(Instant from, Instant to) {
        return windows.stream().anyMatch(window -> window.holds(from, to));
    }
}
