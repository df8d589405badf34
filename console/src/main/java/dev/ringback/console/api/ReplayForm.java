package dev.ringback.console.api;

import dev.ringback.console.read.ReplayRequest;
import dev.ringback.runtime.Problem;
import dev.ringback.schemas.Json;
import dev.ringback.schemas.Violation;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The body that begins a replay. */
final class ReplayForm {
    private static final Set<String> FIELDS =
            Set.of("filters", "rate", "endpoint_rate", "max", "dry_run", "again");
    private static final Set<String> FILTERS =
            Set.of(
                    "account_id",
                    "endpoint_id",
                    "call_id",
                    "event_type",
                    "reason",
                    "status",
                    "delivery_id",
                    "since",
                    "until");

    private final Clock clock;
    private final List<Violation> violations = new ArrayList<>();

    private ReplayForm(Clock clock) {
        this.clock = clock;
    }

    /**
     * Reads it.
     *
     * @throws Problem 400 or 422 saying what is wrong
     */
    static ReplayRequest read(byte[] body, Clock clock) {
        JsonNode document;
        try {
            document = body.length == 0 ? Json.object() : Json.parse(body);
        } catch (JacksonException e) {
            throw Problem.of(400, "the body is not JSON: " + Json.fault(e));
        }
        if (!(document instanceof ObjectNode form)) {
            throw Problem.invalid(List.of(new Violation("", "is not a JSON object")));
        }
        return new ReplayForm(clock).read(form);
    }

    private ReplayRequest read(ObjectNode form) {
        refuseOthers(form, "", FIELDS);
        JsonNode given = form.path("filters");
        if (!given.isMissingNode() && !given.isObject()) {
            violations.add(new Violation("/filters", "is not an object"));
        }
        ObjectNode filters = given instanceof ObjectNode object ? object : Json.object();
        refuseOthers(filters, "/filters", FILTERS);
        ReplayRequest request =
                new ReplayRequest(
                        text(filters, "account_id"),
                        text(filters, "endpoint_id"),
                        text(filters, "call_id"),
                        text(filters, "event_type"),
                        text(filters, "reason"),
                        plain(filters, "/filters/", "status", ""),
                        text(filters, "delivery_id"),
                        time(filters, "since"),
                        time(filters, "until"),
                        plain(form, "/", "rate", "/s"),
                        plain(form, "/", "endpoint_rate", "/s"),
                        number(form, "max"),
                        flag(form, "dry_run"),
                        flag(form, "again"));
        if (!violations.isEmpty()) {
            throw Problem.invalid(violations);
        }
        return request;
    }

    private void refuseOthers(ObjectNode object, String at, Set<String> known) {
        object.propertyNames().stream()
                .filter(name -> !known.contains(name))
                .forEach(name -> violations.add(new Violation(at + "/" + name, "unknown field")));
    }

    private @Nullable String text(ObjectNode filters, String name) {
        return plain(filters, "/filters/", name, null);
    }

    /** Text, or a number where a unit makes text of it. */
    private @Nullable String plain(
            ObjectNode object, String at, String name, @Nullable String unit) {
        JsonNode value = object.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return null;
        }
        if (unit != null && value.isNumber()) {
            return value.asString() + unit;
        }
        if (!value.isString() || value.stringValue().isBlank()) {
            violations.add(new Violation(at + name, "is not text"));
            return null;
        }
        return value.stringValue();
    }

    private @Nullable Instant time(ObjectNode filters, String name) {
        String text = text(filters, name);
        return text == null ? null : Parameters.time("filters/" + name, text, clock);
    }

    private @Nullable Long number(ObjectNode form, String name) {
        JsonNode value = form.path(name);
        if (value.isMissingNode() || value.isNull()) {
            return null;
        }
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            violations.add(new Violation("/" + name, "is not a whole number"));
            return null;
        }
        return value.longValue();
    }

    private boolean flag(ObjectNode form, String name) {
        JsonNode value = form.path(name);
        if (!value.isMissingNode() && !value.isBoolean()) {
            violations.add(new Violation("/" + name, "is not true or false"));
        }
        return value.booleanValue(false);
    }
}
