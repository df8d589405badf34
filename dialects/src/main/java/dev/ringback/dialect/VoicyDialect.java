package dev.ringback.dialect;

import dev.ringback.schemas.Call;
import dev.ringback.schemas.CallEvent;
import dev.ringback.schemas.Endpoint;
import dev.ringback.schemas.EventType;
import dev.ringback.schemas.Json;
import dev.ringback.schemas.SignatureScheme;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Voicy. Documented by the vendor: one event when all is known of a call, {@code {"event","call"}}
 * with the call as its Get Call shows it, the signature when there is a secret, five seconds for an
 * answer and no second try, at most five webhooks of an agent, which has a draft and a deployed set
 * of them. Ours: success is any 2xx, objects of which nothing is known are there with their fields
 * null.
 */
final class VoicyDialect implements Dialect {
    private static final String NAME = "voicy";
    private static final String EVENT = "call_ended";
    private static final int MOST_PER_AGENT = 5;

    private static final Set<String> AGENT_ROLES = Set.of("assistant", "agent");

    private static final SignatureScheme SIGNATURE =
            SignatureScheme.parse(
                    """
                    {"headers": {"x-voicy-event": "{event}",
                                 "x-voicy-signature": "sha256={signature}"},
                     "message": "{body}", "separator": "", "timestamp": "unix_seconds",
                     "algorithm": "hmac-sha256", "encoding": "hex", "secret": "utf8"}""");

    private static final Rules RULES =
            new Rules(
                    true, true, true, MOST_PER_AGENT, Rules.ANY.mostUrl(), Rules.ANY.mostSecret());

    private static final Facts FACTS =
            new Facts(SIGNATURE, false, Duration.ofSeconds(5), List.of(), false, RULES);

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
        return type == EventType.CALL_ANALYZED ? Optional.of(EVENT) : Optional.empty();
    }

    @Override
    public byte[] body(
            CallEvent event,
            @Nullable Call call,
            long sequence,
            Endpoint.@Nullable Callback callback) {
        ObjectNode known = Bodies.known(event, call);
        ObjectNode body = Json.object().put("event", EVENT);
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

    private static ObjectNode call(ObjectNode known) {
        ObjectNode call = Json.object();
        Bodies.copy(known, call, "call_id");
        call.set("call_type", callType(known));
        call.set("call_status", Bodies.value(known, "status"));
        call.set("agent", agent(known));
        call.set("from_number", Bodies.value(known, "from"));
        call.set("to_number", Bodies.value(known, "to"));
        call.set("direction", direction(known));
        call.set("start_timestamp", Bodies.number(start(known).map(Instant::toEpochMilli)));
        call.set("duration_ms", Bodies.number(Bodies.millis(known.path("duration_seconds"))));
        call.set("transcript", transcript(known));
        Bodies.copy(known, call, "recording_url", "summary");
        variables(known, call);
        call.set("call_cost", cost(known));
        return call;
    }

    private static JsonNode callType(ObjectNode known) {
        return Bodies.text(
                known.path("channel").stringValueOpt().map(channel -> channel + "_call"));
    }

    private static ObjectNode agent(ObjectNode known) {
        ObjectNode agent = Json.object();
        agent.set("id", Bodies.value(known, "agent_id"));
        agent.set("name", Bodies.value(known, "agent_name"));
        agent.set("version", Bodies.value(known, "agent_version"));
        return agent;
    }

    private static JsonNode direction(ObjectNode known) {
        return Bodies.text(
                known.path("direction")
                        .stringValueOpt()
                        .map(
                                ours ->
                                        switch (ours) {
                                            case "inbound" -> "incoming";
                                            case "outbound" -> "outgoing";
                                            default -> ours;
                                        }));
    }

    private static Optional<Instant> start(ObjectNode known) {
        return Stream.of("started_at", "answered_at", "created_at")
                .flatMap(field -> known.path(field).stringValueOpt().stream())
                .flatMap(time -> Bodies.instant(time).stream())
                .findFirst();
    }

    private static JsonNode transcript(ObjectNode known) {
        if (!(known.path("transcript") instanceof ArrayNode said)) {
            return Bodies.UNKNOWN;
        }
        ArrayNode transcript = Json.shared().createArrayNode();
        for (JsonNode line : said) {
            boolean byAgent = AGENT_ROLES.contains(line.path("role").asString(""));
            transcript
                    .addObject()
                    .put("role", byAgent ? "agent" : "caller")
                    .set("content", Bodies.text(line.path("text").stringValueOpt()));
        }
        return transcript;
    }

    private static void variables(ObjectNode known, ObjectNode call) {
        ObjectNode variables =
                known.path("variables") instanceof ObjectNode given ? given : Json.object();
        call.set("vars_provided", Bodies.value(variables, "provided"));
        call.set("vars_extracted", Bodies.value(variables, "extracted"));
        call.set("vars_collected", Bodies.value(variables, "collected"));
    }

    private static ObjectNode cost(ObjectNode known) {
        ObjectNode cost = known.path("cost") instanceof ObjectNode given ? given : Json.object();
        ObjectNode theirs = Json.object();
        theirs.set("combined_cost", Bodies.value(cost, "amount"));
        Bodies.copy(cost, theirs, "currency");
        return theirs;
    }
}
