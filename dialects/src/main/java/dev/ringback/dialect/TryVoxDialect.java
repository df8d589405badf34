package dev.ringback.dialect;

import dev.ringback.schemas.Call;
import dev.ringback.schemas.CallEvent;
import dev.ringback.schemas.Endpoint;
import dev.ringback.schemas.Endpoint.Callback.Payload;
import dev.ringback.schemas.Endpoint.Callback.Role;
import dev.ringback.schemas.EventType;
import dev.ringback.schemas.EventType.Subject;
import dev.ringback.schemas.Json;
import dev.ringback.schemas.SignatureScheme;
import dev.ringback.schemas.Units;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * TryVox. Documented by the vendor: the events of a call with their statuses, the flat body, five
 * seconds for an answer, three more tries after 1, 4 and 16 seconds, a signature when the
 * application has a {@code webhook_secret}, GET callbacks. Its live platform: how that signature is
 * made, and the other form of status callbacks. Ours: events of messages, success is any 2xx, a
 * field that is not known is empty in a query.
 */
final class TryVoxDialect implements Dialect {
    private static final String NAME = "tryvox";

    private static final Map<EventType, String> EVENTS =
            Map.of(
                    EventType.CALL_CREATED, "call.queued",
                    EventType.CALL_RINGING, "call.ringing",
                    EventType.CALL_ANSWERED, "call.answered",
                    EventType.CALL_ENDED, "call.ended",
                    EventType.MESSAGE_DELIVERED, "message.delivered",
                    EventType.MESSAGE_FAILED, "message.failed");

    /** How a call may end otherwise than completed. */
    private static final Set<String> UNCOMPLETED =
            Set.of("busy", "no-answer", "failed", "canceled");

    private static final SignatureScheme SIGNATURE =
            SignatureScheme.parse(
                    """
                    {"headers": {"X-TryVox-Timestamp": "{timestamp}",
                                 "X-TryVox-Signature": "t={timestamp},v1={signature}"},
                     "message": "{timestamp}.{body}", "separator": "", "timestamp": "unix_seconds",
                     "algorithm": "hmac-sha256", "encoding": "hex", "secret": "utf8"}""");

    private static final List<Duration> SCHEDULE =
            Stream.of("1s", "4s", "16s").map(Units::duration).toList();

    private static final DateTimeFormatter MILLIS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    private static final Facts FACTS =
            new Facts(SIGNATURE, false, Duration.ofSeconds(5), SCHEDULE, false, Rules.ANY);

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
        boolean isMessage = event.type().subject() == Subject.MESSAGE;
        ObjectNode known = isMessage ? Json.object() : Bodies.known(event, call);
        ObjectNode fields =
                isPascal(callback) ? pascal(event, known) : flat(event, known, callback);
        ObjectNode body = Bodies.extended(fields, known, NAME);
        return isGet(callback) ? query(body) : Json.bytes(body);
    }

    @Override
    public ObjectNode getCall(Call call) {
        ObjectNode known = call.tree();
        ObjectNode shown = Json.object();
        shown.set("call_uuid", Bodies.value(known, "call_id"));
        Bodies.copy(known, shown, "from", "to", "direction", "status");
        shown.set("duration", Bodies.value(known, "duration_seconds"));
        shown.set("billed_duration", Bodies.value(known, "billed_duration_seconds"));
        shown.set("start_time", Bodies.value(known, "created_at"));
        shown.set("ring_time", Bodies.value(known, "ringing_at"));
        shown.set("answer_time", Bodies.value(known, "answered_at"));
        shown.set("end_time", Bodies.value(known, "ended_at"));
        Bodies.copy(known, shown, "end_reason");
        ObjectNode cost = known.path("cost") instanceof ObjectNode c ? c : Json.object();
        shown.set("price", Bodies.value(cost, "amount"));
        shown.set("price_unit", Bodies.value(cost, "currency"));
        // which URLs a call has is the registry's; the extension may say it
        for (String url : List.of("answer_url", "hangup_url", "ring_url")) {
            shown.set(url, Bodies.UNKNOWN);
        }
        ArrayNode recordings = shown.putArray("recording_urls");
        known.path("recording_url").stringValueOpt().ifPresent(recordings::add);
        return Bodies.extended(shown, known, NAME);
    }

    @Override
    public String contentType(Endpoint.@Nullable Callback callback) {
        return isGet(callback) ? FORM : Dialect.super.contentType(callback);
    }

    private static boolean isGet(Endpoint.@Nullable Callback callback) {
        return callback != null && callback.method().equals("GET");
    }

    private static boolean isPascal(Endpoint.@Nullable Callback callback) {
        return callback != null
                && callback.role() == Role.status
                && callback.payload() == Payload.pascal;
    }

    /** Whether it goes to a URL that is asked what to do next. */
    private static boolean isQuestion(Endpoint.@Nullable Callback callback) {
        return callback != null
                && (callback.role() == Role.answer || callback.role() == Role.fallback);
    }

    private static ObjectNode flat(
            CallEvent event, ObjectNode call, Endpoint.@Nullable Callback callback) {
        boolean isMessage = event.type().subject() == Subject.MESSAGE;
        ObjectNode body = Json.object().put("event", EVENTS.get(event.type()));
        body.set("call_uuid", callUuid(event));
        body.put("account_id", event.accountId());
        Bodies.copy(isMessage ? event.data() : call, body, "from", "to");
        body.set("direction", Bodies.value(call, "direction"));
        if (isQuestion(callback)) {
            return body;
        }
        body.put("status", status(event, call));
        body.put(
                "timestamp",
                Bodies.instant(event.occurredAt()).map(MILLIS::format).orElse(event.occurredAt()));
        if (event.type() == EventType.CALL_ENDED) {
            body.set("duration", Bodies.value(call, "duration_seconds"));
            Bodies.copy(call, body, "end_reason");
        }
        if (isMessage) {
            body.put("message_uuid", event.subjectId());
        }
        return body;
    }

    /** A status callback as the live platform sends it. */
    private static ObjectNode pascal(CallEvent event, ObjectNode call) {
        boolean isMessage = event.type().subject() == Subject.MESSAGE;
        ObjectNode source = isMessage ? event.data() : call;
        ObjectNode body = Json.object().put("Event", "Status");
        body.set("CallUUID", callUuid(event));
        body.set("From", Bodies.value(source, "from"));
        body.set("To", Bodies.value(source, "to"));
        body.set("Direction", Bodies.value(call, "direction"));
        boolean isOver = event.type() == EventType.CALL_ENDED;
        body.put("Status", isOver ? "hangup" : status(event, call));
        body.set("Duration", Bodies.value(call, "duration_seconds"));
        if (isMessage) {
            body.put("MessageUUID", event.subjectId());
        }
        return body;
    }

    private static JsonNode callUuid(CallEvent event) {
        return Bodies.text(
                Optional.of(event.subjectId())
                        .filter(id -> event.type().subject() == Subject.CALL));
    }

    private static String status(CallEvent event, ObjectNode call) {
        return switch (event.type()) {
            case CALL_CREATED -> "queued";
            case CALL_RINGING -> "ringing";
            case CALL_ANSWERED -> "answered";
            case CALL_ENDED ->
                    call.path("status")
                            .stringValueOpt()
                            .filter(UNCOMPLETED::contains)
                            .orElse("completed");
            case MESSAGE_DELIVERED ->
                    event.data().path("status").stringValueOpt().orElse("delivered");
            case MESSAGE_FAILED -> event.data().path("status").stringValueOpt().orElse("failed");
            case CALL_STARTED,
                    CALL_JOINED,
                    CALL_TOOL_INVOKED,
                    CALL_TRANSFERRED,
                    CALL_ANALYZED,
                    CALL_BILLED,
                    ASSISTANT_UPDATED,
                    ENDPOINT_UNHEALTHY,
                    ENDPOINT_RECOVERED,
                    ENDPOINT_DISABLED ->
                    throw new IllegalArgumentException(event.type().text());
        };
    }

    /** The fields as the query of a URL. */
    private static byte[] query(ObjectNode body) {
        return body.properties().stream()
                .map(field -> encoded(field.getKey()) + "=" + encoded(plain(field.getValue())))
                .collect(Collectors.joining("&"))
                .getBytes(StandardCharsets.US_ASCII);
    }

    private static String plain(JsonNode value) {
        return value.isNull() ? "" : value.stringValueOpt().orElseGet(() -> Json.text(value));
    }

    /** Percent-encodes all but the unreserved characters of RFC 3986. */
    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("*", "%2A")
                .replace("%7E", "~");
    }
}
