package dev.ringback.ingest;

import dev.ringback.runtime.ApiKeys;
import dev.ringback.runtime.Problem;
import dev.ringback.schemas.EventSchema;
import dev.ringback.schemas.EventType;
import dev.ringback.schemas.Json;
import io.javalin.http.Context;
import java.util.Arrays;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** {@code GET /v1/event-types}: what may come in, with the JSON Schema of each. Thread-safe. */
final class EventTypesApi {
    static final String PATH = "/v1/event-types";
    static final String SCHEMA = PATH + "/{type}/schema";

    private final ApiKeys keys;
    private final EventSchema schema;

    /** One type in the list. */
    record Item(String type, String subject, String schema) {}

    EventTypesApi(ApiKeys keys, EventSchema schema) {
        this.keys = keys;
        this.schema = schema;
    }

    /** Answers with all types; any key will do. */
    void list(Context ctx) {
        keys.caller(ctx.header("Authorization"));
        List<Item> items = Arrays.stream(EventType.values()).map(EventTypesApi::item).toList();
        ObjectNode body = Json.object();
        body.putPOJO("items", items);
        body.putNull("next_cursor");
        ctx.contentType("application/json").result(Json.bytes(body));
    }

    /** Answers with the schema of one type; any key will do. */
    void schema(Context ctx) {
        keys.caller(ctx.header("Authorization"));
        String name = ctx.pathParam("type");
        EventType type =
                EventType.of(name)
                        .orElseThrow(() -> Problem.of(404, "there is no event type " + name));
        ctx.contentType("application/schema+json").result(Json.bytes(schema.document(type)));
    }

    private static Item item(EventType type) {
        return new Item(type.text(), type.subject().field(), SCHEMA.replace("{type}", type.text()));
    }
}
