package dev.ringback.ingest;

import dev.ringback.dialect.CallTargets;
import dev.ringback.ingest.EventBatch.Entry;
import dev.ringback.ingest.EventBatch.Ready;
import dev.ringback.ingest.EventBatch.Rejected;
import dev.ringback.runtime.ApiKeys.Caller;
import dev.ringback.runtime.Problem;
import dev.ringback.runtime.SecretBox;
import dev.ringback.schemas.CallEvent;
import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.EventSchema;
import dev.ringback.schemas.EventSchema.Reading;
import dev.ringback.schemas.Json;
import dev.ringback.schemas.Topics;
import dev.ringback.schemas.Violation;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads a request's body into events. An event that brings its id keeps the bytes it came in; one
 * without gets an id, and the secrets that a call brings are sealed. One event's tree is in memory
 * at a time. Thread-safe.
 */
final class EventReader {
    /** The most events of one request. */
    static final int MAX_EVENTS = 1_000;

    private static final int BAD_REQUEST = 400;
    private static final int FORBIDDEN = 403;
    private static final int TOO_LARGE = 413;
    private static final int INVALID = 422;

    private final EventSchema schema;
    private final SecretBox box;
    private final boolean allowHttp;
    private final Supplier<UUID> uuids;

    /**
     * Reads by a schema.
     *
     * @param box seals the secrets that calls bring
     * @param allowHttp whether a call's URLs may be http
     */
    EventReader(EventSchema schema, SecretBox box, boolean allowHttp, Supplier<UUID> uuids) {
        this.schema = schema;
        this.box = box;
        this.allowHttp = allowHttp;
        this.uuids = uuids;
    }

    /**
     * One event, or an array of them.
     *
     * @throws Problem 400 when the body is not JSON, 413 when it has too many events, 422 when none
     */
    EventBatch json(byte[] body, Caller caller) {
        requireUtf8(body);
        try (JsonParser parser = Json.shared().createParser(body)) {
            boolean array = parser.nextToken() == JsonToken.START_ARRAY;
            List<Entry> entries = new ArrayList<>();
            while (!array || parser.nextToken() != JsonToken.END_ARRAY) {
                if (parser.currentToken() == null) {
                    throw Problem.of(BAD_REQUEST, "not JSON: the body is empty or ends early");
                }
                requireRoom(entries);
                entries.add(next(parser, body, caller));
                if (!array) {
                    break;
                }
            }
            if (parser.nextToken() != null) {
                throw Problem.of(BAD_REQUEST, "not JSON: there is more after the first value");
            }
            return batch(!array, entries);
        } catch (JacksonException e) {
            throw Problem.of(BAD_REQUEST, notJson(e));
        } catch (ArithmeticException | NumberFormatException e) {
            throw Problem.of(BAD_REQUEST, notJson(Json.unspeakable(e)));
        }
    }

    /**
     * One event a line; blank lines are passed over.
     *
     * @throws Problem 413 when it has too many events, 422 when none
     */
    EventBatch lines(byte[] body, Caller caller) {
        List<Entry> entries = new ArrayList<>();
        int number = 0;
        for (int from = 0; from < body.length; ) {
            int to = from;
            while (to < body.length && body[to] != '\n') {
                to++;
            }
            number++;
            byte[] line = Arrays.copyOfRange(body, from, to);
            if (!isBlank(line)) {
                requireRoom(entries);
                entries.add(line(line, number, caller));
            }
            from = to + 1;
        }
        return batch(false, entries);
    }

    private Entry line(byte[] line, int number, Caller caller) {
        try {
            requireUtf8(line);
            Entry entry;
            try (JsonParser parser = Json.shared().createParser(line)) {
                parser.nextToken();
                entry = next(parser, line, caller);
                if (parser.nextToken() != null) {
                    return rejected(null, "", "line " + number + " has more than one value");
                }
            }
            return entry;
        } catch (JacksonException e) {
            return rejected(null, "", "line " + number + " is " + notJson(e));
        } catch (ArithmeticException | NumberFormatException e) {
            String reason = notJson(Json.unspeakable(e));
            return rejected(null, "", "line " + number + " is " + reason);
        } catch (Problem e) {
            return rejected(null, "", "line " + number + " is " + e.getMessage());
        }
    }

    /** The value at which the parser stands; its bytes are cut out of the body. */
    private Entry next(JsonParser parser, byte[] body, Caller caller) {
        int from = (int) parser.currentTokenLocation().getByteOffset();
        JsonNode document = parser.readValueAsTree();
        int to = (int) parser.currentLocation().getByteOffset();
        if (!(document instanceof ObjectNode event)) {
            return rejected(null, "", "an event is a JSON object");
        }
        return entry(event, Arrays.copyOfRange(body, from, to), caller);
    }

    private Entry entry(ObjectNode event, byte[] bytes, Caller caller) {
        String own = event.path("id").stringValueOpt().orElse(null);
        if (bytes.length > Topics.MAX_EVENT_BYTES) {
            return tooLarge(own);
        }
        JsonNode account = event.path("account_id");
        if (account.isString() && !caller.sees(account.stringValue())) {
            Violation foreign =
                    new Violation("/account_id", "this API key may not write to this account");
            return new Rejected(own, FORBIDDEN, List.of(foreign));
        }
        boolean made = !event.hasNonNull("id");
        if (made) {
            event.put("id", "evt_" + uuids.get());
        }
        return switch (schema.read(event)) {
            case Reading.Invalid(List<Violation> violations) ->
                    new Rejected(own, INVALID, violations);
            case Reading.Valid(CallEvent valid) -> {
                List<Violation> faults = faults(valid);
                boolean changed = CallTargets.seal(valid.webhooks(), s -> seal(s, valid)) || made;
                yield faults.isEmpty()
                        ? ready(valid, changed ? Json.bytes(event) : bytes)
                        : new Rejected(own, INVALID, faults);
            }
        };
    }

    /** What a platform may not say, although it would be a valid event in {@code call.events}. */
    private List<Violation> faults(CallEvent event) {
        return event.type().isAnnouncement()
                ? List.of(new Violation("/type", "is announced by Ringback alone"))
                : CallTargets.faults(event.webhooks(), allowHttp, false);
    }

    private String seal(String secret, CallEvent event) {
        return box.seal(
                secret, DeliveryHeader.ownerOfSecrets(event.accountId(), event.subjectId()));
    }

    private static Entry ready(CallEvent event, byte[] value) {
        return value.length > Topics.MAX_EVENT_BYTES
                ? tooLarge(null)
                : new Ready(event.id(), event.subjectId(), value);
    }

    private static Entry tooLarge(@Nullable String id) {
        return new Rejected(id, TOO_LARGE, List.of(new Violation("", "an event is at most 1 MiB")));
    }

    private static Entry rejected(@Nullable String id, String pointer, String reason) {
        return new Rejected(id, INVALID, List.of(new Violation(pointer, reason)));
    }

    private static EventBatch batch(boolean single, List<Entry> entries) {
        if (entries.isEmpty()) {
            throw Problem.invalid(List.of(new Violation("", "a batch has at least one event")));
        }
        return new EventBatch(single, entries);
    }

    private static void requireRoom(List<Entry> entries) {
        if (entries.size() == MAX_EVENTS) {
            throw Problem.of(TOO_LARGE, "a request has at most " + MAX_EVENTS + " events");
        }
    }

    /** JSON travels as UTF-8 (RFC 8259); the parser would also take UTF-16 and broken UTF-8. */
    private static void requireUtf8(byte[] text) {
        try {
            StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(text));
        } catch (CharacterCodingException e) {
            throw Problem.of(BAD_REQUEST, "not JSON: not UTF-8");
        }
        for (int i = 0; i < Math.min(text.length, 4); i++) {
            if (text[i] == 0) {
                throw Problem.of(BAD_REQUEST, "not JSON: not UTF-8");
            }
        }
    }

    private static boolean isBlank(byte[] line) {
        for (byte b : line) {
            if (b != ' ' && b != '\t' && b != '\r') {
                return false;
            }
        }
        return true;
    }

    private static String notJson(JacksonException e) {
        return "not JSON: " + Json.fault(e);
    }
}
