package dev.ringback.dlq.job;

import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What one command did, or is doing: the value in {@code ringback-replay-jobs}, under the job's
 * name. Nothing of it is a secret.
 *
 * @param by who wanted it
 * @param endedAt when it ended, however; null while it runs
 * @param filters what it was told to take, by the names of the options
 * @param counts what it did, by what became of things
 */
public record Job(
        String name,
        Kind kind,
        String by,
        Instant startedAt,
        @Nullable Instant endedAt,
        State state,
        Map<String, String> filters,
        Map<String, Long> counts) {

    /** Checks that nothing is missing, and copies the maps. */
    public Job {
        Stream.of(name, kind, by, startedAt, state).forEach(Objects::requireNonNull);
        filters = filters == null ? Map.of() : Map.copyOf(filters);
        counts = counts == null ? Map.of() : Map.copyOf(counts);
    }

    /** What a job does. */
    public enum Kind {
        replay,
        purge,
        recover
    }

    /** How far a job is. */
    public enum State {
        planned,
        running,
        interrupted,
        failed,
        done
    }

    /** A job that begins now. */
    public static Job begun(
            String name, Kind kind, String by, Instant now, Map<String, String> filters) {
        return new Job(name, kind, by, now, null, State.running, filters, Map.of());
    }

    /** The same job at its end. */
    public Job ended(State how, Instant now, Map<String, Long> counted) {
        return new Job(name, kind, by, startedAt, now, how, filters, counted);
    }
}
