package dev.ringback.console;

import dev.ringback.runtime.ApiKeys;
import dev.ringback.runtime.Problem;
import dev.ringback.schemas.Attempt;
import dev.ringback.schemas.Json;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The console's routes. What belongs to another account is not there: 404, never 403. */
final class ConsoleRoutes {
    private static final String SCOPE = "read";

    /** What every attempt at a delivery says alike. */
    private static final List<String> COMMON =
            List.of(
                    "delivery_id",
                    "event_id",
                    "event_type",
                    "subject_id",
                    "account_id",
                    "endpoint_id",
                    "dialect");

    private final ApiKeys keys;
    private final Lookup lookup;
    private final String page;

    /** Finds the value of a key in a store. */
    interface Lookup {
        /**
         * Asks the store.
         *
         * @throws ReadModel.Unavailable when it cannot answer now
         */
        Optional<byte[]> find(String store, String key);
    }

    ConsoleRoutes(ApiKeys keys, Lookup lookup) {
        this.keys = keys;
        this.lookup = lookup;
        this.page = page();
    }

    void addTo(RoutesConfig routes) {
        routes.get("/", ctx -> ctx.html(page));
        routes.get("/v1/calls/{id}", this::call);
        routes.get("/v1/deliveries/{id}", this::delivery);
    }

    private void call(Context ctx) {
        Predicate<JsonNode> visible = visible(ctx);
        String id = ctx.pathParam("id");
        JsonNode call =
                find(CallTopology.STORE, id)
                        .filter(visible)
                        .orElseThrow(() -> Problem.of(404, "there is no call " + id));
        answer(ctx, call);
    }

    private void delivery(Context ctx) {
        Predicate<JsonNode> visible = visible(ctx);
        String id = ctx.pathParam("id");
        JsonNode attempts =
                find(DeliveryTopology.STORE, id)
                        .filter(known -> visible.test(known.path(known.size() - 1)))
                        .orElseThrow(
                                () ->
                                        Problem.of(
                                                404,
                                                "there is no delivery "
                                                        + id
                                                        + " that has been attempted"));
        answer(ctx, delivery((ArrayNode) attempts));
    }

    /** Which documents the caller may see. */
    private Predicate<JsonNode> visible(Context ctx) {
        ApiKeys.Caller caller = keys.caller(ctx.header("Authorization"));
        if (!caller.may(SCOPE)) {
            throw Problem.of(403, "this API key does not have the scope " + SCOPE);
        }
        return document ->
                document.path("account_id").stringValueOpt().filter(caller::sees).isPresent();
    }

    private Optional<JsonNode> find(String store, String id) {
        try {
            return lookup.find(store, id).map(Json::parse);
        } catch (ReadModel.Unavailable e) {
            throw Problem.of(503, e.getMessage() + ": ask again in a moment")
                    .header("Retry-After", "1");
        }
    }

    private static ObjectNode delivery(ArrayNode attempts) {
        JsonNode last = attempts.path(attempts.size() - 1);
        ObjectNode delivery = Json.object();
        COMMON.forEach(field -> delivery.set(field, last.path(field)));
        delivery.put("state", state(last));
        delivery.set("attempts", attempts);
        return delivery;
    }

    private static String state(JsonNode last) {
        return switch (Json.read(last.path("outcome"), Attempt.Result.class)) {
            case delivered -> "delivered";
            case dead -> "dead";
            case retry, deferred -> "pending";
        };
    }

    private static void answer(Context ctx, JsonNode document) {
        ctx.contentType("application/json").result(Json.bytes(document));
    }

    private static String page() {
        try (InputStream in =
                Objects.requireNonNull(ConsoleRoutes.class.getResourceAsStream("index.html"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the page", e);
        }
    }
}
