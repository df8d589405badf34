package dev.ringback.console.read;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Which dead deliveries live again, and how fast; null says nothing.
 *
 * @param callId of a call, an assistant or a message
 * @param eventType such as {@code call.ended}
 * @param reason why it died
 * @param status of the last attempt: {@code 503}, {@code 5xx} or {@code none}
 * @param since died then or later
 * @param until died before
 * @param rate at most so many, such as {@code 100/s}
 * @param endpointRate at most so many to each endpoint
 * @param max at most so many, the first to die
 * @param dryRun only counts
 * @param again also what has been replayed since it died
 */
public record ReplayRequest(
        @Nullable String account,
        @Nullable String endpointId,
        @Nullable String callId,
        @Nullable String eventType,
        @Nullable String reason,
        @Nullable String status,
        @Nullable String deliveryId,
        @Nullable Instant since,
        @Nullable Instant until,
        @Nullable String rate,
        @Nullable String endpointRate,
        @Nullable Long max,
        boolean dryRun,
        boolean again) {}
