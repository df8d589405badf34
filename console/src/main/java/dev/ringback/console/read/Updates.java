package dev.ringback.console.read;

import tools.jackson.databind.node.ObjectNode;

/** Told of what happens, as it happens. Called by one thread, which it must not hold up. */
public interface Updates {
    /**
     * Something happened.
     *
     * @param name {@code attempt}: an attempt without headers and body, {@code attempt_id
     *     delivery_id event_type subject_id account_id endpoint_id dialect attempt trigger at
     *     duration_ms response_status outcome reason next_due_at}; {@code call}: {@code call_id
     *     account_id status sequence}; {@code replay}: a job as {@link ReadSide#replay} has it
     */
    void happened(String name, ObjectNode what);

    /** Ends the updates; idempotent. */
    interface Subscription extends AutoCloseable {
        @Override
        void close();
    }
}
