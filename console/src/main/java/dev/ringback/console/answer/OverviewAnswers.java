package dev.ringback.console.answer;

import dev.ringback.console.query.Gather;
import dev.ringback.console.query.Question;
import dev.ringback.console.query.Stretch;
import dev.ringback.console.read.StatsQuery;
import dev.ringback.console.read.View;
import dev.ringback.console.topology.Bucket;
import dev.ringback.console.topology.DeliveryLists;
import dev.ringback.console.topology.Keys;
import dev.ringback.console.topology.Keys.Scope;
import dev.ringback.console.topology.Stores;
import dev.ringback.schemas.Json;
import dev.ringback.schemas.Units;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.ObjectNode;

/** How things stand, on one page. */
final class OverviewAnswers {
    private static final double SECONDS = 60;

    private final Gather gather;
    private final SumAnswers sums;
    private final EndpointAnswers endpoints;
    private final Clock clock;

    OverviewAnswers(Gather gather, SumAnswers sums, EndpointAnswers endpoints, Clock clock) {
        this.gather = gather;
        this.sums = sums;
        this.endpoints = endpoints;
        this.clock = clock;
    }

    ObjectNode overview(View view) {
        Instant now = clock.instant();
        StatsQuery hour = StatsQuery.lastHour(now);
        Points attempts = Points.of(gather, Stores.DELIVERY_COUNTS, view, hour);
        Points events = Points.of(gather, Stores.EVENT_COUNTS, view, hour);
        SumAnswers.Sum deliveries = sums.deliveries(view);
        SumAnswers.Sum waiting = sums.waiting(view);
        Bucket total = attempts.total();
        ObjectNode shown = Json.object().put("at", now.toString());
        shown.set("rates", rates(attempts, events, now.minusSeconds(60)));
        shown.put("success_share", Points.share(total));
        shown.set(
                "latency",
                Json.object()
                        .put("p50_ms", total.quantile(0.50))
                        .put("p95_ms", total.quantile(0.95))
                        .put("p99_ms", total.quantile(0.99)));
        for (String state : List.of("pending", "delivered", "dead")) {
            shown.put(state, deliveries.of(state));
        }
        shown.set("waiting", waiting(waiting));
        shown.set("oldest_waiting", oldest(view));
        shown.set("open_breakers", endpoints.openBreakers(view));
        shown.set("series", attempts.series());
        if (attempts.isPartial() || deliveries.partial() || waiting.partial()) {
            shown.put("partial", true);
        }
        return shown;
    }

    private static ObjectNode rates(Points attempts, Points events, Instant minute) {
        Bucket made = attempts.at(minute);
        long delivered = made.count(Bucket.Fate.delivered);
        long all = delivered + made.count(Bucket.Fate.failed) + made.count(Bucket.Fate.dead);
        return Json.object()
                .put("events_per_s", events.at(minute).count(Bucket.Fate.event) / SECONDS)
                .put("attempts_per_s", all / SECONDS)
                .put("delivered_per_s", delivered / SECONDS);
    }

    private static ArrayNode waiting(SumAnswers.Sum sum) {
        ArrayNode rungs = Json.shared().createArrayNode();
        sum.values().entrySet().stream()
                .sorted(Comparator.comparingLong(one -> millis(one.getKey())))
                .forEach(
                        one ->
                                rungs.addObject()
                                        .put("rung", one.getKey().isEmpty() ? null : one.getKey())
                                        .put("deliveries", one.getValue()));
        return rungs;
    }

    private static long millis(String rung) {
        return rung.isEmpty() ? 0 : Units.duration(rung).toMillis();
    }

    private JsonNode oldest(View view) {
        List<Question.Span> spans = new ArrayList<>();
        view.some()
                .ifPresentOrElse(
                        some -> some.forEach(one -> spans.add(pending(Scope.account, one))),
                        () -> spans.add(pending(Scope.everybody, Keys.ALL)));
        Question question =
                new Question(
                        Stores.DELIVERIES,
                        null,
                        spans,
                        1,
                        Question.Fetch.document,
                        Question.Sieve.OPEN,
                        true);
        return gather.ask(question).rows().stream()
                .map(Stretch.Row::value)
                .map(Json::parse)
                .filter(one -> one.path("created_at").isString())
                .min(
                        Comparator.comparing(
                                one -> Instant.parse(one.path("created_at").stringValue())))
                .<JsonNode>map(one -> Lists.only(one, List.of("delivery_id", "created_at")))
                .orElse(NullNode.instance);
    }

    private static Question.Span pending(Scope scope, String of) {
        byte[] list = Keys.list(scope, of, DeliveryLists.PENDING);
        return new Question.Span(list, Keys.after(list), list.length);
    }
}
