package dev.ringback.console.answer;

import dev.ringback.console.query.Gather;
import dev.ringback.console.query.Question;
import dev.ringback.console.read.CallQuery;
import dev.ringback.console.read.Page;
import dev.ringback.console.read.View;
import dev.ringback.console.topology.CallTopology;
import dev.ringback.console.topology.EventKeeper;
import dev.ringback.console.topology.Keys;
import dev.ringback.console.topology.Keys.Scope;
import dev.ringback.console.topology.Stores;
import dev.ringback.dialect.Dialect;
import dev.ringback.dialect.Dialects;
import dev.ringback.runtime.Problem;
import dev.ringback.schemas.Call;
import dev.ringback.schemas.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What is asked of calls and their events. */
final class CallAnswers {
    private static final int MOST_EVENTS = 1_000;

    private final Gather gather;
    private final Lists lists;

    CallAnswers(Gather gather, Lists lists) {
        this.gather = gather;
        this.lists = lists;
    }

    Page calls(View view, CallQuery query) {
        Map<String, String> wanted = new LinkedHashMap<>();
        put(wanted, "from", query.from());
        put(wanted, "to", query.to());
        put(wanted, "agent_id", query.agentId());
        put(wanted, "status", query.status());
        String facet = Keys.ALL;
        if (!wanted.isEmpty()) {
            // what names the fewest calls leads; the rest is looked for among these
            String first = wanted.keySet().iterator().next();
            facet = CallTopology.facet(first, String.valueOf(wanted.remove(first)));
        }
        return lists.page(
                view,
                new Lists.Wish(
                        Stores.EVENTS,
                        owner(view, query.account()),
                        facet,
                        query.since(),
                        query.until(),
                        query.cursor(),
                        query.limit(),
                        wanted),
                Lists::open);
    }

    /** The list of one account, if one is asked for that is seen. */
    static Lists.@Nullable Owner owner(View view, @Nullable String account) {
        if (account == null) {
            return null;
        }
        // nobody is in the list of an account that nobody has
        return new Lists.Owner(Scope.account, view.sees(account) ? account : Keys.ALL);
    }

    private static void put(Map<String, String> into, String field, @Nullable String value) {
        if (value != null) {
            into.put(field, value);
        }
    }

    ObjectNode call(View view, String id, @Nullable String dialect) {
        ObjectNode call = find(view, id);
        if (dialect == null) {
            return call;
        }
        return Dialects.named(dialect)
                .map(named -> named.getCall(Call.of(call)))
                .orElseThrow(
                        () ->
                                Lists.wrong(
                                        "dialect",
                                        "is not one of "
                                                + Dialects.all().stream()
                                                        .map(Dialect::name)
                                                        .collect(Collectors.joining(", "))));
    }

    private ObjectNode find(View view, String id) {
        byte[] key = id.getBytes(StandardCharsets.UTF_8);
        return gather.value(Stores.CALLS, key, id)
                .map(Json::parse)
                .filter(view::sees)
                .map(ObjectNode.class::cast)
                .orElseThrow(() -> Problem.of(404, "there is no call " + id));
    }

    ObjectNode events(View view, String id) {
        byte[] subject = EventKeeper.subject(id);
        byte[] events = EventKeeper.events(id);
        Question question =
                Question.values(
                        Stores.EVENTS,
                        List.of(
                                new Question.Span(subject, Keys.next(subject), subject.length),
                                new Question.Span(events, Keys.after(events), events.length)),
                        MOST_EVENTS);
        Gather.Answer answer = gather.find(question, id);
        List<JsonNode> rows = new ArrayList<>();
        answer.rows().forEach(row -> rows.add(Json.parse(row.value())));
        if (rows.isEmpty() || !view.sees(rows.getFirst())) {
            throw Problem.of(404, "there are no events of " + id);
        }
        ObjectNode shown = Json.object();
        ArrayNode items = shown.putArray("items");
        rows.stream().skip(1).forEach(items::add);
        return shown;
    }
}
