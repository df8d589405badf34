package dev.ringback.signature;

import dev.ringback.schemas.Json;
import dev.ringback.schemas.SignatureScheme;
import dev.ringback.schemas.SignatureScheme.Algorithm;
import dev.ringback.schemas.SignatureScheme.Encoding;
import dev.ringback.schemas.SignatureScheme.SecretForm;
import dev.ringback.schemas.SignatureScheme.Timestamp;
import dev.ringback.schemas.Violation;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * An endpoint's own way of signing, as {@code signature} in the API says it. What it leaves out, or
 * sets to null, is as in its dialect; {@code headers} replaces the dialect's as a whole.
 */
public final class SignatureOverride {
    private static final int MOST_HEADERS = 5;
    private static final int MOST_TEXT = 256;
    private static final String SIGNATURE = "{signature}";
    private static final String TIMESTAMP = "{timestamp}";
    private static final String BODY = "{body}";

    private static final Pattern NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}");
    private static final Pattern VALUE =
            Pattern.compile("[\\x21-\\x7e]([\\x20-\\x7e]{0,254}[\\x21-\\x7e])?");
    private static final Pattern SEPARATOR = Pattern.compile("[\\x20-\\x7e]{0,8}");
    private static final Pattern PLACEHOLDER = Pattern.compile("\\{[^{}]*}");

    private static final Set<String> IN_HEADERS =
            Set.of("{id}", TIMESTAMP, "{event}", "{version}", SIGNATURE);
    private static final Set<String> IN_MESSAGE = Set.of("{id}", TIMESTAMP, BODY);

    /** Names that are not a signature's to set; an endpoint's own headers have the same. */
    private static final Set<String> RESERVED =
            Set.of(
                    "host",
                    "content-length",
                    "transfer-encoding",
                    "connection",
                    "content-type",
                    "user-agent");

    private static final Map<String, List<String>> CHOICES =
            Map.of(
                    "timestamp", texts(Timestamp.values()),
                    "algorithm", texts(Algorithm.values()),
                    "encoding", texts(Encoding.values()),
                    "secret", texts(SecretForm.values()));

    private SignatureOverride() {}

    /** What a document turned out to be. */
    public sealed interface Reading {
        /** A whole scheme that can be used. */
        record Valid(SignatureScheme scheme) implements Reading {}

        /**
         * Not one.
         *
         * @param violations with pointers from the {@code signature} object on
         */
        record Invalid(List<Violation> violations) implements Reading {
            /** Copies the list. */
            public Invalid {
                violations = List.copyOf(violations);
            }
        }
    }

    /** Collects what is wrong. */
    private record Faults(List<Violation> all) {
        void add(String pointer, String reason) {
            all.add(new Violation(pointer, reason));
        }

        void unless(boolean holds, String pointer, String reason) {
            if (!holds) {
                add(pointer, reason);
            }
        }
    }

    /**
     * Reads an override.
     *
     * @param dialects the scheme of the endpoint's dialect
     */
    public static Reading read(ObjectNode document, SignatureScheme dialects) {
        Faults faults = new Faults(new ArrayList<>());
        ObjectNode whole = Json.tree(dialects);
        if (document.hasNonNull("headers")) {
            // The dialect's separator belongs to the dialect's headers.
            whole.put("separator", "");
        }
        for (Map.Entry<String, JsonNode> field : document.properties()) {
            if (!whole.has(field.getKey())) {
                faults.add("/" + escaped(field.getKey()), "unknown field");
            } else if (!field.getValue().isNull()) {
                checkType(field.getKey(), field.getValue(), faults);
                whole.set(field.getKey(), field.getValue());
            }
        }
        if (!faults.all().isEmpty()) {
            return new Reading.Invalid(faults.all());
        }
        SignatureScheme scheme = Json.read(whole, SignatureScheme.class);
        List<Violation> violations = faults(scheme);
        return violations.isEmpty() ? new Reading.Valid(scheme) : new Reading.Invalid(violations);
    }

    private static void checkType(String field, JsonNode value, Faults faults) {
        List<String> choices = CHOICES.get(field);
        if (choices != null) {
            faults.unless(
                    value.isString() && choices.contains(value.stringValue()),
                    "/" + field,
                    "is not one of " + String.join(", ", choices));
        } else if (!field.equals("headers")) {
            faults.unless(value.isString(), "/" + field, "is not a text");
        } else if (value instanceof ObjectNode headers) {
            headers.forEachEntry(
                    (name, template) ->
                            faults.unless(template.isString(), header(name), "is not a text"));
        } else {
            faults.add("/headers", "is not an object of texts");
        }
    }

    /**
     * What is wrong with a whole scheme that somebody brings; nothing is wrong with a dialect's.
     *
     * @return violations with pointers from the {@code signature} object on
     */
    public static List<Violation> faults(SignatureScheme scheme) {
        Faults faults = new Faults(new ArrayList<>());
        checkHeaders(scheme.headers(), faults);
        checkMessage(scheme, faults);
        faults.unless(
                SEPARATOR.matcher(scheme.separator()).matches(),
                "/separator",
                "is not up to 8 characters of printable ASCII");
        return faults.all();
    }

    private static void checkHeaders(Map<String, String> headers, Faults faults) {
        faults.unless(
                headers.size() <= MOST_HEADERS,
                "/headers",
                "has more than " + MOST_HEADERS + " headers");
        faults.unless(mentions(headers, SIGNATURE), "/headers", "has no header with " + SIGNATURE);
        Set<String> seen = new HashSet<>();
        headers.forEach(
                (name, template) -> {
                    String lower = name.toLowerCase(Locale.ROOT);
                    BiConsumer<Boolean, String> unless =
                            (holds, reason) -> faults.unless(holds, header(name), reason);
                    unless.accept(NAME.matcher(name).matches(), "is not a header name (RFC 9110)");
                    unless.accept(
                            !RESERVED.contains(lower) && !lower.startsWith("ringback-"),
                            "is set by Ringback alone");
                    unless.accept(seen.add(lower), "comes twice");
                    unless.accept(
                            VALUE.matcher(template).matches(),
                            "is not 1 to 256 characters of printable ASCII without spaces around");
                    checkPlaceholders(header(name), template, IN_HEADERS, faults);
                });
    }

    private static void checkMessage(SignatureScheme scheme, Faults faults) {
        String message = scheme.message();
        faults.unless(
                message.length() <= MOST_TEXT,
                "/message",
                "is longer than " + MOST_TEXT + " characters");
        int first = message.indexOf(BODY);
        faults.unless(first >= 0, "/message", "has no " + BODY);
        faults.unless(first == message.lastIndexOf(BODY), "/message", "has more than one " + BODY);
        checkPlaceholders("/message", message, IN_MESSAGE, faults);
        faults.unless(
                !message.contains(TIMESTAMP) || mentions(scheme.headers(), TIMESTAMP),
                "/message",
                "has a " + TIMESTAMP + " that no header carries, so that nobody could verify it");
    }

    private static void checkPlaceholders(
            String pointer, String template, Set<String> known, Faults faults) {
        Matcher placeholder = PLACEHOLDER.matcher(template);
        while (placeholder.find()) {
            faults.unless(
                    known.contains(placeholder.group()),
                    pointer,
                    "has "
                            + placeholder.group()
                            + ", which is not one of "
                            + String.join(" ", known.stream().sorted().toList()));
        }
    }

    private static boolean mentions(Map<String, String> headers, String placeholder) {
        return headers.values().stream().anyMatch(template -> template.contains(placeholder));
    }

    private static String header(String name) {
        return "/headers/" + escaped(name);
    }

    private static String escaped(String name) {
        return name.replace("~", "~0").replace("/", "~1");
    }

    private static List<String> texts(Object[] choices) {
        return Stream.of(choices)
                .map(choice -> Json.shared().valueToTree(choice).asString())
                .toList();
    }
}
