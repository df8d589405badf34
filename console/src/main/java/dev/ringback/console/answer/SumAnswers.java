package dev.ringback.console.answer;

import dev.ringback.console.query.Gather;
import dev.ringback.console.query.Question;
import dev.ringback.console.query.Stretch;
import dev.ringback.console.read.View;
import dev.ringback.console.topology.Keys;
import dev.ringback.console.topology.Stores;
import dev.ringback.console.topology.Sums;
import dev.ringback.schemas.Json;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Sums over partitions and accounts. */
final class SumAnswers {
    private static final int MOST = 100_000;

    private final Gather gather;

    SumAnswers(Gather gather) {
        this.gather = gather;
    }

    /** Sums by name; a name that is not there is 0. */
    record Sum(Map<String, Long> values, boolean partial) {
        long of(String name) {
            return values.getOrDefault(name, 0L);
        }
    }

    /** How many deliveries of a view are in which state. */
    Sum deliveries(View view) {
        return sum(Stores.DELIVERY_COUNTS, view, Sums::states);
    }

    /** How many events of a view came. */
    Sum events(View view) {
        return sum(Stores.EVENT_COUNTS, view, Sums::states);
    }

    /** How many deliveries of a view wait on which rung. */
    Sum waiting(View view) {
        return sum(Stores.DELIVERY_COUNTS, view, Sums::waiting);
    }

    /** In which states the deliveries are that replays moved, by the ids of these. */
    Map<String, Sum> replayed(Collection<String> ids) {
        List<Question.Span> spans = ids.stream().map(id -> span(Sums.replay(id))).toList();
        Gather.Answer answer = gather.ask(Question.values(Stores.DELIVERY_COUNTS, spans, MOST));
        Map<String, Map<String, Long>> values = new HashMap<>();
        for (Stretch.Row row : answer.rows()) {
            String[] parts = Keys.read(row.key(), 2);
            values.computeIfAbsent(parts[0], id -> new TreeMap<>())
                    .merge(parts[1], Sums.number(row.value()), Long::sum);
        }
        Map<String, Sum> sums = new HashMap<>();
        ids.forEach(
                id -> sums.put(id, new Sum(values.getOrDefault(id, Map.of()), answer.partial())));
        return sums;
    }

    private Sum sum(String store, View view, Function<String, byte[]> prefix) {
        List<Question.Span> spans = new ArrayList<>();
        view.some()
                .ifPresentOrElse(
                        some -> some.forEach(one -> spans.add(span(prefix.apply(one)))),
                        () -> spans.add(span(prefix.apply(Keys.ALL))));
        Gather.Answer answer = gather.ask(Question.values(store, spans, MOST));
        Map<String, Long> values = new TreeMap<>();
        for (Stretch.Row row : answer.rows()) {
            values.merge(Keys.read(row.key(), 2)[1], Sums.number(row.value()), Long::sum);
        }
        return new Sum(values, answer.partial());
    }

    private static Question.Span span(byte[] prefix) {
        return new Question.Span(prefix, Keys.after(prefix), prefix.length);
    }

    /** Dead deliveries that share an account, an endpoint and a reason. */
    private record Group(String account, String endpoint, String reason) {}

    ObjectNode dead(View view) {
        List<Question.Span> spans = new ArrayList<>();
        view.some()
                .ifPresentOrElse(
                        some -> some.forEach(one -> spans.add(span(Sums.dead(one)))),
                        () -> spans.add(span(Sums.dead())));
        Gather.Answer answer = gather.ask(Question.values(Stores.DELIVERY_COUNTS, spans, MOST));
        Map<Group, Long> groups = new HashMap<>();
        for (Stretch.Row row : answer.rows()) {
            String[] parts = Keys.read(row.key(), 3);
            groups.merge(
                    new Group(parts[0], parts[1], parts[2]), Sums.number(row.value()), Long::sum);
        }
        ObjectNode shown = Json.object();
        shown.put("total", groups.values().stream().mapToLong(Long::longValue).sum());
        ArrayNode all = shown.putArray("groups");
        groups.entrySet().stream()
                .sorted(
                        Map.Entry.<Group, Long>comparingByValue(Comparator.reverseOrder())
                                .thenComparing(one -> one.getKey().endpoint))
                .forEach(
                        one ->
                                all.addObject()
                                        .put("endpoint_id", one.getKey().endpoint)
                                        .put("account_id", one.getKey().account)
                                        .put("reason", one.getKey().reason)
                                        .put("deliveries", one.getValue()));
        if (answer.partial()) {
            shown.put("partial", true);
        }
        return shown;
    }
}
