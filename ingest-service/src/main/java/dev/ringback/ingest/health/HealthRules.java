package dev.ringback.ingest.health;

import dev.ringback.schemas.Attempt.Report;
import dev.ringback.schemas.Endpoint.Failure;
import dev.ringback.schemas.Endpoint.State;
import dev.ringback.schemas.Endpoint.Status;
import dev.ringback.schemas.EventType;
import dev.ringback.schemas.Units;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of an endpoint by what is told of it. Pure: times come from the commands' records.
 *
 * @param unhealthyAfter failed attempts in a row that make an endpoint unhealthy
 * @param disableAfter how long it may fail without a success before it is disabled
 */
public record HealthRules(int unhealthyAfter, Duration disableAfter) {

    /**
     * The state after something was told.
     *
     * @param announced the type of the event that says so; null when nobody need know
     * @param reason why, in words
     */
    public record Change(State state, @Nullable EventType announced, String reason) {
        private static Change quiet(State state) {
            return new Change(state, null, "");
        }
    }

    /** After a dispatcher's report; a disabled endpoint stays so until somebody enables it. */
    public Change after(Report report, State before, Instant now) {
        List<Failure> failures = recent(before.recentFailures(), report.failures());
        if (before.status() == Status.disabled) {
            return Change.quiet(
                    new State(
                            Status.disabled,
                            before.lastStatusChange(),
                            before.failedInRow(),
                            before.failingSince(),
                            failures));
        }
        State counted = counted(report, before, failures);
        Optional<String> fatal = fatal(report, counted, now);
        if (fatal.isPresent()) {
            return changed(counted, Status.disabled, EventType.ENDPOINT_DISABLED, fatal.get(), now);
        }
        int row = counted.failedInRow();
        if (before.status() == Status.normal && row >= unhealthyAfter) {
            String reason = row + " failed attempts in a row";
            return changed(counted, Status.unhealthy, EventType.ENDPOINT_UNHEALTHY, reason, now);
        }
        if (before.status() == Status.unhealthy && row < unhealthyAfter && report.succeeded()) {
            String reason = "an attempt succeeded";
            return changed(counted, Status.normal, EventType.ENDPOINT_RECOVERED, reason, now);
        }
        return Change.quiet(counted);
    }

    /** After somebody has asked for it to be disabled. */
    public static Change disabled(State before, Instant now) {
        return before.status() == Status.disabled
                ? Change.quiet(before)
                : changed(before, Status.disabled, EventType.ENDPOINT_DISABLED, "by request", now);
    }

    /** After somebody has asked for it to be enabled: nothing is held against it any more. */
    public static Change enabled(State before, Instant now) {
        boolean isNormal = before.status() == Status.normal;
        return Change.quiet(
                new State(
                        Status.normal,
                        isNormal ? before.lastStatusChange() : now,
                        0,
                        null,
                        before.recentFailures()));
    }

    /** The same status with what the report adds. */
    private static State counted(Report report, State before, List<Failure> failures) {
        boolean anew = report.succeeded() || before.failingSince() == null;
        return new State(
                before.status(),
                before.lastStatusChange(),
                report.failed() + (report.succeeded() ? 0 : before.failedInRow()),
                anew ? report.failingSince() : before.failingSince(),
                failures);
    }

    /** Why nothing more shall be sent to it, if so. */
    private Optional<String> fatal(Report report, State counted, Instant now) {
        if (report.gone()) {
            return Optional.of("status 410");
        }
        Instant since = counted.failingSince();
        boolean tooLong = since != null && !now.isBefore(since.plus(disableAfter));
        return tooLong && report.failed() > 0
                ? Optional.of("no success for " + Units.text(disableAfter))
                : Optional.empty();
    }

    private static Change changed(
            State counted, Status status, EventType announced, String reason, Instant now) {
        State state =
                new State(
                        status,
                        now,
                        counted.failedInRow(),
                        counted.failingSince(),
                        counted.recentFailures());
        return new Change(state, announced, reason);
    }

    private static List<Failure> recent(List<Failure> before, List<Failure> more) {
        List<Failure> all = new ArrayList<>(before);
        all.addAll(more);
        return all.subList(Math.max(0, all.size() - State.MOST_FAILURES), all.size());
    }
}
