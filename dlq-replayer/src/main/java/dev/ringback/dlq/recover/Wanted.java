package dev.ringback.dlq.recover;

import dev.ringback.schemas.EventType;
import java.time.Instant;
import java.util.Optional;

/**
 * Which events are to be recovered.
 *
 * @param since they came then or later
 * @param until they came before
 * @param eventType all of this type; empty: of any
 * @param call all about this call, assistant or message; empty: about any
 */
record Wanted(
        String endpoint,
        Instant since,
        Optional<Instant> until,
        Optional<EventType> eventType,
        Optional<String> call) {

    /** Whether it means this event, as far as its endpoint is not asked. */
    boolean means(EventLog.Located located) {
        return !located.at().isBefore(since)
                && until.map(to -> located.at().isBefore(to)).orElse(true)
                && eventType.map(type -> type == located.event().type()).orElse(true)
                && call.map(id -> id.equals(located.event().subjectId())).orElse(true);
    }
}
