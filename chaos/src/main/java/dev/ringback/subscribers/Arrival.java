package dev.ringback.subscribers;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * One request as its receiver saw it.
 *
 * @param deliveryId as the request says
 * @param attempt as the request says; 0: it says none
 * @param at when its head had been read
 * @param answeredAt just before the answer was written, or the connection cut
 * @param status what it was answered; 0: nothing, or nothing whole
 * @param body its checksum
 * @param sequence the number that the body gives the event; 0: it gives none
 * @param fault what is wrong with its signature or ids; null: nothing
 */
public record Arrival(
        Subscriber subscriber,
        String deliveryId,
        int attempt,
        Instant at,
        Instant answeredAt,
        int status,
        long body,
        long sequence,
        @Nullable String fault) {
    /** Whether the subscriber said that it has it. */
    public boolean accepted() {
        return status >= 200 && status < 300;
    }

    /** Until when it was asked to be left alone; the time of the answer when it was not. */
    public Instant askedUntil() {
        if (status != 429) {
            return answeredAt;
        }
        Instant asked = answeredAt.plusSeconds(Connection.RETRY_AFTER_SECONDS);
        boolean date = subscriber.behaviour().trouble() == Behaviour.Trouble.later_date;
        return date ? asked.truncatedTo(ChronoUnit.SECONDS) : asked;
    }
}
