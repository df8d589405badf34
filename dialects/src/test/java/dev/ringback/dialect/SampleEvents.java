package dev.ringback.dialect;

import dev.ringback.schemas.Call;
import dev.ringback.schemas.CallEvent;
import dev.ringback.schemas.EventSchema;
import dev.ringback.schemas.EventType;
import dev.ringback.schemas.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** An event of every type, and the Calls that they may be about. */
final class SampleEvents {
    static final long SEQUENCE = 7;

    private static final Path GOLDEN = Path.of("src/test/resources/golden");
    private static final EventSchema SCHEMA = new EventSchema();

    /** How much is known. */
    enum Kind {
        full,
        bare,
        /** Everything, in many scripts and in every form that a time or number may have. */
        script
    }

    private SampleEvents() {}

    /** The Call after an event; null when it is not about a call. */
    static @Nullable Call call(CallEvent event, Kind kind) throws IOException {
        if (event.type().subject() != EventType.Subject.CALL) {
            return null;
        }
        return switch (kind) {
            case full -> read("call.json");
            case bare -> Call.first(event).after(event, SEQUENCE);
            case script -> read("call-script.json");
        };
    }

    private static Call read(String file) throws IOException {
        return Call.read(Files.readAllBytes(GOLDEN.resolve(file)));
    }

    /** An event, valid as the schema says. */
    static CallEvent event(EventType type, Kind kind) {
        boolean isScript = kind == Kind.script;
        ObjectNode document =
                Json.object()
                        .put("id", "evt-7f3a")
                        .put("type", type.text())
                        .put(
                                "occurred_at",
                                isScript
                                        ? "2026-11-23T14:42:31.2509999+05:30"
                                        : "2026-11-23T09:12:31.250Z")
                        .put("account_id", "acc_1")
                        .put(type.subject().field(), "c7a34e6f-9d1b-4c8e-a5f2-3b9d7e8c1a4f");
        ObjectNode data = document.putObject("data");
        data.put("id", "never instead of the event's own").put("mine", "ערך 🎉");
        if (isScript) {
            rich(type, data);
        } else if (type == EventType.CALL_TOOL_INVOKED) {
            data.put("tool_name", "find_order").put("tool_id", "t1");
            data.putObject("parameters").put("order", "A-1");
        }
        return switch (SCHEMA.read(document)) {
            case EventSchema.Reading.Valid(CallEvent valid) -> valid;
            case EventSchema.Reading.Invalid(List<?> violations) ->
                    throw new IllegalStateException(violations.toString());
        };
    }

    private static void rich(EventType type, ObjectNode data) {
        switch (type) {
            case CALL_TOOL_INVOKED -> {
                data.put("tool_name", "חיפוש").put("tool_id", "t1");
                data.putArray("parameters")
                        .add("ऑर्डर")
                        .addNull()
                        .add(1.5)
                        .addObject()
                        .put("🛒", true);
                data.put("invoked_at", "2026-11-23T14:42:30+05:30");
            }
            case CALL_TRANSFERRED ->
                    data.put("transfer_destination", "+91 98123 45678")
                            .put("reason", "मानव से बात 🙋")
                            .put("transferred_at", "2026-11-23T09:12:29.5Z");
            case ASSISTANT_UPDATED -> {
                data.put("updated_by", "דנה").put("updated_at", "2026-11-23T09:00:00Z");
                data.putArray("changed_fields").add("voice").add("prompt");
            }
            case MESSAGE_DELIVERED ->
                    data.put("from", "RNGBCK")
                            .put("to", "+972 3-555-0100")
                            .put("status", "read ✓✓");
            case MESSAGE_FAILED ->
                    data.put("from", "דואר").put("to", "whatsapp:+91").put("error_code", 30003);
            case CALL_CREATED,
                    CALL_RINGING,
                    CALL_ANSWERED,
                    CALL_STARTED,
                    CALL_JOINED,
                    CALL_ENDED,
                    CALL_ANALYZED,
                    CALL_BILLED,
                    ENDPOINT_UNHEALTHY,
                    ENDPOINT_RECOVERED,
                    ENDPOINT_DISABLED ->
                    data.put("mood", "🙂");
        }
    }
}
