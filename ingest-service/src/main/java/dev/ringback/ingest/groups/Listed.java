package dev.ringback.ingest.groups;

import dev.ringback.ingest.request.Requests;
import dev.ringback.runtime.ApiKeys.Caller;
import dev.ringback.runtime.TopicTable;
import dev.ringback.schemas.Endpoint;
import dev.ringback.schemas.Endpoint.Group;
import dev.ringback.schemas.Json;
import io.javalin.http.Context;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * The groups that a caller sees and asks for, by the id of their record.
 *
 * @param cursor the last of the page before; null: from the start
 */
record Listed(List<Endpoint> groups, int limit, @Nullable String cursor) {
    static Listed of(Context ctx, Caller caller, TopicTable<Endpoint> table) {
        String account = ctx.queryParam("account_id");
        Collection<Endpoint> candidates = account == null ? table.all() : table.in(account);
        List<Endpoint> seen =
                candidates.stream()
                        .filter(endpoint -> caller.sees(endpoint.accountId()))
                        .sorted(Comparator.comparing(Endpoint::id))
                        .toList();
        return new Listed(seen, Requests.limit(ctx), ctx.queryParam("cursor"));
    }

    /** Answers with those of one kind. */
    void answer(Context ctx, Class<? extends Group> kind, Function<Endpoint, ?> view) {
        List<Endpoint> found =
                groups.stream()
                        .filter(endpoint -> kind.isInstance(endpoint.config().group()))
                        .filter(endpoint -> cursor == null || endpoint.id().compareTo(cursor) > 0)
                        .limit(limit + 1L)
                        .toList();
        List<Endpoint> page = found.subList(0, Math.min(limit, found.size()));
        ObjectNode body = Json.object();
        body.putPOJO("items", page.stream().map(view).toList());
        body.put("next_cursor", found.size() > limit ? page.getLast().id() : null);
        Requests.answer(ctx, body);
    }
}
