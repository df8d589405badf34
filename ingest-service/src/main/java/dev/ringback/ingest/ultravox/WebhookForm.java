package dev.ringback.ingest.ultravox;

import dev.ringback.dialect.UrlRules;
import dev.ringback.ingest.api.SecretMaker;
import dev.ringback.ingest.request.Fields;
import dev.ringback.runtime.Problem;
import dev.ringback.schemas.Endpoint;
import dev.ringback.schemas.Json;
import dev.ringback.schemas.SignatureScheme;
import dev.ringback.schemas.Violation;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A webhook as somebody asks for it, found to be well formed.
 *
 * @param events by our names
 * @param agentId null for every agent
 * @param secrets empty when they are to stay, or one is to be made
 */
record WebhookForm(
        String url, List<String> events, @Nullable String agentId, List<String> secrets) {
    private static final List<String> WRITTEN = List.of("url", "events", "agentId", "secrets");

    /** What answers show besides; a client that sends back what it got means no harm. */
    private static final List<String> READ_ONLY =
            List.of("webhookId", "created", "status", "lastStatusChange", "recentFailures");

    private static final int MOST_EVENTS = 20;
    private static final int MOST_SECRETS = 10;
    private static final int MOST_TEXT = 256;

    /**
     * Reads what somebody sent.
     *
     * @param known what it is to change; null when it is to be new
     * @throws Problem 422 with everything that is wrong with it
     */
    static WebhookForm read(ObjectNode document, @Nullable Endpoint known, boolean allowHttp) {
        List<Violation> violations = new ArrayList<>();
        Fields fields = new Fields(document, "", violations);
        List<String> all = new ArrayList<>(WRITTEN);
        all.addAll(READ_ONLY);
        fields.only(all);
        WebhookForm form =
                new WebhookForm(
                        url(fields, allowHttp),
                        events(fields),
                        fields.text("agentId", MOST_TEXT).orElse(null),
                        secrets(fields, known == null ? null : known.config().signature()));
        if (!violations.isEmpty()) {
            throw Problem.invalid(violations);
        }
        return form;
    }

    /** The document of a whole webhook: what is known, with these fields in the place of its. */
    static ObjectNode patched(Endpoint known, ObjectNode patch) {
        ObjectNode document = Json.object().put("url", known.url());
        ArrayNode events = document.putArray("events");
        WebhookEvents.theirs(known.config().events()).forEach(events::add);
        document.put("agentId", known.config().scope().agentId());
        document.setAll(patch);
        return document;
    }

    private static String url(Fields fields, boolean allowHttp) {
        if (!fields.has("url")) {
            fields.fault("url", "is required");
        }
        int most = WebhookEvents.DIALECT.rules().mostUrl();
        return fields.parsed("url", url -> UrlRules.check(url, most, allowHttp)).orElse("");
    }

    private static List<String> events(Fields fields) {
        if (!fields.has("events")) {
            fields.fault("events", "is required");
            return List.of();
        }
        Fields items = fields.list("events", 1, MOST_EVENTS);
        return items.each(index -> items.parsed(index, WebhookEvents::ours)).stream()
                .distinct()
                .toList();
    }

    private static List<String> secrets(Fields fields, @Nullable SignatureScheme signature) {
        Fields items = fields.list("secrets", 0, MOST_SECRETS);
        return items.each(index -> secret(items, index, signature)).stream().distinct().toList();
    }

    private static Optional<String> secret(
            Fields items, String index, @Nullable SignatureScheme signature) {
        Optional<String> text = items.text(index, WebhookEvents.DIALECT.rules().mostSecret());
        return text.flatMap(secret -> SecretMaker.fault(WebhookEvents.DIALECT, signature, secret))
                .map(fault -> items.<String>fault(index, fault))
                .orElse(text);
    }

    /** Without the secrets: this may end up in a log. */
    @Override
    public String toString() {
        return "WebhookForm[" + url + "]";
    }
}
