package dev.ringback.flow;

/** What is known of an endpoint when it asks for a slot. */
enum Standing {
    /** It took what it got last, and keeps nobody waiting. */
    proven,
    /** Nothing, or that it keeps requests waiting. */
    unproven,
    /** It failed several times in a row: one request at a time. */
    open
}
