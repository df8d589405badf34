package dev.ringback.dialect;

import dev.ringback.schemas.Call;
import dev.ringback.schemas.CallEvent;
import dev.ringback.schemas.Endpoint;
import dev.ringback.schemas.EventType;
import dev.ringback.schemas.Json;
import dev.ringback.schemas.SignatureScheme;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Ultravox. Documented by the vendor: the four events, {@code {"event","call"}} with the complete
 * call in camelCase, ten more tries from 30 seconds doubling whenever the answer is not 2xx, one
 * signature for each live secret, the longest URL and secret. Ours: ten seconds for an answer, and
 * the time of signing without an offset unless the endpoint says otherwise, because the vendor's
 * own sample compares it with a local time.
 */
final class UltravoxDialect implements Dialect {
    private static final String NAME = "ultravox";
    private static final Duration FIRST_WAIT = Duration.ofSeconds(30);
    private static final int RETRIES = 10;
    private static final int MOST_URL = 200;
    private static final int MOST_SECRET = 120;

    private static final Map<EventType, String> EVENTS =
            Map.of(
                    EventType.CALL_CREATED, "call.started",
                    EventType.CALL_JOINED, "call.joined",
                    EventType.CALL_ENDED, "call.ended",
                    EventType.CALL_BILLED, "call.billed");

    private static final Set<String> END_REASONS =
            Set.of(
                    "unjoined",
                    "hangup",
                    "agent_hangup",
                    "timeout",
                    "connection_error",
                    "system_error");

    private static final SignatureScheme SIGNATURE =
            SignatureScheme.parse(
                    """
                    {"headers": {"X-Ultravox-Webhook-Timestamp": "{timestamp}",
                                 "X-Ultravox-Webhook-Signature": "{signature}"},
                     "message": "{body}{timestamp}", "separator": ",", "timestamp": "iso8601",
                     "algorithm": "hmac-sha256", "encoding": "hex", "secret": "utf8"}""");

    private static final List<Duration> SCHEDULE =
            Stream.iterate(FIRST_WAIT, wait -> wait.multipliedBy(2)).limit(RETRIES).toList();

    private static final Rules RULES = new Rules(false, false, false, 0, MOST_URL, MOST_SECRET);

    private static final Facts FACTS =
            new Facts(SIGNATURE, true, Duration.ofSeconds(10), SCHEDULE, false, RULES);

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
        return Optional.ofNullable(EVENTS.get(type));
    }

    @Override
    public byte[] body(
            CallEvent event,
            @Nullable Call call,
            long sequence,
            Endpoint.@Nullable Callback callback) {
        ObjectNode known = Bodies.known(event, call);
        ObjectNode body = Json.object().put("event", EVENTS.get(event.type()));
        body.set("call", shown(known));
        return Json.bytes(body);
    }

    @Override
    public ObjectNode getCall(Call call) {
        return shown(call.tree());
    }

    private static ObjectNode shown(ObjectNode known) {
        return Bodies.extended(call(known), known, NAME);
    }

    /** The vendor's fields in their order; what Ringback has no word for is the extension's. */
    private static ObjectNode call(ObjectNode known) {
        ObjectNode call = Json.object();
        call.set("agent", agent(known));
        call.set("agentId", Bodies.value(known, "agent_id"));
        call.set("billedDuration", Bodies.text(seconds(known.path("billed_duration_seconds"))));
        unknown(call, "billedSideInputTokens", "billedSideOutputTokens", "billingStatus");
        call.set("callId", Bodies.value(known, "call_id"));
        unknown(call, "clientVersion");
        call.set("created", Bodies.value(known, "created_at"));
        call.set("endReason", endReason(known));
        call.set("ended", Bodies.value(known, "ended_at"));
        unknown(call, "experimentalSettings", "firstSpeaker", "firstSpeakerSettings");
        unknown(call, "initialOutputMedium", "initialState", "joinUrl");
        call.set("joined", Bodies.value(known, "joined_at"));
        Bodies.copy(known, call, "metadata");
        unknown(call, "requestContext");
        call.set("shortSummary", Bodies.value(known, "short_summary"));
        unknown(call, "sipDetails");
        Bodies.copy(known, call, "summary");
        return call;
    }

    private static void unknown(ObjectNode call, String... fields) {
        for (String field : fields) {
            call.set(field, Bodies.UNKNOWN);
        }
    }

    private static JsonNode agent(ObjectNode known) {
        boolean isExtended = known.path("extensions").path(NAME).path("agent").isObject();
        if (!isExtended && !known.hasNonNull("agent_id") && !known.hasNonNull("agent_name")) {
            return Bodies.UNKNOWN;
        }
        ObjectNode agent = Json.object();
        agent.set("agentId", Bodies.value(known, "agent_id"));
        agent.set("name", Bodies.value(known, "agent_name"));
        return agent;
    }

    /** A duration as Protocol Buffers write it in JSON. */
    private static Optional<String> seconds(JsonNode number) {
        return Bodies.plain(number)
                .map(BigDecimal::stripTrailingZeros)
                .map(seconds -> seconds.toPlainString() + "s");
    }

    private static JsonNode endReason(ObjectNode known) {
        return Bodies.text(known.path("end_reason").stringValueOpt().filter(END_REASONS::contains));
    }
}
