package dev.ringback.rig;

import dev.ringback.schemas.CallEvent;
import dev.ringback.schemas.EventType;
import dev.ringback.schemas.Json;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/**
 * The events of a run, numbered from 0: when each is to be sent, and whose it is. They go round the
 * endpoints, each of which has a call at a time, so every event has one endpoint. Pure.
 */
public record Traffic(int endpoints, int perSecond) {
    /** What happens to each call, in order. */
    static final List<EventType> LIFE =
            List.of(
                    EventType.CALL_CREATED,
                    EventType.CALL_ANSWERED,
                    EventType.CALL_ENDED,
                    EventType.CALL_ANALYZED);

    /** Text that makes a webhook's body about 1 KB. */
    private static final String SUMMARY =
            "The caller asked about the delivery of an order. ".repeat(10);

    private static final String EVENT_ID = "bench-";
    private static final long SECOND_NANOS = 1_000_000_000L;

    /** Where an event's number stands in a webhook's body. */
    static final byte[] EVENT_MARK = ("\"" + EVENT_ID).getBytes(StandardCharsets.UTF_8);

    /** The endpoint that an event goes to. */
    public int endpoint(int event) {
        return event % endpoints;
    }

    /** The number of an event's call. */
    public int call(int event) {
        return event / endpoints / LIFE.size() * endpoints + endpoint(event);
    }

    /** Which of its call's events it is, from 0. */
    public int step(int event) {
        return event / endpoints % LIFE.size();
    }

    /** How many events are due within a time. */
    public int events(Duration time) {
        return Math.toIntExact(time.toMillis() * perSecond / 1_000);
    }

    /** When an event is to be sent, counted from the start. */
    public long scheduledNanos(int event) {
        return event * SECOND_NANOS / perSecond;
    }

    /** The event as it is sent. */
    public CallEvent of(int event, Instant at) {
        int step = step(event);
        ObjectNode call = Json.object();
        if (step == 0) {
            call.put("agent_id", "agent-1")
                    .put("channel", "phone")
                    .put("direction", "inbound")
                    .put("from", "+15550100")
                    .put("to", "+15550101")
                    .put("summary", SUMMARY);
        }
        return CallEvent.of(
                        EVENT_ID + event,
                        LIFE.get(step),
                        at,
                        Subscribers.account(endpoint(event)),
                        "call-" + call(event))
                .withCall(call);
    }
}
