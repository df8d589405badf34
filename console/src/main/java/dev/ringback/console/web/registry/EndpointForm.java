package dev.ringback.console.web.registry;

import dev.ringback.console.web.view.Doc;
import dev.ringback.schemas.Json;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Between the fields of the form for an endpoint and the JSON that ingest takes. */
public final class EndpointForm {
    /** The fields, as the form and this class name them. */
    public static final List<String> FIELDS =
            List.of(
                    "account_id",
                    "name",
                    "url",
                    "dialect",
                    "scope_agent_id",
                    "scope_application_id",
                    "scope_phone_number_id",
                    "scope_environment",
                    "secret",
                    "headers",
                    "policy_timeout",
                    "policy_schedule",
                    "policy_max_in_flight",
                    "policy_rate",
                    "policy_ordered",
                    "policy_max_age",
                    "signature",
                    "metadata");

    private static final String DEFAULT = "default";
    private static final List<String> SCOPE =
            List.of("agent_id", "application_id", "phone_number_id", "environment");
    private static final List<String> POLICY =
            List.of("timeout", "schedule", "max_in_flight", "rate", "ordered", "max_age");

    private EndpointForm() {}

    /** Something in the form cannot be sent as it is. */
    public static final class Unreadable extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final String field;
        private final String fault;

        Unreadable(String field, String fault) {
            super(fault, null, false, false);
            this.field = field;
            this.fault = fault;
        }

        /** The field it stands in. */
        public String field() {
            return field;
        }

        /** What is wrong with it. */
        public String fault() {
            return fault;
        }
    }

    /** What the form shows of an endpoint that is there. */
    public static Entries of(Doc endpoint) {
        Map<String, String> values = new HashMap<>();
        List.of("account_id", "name", "url", "dialect")
                .forEach(name -> values.put(name, endpoint.text(name)));
        SCOPE.forEach(name -> values.put("scope_" + name, endpoint.text("scope." + name)));
        values.put(
                "headers",
                endpoint.texts("headers").stream()
                        .map(name -> name + ":")
                        .collect(Collectors.joining("\n")));
        Doc metadata = endpoint.at("metadata");
        values.put(
                "metadata",
                endpoint.names("metadata").stream()
                        .map(name -> name + ": " + metadata.member(name).text())
                        .collect(Collectors.joining("\n")));
        values.put("signature", endpoint.at("signature").pretty());
        return Entries.of(values, new HashSet<>(endpoint.texts("events")));
    }

    /**
     * The JSON of a new endpoint.
     *
     * @throws Unreadable when a field cannot be read
     */
    public static ObjectNode create(Entries form) {
        ObjectNode body = common(form, false);
        body.put("account_id", form.value("account_id").strip());
        body.put("dialect", form.value("dialect"));
        putHeaders(body, form, Set.of());
        return body;
    }

    /**
     * The JSON Merge Patch of one that is there.
     *
     * @param known the endpoint as it is
     * @throws Unreadable when a field cannot be read
     */
    public static ObjectNode patch(Entries form, Doc known) {
        ObjectNode body = common(form, true);
        putHeaders(body, form, Set.copyOf(known.texts("headers")));
        ObjectNode metadata = (ObjectNode) body.path("metadata");
        known.names("metadata").stream()
                .filter(name -> !metadata.has(name))
                .forEach(metadata::putNull);
        return body;
    }

    private static ObjectNode common(Entries form, boolean isChange) {
        ObjectNode body = Json.object();
        String name = form.value("name").strip();
        body.put("name", name.isEmpty() ? null : name);
        body.put("url", form.value("url").strip());
        ArrayNode events = body.putArray("events");
        form.events().stream().sorted().forEach(events::add);
        ObjectNode scope = body.putObject("scope");
        for (String field : SCOPE) {
            String value = form.value("scope_" + field).strip();
            scope.put(field, value.isEmpty() ? null : value);
        }
        String secret = form.value("secret");
        if (!secret.isBlank()) {
            body.put("secret", secret);
        }
        putPolicy(body.putObject("policy"), form);
        putSignature(body, form.value("signature"));
        ObjectNode metadata = body.putObject("metadata");
        lines("metadata", form).forEach(metadata::put);
        return isChange ? body : withoutNulls(body);
    }

    private static ObjectNode withoutNulls(ObjectNode body) {
        body.removeIf(value -> value.isNull());
        return body;
    }

    /** Blank says nothing; "default" gives it back to the dialect. */
    private static void putPolicy(ObjectNode policy, Entries form) {
        for (String field : POLICY) {
            String value = form.value("policy_" + field).strip();
            if (value.equals(DEFAULT)) {
                policy.putNull(field);
            } else if (!value.isEmpty()) {
                put(policy, field, value);
            }
        }
    }

    private static void put(ObjectNode policy, String field, String value) {
        switch (field) {
            case "schedule" -> {
                ArrayNode waits = policy.putArray(field);
                List.of(value.split("[\\s,]+")).forEach(waits::add);
            }
            case "max_in_flight" -> {
                if (value.matches("\\d{1,9}")) {
                    policy.put(field, Integer.parseInt(value));
                } else {
                    throw new Unreadable("policy_" + field, "is not a whole number");
                }
            }
            case "ordered" -> policy.put(field, value.equals("true"));
            default -> policy.put(field, value);
        }
    }

    private static void putSignature(ObjectNode body, String text) {
        if (text.isBlank()) {
            body.putNull("signature");
            return;
        }
        try {
            body.set("signature", Json.parse(text.getBytes(StandardCharsets.UTF_8)));
        } catch (JacksonException e) {
            throw new Unreadable("signature", "is not JSON: " + Json.fault(e));
        }
    }

    private static void putHeaders(ObjectNode body, Entries form, Set<String> known) {
        Map<String, String> lines = lines("headers", form);
        boolean allBlank = lines.values().stream().allMatch(String::isBlank);
        if (!lines.isEmpty() && allBlank && !lines.keySet().equals(known)) {
            throw new Unreadable(
                    "headers",
                    "values cannot be read back: to add or remove one, give the values of all");
        }
        ObjectNode headers = body.putObject("headers");
        lines.forEach(headers::put);
    }

    /** Lines of a name, a colon and a value. */
    private static Map<String, String> lines(String field, Entries form) {
        Map<String, String> lines = new LinkedHashMap<>();
        for (String line : form.value(field).lines().filter(text -> !text.isBlank()).toList()) {
            int colon = line.indexOf(':');
            if (colon < 1) {
                throw new Unreadable(field, "each line is a name, a colon and a value");
            }
            lines.put(line.substring(0, colon).strip(), line.substring(colon + 1).strip());
        }
        return lines;
    }
}
