package dev.ringback.ingest.request;

import dev.ringback.runtime.ApiKeys;
import dev.ringback.runtime.ApiKeys.Caller;
import dev.ringback.runtime.Problem;
import dev.ringback.schemas.Json;
import dev.ringback.schemas.Violation;
import io.javalin.http.Context;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What every route of the registry does first: who calls, and with what. Thread-safe. */
public final class Requests {
    private static final int MAX_BYTES = 256 << 10;
    private static final int DEFAULT_LIMIT = 50;
    private static final int MAX_ID = 256;
    private static final int MAX_LIMIT = 200;

    private final ApiKeys keys;
    private final Supplier<UUID> uuids;

    /**
     * Lets in who has one of these keys.
     *
     * @param uuids for the ids of commands
     */
    public Requests(ApiKeys keys, Supplier<UUID> uuids) {
        this.keys = keys;
        this.uuids = uuids;
    }

    /** Who calls, if they may change endpoints. */
    public Caller writer(Context ctx) {
        Caller caller = caller(ctx);
        if (!caller.may("endpoints:write")) {
            throw Problem.of(403, "this API key lacks the scope endpoints:write");
        }
        return caller;
    }

    /** Who calls, if they may see endpoints. */
    public Caller reader(Context ctx) {
        Caller caller = caller(ctx);
        if (!caller.may("read") && !caller.may("endpoints:write")) {
            throw Problem.of(403, "this API key lacks the scope read");
        }
        return caller;
    }

    /** Lets in whoever has a key, for what is of no account. */
    public void anyone(Context ctx) {
        caller(ctx);
    }

    /** One vendor's clients send the key in a header of its own. */
    private Caller caller(Context ctx) {
        String key = ctx.header("X-API-Key");
        return keys.caller(key == null ? ctx.header("Authorization") : "Bearer " + key);
    }

    /** A new id for a command. */
    public String commandId() {
        return "cmd_" + uuids.get();
    }

    /** The JSON object in the body, whose account the caller may write to. */
    public static ObjectNode document(Context ctx, Caller caller) {
        ObjectNode document = document(ctx);
        JsonNode account = document.path("account_id");
        if (account.isString() && !caller.sees(account.stringValue())) {
            throw Problem.of(403, "this API key may not write to this account")
                    .errors(List.of(new Violation("/account_id", "not an account of this key")));
        }
        return document;
    }

    /** The JSON object in the body; an empty one where there is no body. */
    public static ObjectNode documentIfAny(Context ctx) {
        boolean isEmpty = ctx.req().getContentLengthLong() <= 0 && ctx.bodyAsBytes().length == 0;
        return isEmpty ? Json.object() : document(ctx);
    }

    /** The JSON object in the body. */
    public static ObjectNode document(Context ctx) {
        String type = Optional.ofNullable(ctx.header("Content-Type")).orElse("");
        String bare = type.toLowerCase(Locale.ROOT).split(";")[0].strip();
        if (!bare.equals("application/json") && !bare.equals("application/merge-patch+json")) {
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
            throw Problem.of(400, "not JSON: " + Json.fault(e));
        }
        throw Problem.invalid(List.of(new Violation("", "is not a JSON object")));
    }

    private static Problem tooLarge() {
        return Problem.of(413, "a document here is at most " + MAX_BYTES + " bytes")
                .header("Connection", "close");
    }

    /** The account of the query; a key that sees one account alone need not name it. */
    public static String account(Context ctx, Caller caller) {
        String named = ctx.queryParam("account_id");
        if (named != null) {
            return bounded("account_id", named);
        }
        if (caller.accounts().size() == 1 && !caller.accounts().contains(ApiKeys.ALL)) {
            return caller.accounts().iterator().next();
        }
        throw Problem.of(400, "say which account: ?account_id=");
    }

    /**
     * An id out of a path or query, which must look as those in documents do.
     *
     * @throws Problem 400 when it does not
     */
    public static String bounded(String name, String id) {
        boolean fits =
                !id.isBlank()
                        && id.length() <= MAX_ID
                        && id.codePoints().noneMatch(Character::isISOControl);
        if (!fits) {
            throw Problem.of(
                    400,
                    name + " is not 1 to " + MAX_ID + " characters without control characters");
        }
        return id;
    }

    /** How many items the query asks for. */
    public static int limit(Context ctx) {
        return limit(ctx, "limit");
    }

    /** The same, where the query has another word for it. */
    public static int limit(Context ctx, String name) {
        String text = Optional.ofNullable(ctx.queryParam(name)).orElse("" + DEFAULT_LIMIT);
        if (text.matches("\\d{1,3}")) {
            int limit = Integer.parseInt(text);
            if (limit >= 1 && limit <= MAX_LIMIT) {
                return limit;
            }
        }
        throw Problem.of(400, name + " is not a whole number from 1 to " + MAX_LIMIT);
    }

    /** Answers with JSON. */
    public static void answer(Context ctx, Object body) {
        ctx.contentType("application/json").result(Json.bytes(body));
    }
}
