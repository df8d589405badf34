package dev.ringback.dlq.job;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What one command did, or is doing: the value in {@code ringback-replay-jobs}, under the job's
 * name. Nothing of it is a secret.
 *
 * @param by who wanted it
 * @param run the process that works on it, or did last
 * @param endedAt when it ended, however; null while it runs
 * @param filters what it was told to take, by the names of the options
 * @param asked what else a replay was told; null for the other kinds
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
        @Nullable Asked asked,
        Counts counts,
        List<Part> parts,
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
        /** Too much of what it replayed failed again. */
        stopped,
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

    /**
     * What a replay was told beyond the filters.
     *
     * @param again also what was replayed since it died
     * @param max at most so many; null: all
     * @param maxReplays what was replayed so often already is left out
     * @param upTo the last to die that is meant, where {@code max} leaves some out
     * @param rate no faster than this, where whoever goes on with it has to know; null elsewhere
     * @param endpointRate the same for each endpoint
     */
    public record Asked(
            boolean again,
            @Nullable Long max,
            int maxReplays,
            @Nullable Death upTo,
            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String rate,
            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String endpointRate) {
        /** A replay of which each who works on it says how fast. */
        public Asked(boolean again, @Nullable Long max, int maxReplays, @Nullable Death upTo) {
            this(again, max, maxReplays, upTo, null, null);
        }

        /** The same, ending with this death. */
        public Asked cut(Death last) {
            return new Asked(again, max, maxReplays, last, rate, endpointRate);
        }
    }

    /** When a delivery died and where it lies: the order in which deliveries died. */
    public record Death(Instant at, int partition, long offset) implements Comparable<Death> {
        private static final Comparator<Death> ORDER =
                Comparator.comparing(Death::at)
                        .thenComparingInt(Death::partition)
                        .thenComparingLong(Death::offset);

        @Override
        public int compareTo(Death that) {
            return ORDER.compare(this, that);
        }
    }

    /**
     * Where a replay is at one partition of the dead topic. What it has moved of the dead records
     * from {@code doneTo} on lies in the same partition of the replay topic, not before {@code
     * replayFrom}.
     *
     * @param from the first offset it is about
     * @param to the first it is not about
     * @param doneTo nothing is left to do before this offset
     * @param moved how many it has moved from before that
     * @param replayFrom an offset of the replay topic
     * @param replayStart where the replay topic ended when it began
     */
    public record Part(
            int partition,
            long from,
            long to,
            long doneTo,
            long moved,
            long replayFrom,
            long replayStart) {}

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
                null,
                Counts.of(total),
                List.of(),
                null);
    }

    /** The same job, with what a replay needs to be resumed. */
    public Job asking(Asked what, List<Part> where) {
        return new Job(
                name, kind, by, run, state, startedAt, updatedAt, endedAt, filters, what, counts,
                where, why);
    }

    /** The same job, worked on by another process. */
    public Job runBy(String other, Instant now) {
        return new Job(
                name,
                kind,
                by,
                other,
                State.running,
                startedAt,
                now,
                null,
                filters,
                asked,
                counts,
                parts,
                null);
    }

    /** The same job, further on. */
    public Job at(Counts reached, List<Part> where, Instant now) {
        return new Job(
                name, kind, by, run, state, startedAt, now, endedAt, filters, asked, reached, where,
                why);
    }

    /** The same job, with what is known to have become of its deliveries. */
    public Job known(long delivered, long diedAgain, Instant now) {
        Counts known = new Counts(counts.total(), counts.moved(), delivered, diedAgain);
        return at(known, parts, now);
    }

    /** The same job at its end. */
    public Job ended(State how, long moved, @Nullable String because, Instant now) {
        Counts counted = counts.moved(moved);
        return new Job(
                name, kind, by, run, how, startedAt, now, now, filters, asked, counted, parts,
                because);
    }
}
