package dev.ringback.ingest.api;

import dev.ringback.dialect.Dialect;
import dev.ringback.dialect.Dialects;
import dev.ringback.dialect.UrlRules;
import dev.ringback.ingest.request.Fields;
import dev.ringback.runtime.Problem;
import dev.ringback.schemas.Endpoint;
import dev.ringback.schemas.Endpoint.Policy;
import dev.ringback.schemas.Endpoint.Scope;
import dev.ringback.schemas.EventType;
import dev.ringback.schemas.SignatureScheme;
import dev.ringback.schemas.Violation;
import dev.ringback.signature.SignatureOverride;
import dev.ringback.signature.SignatureOverride.Reading;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * An endpoint as somebody asks for it, found to be well formed; what is left open has its default.
 *
 * @param secret null when it brings none
 * @param unsigned whether it says that there is to be no secret
 * @param headers with a blank value where the known one stays
 * @param signature what overrides the dialect's; null: the dialect's
 */
record EndpointForm(
        String accountId,
        @Nullable String name,
        String url,
        Dialect dialect,
        List<String> events,
        Scope scope,
        @Nullable String secret,
        boolean unsigned,
        Map<String, String> headers,
        Policy policy,
        @Nullable SignatureScheme signature,
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
    private static final int MAX_TEXT = 256;
    private static final int MAX_ENTRIES = 50;

    /**
     * Reads what somebody sent.
     *
     * @param known the endpoint that it is to become; null when it is new
     * @throws Problem 422 with everything that is wrong with it
     */
    static EndpointForm read(ObjectNode document, @Nullable Endpoint known, boolean allowHttp) {
        List<Violation> violations = new ArrayList<>();
        Fields fields = new Fields(document, "", violations);
        fields.only(FIELDS);
        EndpointForm form = read(fields, known, allowHttp);
        if (!violations.isEmpty()) {
            throw Problem.invalid(violations);
        }
        return form;
    }

    private static EndpointForm read(Fields fields, @Nullable Endpoint known, boolean allowHttp) {
        Optional<Dialect> named = dialect(fields, known);
        Dialect dialect = named.orElseGet(() -> Dialects.all().getFirst());
        SignatureScheme signature = signature(fields, dialect);
        return new EndpointForm(
                accountId(fields, known),
                dialect.rules().nameRequired()
                        ? fields.requiredText("name", MAX_TEXT).orElse(null)
                        : fields.text("name", MAX_TEXT).orElse(null),
                url(fields, dialect, allowHttp),
                dialect,
                events(fields, named),
                scope(fields.object("scope", MAX_ENTRIES), dialect.rules()),
                secret(fields, dialect, signature).orElse(null),
                fields.isNull("secret"),
                HeaderRules.read(
                        fields.object("headers", HeaderRules.MOST),
                        signature == null
                                ? List.of(dialect.signature())
                                : List.of(dialect.signature(), signature),
                        known == null ? List.of() : known.config().headers().keySet()),
                PolicyForm.read(fields.object("policy", MAX_ENTRIES)),
                signature,
                fields.object("metadata", MAX_ENTRIES).texts());
    }

    private static String accountId(Fields fields, @Nullable Endpoint known) {
        String accountId = fields.requiredText("account_id", MAX_TEXT).orElse("");
        if (known != null && !accountId.isEmpty() && !accountId.equals(known.accountId())) {
            fields.fault("account_id", "cannot be changed");
        }
        return accountId;
    }

    private static Optional<Dialect> dialect(Fields fields, @Nullable Endpoint known) {
        String other = known == null ? "standard" : known.dialect();
        String name = fields.has("dialect") ? fields.text("dialect", MAX_TEXT).orElse("") : other;
        if (known != null && !name.equals(known.dialect())) {
            fields.fault("dialect", "cannot be changed");
            return Dialects.named(other);
        }
        Optional<Dialect> dialect = Dialects.named(name);
        return dialect.isPresent() || name.isEmpty()
                ? dialect
                : fields.fault("dialect", "is not one of " + names());
    }

    private static String names() {
        return Dialects.all().stream().map(Dialect::name).collect(Collectors.joining(", "));
    }

    /** What overrides the dialect's scheme; null also when it is at fault. */
    private static @Nullable SignatureScheme signature(Fields fields, Dialect dialect) {
        if (!fields.has("signature")) {
            return null;
        }
        ObjectNode given = fields.tree("signature");
        return switch (SignatureOverride.read(given, dialect.signature())) {
            case Reading.Valid valid -> valid.scheme();
            case Reading.Invalid invalid -> {
                invalid.violations().forEach(found -> fields.fault("signature", found));
                yield null;
            }
        };
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
                                                "is no event type" + known(dialect)));
        if (dialect.isPresent() && dialect.get().webhookEvent(type).isEmpty()) {
            throw new IllegalArgumentException("is not sent in this dialect" + known(dialect));
        }
        return event;
    }

    private static String known(Optional<Dialect> dialect) {
        return dialect.map(EndpointForm::events)
                .map(events -> "; " + dialect.get().name() + " knows " + events)
                .orElse("");
    }

    private static String events(Dialect dialect) {
        return Arrays.stream(EventType.values())
                .filter(type -> dialect.webhookEvent(type).isPresent())
                .map(EventType::text)
                .collect(Collectors.joining(", "));
    }

    private static Scope scope(Fields fields, Dialect.Rules rules) {
        fields.only(SCOPE_FIELDS);
        return new Scope(
                rules.agentRequired()
                        ? fields.requiredText("agent_id", MAX_TEXT).orElse(null)
                        : fields.text("agent_id", MAX_TEXT).orElse(null),
                fields.text("application_id", MAX_TEXT).orElse(null),
                fields.text("phone_number_id", MAX_TEXT).orElse(null),
                fields.text("environment", MAX_TEXT).orElse(null));
    }

    /** A blank secret is none. */
    static Optional<String> secret(
            Fields fields, Dialect dialect, @Nullable SignatureScheme signature) {
        if (fields.isBlank("secret")) {
            return Optional.empty();
        }
        Optional<String> secret = fields.text("secret", dialect.rules().mostSecret());
        return secret.flatMap(text -> SecretMaker.fault(dialect, signature, text))
                .map(fault -> fields.<String>fault("secret", fault))
                .orElse(secret);
    }

    /** Without the secret and the header values: this may end up in a log. */
    @Override
    public String toString() {
        return "EndpointForm[" + accountId + ", " + url + "]";
    }
}
