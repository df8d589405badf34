package dev.ringback.schemas;

import java.time.Instant;
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
 * @param webhooks the call's own targets from now on; empty when there are none
 */
public record CallEvent(
        String id,
        EventType type,
        String occurredAt,
        String accountId,
        String subjectId,
        @Nullable String environment,
        ObjectNode call,
        ObjectNode data,
        ObjectNode webhooks) {

    /** The environment of an event whose call has none either. */
    public static final String DEFAULT_ENVIRONMENT = "production";

    /**
     * An event that brings no part of the Call and no data yet.
     *
     * @param id unique for its subject; the same id again has no effect
     * @param subjectId id of the call, assistant or message
     */
    public static CallEvent of(
            String id, EventType type, Instant occurredAt, String accountId, String subjectId) {
        return new CallEvent(
                id,
                type,
                occurredAt.toString(),
                accountId,
                subjectId,
                null,
                Json.object(),
                Json.object(),
                Json.object());
    }

    /** The id of an event that its producer gave none: its place, so that it stays the same. */
    public static String madeId(int partition, long offset) {
        return "evt_" + partition + "-" + offset;
    }

    /** The same event in another environment than {@value #DEFAULT_ENVIRONMENT}. */
    public CallEvent withEnvironment(String name) {
        return new CallEvent(
                id, type, occurredAt, accountId, subjectId, name, call, data, webhooks);
    }

    /** The same event bringing this part of the Call. */
    public CallEvent withCall(ObjectNode part) {
        return new CallEvent(
                id, type, occurredAt, accountId, subjectId, environment, part, data, webhooks);
    }

    /** The same event with data of its own. */
    public CallEvent withData(ObjectNode own) {
        return new CallEvent(
                id, type, occurredAt, accountId, subjectId, environment, call, own, webhooks);
    }

    /** The same event bringing targets for its call. */
    public CallEvent withWebhooks(ObjectNode targets) {
        return new CallEvent(
                id, type, occurredAt, accountId, subjectId, environment, call, data, targets);
    }

    /** The event's JSON, as {@code call.events} wants it; {@link EventSchema#read} judges it. */
    public byte[] bytes() {
        ObjectNode document =
                Json.object()
                        .put("id", id)
                        .put("type", type.text())
                        .put("occurred_at", occurredAt)
                        .put("account_id", accountId)
                        .put(type.subject().field(), subjectId);
        if (environment != null) {
            document.put("environment", environment);
        }
        if (!call.isEmpty()) {
            document.set("call", call);
        }
        if (!data.isEmpty()) {
            document.set("data", data);
        }
        if (!webhooks.isEmpty()) {
            document.set("webhooks", webhooks);
        }
        return Json.bytes(document);
    }

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
                object(document, "data"),
                object(document, "webhooks"));
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
