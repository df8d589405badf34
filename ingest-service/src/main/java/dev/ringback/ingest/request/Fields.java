package dev.ringback.ingest.request;

import dev.ringback.schemas.Json;
import dev.ringback.schemas.Units;
import dev.ringback.schemas.Violation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The fields of one JSON object that somebody sent: gives what is well formed and collects what is
 * not. A field that is null counts as absent. Not thread-safe.
 */
public final class Fields {
    private final JsonNode document;
    private final String pointer;
    private final List<Violation> violations;

    /**
     * Fields to be read.
     *
     * @param pointer where the object is in the whole document
     * @param violations where to collect what is wrong
     */
    public Fields(JsonNode document, String pointer, List<Violation> violations) {
        this.document = document;
        this.pointer = pointer;
        this.violations = violations;
    }

    /** Finds fault with a field; empty, so that a reader can end with it. */
    public <T> Optional<T> fault(String field, String reason) {
        String escaped = field.replace("~", "~0").replace("/", "~1");
        violations.add(new Violation(pointer + "/" + escaped, reason));
        return Optional.empty();
    }

    /**
     * Finds fault with something inside a field.
     *
     * @param inside with a pointer from the field on
     */
    public void fault(String field, Violation inside) {
        violations.add(new Violation(pointer + "/" + field + inside.pointer(), inside.reason()));
    }

    /** Finds fault with every field that is not one of these. */
    public void only(List<String> known) {
        for (String name : document.propertyNames()) {
            if (!known.contains(name)) {
                fault(name, "unknown field");
            }
        }
    }

    /** Whether the field is there and not null. */
    public boolean has(String field) {
        return document.hasNonNull(field);
    }

    /** Whether the field is there, and null. */
    public boolean isNull(String field) {
        return document.path(field).isNull();
    }

    /** Whether the field is text without anything in it. */
    public boolean isBlank(String field) {
        return document.path(field).stringValueOpt().filter(String::isBlank).isPresent();
    }

    /** Text of 1 to so many characters without control characters. */
    public Optional<String> text(String field, int most) {
        Optional<String> text = value(field, JsonNode::stringValueOpt, "is not text");
        boolean fits =
                text.isEmpty()
                        || (!text.get().isBlank()
                                && text.get().length() <= most
                                && text.get().codePoints().noneMatch(Fields::isUnfit));
        return fits
                ? text
                : fault(field, "is not 1 to " + most + " characters without control characters");
    }

    /** The same, and a fault when there is none. */
    public Optional<String> requiredText(String field, int most) {
        return has(field) ? text(field, most) : fault(field, "is required");
    }

    /** True or false. */
    public Optional<Boolean> flag(String field) {
        return value(field, JsonNode::booleanValueOpt, "is not true or false");
    }

    /** A whole number in a range. */
    public Optional<Integer> number(String field, int least, int most) {
        return value(
                field,
                node ->
                        node.isIntegralNumber()
                                        && node.canConvertToInt()
                                        && node.intValue() >= least
                                        && node.intValue() <= most
                                ? Optional.of(node.intValue())
                                : Optional.empty(),
                "is not a whole number from " + least + " to " + most);
    }

    /** A duration with its unit, in a range. */
    public Optional<Duration> duration(String field, Duration least, Duration most) {
        Optional<Duration> duration = parsed(field, Units::duration);
        boolean fits =
                duration.isEmpty()
                        || (duration.get().compareTo(least) >= 0
                                && duration.get().compareTo(most) <= 0);
        return fits
                ? duration
                : fault(field, "is not between " + Units.text(least) + " and " + Units.text(most));
    }

    /** What a parser of ours makes of a text; what it says against the text is the fault. */
    public <T> Optional<T> parsed(String field, Function<String, T> parser) {
        Optional<String> text = value(field, JsonNode::stringValueOpt, "is not text");
        try {
            return text.map(parser);
        } catch (IllegalArgumentException e) {
            return fault(field, String.valueOf(e.getMessage()));
        }
    }

    /** The items of a list, each as a field named by its index. */
    public Fields list(String field, int least, int most) {
        Optional<JsonNode> list =
                value(
                        field,
                        node ->
                                node.isArray() && node.size() >= least && node.size() <= most
                                        ? Optional.of(node)
                                        : Optional.empty(),
                        "is not a list of " + least + " to " + most);
        Map<String, JsonNode> items = new LinkedHashMap<>();
        list.ifPresent(
                node ->
                        node.values()
                                .forEach(item -> items.put(Integer.toString(items.size()), item)));
        return new Fields(object(items), pointer + "/" + field, violations);
    }

    /** The fields of an object inside; none when it is absent or, which is a fault, no object. */
    public Fields object(String field, int most) {
        Optional<JsonNode> object =
                value(
                        field,
                        node ->
                                node.isObject() && node.size() <= most
                                        ? Optional.of(node)
                                        : Optional.empty(),
                        "is not an object of at most " + most + " fields");
        return new Fields(
                object.orElseGet(() -> object(Map.of())), pointer + "/" + field, violations);
    }

    /**
     * An object inside as it is; an empty one when it is absent or, which is a fault, no object.
     */
    public ObjectNode tree(String field) {
        Optional<ObjectNode> tree =
                value(
                        field,
                        node ->
                                node instanceof ObjectNode object
                                        ? Optional.of(object)
                                        : Optional.empty(),
                        "is not an object");
        return tree.orElseGet(Json::object);
    }

    /** The names of all fields, in order. */
    public List<String> names() {
        return List.copyOf(document.propertyNames());
    }

    /** All fields, which must be text. */
    public Map<String, String> texts() {
        Map<String, String> texts = new LinkedHashMap<>();
        for (String name : names()) {
            if (!has(name)) {
                fault(name, "is not text");
            }
            value(name, JsonNode::stringValueOpt, "is not text")
                    .ifPresent(text -> texts.put(name, text));
        }
        return texts;
    }

    /** All fields, read one by one; those at fault are left out. */
    public <T> List<T> each(Function<String, Optional<T>> reader) {
        List<T> all = new ArrayList<>();
        for (String name : names()) {
            Optional<T> one = has(name) ? reader.apply(name) : fault(name, "is null");
            one.ifPresent(all::add);
        }
        return all;
    }

    private <T> Optional<T> value(
            String field, Function<JsonNode, Optional<T>> reader, String otherwise) {
        if (!has(field)) {
            return Optional.empty();
        }
        Optional<T> value = reader.apply(document.path(field));
        return value.isPresent() ? value : fault(field, otherwise);
    }

    private static JsonNode object(Map<String, JsonNode> fields) {
        return Json.object().setAll(fields);
    }

    /** A control character, or half of a pair, which has no place in UTF-8. */
    private static boolean isUnfit(int character) {
        return Character.isISOControl(character)
                || Character.getType(character) == Character.SURROGATE;
    }
}
