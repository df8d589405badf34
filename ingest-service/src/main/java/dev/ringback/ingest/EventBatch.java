package dev.ringback.ingest;

import dev.ringback.schemas.Violation;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one request brings, in its order.
 *
 * @param single whether the request was one event by itself, not a list that may have one
 */
record EventBatch(boolean single, List<Entry> entries) {
    /** Copies the list. */
    EventBatch {
        entries = List.copyOf(entries);
    }

    /** One event as it came. */
    sealed interface Entry {
        /** The id that the answer names. */
        @Nullable String id();
    }

    /**
     * An event that may be sent.
     *
     * @param key the subject id
     * @param value the event's JSON, with its id
     */
    record Ready(String id, String key, byte[] value) implements Entry {}

    /**
     * An event that is not taken.
     *
     * @param id its own, null when it has none
     * @param status what answers it when it came by itself
     */
    record Rejected(@Nullable String id, int status, List<Violation> errors) implements Entry {
        /** Copies the list. */
        Rejected {
            errors = List.copyOf(errors);
        }
    }

    /** The events that may be sent, in order. */
    List<Ready> ready() {
        return entries.stream().filter(Ready.class::isInstance).map(Ready.class::cast).toList();
    }
}
