package dev.ringback.dialect;

import dev.ringback.schemas.Call;
import dev.ringback.schemas.CallEvent;
import dev.ringback.schemas.Endpoint;
import dev.ringback.schemas.EventType;
import dev.ringback.schemas.Json;
import dev.ringback.schemas.SignatureScheme;
import dev.ringback.schemas.Units;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Vomyra. Documented by the vendor: the five events, {@code {"event","data"}} with each event's
 * fields, the signature over the bare body, success is any 2xx and all else is retried, an answer
 * within two seconds is advised. Ours: those two seconds as the timeout, the schedule, that the
 * newest secret alone signs while two overlap, and that an event which does not say when its own
 * thing happened gives the time at which it occurred.
 */
final class VomyraDialect implements Dialect {
    private static final String NAME = "vomyra";

    private static final Set<EventType> EVENTS =
            Set.of(
                    EventType.CALL_STARTED,
                    EventType.CALL_ENDED,
                    EventType.CALL_TOOL_INVOKED,
                    EventType.CALL_TRANSFERRED,
                    EventType.ASSISTANT_UPDATED);

    private static final SignatureScheme SIGNATURE =
            SignatureScheme.parse(
                    """
                    {"headers": {"X-Vomyra-Signature": "{signature}"},
                     "message": "{body}", "separator": "", "timestamp": "unix_seconds",
                     "algorithm": "hmac-sha256", "encoding": "hex", "secret": "utf8"}""");

    private static final List<Duration> SCHEDULE =
            Stream.of("4s", "30s", "2m", "8m", "30m", "2h").map(Units::duration).toList();

    private static final Facts FACTS =
            new Facts(SIGNATURE, true, Duration.ofSeconds(2), SCHEDULE, false, Rules.ANY);

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public Facts facts() {
        return FACTS;
    }

    @Override
    public Optional<String> webhookEvent(EventType type) {
        return EVENTS.contains(type) ? Optional.of(type.text()) : Optional.empty();
    }

    @Override
    public byte[] body(
            CallEvent event,
            @Nullable Call call,
            long sequence,
            Endpoint.@Nullable Callback callback) {
        ObjectNode body = Json.object().put("event", event.type().text());
        body.set("data", data(event, call));
        return Json.bytes(body);
    }

    @Override
    public ObjectNode getCall(Call call) {
        ObjectNode known = call.tree();
        ObjectNode data = Json.object();
        data.set("id", Bodies.value(known, "call_id"));
        ObjectNode assistant = data.putObject("assistant");
        assistant.set("id", Bodies.value(known, "agent_id"));
        assistant.set("name", Bodies.value(known, "agent_name"));
        data.set("call_type", Bodies.value(known, "channel"));
        Bodies.copy(known, data, "direction");
        data.set("phone_number", otherParty(known));
        data.set("call_duration", Bodies.text(clock(known)));
        data.put("active", !known.hasNonNull("ended_at"));
        Bodies.copy(known, data, "recording_url");
        data.set("additional_data", Bodies.value(known, "attributes"));
        data.set("notes", Bodies.value(known, "summary"));
        data.set("whatsapp_summary", Bodies.value(known, "short_summary"));
        data.set("transcript", transcript(known));
        ObjectNode answer = Json.object().put("success", true);
        answer.set("data", data);
        return answer;
    }

    private static Optional<String> clock(ObjectNode known) {
        return Bodies.millis(known.path("duration_seconds"))
                .map(Duration::ofMillis)
                .map(
                        time ->
                                "%02d:%02d:%02d"
                                        .formatted(
                                                time.toHours(),
                                                time.toMinutesPart(),
                                                time.toSecondsPart()));
    }

    private static JsonNode transcript(ObjectNode known) {
        ArrayNode lines = Json.shared().createArrayNode();
        for (JsonNode said : known.path("transcript")) {
            ObjectNode line = lines.addObject();
            line.set("role", Bodies.text(said.path("role").stringValueOpt()));
            line.set("content", Bodies.text(said.path("text").stringValueOpt()));
            line.set("timestamp", Bodies.text(said.path("at").stringValueOpt()));
        }
        return known.path("transcript").isArray() ? lines : Bodies.UNKNOWN;
    }

    private static ObjectNode data(CallEvent event, @Nullable Call call) {
        if (event.type() == EventType.ASSISTANT_UPDATED) {
            return updated(event);
        }
        ObjectNode known = Bodies.known(event, call);
        ObjectNode data = Json.object().put("call_id", event.subjectId());
        switch (event.type()) {
            case CALL_STARTED -> started(known, data);
            case CALL_ENDED -> ended(known, data);
            case CALL_TOOL_INVOKED -> toolInvoked(event, data);
            case CALL_TRANSFERRED -> transferred(event, data);
            case CALL_CREATED,
                    CALL_RINGING,
                    CALL_ANSWERED,
                    CALL_JOINED,
                    CALL_ANALYZED,
                    CALL_BILLED,
                    ASSISTANT_UPDATED,
                    MESSAGE_DELIVERED,
                    MESSAGE_FAILED,
                    ENDPOINT_UNHEALTHY,
                    ENDPOINT_RECOVERED,
                    ENDPOINT_DISABLED ->
                    throw new IllegalArgumentException(event.type().text());
        }
        return Bodies.extended(data, known, NAME);
    }

    private static void started(ObjectNode call, ObjectNode data) {
        data.set("assistant_id", Bodies.value(call, "agent_id"));
        Bodies.copy(call, data, "phone_number_id", "direction");
        data.set("caller", otherParty(call));
        Bodies.copy(call, data, "started_at");
    }

    /** The number at the other end of the line; without a direction nobody can tell which it is. */
    private static JsonNode otherParty(ObjectNode call) {
        return switch (call.path("direction").asString("")) {
            case "inbound" -> Bodies.value(call, "from");
            case "outbound" -> Bodies.value(call, "to");
            default -> Bodies.UNKNOWN;
        };
    }

    private static void ended(ObjectNode call, ObjectNode data) {
        Bodies.copy(call, data, "status");
        data.set("ended_reason", Bodies.value(call, "end_reason"));
        Bodies.copy(call, data, "duration_seconds");
        JsonNode amount = call.path("cost").path("amount");
        data.set("cost", amount.isNumber() ? amount : Bodies.UNKNOWN);
        Bodies.copy(call, data, "transcript_url", "recording_url", "summary");
    }

    private static void toolInvoked(CallEvent event, ObjectNode data) {
        Bodies.copy(event.data(), data, "tool_name", "tool_id", "parameters");
        data.set("invoked_at", Bodies.time(event, "invoked_at"));
    }

    private static void transferred(CallEvent event, ObjectNode data) {
        Bodies.copy(event.data(), data, "transfer_destination");
        data.set("transferred_at", Bodies.time(event, "transferred_at"));
        Bodies.copy(event.data(), data, "reason");
    }

    private static ObjectNode updated(CallEvent event) {
        ObjectNode data = Json.object().put("assistant_id", event.subjectId());
        Bodies.copy(event.data(), data, "updated_by", "changed_fields");
        data.set("updated_at", Bodies.time(event, "updated_at"));
        return data;
    }
}
