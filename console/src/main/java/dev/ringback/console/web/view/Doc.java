package dev.ringback.console.web.view;

import dev.ringback.schemas.Json;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.core.util.Separators;
import tools.jackson.core.util.Separators.Spacing;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectWriter;

/**
 * A look at a JSON document, by names with dots between them. What is not there is empty, so that a
 * page shows what is known and needs no more. Read-only.
 */
public record Doc(JsonNode node) {
    /** A document with nothing in it. */
    public static final Doc NONE = new Doc(Json.object());

    private static final ObjectWriter PRETTY =
            Json.shared()
                    .writer()
                    .with(
                            new DefaultPrettyPrinter(
                                            Separators.createDefaultInstance()
                                                    .withObjectNameValueSpacing(Spacing.AFTER))
                                    .withArrayIndenter(DefaultIndenter.SYSTEM_LINEFEED_INSTANCE));

    /** What stands there; an empty path is this document itself. */
    public Doc at(String path) {
        if (path.isEmpty()) {
            return this;
        }
        JsonNode found = node;
        for (String name : path.split("\\.")) {
            found = found.path(name);
        }
        return new Doc(found);
    }

    /** Whether something stands there. */
    public boolean has(String path) {
        return !at(path).isNothing();
    }

    /** Whether there is nothing here. */
    public boolean isNothing() {
        return node.isMissingNode() || node.isNull();
    }

    /** Text or a number as it reads; JSON of anything larger; empty where there is nothing. */
    public String text(String path) {
        return at(path).text();
    }

    /** The same of this document itself. */
    public String text() {
        return isNothing() ? "" : node.isValueNode() ? node.asString() : Json.text(node);
    }

    /** The text, or another where there is none. */
    public String text(String path, String otherwise) {
        String text = text(path);
        return text.isEmpty() ? otherwise : text;
    }

    /** A number; 0 where there is none. */
    public long number(String path) {
        return at(path).node.asLong(0);
    }

    /** A number with its fraction; 0 where there is none. */
    public double decimal(String path) {
        return at(path).node.asDouble(0);
    }

    /** Whether it says true. */
    public boolean is(String path) {
        return at(path).node.asBoolean(false);
    }

    /** A time, where there is one. */
    public Optional<Instant> time(String path) {
        try {
            return Optional.of(text(path)).filter(text -> !text.isEmpty()).map(Instant::parse);
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /** The items of a list. */
    public List<Doc> list(String path) {
        return at(path).node.valueStream().map(Doc::new).toList();
    }

    /** The items of a list as text. */
    public List<String> texts(String path) {
        return list(path).stream().map(Doc::text).toList();
    }

    /** The names in an object. */
    public List<String> names(String path) {
        return List.copyOf(at(path).node.propertyNames());
    }

    /** One member by its very name, dots and all. */
    public Doc member(String name) {
        return new Doc(node.path(name));
    }

    /** The JSON, laid out for people. */
    public String pretty() {
        return isNothing() ? "" : PRETTY.writeValueAsString(node);
    }
}
