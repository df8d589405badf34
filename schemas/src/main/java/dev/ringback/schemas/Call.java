package dev.ringback.schemas;

import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The Call as known after its latest event: one JSON object in snake_case, as {@code
 * call.snapshots} holds it. Immutable; every change makes a new one.
 */
public final class Call {
    /** The names of all its fields, in the order in which they are documented. */
    public static final List<String> FIELDS =
            List.of(
                    ("call_id account_id application_id agent_id agent_name agent_version "
                                    + "phone_number_id environment channel direction from to caller_name "
                                    + "status created_at ringing_at answered_at started_at joined_at ended_at "
                                    + "analyzed_at billed_at end_reason duration_seconds "
                                    + "billed_duration_seconds cost transcript transcript_url recording_url "
                                    + "summary short_summary variables metadata attributes extensions "
                                    + "sequence")
                            .split(" "));

    private final ObjectNode fields;

    private Call(ObjectNode fields) {
        this.fields = fields;
    }

    /** A Call of which only its id and its account are known. */
    public static Call first(CallEvent event) {
        return new Call(
                Json.object()
                        .put("call_id", event.subjectId())
                        .put("account_id", event.accountId())
                        .put("sequence", 0));
    }

    /** The Call that {@link #bytes} wrote. */
    public static Call read(byte[] bytes) {
        return of((ObjectNode) Json.parse(bytes));
    }

    /** The Call with these fields, which nobody may change from now on. */
    public static Call of(ObjectNode fields) {
        return new Call(fields);
    }

    /**
     * The Call after one more of its events: the event's part merged in (RFC 7396), the event's own
     * time filled in where the part does not bring it, identity and sequence set by us alone.
     */
    public Call after(CallEvent event, long sequence) {
        ObjectNode next = fields.deepCopy();
        Json.merge(next, event.call());
        event.type()
                .timeField()
                .filter(field -> !next.hasNonNull(field))
                .ifPresent(field -> next.put(field, event.occurredAt()));
        next.put("call_id", event.subjectId());
        next.put("account_id", event.accountId());
        next.put("environment", environmentOf(event, next));
        next.remove("sequence");
        next.put("sequence", sequence);
        return new Call(next);
    }

    /** A field's text, empty where it is unknown or not text. */
    public Optional<String> text(String field) {
        return fields.path(field).stringValueOpt();
    }

    /** A read-only look at the whole Call; callers must not change it. */
    public ObjectNode tree() {
        return fields;
    }

    /** Every documented field in its order, null where it is unknown. */
    public ObjectNode whole() {
        ObjectNode whole = Json.object();
        for (String name : FIELDS) {
            JsonNode value = fields.get(name);
            whole.set(name, value == null ? Json.shared().getNodeFactory().nullNode() : value);
        }
        return whole;
    }

    /** The JSON of what is known. */
    public byte[] bytes() {
        return Json.bytes(fields);
    }

    private String environmentOf(CallEvent event, ObjectNode merged) {
        if (event.environment() != null) {
            return event.environment();
        }
        return merged.path("environment").stringValueOpt().orElse(CallEvent.DEFAULT_ENVIRONMENT);
    }

    @Override
    public String toString() {
        return fields.toString();
    }
}
