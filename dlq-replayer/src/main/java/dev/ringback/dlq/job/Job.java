package dev.ringback.dlq.job;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * What one command did, or is doing: the value in {@code ringback-replay-jobs}, under the job's
 * name. Nothing of it is a secret.
 *
 * @param by who wanted it
 * @param run the process that works on it, or did last
 * @param endedAt when it ended, however; null while it runs
 * @param filters what it was told to take, by the names of the options
 * @param parts how far it is at each partition; none where that does not matter
 * @param why it could not go on; null where it could
 */
public record Job(
        String name,
        Kind kind,
        String by,
        String run,
        State state,
        Instant startedAt,
        Instant updatedAt,
        @Nullable Instant endedAt,
        Map<String, String> filters,
        Counts counts,
        List<ObjectNode> parts,
        @Nullable String why) {

    /** Checks that nothing is missing, and copies the collections. */
    public Job {
        Stream.of(name, kind, by, run, state, startedAt, updatedAt, counts)
                .forEach(Objects::requireNonNull);
        filters = Map.copyOf(filters);
        parts = List.copyOf(parts);
    }

    /** What a job does. */
    public enum Kind {
        replay,
        purge,
        recover
    }

    /** How far a job is. */
    public enum State {
        running,
        interrupted,
        failed,
        done
    }

    /**
     * Deliveries, counted.
     *
     * @param total how many it is about
     * @param moved how many of them it has replayed, purged or recovered
     * @param delivered of these, as far as somebody waited
     * @param diedAgain of these, as far as somebody waited
     */
    public record Counts(long total, long moved, long delivered, long diedAgain) {
        /** Nothing done yet. */
        public static Counts of(long total) {
            return new Counts(total, 0, 0, 0);
        }

        /** So many done. */
        public Counts moved(long so) {
            return new Counts(total, so, delivered, diedAgain);
        }
    }

    /** A job that begins now. */
    public static Job begun(
            String name,
            Kind kind,
            String by,
            Instant now,
            Map<String, String> filters,
            long total) {
        return new Job(
                name,
                kind,
                by,
                name,
                State.running,
                now,
                now,
                null,
                filters,
                Counts.of(total),
                List.of(),
                null);
    }

    /** The same job at its end. */
    public Job ended(State how, long moved, @Nullable String because, Instant now) {
        Counts counted = counts.moved(moved);
        return new Job(
                name, kind, by, run, how, startedAt, now, now, filters, counted, parts, because);
    }
}
