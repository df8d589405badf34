package dev.ringback.console.answer;

import dev.ringback.console.query.Gather;
import dev.ringback.console.query.Question;
import dev.ringback.console.query.Stretch;
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
import dev.ringback.schemas.EventType;
import dev.ringback.schemas.Json;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What is asked of calls and their events. */
final class CallAnswers {
    private static final int MOST_EVENTS = 1_000;

    /** Of what an id may be; a call is meant first. */
    private static final List<EventType.Subject> KINDS = List.of(EventType.Subject.values());

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
        ObjectNode call =
                find(view, id).orElseThrow(() -> Problem.of(404, "there is no call " + id));
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

    private Optional<ObjectNode> find(View view, String id) {
        byte[] key = id.getBytes(StandardCharsets.UTF_8);
        return gather.value(Stores.CALLS, key, id)
                .map(Json::parse)
                .filter(view::sees)
                .map(ObjectNode.class::cast);
    }

    ObjectNode events(View view, String id) {
        List<Question.Span> spans = new ArrayList<>();
        for (EventType.Subject kind : KINDS) {
            byte[] subject = EventKeeper.subject(EventKeeper.name(kind, id));
            byte[] events = EventKeeper.events(EventKeeper.name(kind, id));
            spans.add(new Question.Span(subject, Keys.next(subject), subject.length));
            spans.add(new Question.Span(events, Keys.after(events), events.length));
        }
        Gather.Answer answer = gather.find(Question.values(Stores.EVENTS, spans, MOST_EVENTS), id);
        for (int i = 0; i < KINDS.size(); i++) {
            int span = 2 * i;
            if (rows(answer, span).anyMatch(view::sees)) {
                return listed(answer, span + 1);
            }
            if (KINDS.get(i) == EventType.Subject.CALL && find(view, id).isPresent()) {
                // its events are not kept any more
                ObjectNode none = Json.object();
                none.putArray("items");
                return none;
            }
        }
        throw Problem.of(404, "there are no events of " + id);
    }

    private static ObjectNode listed(Gather.Answer answer, int span) {
        ObjectNode shown = Json.object();
        ArrayNode items = shown.putArray("items");
        rows(answer, span).forEach(items::add);
        if (of(answer, span).anyMatch(stretch -> stretch.reached() != null)) {
            shown.put("truncated", true);
        }
        return shown;
    }

    private static Stream<JsonNode> rows(Gather.Answer answer, int span) {
        return of(answer, span)
                .flatMap(stretch -> stretch.rows().stream())
                .map(row -> Json.parse(row.value()));
    }

    private static Stream<Stretch> of(Gather.Answer answer, int span) {
        return answer.stretches().stream().filter(stretch -> stretch.span() == span);
    }
}
