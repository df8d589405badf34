package dev.ringback.dispatch;

import dev.ringback.schemas.Reason;
import java.time.Instant;

/** What becomes of a delivery after an attempt, or instead of one. */
sealed interface Outcome {
    /** It has arrived. */
    record Delivered() implements Outcome {}

    /**
     * It is tried again.
     *
     * @param reason what went wrong
     * @param asked whether the receiver asked to wait for that long
     */
    record Retry(Instant dueAt, String reason, boolean asked) implements Outcome {}

    /**
     * It waits without using an attempt, because of us and not of the receiver.
     *
     * @param reason what it waits for
     */
    record Deferred(Instant dueAt, String reason) implements Outcome {}

    /**
     * It is dead.
     *
     * @param detail what the last attempt ran into, or the reason itself
     */
    record Dead(Reason reason, String detail) implements Outcome {}
}
