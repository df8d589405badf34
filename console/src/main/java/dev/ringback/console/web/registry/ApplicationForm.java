package dev.ringback.console.web.registry;

import dev.ringback.console.web.view.Doc;
import dev.ringback.schemas.Json;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.node.ObjectNode;

/** Between the fields of the form for a TryVox application and the JSON that ingest takes. */
public final class ApplicationForm {
    /** Its URLs, in the order in which a call comes by them. */
    public static final List<String> URLS =
            List.of("answer_url", "fallback_url", "ring_url", "hangup_url", "status_callback_url");

    /** All fields, as the form names them. */
    public static final List<String> FIELDS =
            List.of(
                    "account_id",
                    "application_id",
                    "answer_url",
                    "fallback_url",
                    "ring_url",
                    "hangup_url",
                    "status_callback_url",
                    "answer_method",
                    "status_callback_method",
                    "payload",
                    "webhook_secret");

    private ApplicationForm() {}

    /** What the form shows of an application that is there. */
    public static Entries of(Doc application) {
        Map<String, String> values = new HashMap<>();
        FIELDS.forEach(name -> values.put(name, application.text(name)));
        return Entries.of(values, Set.of());
    }

    /** The JSON that ingest takes; a blank secret keeps the known one. */
    public static ObjectNode put(Entries form) {
        ObjectNode body = Json.object();
        FIELDS.stream()
                .filter(name -> !name.equals("application_id"))
                .filter(name -> !form.value(name).isBlank())
                .forEach(name -> body.put(name, form.value(name).strip()));
        return body;
    }
}
