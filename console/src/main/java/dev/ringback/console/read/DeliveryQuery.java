package dev.ringback.console.read;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Which deliveries are wanted; null says nothing.
 *
 * @param state {@code pending}, {@code delivered} or {@code dead}
 * @param reason what the last attempt ran into or, when dead, a {@link dev.ringback.schemas.Reason}
 * @param since made then or later; among the dead: died then or later
 * @param until made, or died, before
 * @param cursor from the page before
 * @param limit at most so many, from 1 to {@link CallQuery#MOST}
 */
public record DeliveryQuery(
        @Nullable String account,
        @Nullable String endpointId,
        @Nullable String eventType,
        @Nullable String state,
        @Nullable String reason,
        @Nullable Instant since,
        @Nullable Instant until,
        @Nullable String cursor,
        int limit) {

    /** The newest deliveries. */
    public static DeliveryQuery newest(int limit) {
        return new DeliveryQuery(null, null, null, null, null, null, null, null, limit);
    }
}
