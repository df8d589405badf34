package dev.ringback.dispatch;

import dev.ringback.schemas.Attempt;
import dev.ringback.schemas.Endpoint;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What was seen of one endpoint since the registry was last told of it.
 *
 * @param unhealthy whether the registry knows by now that it fails
 * @param toldAt when the registry was last told; null when it was not
 * @param failures the last ones after the last success, oldest first
 */
record Sightings(
        String accountId,
        boolean unhealthy,
        @Nullable Instant toldAt,
        boolean succeeded,
        int failed,
        @Nullable Instant failingSince,
        List<Endpoint.Failure> failures,
        boolean gone) {

    /** Copies the list. */
    Sightings {
        failures = List.copyOf(failures);
    }

    /** What was seen before of an endpoint, with what the registry says of it now. */
    static Sightings of(@Nullable Sightings before, Endpoint endpoint) {
        boolean unhealthy = endpoint.status() != Endpoint.Status.normal;
        return before == null
                ? new Sightings(
                        endpoint.accountId(), unhealthy, null, false, 0, null, List.of(), false)
                : new Sightings(
                        before.accountId,
                        unhealthy,
                        before.toldAt,
                        before.succeeded,
                        before.failed,
                        before.failingSince,
                        before.failures,
                        before.gone);
    }

    Sightings afterSuccess() {
        return new Sightings(accountId, unhealthy, toldAt, true, 0, null, List.of(), gone);
    }

    Sightings afterFailure(Endpoint.Failure failure, boolean isGone) {
        List<Endpoint.Failure> last =
                new ArrayList<>(Stream.concat(failures.stream(), Stream.of(failure)).toList());
        int tooMany = Math.max(0, last.size() - Endpoint.State.MOST_FAILURES);
        return new Sightings(
                accountId,
                unhealthy,
                toldAt,
                succeeded,
                failed + 1,
                failingSince == null ? failure.timestamp() : failingSince,
                last.subList(tooMany, last.size()),
                gone || isGone);
    }

    /** The same after the registry was told. */
    Sightings told(Instant now) {
        return new Sightings(accountId, unhealthy, now, false, 0, null, List.of(), false);
    }

    /** Whether there is anything to tell. */
    boolean isNews() {
        return succeeded || failed > 0;
    }

    /** Whether its last attempt failed. */
    boolean isFailing() {
        return failed > 0;
    }

    /** Whether the registry wants to know at once, or was last told before a moment. */
    boolean isDue(Instant before) {
        return succeeded || gone || !unhealthy || toldAt == null || toldBefore(before);
    }

    boolean toldBefore(Instant moment) {
        return toldAt != null && !toldAt.isAfter(moment);
    }

    Attempt.Report report(String endpointId) {
        return new Attempt.Report(
                endpointId, accountId, succeeded, failed, failingSince, failures, gone);
    }
}
