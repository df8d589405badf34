package dev.ringback.ingest.api;

import dev.ringback.schemas.Endpoint;
import dev.ringback.schemas.Json;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A JSON Merge Patch (RFC 7396) of an endpoint, laid over the form that would make the endpoint as
 * it is; {@link EndpointForm} reads the outcome like any other. Secrets and header values are not
 * in it: a blank one stands for the one that is known.
 */
final class EndpointPatch {
    private static final List<String> SHOWN =
            List.of("name", "url", "dialect", "events", "scope", "policy", "signature", "metadata");
    private static final Set<String> MERGED = Set.of("scope", "policy", "metadata");
    private static final String METADATA = "metadata";
    private static final String HEADERS = "headers";
    private static final String BLANK = "";

    private EndpointPatch() {}

    /** The form that asks for what the endpoint is to be. */
    static ObjectNode over(Endpoint known, ObjectNode patch) {
        ObjectNode form = formOf(known);
        patch.properties()
                .forEach(
                        field -> {
                            String name = field.getKey();
                            JsonNode value = field.getValue();
                            if (MERGED.contains(name) && value instanceof ObjectNode given) {
                                merge((ObjectNode) form.path(name), given, name.equals(METADATA));
                            } else if (!name.equals(HEADERS) || !isAllBlank(value)) {
                                form.set(name, value);
                            }
                        });
        return form;
    }

    private static ObjectNode formOf(Endpoint known) {
        ObjectNode config = Json.tree(known.config());
        ObjectNode form = Json.object().put("account_id", known.accountId());
        SHOWN.forEach(name -> form.set(name, config.path(name)));
        ObjectNode headers = form.putObject(HEADERS);
        known.config().headers().keySet().forEach(name -> headers.put(name, BLANK));
        return form;
    }

    /** RFC 7396; where names are not free, an unknown one stays, to be found fault with. */
    private static void merge(ObjectNode into, ObjectNode patch, boolean anyName) {
        patch.properties()
                .forEach(
                        field -> {
                            boolean known = anyName || into.has(field.getKey());
                            if (field.getValue().isNull() && known) {
                                into.remove(field.getKey());
                            } else {
                                into.set(field.getKey(), field.getValue());
                            }
                        });
    }

    /** Whether it names headers and gives none of them a value, as a form left alone does. */
    private static boolean isAllBlank(JsonNode headers) {
        return headers.isObject()
                && !headers.isEmpty()
                && headers.values().stream()
                        .allMatch(value -> value.isString() && value.stringValue().isBlank());
    }
}
