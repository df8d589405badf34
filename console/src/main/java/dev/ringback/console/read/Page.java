package dev.ringback.console.read;

import dev.ringback.schemas.Json;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A part of a list, newest first.
 *
 * @param items what it holds; may be fewer than were asked for, even none, though more follow
 * @param nextCursor where the next part begins; null when there is none. It stays right while new
 *     things come in
 * @param partial whether a part of the data could not be asked just now, so that items may be
 *     missing; never that some are wrong
 */
public record Page(ArrayNode items, @Nullable String nextCursor, boolean partial) {
    /** {@code {"items":[…],"next_cursor":null}}, and {@code "partial":true} where it is. */
    public ObjectNode json() {
        ObjectNode json = Json.object();
        json.set("items", items);
        json.put("next_cursor", nextCursor);
        if (partial) {
            json.put("partial", true);
        }
        return json;
    }
}
