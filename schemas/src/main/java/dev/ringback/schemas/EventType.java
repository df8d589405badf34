package dev.ringback.schemas;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Every type of event that may come in, with the kind of thing it is about. */
public enum EventType {
    CALL_CREATED("call.created", Subject.CALL, "created_at"),
    CALL_RINGING("call.ringing", Subject.CALL, "ringing_at"),
    CALL_ANSWERED("call.answered", Subject.CALL, "answered_at"),
    CALL_STARTED("call.started", Subject.CALL, "started_at"),
    CALL_JOINED("call.joined", Subject.CALL, "joined_at"),
    CALL_TOOL_INVOKED("call.tool_invoked", Subject.CALL, null),
    CALL_TRANSFERRED("call.transferred", Subject.CALL, null),
    CALL_ENDED("call.ended", Subject.CALL, "ended_at"),
    CALL_ANALYZED("call.analyzed", Subject.CALL, "analyzed_at"),
    CALL_BILLED("call.billed", Subject.CALL, "billed_at"),
    ASSISTANT_UPDATED("assistant.updated", Subject.ASSISTANT, null),
    MESSAGE_DELIVERED("message.delivered", Subject.MESSAGE, null),
    MESSAGE_FAILED("message.failed", Subject.MESSAGE, null),
    ENDPOINT_UNHEALTHY("endpoint.unhealthy", Subject.ENDPOINT, null),
    ENDPOINT_RECOVERED("endpoint.recovered", Subject.ENDPOINT, null),
    ENDPOINT_DISABLED("endpoint.disabled", Subject.ENDPOINT, null);

    /** What an event can be about; its id is the key in {@code call.events}. */
    public enum Subject {
        CALL("call_id"),
        ASSISTANT("assistant_id"),
        MESSAGE("message_id"),
        ENDPOINT("endpoint_id");

        private final String field;

        Subject(String field) {
            this.field = field;
        }

        /** The event's field that holds the subject id. */
        public String field() {
            return field;
        }
    }

    private static final Map<String, EventType> BY_TEXT =
            Arrays.stream(values())
                    .collect(Collectors.toUnmodifiableMap(EventType::text, Function.identity()));

    private final String text;
    private final Subject subject;
    private final @Nullable String timeField;

    EventType(String text, Subject subject, @Nullable String timeField) {
        this.text = text;
        this.subject = subject;
        this.timeField = timeField;
    }

    /** The name as it travels, such as {@code call.ended}. */
    public String text() {
        return text;
    }

    /** What the event is about. */
    public Subject subject() {
        return subject;
    }

    /** Whether Ringback itself announces it; nobody else may report it. */
    public boolean isAnnouncement() {
        return subject == Subject.ENDPOINT;
    }

    /** The Call's time that an event of this type brings, if any. */
    public Optional<String> timeField() {
        return Optional.ofNullable(timeField);
    }

    /** The type with that name, if there is one. */
    public static Optional<EventType> of(String text) {
        return Optional.ofNullable(BY_TEXT.get(text));
    }
}
