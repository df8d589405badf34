package dev.ringback.ingest.api;

import dev.ringback.dialect.Dialect;
import dev.ringback.dialect.Dialects;
import dev.ringback.dialect.UrlRules;
import dev.ringback.runtime.Problem;
import dev.ringback.schemas.Endpoint;
import dev.ringback.schemas.Endpoint.Policy;
import dev.ringback.schemas.Endpoint.Scope;
import dev.ringback.schemas.EventType;
import dev.ringback.schemas.Units;
import dev.ringback.schemas.Violation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * An endpoint as somebody asks for it, found to be well formed; what is left open has its default.
 *
 * @param secret null when one is to be made
 */
record EndpointForm(
        String accountId,
        @Nullable String name,
        String url,
        Dialect dialect,
        List<String> events,
        Scope scope,
        @Nullable String secret,
        Map<String, String> headers,
        Policy policy,
        Map<String, String> metadata) {
    private static final List<String> FIELDS =
            List.of(
                    "account_id",
                    "name",
                    "url",
                    "dialect",
                    "events",
                    "scope",
                    "secret",
                    "headers",
                    "policy",
                    "signature",
                    "metadata");
    private static final List<String> SCOPE_FIELDS =
            List.of("agent_id", "application_id", "phone_number_id", "environment");
    private static final List<String> POLICY_FIELDS =
            List.of("timeout", "schedule", "max_in_flight", "rate", "ordered", "max_age");
    private static final int MAX_TEXT = 256;
    private static final int MAX_SECRET = 512;
    private static final int MAX_ENTRIES = 50;
    private static final int MAX_IN_FLIGHT = 1_000;
    private static final Duration LEAST = Duration.ofMillis(1);
    private static final Duration LEAST_TIMEOUT = Duration.ofMillis(100);
    private static final Duration MOST_TIMEOUT = Duration.ofSeconds(60);
    private static final Duration MOST_WAIT = Duration.ofDays(7);
    private static final Duration MOST_AGE = Duration.ofDays(30);

    /**
     * Reads what somebody sent.
     *
     * @throws Problem 422 with everything that is wrong with it
     */
    static EndpointForm read(ObjectNode document, boolean allowHttp) {
        List<Violation> violations = new ArrayList<>();
        Fields fields = new Fields(document, "", violations);
        fields.only(FIELDS);
        Optional<Dialect> dialect = dialect(fields);
        EndpointForm form =
                new EndpointForm(
                        fields.requiredText("account_id", MAX_TEXT).orElse(""),
                        fields.text("name", MAX_TEXT).orElse(null),
                        url(fields, dialect.orElseGet(() -> Dialects.all().getFirst()), allowHttp),
                        dialect.orElseGet(() -> Dialects.all().getFirst()),
                        events(fields, dialect),
                        scope(fields.object("scope", MAX_ENTRIES)),
                        secret(fields, dialect).orElse(null),
                        HeaderRules.read(fields.object("headers", MAX_ENTRIES)),
                        policy(fields.object("policy", MAX_ENTRIES)),
                        fields.object("metadata", MAX_ENTRIES).texts());
        if (fields.has("signature")) {
            fields.fault("signature", "not supported yet");
        }
        if (!violations.isEmpty()) {
            throw Problem.invalid(violations);
        }
        return form;
    }

    private static Optional<Dialect> dialect(Fields fields) {
        if (!fields.has("dialect")) {
            return Dialects.named("standard");
        }
        return fields.text("dialect", MAX_TEXT)
                .flatMap(
                        name ->
                                Dialects.named(name)
                                        .or(
                                                () ->
                                                        fields.fault(
                                                                "dialect",
                                                                "is not one of " + names())));
    }

    private static String names() {
        return Dialects.all().stream().map(Dialect::name).collect(Collectors.joining(", "));
    }

    private static String url(Fields fields, Dialect dialect, boolean allowHttp) {
        if (!fields.has("url")) {
            fields.fault("url", "is required");
        }
        return fields.parsed(
                        "url", url -> UrlRules.check(url, dialect.rules().mostUrl(), allowHttp))
                .orElse("");
    }

    private static List<String> events(Fields fields, Optional<Dialect> dialect) {
        if (!fields.has("events")) {
            return List.of(Endpoint.ALL_EVENTS);
        }
        Fields items = fields.list("events", 1, MAX_ENTRIES);
        return items.each(index -> items.parsed(index, event -> event(event, dialect))).stream()
                .distinct()
                .toList();
    }

    private static String event(String event, Optional<Dialect> dialect) {
        if (event.equals(Endpoint.ALL_EVENTS)) {
            return event;
        }
        EventType type =
                EventType.of(event)
                        .orElseThrow(
                                () ->
                                        new IllegalArgumentException(
                                                "unknown event type '" + event + "'"));
        if (dialect.isPresent() && dialect.get().webhookEvent(type).isEmpty()) {
            throw new IllegalArgumentException(
                    "the dialect " + dialect.get().name() + " does not know " + event);
        }
        return event;
    }

    private static Scope scope(Fields fields) {
        fields.only(SCOPE_FIELDS);
        return new Scope(
                fields.text("agent_id", MAX_TEXT).orElse(null),
                fields.text("application_id", MAX_TEXT).orElse(null),
                fields.text("phone_number_id", MAX_TEXT).orElse(null),
                fields.text("environment", MAX_TEXT).orElse(null));
    }

    private static Optional<String> secret(Fields fields, Optional<Dialect> dialect) {
        Optional<String> secret = fields.text("secret", MAX_SECRET);
        return secret.flatMap(text -> dialect.flatMap(known -> known.faultIn(text)))
                .map(fault -> fields.<String>fault("secret", fault))
                .orElse(secret);
    }

    private static Policy policy(Fields fields) {
        fields.only(POLICY_FIELDS);
        Fields waits = fields.list("schedule", 0, MAX_ENTRIES);
        List<Duration> schedule = waits.each(index -> waits.duration(index, LEAST, MOST_WAIT));
        return new Policy(
                fields.duration("timeout", LEAST_TIMEOUT, MOST_TIMEOUT).orElse(null),
                fields.has("schedule") ? schedule : null,
                fields.number("max_in_flight", 1, MAX_IN_FLIGHT).orElse(null),
                fields.parsed("rate", EndpointForm::rate).orElse(null),
                fields.flag("ordered").orElse(null),
                fields.duration("max_age", LEAST, MOST_AGE).orElse(null));
    }

    private static String rate(String text) {
        double perSecond = Units.perSecond(text);
        if (perSecond <= 0) {
            throw new IllegalArgumentException("is not above zero");
        }
        return text;
    }

    /** Without the secret and the header values: this may end up in a log. */
    @Override
    public String toString() {
        return "EndpointForm[" + accountId + ", " + url + "]";
    }
}
