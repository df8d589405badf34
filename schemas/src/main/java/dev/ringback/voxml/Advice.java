package dev.ringback.voxml;

import dev.ringback.schemas.Violation;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** What a document says without effect: attributes nobody knows, and verbs nobody reaches. */
final class Advice {
    private static final Set<String> LAST = Set.of("Redirect", "Hangup", "Reject");
    private static final String INSTRUCTIONS = "/instructions";

    private final JsonNode schema;

    Advice(JsonNode schema) {
        this.schema = schema;
    }

    Stream<Violation> on(JsonNode voxml) {
        JsonNode instructions = voxml.path("instructions");
        Stream<Violation> empty =
                instructions.isArray() && instructions.isEmpty()
                        ? Stream.of(new Violation(INSTRUCTIONS, "say nothing"))
                        : Stream.empty();
        Stream<Violation> each =
                IntStream.range(0, instructions.isArray() ? instructions.size() : 0)
                        .boxed()
                        .flatMap(i -> verb(INSTRUCTIONS + "/" + i, instructions.path(i)));
        return Stream.of(unknown("", voxml, schema), empty, each, unreached(instructions))
                .flatMap(all -> all);
    }

    private Stream<Violation> verb(String pointer, JsonNode instruction) {
        JsonNode known = schema.path("$defs").path(instruction.path("verb").asString(""));
        return known.has("properties") ? unknown(pointer, instruction, known) : Stream.empty();
    }

    private Stream<Violation> unknown(String pointer, JsonNode value, JsonNode form) {
        if (value.isArray()) {
            return IntStream.range(0, value.size())
                    .boxed()
                    .flatMap(i -> unknown(pointer + "/" + i, value.path(i), form.path("items")));
        }
        JsonNode known = form.path("properties");
        if (!value.isObject() || !known.isObject()) {
            return Stream.empty();
        }
        return value.properties().stream()
                .flatMap(
                        field -> {
                            String at = pointer + "/" + escaped(field.getKey());
                            return known.has(field.getKey())
                                    ? unknown(at, field.getValue(), known.path(field.getKey()))
                                    : Stream.of(
                                            new Violation(at, "unknown attribute, passed over"));
                        });
    }

    private static Stream<Violation> unreached(JsonNode instructions) {
        for (int i = 0; i + 1 < instructions.size(); i++) {
            String verb = instructions.path(i).path("verb").asString("");
            if (instructions.isArray() && LAST.contains(verb)) {
                String reason = "is discarded, as is all that follows " + verb;
                return Stream.of(new Violation(INSTRUCTIONS + "/" + (i + 1), reason));
            }
        }
        return Stream.empty();
    }

    private static String escaped(String name) {
        return name.replace("~", "~0").replace("/", "~1");
    }
}
