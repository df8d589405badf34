package dev.ringback.ingest.groups;

import dev.ringback.dialect.Dialect;
import dev.ringback.dialect.UrlRules;
import dev.ringback.ingest.api.SecretMaker;
import dev.ringback.ingest.request.Fields;
import dev.ringback.runtime.Problem;
import dev.ringback.schemas.Endpoint.Callback.Payload;
import dev.ringback.schemas.Endpoint.Callback.Role;
import dev.ringback.schemas.Endpoint.Group.Application;
import dev.ringback.schemas.Violation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * An application as somebody asks for it, found to be well formed.
 *
 * @param secret null when it brings none
 * @param unsigned whether it says that there is to be no secret
 */
record ApplicationForm(
        String accountId, Application application, @Nullable String secret, boolean unsigned) {
    private static final String SECRET = "webhook_secret";
    private static final List<String> OTHERS =
            List.of("account_id", "answer_method", "status_callback_method", "payload", SECRET);
    private static final int MAX_TEXT = 256;

    /**
     * Reads what somebody sent.
     *
     * @throws Problem 422 with everything that is wrong with it
     */
    static ApplicationForm read(ObjectNode document, Dialect dialect, boolean allowHttp) {
        List<Violation> violations = new ArrayList<>();
        Fields fields = new Fields(document, "", violations);
        Stream<String> urls = Arrays.stream(Role.values()).map(ApplicationForm::field);
        fields.only(Stream.concat(OTHERS.stream(), urls).toList());
        ApplicationForm form =
                new ApplicationForm(
                        fields.requiredText("account_id", MAX_TEXT).orElse(""),
                        new Application(
                                urls(fields, dialect.rules().mostUrl(), allowHttp),
                                method(fields, "answer_method"),
                                method(fields, "status_callback_method"),
                                payload(fields)),
                        secret(fields, dialect).orElse(null),
                        fields.isNull(SECRET));
        if (!violations.isEmpty()) {
            throw Problem.invalid(violations);
        }
        return form;
    }

    /** The field that holds the URL for a role. */
    static String field(Role role) {
        return switch (role) {
            case answer -> "answer_url";
            case fallback -> "fallback_url";
            case ring -> "ring_url";
            case hangup -> "hangup_url";
            case status -> "status_callback_url";
        };
    }

    private static Map<Role, String> urls(Fields fields, int most, boolean allowHttp) {
        Map<Role, String> urls = new EnumMap<>(Role.class);
        for (Role role : Role.values()) {
            fields.parsed(field(role), url -> UrlRules.check(url, most, allowHttp))
                    .ifPresent(url -> urls.put(role, url));
        }
        return urls;
    }

    private static String method(Fields fields, String field) {
        return choice(fields, field, List.of("POST", "GET"));
    }

    private static Payload payload(Fields fields) {
        List<String> names = Arrays.stream(Payload.values()).map(Payload::name).toList();
        return Payload.valueOf(choice(fields, "payload", names));
    }

    /** One of these; the first when it is left open. */
    private static String choice(Fields fields, String field, List<String> choices) {
        Optional<String> text = fields.text(field, MAX_TEXT);
        if (text.isPresent() && !choices.contains(text.get())) {
            fields.fault(field, "is not one of " + String.join(", ", choices));
            return choices.getFirst();
        }
        return text.orElse(choices.getFirst());
    }

    /** A blank secret is none. */
    private static Optional<String> secret(Fields fields, Dialect dialect) {
        if (fields.isBlank(SECRET)) {
            return Optional.empty();
        }
        Optional<String> secret = fields.text(SECRET, dialect.rules().mostSecret());
        return secret.flatMap(text -> SecretMaker.fault(dialect, null, text))
                .map(fault -> fields.<String>fault(SECRET, fault))
                .orElse(secret);
    }

    /** Without the secret: this may end up in a log. */
    @Override
    public String toString() {
        return "ApplicationForm[" + accountId + "]";
    }
}
