package dev.ringback.dialect;

import dev.ringback.schemas.Call;
import dev.ringback.schemas.CallEvent;
import dev.ringback.schemas.Json;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** What the bodies of several dialects are put together with. Changes nothing that it is given. */
final class Bodies {
    /** What stands where nothing is known. */
    static final JsonNode UNKNOWN = JsonNodeFactory.instance.nullNode();

    /** RFC 3339, section 5.6: any number of fraction digits, leap seconds, any offset. */
    private static final Pattern TIME =
            Pattern.compile(
                    "(\\d{4}-\\d{2}-\\d{2})[Tt ](\\d{2}:\\d{2}):(\\d{2})(?:\\.(\\d+))?"
                            + "(?:[Zz]|([+-])(\\d{2}):(\\d{2}))");

    private static final int NANO_DIGITS = 9;
    private static final int MILLI_DIGITS = 3;

    /** Longer than any call, and far from where numbers cannot be written out. */
    private static final BigDecimal MOST_SECONDS = BigDecimal.valueOf(1_000_000_000_000L);

    private static final BigDecimal LEAST_SECONDS = new BigDecimal("0.0001");

    private Bodies() {}

    /** What is known of the call that an event is about. */
    static ObjectNode known(CallEvent event, @Nullable Call call) {
        return (call == null ? Call.first(event) : call).tree();
    }

    /** A field's value. */
    static JsonNode value(ObjectNode from, String field) {
        JsonNode value = from.get(field);
        return value == null ? UNKNOWN : value;
    }

    /** Copies fields that have the same name on both sides. */
    static void copy(ObjectNode from, ObjectNode into, String... fields) {
        for (String field : fields) {
            into.set(field, value(from, field));
        }
    }

    /** The text, or that there is none. */
    static JsonNode text(Optional<String> text) {
        return text.<JsonNode>map(JsonNodeFactory.instance::stringNode).orElse(UNKNOWN);
    }

    /** The number, or that there is none. */
    static JsonNode number(Optional<Long> number) {
        return number.<JsonNode>map(JsonNodeFactory.instance::numberNode).orElse(UNKNOWN);
    }

    /** A time among an event's data; the event's own unless the data say another. */
    static JsonNode time(CallEvent event, String field) {
        JsonNode said = value(event.data(), field);
        return said.isNull() ? JsonNodeFactory.instance.stringNode(event.occurredAt()) : said;
    }

    /** The body with what the Call brings for one dialect alone. */
    static ObjectNode extended(ObjectNode body, ObjectNode call, String dialect) {
        return call.path("extensions").path(dialect) instanceof ObjectNode own
                ? merged(body, own)
                : body;
    }

    /** RFC 7396, section 2. */
    private static ObjectNode merged(ObjectNode target, ObjectNode patch) {
        ObjectNode result = Json.object();
        result.setAll(target);
        for (Map.Entry<String, JsonNode> change : patch.properties()) {
            String name = change.getKey();
            JsonNode value = change.getValue();
            if (value.isNull()) {
                result.remove(name);
            } else if (value instanceof ObjectNode inner) {
                ObjectNode into =
                        target.get(name) instanceof ObjectNode known ? known : Json.object();
                result.set(name, merged(into, inner));
            } else {
                result.set(name, value);
            }
        }
        return result;
    }

    /** The instant that an RFC 3339 text names; empty where it names none. */
    static Optional<Instant> instant(String text) {
        Matcher time = TIME.matcher(text);
        if (!time.matches()) {
            return Optional.empty();
        }
        try {
            long minutes =
                    LocalDate.parse(time.group(1))
                            .toEpochSecond(LocalTime.parse(time.group(2)), ZoneOffset.UTC);
            String digits = Optional.ofNullable(time.group(4)).orElse("") + "0".repeat(NANO_DIGITS);
            return Optional.of(
                    Instant.ofEpochSecond(
                            minutes + Integer.parseInt(time.group(3)) - offsetSeconds(time),
                            Integer.parseInt(digits.substring(0, NANO_DIGITS))));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    private static long offsetSeconds(Matcher time) {
        if (time.group(5) == null) {
            return 0;
        }
        long minutes = Integer.parseInt(time.group(6)) * 60L + Integer.parseInt(time.group(7));
        return (time.group(5).equals("-") ? -minutes : minutes) * 60;
    }

    /** Seconds as whole milliseconds. */
    static Optional<Long> millis(JsonNode seconds) {
        return plain(seconds)
                .map(
                        number ->
                                number.movePointRight(MILLI_DIGITS)
                                        .setScale(0, RoundingMode.HALF_UP)
                                        .longValueExact());
    }

    /** A number of seconds that can be written out, however it was written. */
    static Optional<BigDecimal> plain(JsonNode seconds) {
        if (!seconds.isNumber()) {
            return Optional.empty();
        }
        BigDecimal number = seconds.decimalValue();
        if (number.compareTo(MOST_SECONDS) > 0 || number.signum() < 0) {
            return Optional.empty();
        }
        boolean negligible = number.compareTo(LEAST_SECONDS) < 0;
        return Optional.of(negligible ? BigDecimal.ZERO : number);
    }
}
