package dev.ringback.schemas;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What an event must look like: one JSON Schema (2020-12) for each type, put together from the
 * envelope, the Call and the type's own data. Thread-safe.
 */
public final class EventSchema {
    private static final int MOST_VIOLATIONS = 100;
    private static final String BASE = "https://ringback.dev/schemas/events/";

    /** Leaves room below the codec's own limit for what a Call and its events are put into. */
    private static final int MAX_DEPTH = 100;

    private final Map<EventType, ObjectNode> documents = new EnumMap<>(EventType.class);
    private final Map<EventType, Schema> compiled = new EnumMap<>(EventType.class);

    /** What a document turned out to be. */
    public sealed interface Reading {
        /** A valid event; its document has an id. */
        record Valid(CallEvent event) implements Reading {}

        /** Not a valid event. */
        record Invalid(List<Violation> violations) implements Reading {
            /** Copies the list. */
            public Invalid {
                violations = List.copyOf(violations);
            }
        }
    }

    /** Reads the schemas from the class path and compiles them. */
    public EventSchema() {
        ObjectNode envelope = resource("event.json");
        ObjectNode call = resource("call.json");
        ObjectNode data = resource("data.json");
        ObjectNode webhooks = resource("webhooks.json");
        SchemaRegistry registry =
                SchemaRegistry.withDefaultDialect(
                        SpecificationVersion.DRAFT_2020_12,
                        builder ->
                                builder.schemaRegistryConfig(
                                        SchemaRegistryConfig.builder()
                                                .formatAssertionsEnabled(true)
                                                .locale(Locale.ENGLISH)
                                                .build()));
        for (EventType type : EventType.values()) {
            ObjectNode document = document(type, envelope, call, data, webhooks);
            Schema schema = registry.getSchema(document);
            schema.initializeValidators();
            documents.put(type, document);
            compiled.put(type, schema);
        }
    }

    /** The JSON Schema of a type, complete in itself. */
    public ObjectNode document(EventType type) {
        return documents.getOrDefault(type, Json.object()).deepCopy();
    }

    /** Reads one event from the bytes of its JSON; an event without an id is not valid here. */
    public Reading read(byte[] bytes) {
        return read(bytes, null);
    }

    /**
     * Reads one event from the bytes of its JSON.
     *
     * @param id the id of an event that has none; null: such an event is not valid
     */
    public Reading read(byte[] bytes, @Nullable String id) {
        if (bytes.length > Topics.MAX_EVENT_BYTES) {
            return invalid("", "larger than 1 MiB");
        }
        JsonNode document;
        try {
            document = Json.parse(bytes);
        } catch (JacksonException e) {
            return invalid("", "not JSON: " + Json.fault(e));
        }
        if (document instanceof ObjectNode object && !object.hasNonNull("id")) {
            if (id == null) {
                return invalid("/id", "is required");
            }
            object.put("id", id);
        }
        return read(document);
    }

    /** Reads one event from its document, to which an id has been given. */
    public Reading read(JsonNode document) {
        if (!(document instanceof ObjectNode object)) {
            return invalid("", "an event is a JSON object");
        }
        JsonNode named = object.path("type");
        if (isDeeper(object, MAX_DEPTH)) {
            return invalid("", "nested deeper than " + MAX_DEPTH);
        }
        Optional<EventType> type = named.stringValueOpt().flatMap(EventType::of);
        if (type.isEmpty()) {
            return invalid(
                    "/type", named.isMissingNode() ? "is required" : "unknown event type " + named);
        }
        List<Violation> violations = violations(type.get(), object);
        return violations.isEmpty()
                ? new Reading.Valid(CallEvent.of(object))
                : new Reading.Invalid(violations);
    }

    private List<Violation> violations(EventType type, ObjectNode document) {
        List<Violation> violations = new ArrayList<>();
        Schema schema = compiled.get(type);
        if (schema == null) {
            throw new IllegalStateException("no schema of " + type);
        }
        for (Error error : schema.validate(document)) {
            if (violations.size() == MOST_VIOLATIONS) {
                break;
            }
            violations.add(violation(type, error));
        }
        sameAsEvent(document, "call_id", violations);
        sameAsEvent(document, "account_id", violations);
        if (type.subject() != EventType.Subject.CALL && !document.path("call").isEmpty()) {
            violations.add(new Violation("/call", "only events of a call carry a part of it"));
        }
        return violations;
    }

    /** The Call's identity is the event's; a part that says otherwise is a mistake. */
    private static void sameAsEvent(ObjectNode event, String field, List<Violation> into) {
        JsonNode inCall = event.path("call").path(field);
        if (!inCall.isMissingNode() && !inCall.equals(event.path(field))) {
            into.add(new Violation("/call/" + field, "differs from the event's " + field));
        }
    }

    private static Violation violation(EventType type, Error error) {
        String pointer = error.getInstanceLocation().toString();
        String property = error.getProperty();
        if (pointer.equals("/webhooks") && type.subject() != EventType.Subject.CALL) {
            return new Violation(pointer, "only events of a call bring targets");
        }
        return switch (error.getKeyword()) {
            case "required" -> new Violation(pointer + "/" + property, "is required");
            case "additionalProperties" ->
                    new Violation(pointer + "/" + escaped(property), "unknown field");
            case "format" -> new Violation(pointer, "is not an RFC 3339 date and time");
            default -> new Violation(pointer, error.getMessage());
        };
    }

    private static String escaped(String property) {
        return property.replace("~", "~0").replace("/", "~1");
    }

    private static boolean isDeeper(JsonNode node, int depth) {
        if (!node.isContainer()) {
            return false;
        }
        if (depth == 0) {
            return true;
        }
        for (JsonNode child : node.values()) {
            if (isDeeper(child, depth - 1)) {
                return true;
            }
        }
        return false;
    }

    private static Reading invalid(String pointer, String reason) {
        return new Reading.Invalid(List.of(new Violation(pointer, reason)));
    }

    private static ObjectNode document(
            EventType type,
            ObjectNode envelope,
            ObjectNode call,
            ObjectNode data,
            ObjectNode webhooks) {
        ObjectNode document = envelope.deepCopy();
        document.put("$id", BASE + type.text() + ".json");
        document.put("title", type.text());
        ObjectNode properties = (ObjectNode) document.get("properties");
        properties.set("type", Json.object().put("const", type.text()));
        String subject = type.subject().field();
        ((ArrayNode) document.get("required")).add(subject);
        properties.set(subject, Json.object().put("$ref", "#/$defs/subject"));
        ObjectNode definitions = (ObjectNode) document.get("$defs");
        definitions.set("call", call);
        if (type.subject() == EventType.Subject.CALL) {
            definitions.setAll(webhooks);
            properties.set("webhooks", Json.object().put("$ref", "#/$defs/webhooks"));
        }
        if (data.get(type.text()) instanceof ObjectNode own) {
            properties.set("data", own);
        }
        return document;
    }

    private static ObjectNode resource(String name) {
        try (InputStream in = EventSchema.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("schema " + name + " is not on the class path");
            }
            return (ObjectNode) Json.parse(in.readAllBytes());
        } catch (IOException e) {
            throw new IllegalStateException("cannot read schema " + name, e);
        }
    }
}
