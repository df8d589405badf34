package dev.ringback.voxml;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import dev.ringback.schemas.Json;
import dev.ringback.schemas.Violation;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What VoxML must look like: one JSON Schema (2020-12) for all verbs, with reasons that people
 * understand. Takes any bytes and never throws. Thread-safe.
 */
public final class Voxml {
    /** The largest document, in bytes: no more of an answer is read. */
    public static final int MAX_BYTES = 64 << 10;

    private static final int MOST_FINDINGS = 100;

    /** Exercises what the first real document should not have to wait for. */
    private static final byte[] FIRST =
            "{\"voxml_version\":\"\",\"instructions\":[{\"verb\":\"Dial\",\"x\":1},{\"verb\":\"Play\",\"url\":\"\"}]}"
                    .getBytes(StandardCharsets.UTF_8);

    private final ObjectNode document;
    private final Schema schema;
    private final boolean allowHttp;
    private final Advice advice;

    /**
     * Reads the schema from the class path and compiles it.
     *
     * @param allowHttp whether URLs may be http, and ws in a Stream
     */
    public Voxml(boolean allowHttp) {
        this.allowHttp = allowHttp;
        this.document = allowHttp ? lenient(resource()) : resource();
        this.advice = new Advice(document);
        SchemaRegistry registry =
                SchemaRegistry.withDefaultDialect(
                        SpecificationVersion.DRAFT_2020_12,
                        builder ->
                                builder.schemaRegistryConfig(
                                        SchemaRegistryConfig.builder()
                                                .locale(Locale.ENGLISH)
                                                .build()));
        this.schema = registry.getSchema(document);
        schema.initializeValidators();
        read(FIRST);
    }

    /** The JSON Schema itself. */
    public ObjectNode document() {
        return document.deepCopy();
    }

    /** Reads a document. */
    public Report read(byte[] bytes) {
        if (bytes.length > MAX_BYTES) {
            return Report.unreadable("larger than " + (MAX_BYTES >> 10) + " KiB", 1, 1);
        }
        try {
            Text text = Text.of(bytes);
            JsonNode tree = Json.parse(text.bytes());
            if (!(tree instanceof ObjectNode voxml)) {
                return Report.unreadable("is not a JSON object", 1, 1);
            }
            return report(text, voxml);
        } catch (Text.Unreadable e) {
            return e.report();
        } catch (JacksonException e) {
            return Report.unreadable("is not JSON: " + Json.fault(e), 1, 1);
        }
    }

    private Report report(Text text, ObjectNode voxml) {
        Set<Violation> errors = errors(voxml);
        List<Violation> warnings = new ArrayList<>();
        if (text.isMarked()) {
            warnings.add(new Violation("", "begins with a byte order mark, which is passed over"));
        }
        advice.on(voxml).limit(MOST_FINDINGS).forEach(warnings::add);
        if (errors.isEmpty() && warnings.isEmpty()) {
            return new Report(List.of(), List.of(), voxml);
        }
        Set<String> pointers =
                errors.stream()
                        .map(Violation::pointer)
                        .collect(Collectors.toCollection(LinkedHashSet::new));
        warnings.forEach(warning -> pointers.add(warning.pointer()));
        Map<String, Text.Place> places = text.places(pointers);
        List<Finding> wrong = findings(errors, places);
        return new Report(wrong, findings(warnings, places), wrong.isEmpty() ? voxml : null);
    }

    private Set<Violation> errors(ObjectNode voxml) {
        Set<Violation> errors = new LinkedHashSet<>();
        int most = document.at("/properties/instructions/maxItems").intValue();
        if (voxml.path("instructions").size() > most) {
            errors.add(new Violation("/instructions", "has more than " + most + " instructions"));
            return errors;
        }
        for (Error error : schema.validate(voxml)) {
            if (errors.size() < MOST_FINDINGS) {
                errors.add(violation(error));
            }
        }
        return errors;
    }

    private static List<Finding> findings(
            Iterable<Violation> violations, Map<String, Text.Place> places) {
        List<Finding> findings = new ArrayList<>();
        for (Violation one : violations) {
            Text.Place at = places.getOrDefault(one.pointer(), Text.Place.START);
            findings.add(new Finding(one.pointer(), one.reason(), at.line(), at.column()));
        }
        return findings;
    }

    private Violation violation(Error error) {
        String pointer = error.getInstanceLocation().toString();
        return switch (error.getKeyword()) {
            case "required" -> new Violation(pointer + "/" + error.getProperty(), "is required");
            case "enum" ->
                    new Violation(
                            pointer,
                            pointer.endsWith("/verb")
                                    ? "is no verb of VoxML"
                                    : "is not one of " + choices(error.getSchemaNode()));
            case "const" -> new Violation(pointer, "is not " + error.getSchemaNode());
            case "not" -> new Violation(pointer, "names no target: numbers, sip or client");
            case "pattern" -> new Violation(pointer, unlike(error.getSchemaNode().asString("")));
            case "minLength" -> new Violation(pointer, "is empty");
            default -> new Violation(pointer, error.getMessage());
        };
    }

    private static String choices(JsonNode choices) {
        return choices.values().stream()
                .map(choice -> choice.asString(""))
                .collect(Collectors.joining(", "));
    }

    private String unlike(String pattern) {
        if (pattern.startsWith("^https")) {
            return allowHttp ? "is not an https or http URL" : "is not an https URL";
        }
        if (pattern.startsWith("^wss")) {
            return allowHttp ? "is not a wss or ws URL" : "is not a wss URL";
        }
        return pattern.startsWith("^sip")
                ? "is not a sip or sips URI"
                : "has others than 0-9, * and #";
    }

    private static ObjectNode lenient(ObjectNode strict) {
        String text =
                Json.text(strict).replace("^https://", "^https?://").replace("^wss://", "^wss?://");
        return (ObjectNode) Json.parse(text.getBytes(StandardCharsets.UTF_8));
    }

    private static ObjectNode resource() {
        try (InputStream in = Voxml.class.getResourceAsStream("voxml.json")) {
            if (in == null) {
                throw new IllegalStateException("voxml.json is not on the class path");
            }
            return (ObjectNode) Json.parse(in.readAllBytes());
        } catch (IOException e) {
            throw new IllegalStateException("cannot read voxml.json", e);
        }
    }
}
