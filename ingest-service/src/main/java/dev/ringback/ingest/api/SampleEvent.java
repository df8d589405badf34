package dev.ringback.ingest.api;

import dev.ringback.dialect.Dialect;
import dev.ringback.ingest.health.Announcement;
import dev.ringback.schemas.Call;
import dev.ringback.schemas.CallEvent;
import dev.ringback.schemas.Endpoint;
import dev.ringback.schemas.Endpoint.Scope;
import dev.ringback.schemas.EventType;
import dev.ringback.schemas.EventType.Subject;
import dev.ringback.schemas.Json;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * An event that has not happened, to show an endpoint what it will get.
 *
 * @param call the Call after it; null when it is not about a call
 */
record SampleEvent(CallEvent event, @Nullable Call call) {
    private static final String FROM = "+14155550100";
    private static final String TO = "+14155550123";
    private static final int SECONDS = 83;

    /**
     * A sample of the first type that the endpoint asks for; empty when its dialect has no event
     * for any.
     *
     * @param id of the event and, with a prefix, of what it is about
     */
    static Optional<SampleEvent> of(Endpoint endpoint, Dialect dialect, String id, Instant at) {
        return types(endpoint)
                .filter(type -> dialect.webhookEvent(type).isPresent())
                .findFirst()
                .map(type -> of(endpoint, type, id, at));
    }

    /** Of all types the end of a call shows the most. */
    private static Stream<EventType> types(Endpoint endpoint) {
        return endpoint.config().events().stream()
                .flatMap(
                        event ->
                                event.equals(Endpoint.ALL_EVENTS)
                                        ? Stream.concat(
                                                Stream.of(EventType.CALL_ENDED),
                                                Arrays.stream(EventType.values()))
                                        : EventType.of(event).stream());
    }

    private static SampleEvent of(Endpoint endpoint, EventType type, String id, Instant at) {
        String subject = type.subject() == Subject.ENDPOINT ? endpoint.id() : "sample-" + id;
        Scope scope = endpoint.config().scope();
        CallEvent bare =
                CallEvent.of("evt_test_" + id, type, at, endpoint.accountId(), subject)
                        .withData(data(endpoint, type, at));
        CallEvent event =
                scope.environment() == null ? bare : bare.withEnvironment(scope.environment());
        if (type.subject() != Subject.CALL) {
            return new SampleEvent(event, null);
        }
        CallEvent whole = event.withCall(call(type, scope, at));
        return new SampleEvent(whole, Call.first(whole).after(whole, 1));
    }

    private static ObjectNode call(EventType type, Scope scope, Instant at) {
        ObjectNode call =
                Json.object()
                        .put("agent_id", scope.agentId() == null ? "agent-1" : scope.agentId())
                        .put("application_id", scope.applicationId())
                        .put("phone_number_id", scope.phoneNumberId())
                        .put("channel", "phone")
                        .put("direction", "inbound")
                        .put("from", FROM)
                        .put("to", TO)
                        .put("status", status(type))
                        .put("created_at", at.minusSeconds(SECONDS).toString());
        if (isOver(type)) {
            call.put("ended_at", at.toString())
                    .put("end_reason", "hangup")
                    .put("duration_seconds", SECONDS)
                    .put("summary", "A sample call.");
            call.putArray("transcript").addObject().put("role", "agent").put("text", "Hello!");
        }
        return call;
    }

    private static boolean isOver(EventType type) {
        return type == EventType.CALL_ENDED
                || type == EventType.CALL_ANALYZED
                || type == EventType.CALL_BILLED;
    }

    private static String status(EventType type) {
        if (isOver(type)) {
            return "completed";
        }
        if (type == EventType.CALL_CREATED) {
            return "queued";
        }
        return type == EventType.CALL_RINGING ? "ringing" : "in-progress";
    }

    private static ObjectNode data(Endpoint endpoint, EventType type, Instant at) {
        return switch (type.subject()) {
            case CALL ->
                    type == EventType.CALL_TOOL_INVOKED
                            ? Json.object().put("tool_name", "sample").put("tool_id", "tool-1")
                            : Json.object();
            case ASSISTANT ->
                    Json.object().put("updated_by", "sample").put("updated_at", at.toString());
            case MESSAGE ->
                    Json.object().put("from", FROM).put("to", TO).put("status", lastWord(type));
            case ENDPOINT -> Announcement.data(endpoint, endpoint.status(), "a sample");
        };
    }

    private static String lastWord(EventType type) {
        return type.text().substring(type.text().indexOf('.') + 1);
    }
}
