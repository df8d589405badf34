package dev.ringback.schemas;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * One attempt at a delivery, as {@code webhook.attempts} keeps it. Secrets and signature values are
 * masked before they get here.
 *
 * @param attempt its number, from 1
 * @param durationMs how long it took, in milliseconds
 * @param responseStatus null when no answer came
 * @param responseBody at most 16 KiB of it; null when no answer came
 * @param reason what went wrong; null when nothing did
 * @param nextDueAt when the next attempt is due; null when there will be none
 */
public record Attempt(
        String attemptId,
        String deliveryId,
        String eventId,
        String eventType,
        String subjectId,
        String accountId,
        String endpointId,
        String dialect,
        int attempt,
        Trigger trigger,
        Instant at,
        long durationMs,
        @Nullable String url,
        Map<String, String> requestHeaders,
        @Nullable Integer responseStatus,
        Map<String, String> responseHeaders,
        @Nullable String responseBody,
        boolean responseTruncated,
        Result outcome,
        @Nullable String reason,
        @Nullable Instant nextDueAt) {

    /** What led to the attempt. */
    public enum Trigger {
        scheduled,
        replay,
        probe,
        test
    }

    /** What became of the delivery by it. */
    public enum Result {
        delivered,
        retry,
        deferred,
        dead
    }

    /**
     * What a dispatcher tells the registry of its attempts at one endpoint since it last did.
     *
     * @param succeeded whether one succeeded; what failed before it is left out of {@code failed}
     * @param failed how many failed after the last success
     * @param failingSince the first of these; null when there is none
     * @param failures the last ones, oldest first, at most {@link Endpoint.State#MOST_FAILURES}
     * @param gone whether the receiver said that it wants nothing more
     */
    public record Report(
            String endpointId,
            String accountId,
            boolean succeeded,
            int failed,
            @Nullable Instant failingSince,
            List<Endpoint.Failure> failures,
            boolean gone) {
        /** Copies the list. */
        public Report {
            failures = List.copyOf(failures);
        }

        /**
         * The command that brings it to the registry.
         *
         * @param id names the command
         */
        public byte[] command(String id) {
            ObjectNode command = Json.object().put("command", "report").put("id", id);
            command.set("report", Json.tree(this));
            return Json.bytes(command);
        }
    }

    /** Copies the maps. */
    public Attempt {
        requestHeaders = Map.copyOf(requestHeaders);
        responseHeaders = Map.copyOf(responseHeaders);
    }
}
