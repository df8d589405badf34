package dev.ringback.ingest.api;

import dev.ringback.ingest.registry.Command.Create;
import dev.ringback.ingest.registry.Command.Delete;
import dev.ringback.ingest.registry.Registry;
import dev.ringback.runtime.ApiKeys;
import dev.ringback.runtime.ApiKeys.Caller;
import dev.ringback.runtime.Problem;
import dev.ringback.schemas.Endpoint;
import dev.ringback.schemas.Json;
import dev.ringback.schemas.Violation;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code /v1/endpoints}: who may, and the forms in and out. An endpoint of an account that the key
 * does not see is not there. Thread-safe.
 */
public final class EndpointsApi {
    private static final String PATH = "/v1/endpoints";
    private static final String ONE = PATH + "/{id}";
    private static final int MAX_BYTES = 256 << 10;
    private static final int DEFAULT_LIMIT = 50;
    private static final int MAX_LIMIT = 200;

    private final ApiKeys keys;
    private final Registry registry;
    private final EndpointMaker maker;
    private final Supplier<UUID> uuids;
    private final boolean allowHttp;

    /**
     * The routes' handlers.
     *
     * @param uuids for the ids of commands
     * @param allowHttp whether a URL may be http
     */
    public EndpointsApi(
            ApiKeys keys,
            Registry registry,
            EndpointMaker maker,
            Supplier<UUID> uuids,
            boolean allowHttp) {
        this.keys = keys;
        this.registry = registry;
        this.maker = maker;
        this.uuids = uuids;
        this.allowHttp = allowHttp;
    }

    /** Adds the routes. */
    public void addTo(RoutesConfig routes) {
        routes.post(PATH, this::create);
        routes.get(PATH, this::list);
        routes.get(ONE, this::get);
        routes.delete(ONE, this::delete);
    }

    private void create(Context ctx) {
        Caller caller = writer(ctx);
        ObjectNode document = document(ctx);
        JsonNode account = document.path("account_id");
        if (account.isString() && !caller.sees(account.stringValue())) {
            throw Problem.of(403, "this API key may not write to this account")
                    .errors(List.of(new Violation("/account_id", "not an account of this key")));
        }
        EndpointMaker.Made made = maker.make(EndpointForm.read(document, allowHttp));
        long version = registry.submit(new Create(commandId(), made.endpoint()));
        Endpoint endpoint = made.endpoint().withVersion(version);
        ObjectNode body = Json.tree(EndpointView.of(endpoint));
        made.shownSecret().ifPresent(secret -> body.put("secret", secret));
        ctx.status(201).header("Location", PATH + "/" + endpoint.id());
        answer(ctx, endpoint, body);
    }

    private void list(Context ctx) {
        Caller caller = reader(ctx);
        int limit = limit(ctx.queryParam("limit"));
        String cursor = ctx.queryParam("cursor");
        String account = ctx.queryParam("account_id");
        var table = registry.current();
        Collection<Endpoint> candidates = account == null ? table.all() : table.in(account);
        List<Endpoint> found =
                candidates.stream()
                        .filter(endpoint -> caller.sees(endpoint.accountId()))
                        .filter(
                                endpoint ->
                                        is(ctx, "agent_id", endpoint.config().scope().agentId()))
                        .filter(
                                endpoint ->
                                        is(
                                                ctx,
                                                "application_id",
                                                endpoint.config().scope().applicationId()))
                        .filter(endpoint -> cursor == null || endpoint.id().compareTo(cursor) > 0)
                        .sorted(Comparator.comparing(Endpoint::id))
                        .limit(limit + 1L)
                        .toList();
        List<Endpoint> page = found.subList(0, Math.min(limit, found.size()));
        ObjectNode body = Json.object();
        body.putPOJO("items", page.stream().map(EndpointView::of).toList());
        body.put("next_cursor", found.size() > limit ? page.getLast().id() : null);
        ctx.contentType("application/json").result(Json.bytes(body));
    }

    private void get(Context ctx) {
        Endpoint endpoint = seen(ctx, reader(ctx));
        answer(ctx, endpoint, EndpointView.of(endpoint));
    }

    private void delete(Context ctx) {
        Endpoint endpoint = seen(ctx, writer(ctx));
        Long version = ifMatch(ctx.header("If-Match"));
        registry.submit(new Delete(commandId(), endpoint.accountId(), endpoint.id(), version));
        ctx.status(204);
    }

    /** The endpoint of the path, if the caller may know that it exists. */
    private Endpoint seen(Context ctx, Caller caller) {
        String id = ctx.pathParam("id");
        return registry.current()
                .get(id)
                .filter(endpoint -> caller.sees(endpoint.accountId()))
                .orElseThrow(() -> Problem.of(404, "there is no endpoint " + id));
    }

    private Caller writer(Context ctx) {
        Caller caller = keys.caller(ctx.header("Authorization"));
        if (!caller.may("endpoints:write")) {
            throw Problem.of(403, "this API key lacks the scope endpoints:write");
        }
        return caller;
    }

    private Caller reader(Context ctx) {
        Caller caller = keys.caller(ctx.header("Authorization"));
        if (!caller.may("read") && !caller.may("endpoints:write")) {
            throw Problem.of(403, "this API key lacks the scope read");
        }
        return caller;
    }

    private String commandId() {
        return "cmd_" + uuids.get();
    }

    private static ObjectNode document(Context ctx) {
        String type = Optional.ofNullable(ctx.header("Content-Type")).orElse("");
        if (!type.toLowerCase(Locale.ROOT).split(";")[0].strip().equals("application/json")) {
            throw Problem.of(415, "send application/json");
        }
        if (ctx.req().getContentLengthLong() > MAX_BYTES) {
            throw tooLarge();
        }
        byte[] body = ctx.bodyAsBytes();
        if (body.length > MAX_BYTES) {
            throw tooLarge();
        }
        try {
            if (Json.parse(body) instanceof ObjectNode document) {
                return document;
            }
        } catch (JacksonException e) {
            throw Problem.of(400, "not JSON: " + e.getOriginalMessage());
        }
        throw Problem.invalid(List.of(new Violation("", "an endpoint is a JSON object")));
    }

    private static Problem tooLarge() {
        return Problem.of(413, "an endpoint is at most " + MAX_BYTES + " bytes")
                .header("Connection", "close");
    }

    private static int limit(@Nullable String text) {
        if (text == null) {
            return DEFAULT_LIMIT;
        }
        if (text.matches("\\d{1,3}")) {
            int limit = Integer.parseInt(text);
            if (limit >= 1 && limit <= MAX_LIMIT) {
                return limit;
            }
        }
        throw Problem.of(400, "limit is not a whole number from 1 to " + MAX_LIMIT);
    }

    private static boolean is(Context ctx, String filter, @Nullable String value) {
        String wanted = ctx.queryParam(filter);
        return wanted == null || wanted.equals(value);
    }

    /** The version that an {@code If-Match} header names; null when any will do. */
    private static @Nullable Long ifMatch(@Nullable String header) {
        if (header == null || header.strip().equals("*")) {
            return null;
        }
        String tag = header.strip();
        if (tag.matches("\"\\d{1,18}\"")) {
            return Long.parseLong(tag.substring(1, tag.length() - 1));
        }
        throw Problem.of(412, "the endpoint has another ETag");
    }

    private static void answer(Context ctx, Endpoint endpoint, Object body) {
        ctx.header("ETag", "\"" + endpoint.version() + "\"")
                .contentType("application/json")
                .result(Json.bytes(body));
    }
}
