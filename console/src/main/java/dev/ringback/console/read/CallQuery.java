package dev.ringback.console.read;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Which calls are wanted; null says nothing.
 *
 * @param from the caller's number or address, whole
 * @param to the callee's
 * @param since created then or later
 * @param until created before
 * @param cursor from the page before
 * @param limit at most so many, from 1 to {@link #MOST}
 */
public record CallQuery(
        @Nullable String account,
        @Nullable String status,
        @Nullable String from,
        @Nullable String to,
        @Nullable String agentId,
        @Nullable Instant since,
        @Nullable Instant until,
        @Nullable String cursor,
        int limit) {
    /** The longest page. */
    public static final int MOST = 200;

    /** The newest calls. */
    public static CallQuery newest(int limit) {
        return new CallQuery(null, null, null, null, null, null, null, null, limit);
    }
}
