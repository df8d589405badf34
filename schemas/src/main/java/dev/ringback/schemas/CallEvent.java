package dev.ringback.schemas;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * One event in the life of a call, an assistant or a message, as a platform reports it.
 *
 * @param id unique for its subject; the same id again has no effect
 * @param type what happened
 * @param occurredAt when it happened, RFC 3339, as the producer wrote it
 * @param accountId whose event it is
 * @param subjectId id of the call, assistant or message; the key in {@code call.events}
 * @param environment null when the event does not say
 * @param call a part of the Call, to be merged (RFC 7396); empty when there is none
 * @param data what belongs to this event alone; empty when there is none
 */
public record CallEvent(
        String id,
        EventType type,
        String occurredAt,
        String accountId,
        String subjectId,
        @Nullable String environment,
        ObjectNode call,
        ObjectNode data) {

    /** The environment of an event whose call has none either. */
    public static final String DEFAULT_ENVIRONMENT = "production";

    /**
     * The event in a document that {@link EventSchema} has found valid and that has an id.
     *
     * @throws IllegalArgumentException when it was not valid
     */
    static CallEvent of(ObjectNode document) {
        EventType type =
                EventType.of(text(document, "type"))
                        .orElseThrow(() -> new IllegalArgumentException("unknown type"));
        return new CallEvent(
                text(document, "id"),
                type,
                text(document, "occurred_at"),
                text(document, "account_id"),
                text(document, type.subject().field()),
                optionalText(document, "environment").orElse(null),
                object(document, "call"),
                object(document, "data"));
    }

    private static String text(ObjectNode document, String field) {
        return optionalText(document, field)
                .orElseThrow(() -> new IllegalArgumentException("no " + field));
    }

    private static Optional<String> optionalText(ObjectNode document, String field) {
        return document.path(field).stringValueOpt();
    }

    private static ObjectNode object(ObjectNode document, String field) {
        JsonNode value = document.path(field);
        return value instanceof ObjectNode object ? object : Json.object();
    }
}
