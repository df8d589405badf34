package dev.ringback.dispatch;

import dev.ringback.schemas.Attempt;
import dev.ringback.schemas.Reason;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What becomes of a delivery after an attempt, or instead of one. */
sealed interface Outcome {
    /** It has arrived. */
    record Delivered() implements Outcome {}

    /** It has been answered, and nobody needs the answer any more. */
    record Late(String why) implements Outcome {}

    /**
     * It is tried again.
     *
     * @param reason what went wrong
     * @param asked whether the receiver asked to wait for that long
     */
    record Retry(Instant dueAt, String reason, boolean asked) implements Outcome {}

    /**
     * It waits without using an attempt.
     *
     * @param reason what it waits for
     * @param fault whether somebody has to put something right first
     */
    record Deferred(Instant dueAt, String reason, boolean fault) implements Outcome {}

    /**
     * It is dead.
     *
     * @param detail what the last attempt ran into, or the reason itself
     */
    record Dead(Reason reason, String detail) implements Outcome {}

    /** Its name in the log of attempts. */
    default Attempt.Result result() {
        return switch (this) {
            case Delivered delivered -> Attempt.Result.delivered;
            case Late late -> Attempt.Result.delivered;
            case Retry retry -> Attempt.Result.retry;
            case Deferred deferred -> Attempt.Result.deferred;
            case Dead dead -> Attempt.Result.dead;
        };
    }

    /** What went wrong; null when nothing did. */
    default @Nullable String said() {
        return switch (this) {
            case Delivered delivered -> null;
            case Late late -> late.why();
            case Retry retry -> retry.reason();
            case Deferred deferred -> deferred.reason();
            case Dead dead -> dead.detail();
        };
    }

    /** When the delivery is looked at next; null when never. */
    default @Nullable Instant nextDueAt() {
        return switch (this) {
            case Delivered delivered -> null;
            case Late late -> null;
            case Retry retry -> retry.dueAt();
            case Deferred deferred -> deferred.dueAt();
            case Dead dead -> null;
        };
    }
}
