package dev.ringback.ingest.ultravox;

import dev.ringback.dialect.Dialect;
import dev.ringback.dialect.Dialects;
import dev.ringback.schemas.Endpoint;
import dev.ringback.schemas.EventType;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The vendor's names for events and ours for them. */
final class WebhookEvents {
    static final Dialect DIALECT = Dialects.named("ultravox").orElseThrow();

    private static final Map<String, String> OURS = new LinkedHashMap<>();

    static {
        Arrays.stream(EventType.values())
                .forEach(
                        type ->
                                DIALECT.webhookEvent(type)
                                        .ifPresent(theirs -> OURS.put(theirs, type.text())));
    }

    private WebhookEvents() {}

    /**
     * Our name.
     *
     * @throws IllegalArgumentException when the vendor has no such event
     */
    static String ours(String theirs) {
        String ours = OURS.get(theirs);
        if (ours == null) {
            throw new IllegalArgumentException("is not one of " + String.join(", ", OURS.keySet()));
        }
        return ours;
    }

    /** Their names for what an endpoint takes, in the order of a call. */
    static List<String> theirs(List<String> ours) {
        boolean all = ours.contains(Endpoint.ALL_EVENTS);
        return OURS.entrySet().stream()
                .filter(event -> all || ours.contains(event.getValue()))
                .map(Map.Entry::getKey)
                .toList();
    }
}
