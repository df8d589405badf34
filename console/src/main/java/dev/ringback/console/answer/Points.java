package dev.ringback.console.answer;

import dev.ringback.console.query.Gather;
import dev.ringback.console.query.Question;
import dev.ringback.console.read.StatsQuery;
import dev.ringback.console.read.View;
import dev.ringback.console.topology.Bucket;
import dev.ringback.console.topology.Keys;
import dev.ringback.console.topology.Keys.Scope;
import dev.ringback.console.topology.Sums;
import dev.ringback.schemas.Json;
import dev.ringback.schemas.Units;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What became of attempts, or how many events came, as a series over time. */
final class Points {
    private static final Duration HOUR = Duration.ofHours(1);
    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration LONGEST = Duration.ofDays(366);
    private static final Instant FIRST = Instant.EPOCH;
    private static final Instant LAST = Instant.parse("9999-12-31T23:59:59Z");

    private final StatsQuery query;
    private final Map<Long, Bucket> buckets = new TreeMap<>();
    private boolean partial;

    private Points(StatsQuery query) {
        this.query = query;
    }

    /** Reads those of an endpoint. */
    static Points ofEndpoint(Gather gather, String store, String id, StatsQuery query) {
        Points points = new Points(query);
        points.read(gather, store, List.of(points.span(Scope.endpoint, id)));
        return points;
    }

    /** Reads those of all that a view shows. */
    static Points of(Gather gather, String store, View view, StatsQuery query) {
        Points points = new Points(query);
        List<Question.Span> spans = new ArrayList<>();
        view.some()
                .ifPresentOrElse(
                        some -> some.forEach(one -> spans.add(points.span(Scope.account, one))),
                        () -> spans.add(points.span(Scope.everybody, Keys.ALL)));
        points.read(gather, store, spans);
        return points;
    }

    /** Checks that it is not asked for too much, or for what is not kept. */
    static void check(StatsQuery query, Instant now) {
        times(query);
        Duration step = query.step();
        boolean hours = isHours(query);
        Duration unit = hours ? HOUR : MINUTE;
        if (step.compareTo(MINUTE) < 0 || step.toMillis() % unit.toMillis() != 0) {
            throw Lists.wrong("step", "is not whole minutes or whole hours");
        }
        if (!query.since().isBefore(query.until())) {
            throw Lists.wrong("since", "is not before until");
        }
        if (Duration.between(query.since(), query.until()).dividedBy(step)
                > StatsQuery.MOST_POINTS) {
            throw Lists.wrong("step", "makes more than " + StatsQuery.MOST_POINTS + " points");
        }
        // the minute that is just being dropped may be asked for
        if (!hours && query.since().isBefore(now.minus(Sums.MINUTES_KEPT).minus(MINUTE))) {
            throw Lists.wrong(
                    "since",
                    "is longer ago than minutes are kept ("
                            + Units.text(Sums.MINUTES_KEPT)
                            + "): ask for whole hours");
        }
    }

    private static void times(StatsQuery query) {
        if (query.since().isBefore(FIRST)) {
            throw Lists.wrong("since", "is before " + FIRST);
        }
        if (query.until().isAfter(LAST)) {
            throw Lists.wrong("until", "is after " + LAST);
        }
        if (query.step().compareTo(LONGEST) > 0) {
            throw Lists.wrong("step", "is longer than " + LONGEST.toDays() + " days");
        }
    }

    private static boolean isHours(StatsQuery query) {
        return query.step().compareTo(HOUR) >= 0;
    }

    private Question.Span span(Scope scope, String of) {
        byte[] prefix = Sums.times(isHours(query), scope, of);
        long from = floor(query.since().toEpochMilli());
        return new Question.Span(
                Keys.numbered(prefix, Math.max(0, from)),
                Keys.numbered(prefix, Math.max(0, query.until().toEpochMilli())),
                prefix.length);
    }

    private long floor(long millis) {
        long step = query.step().toMillis();
        return Math.floorDiv(millis, step) * step;
    }

    private void read(Gather gather, String store, List<Question.Span> spans) {
        Gather.Answer answer =
                gather.ask(Question.values(store, spans, StatsQuery.MOST_POINTS * 60));
        partial = answer.partial();
        for (var row : answer.rows()) {
            long at = floor(Keys.number(row.key()));
            buckets.computeIfAbsent(at, time -> new Bucket()).add(Bucket.read(row.value()));
        }
    }

    boolean isPartial() {
        return partial;
    }

    Bucket at(Instant time) {
        return buckets.getOrDefault(floor(time.toEpochMilli()), new Bucket());
    }

    Bucket total() {
        Bucket total = new Bucket();
        buckets.values().forEach(total::add);
        return total;
    }

    /** A point for every step, also where nothing happened. */
    ArrayNode series() {
        ArrayNode series = Json.shared().createArrayNode();
        long end = query.until().toEpochMilli();
        for (long at = floor(query.since().toEpochMilli());
                at < end;
                at += query.step().toMillis()) {
            ObjectNode point = series.addObject().put("at", Instant.ofEpochMilli(at).toString());
            point.setAll(json(buckets.getOrDefault(at, new Bucket())));
        }
        return series;
    }

    static ObjectNode json(Bucket bucket) {
        return Json.object()
                .put("delivered", bucket.count(Bucket.Fate.delivered))
                .put("failed", bucket.count(Bucket.Fate.failed))
                .put("deferred", bucket.count(Bucket.Fate.deferred))
                .put("dead", bucket.count(Bucket.Fate.dead))
                .put("p50_ms", bucket.quantile(0.50))
                .put("p95_ms", bucket.quantile(0.95))
                .put("p99_ms", bucket.quantile(0.99));
    }

    ObjectNode json() {
        ObjectNode json =
                Json.object()
                        .put("since", query.since().toString())
                        .put("until", query.until().toString())
                        .put("step", Units.text(query.step()));
        json.set("points", series());
        ObjectNode totals = json(total());
        totals.put("success_share", share(total()));
        json.set("totals", totals);
        if (partial) {
            json.put("partial", true);
        }
        return json;
    }

    /** Of the attempts that were made, those that delivered; null when none was made. */
    static @Nullable Double share(Bucket bucket) {
        long good = bucket.count(Bucket.Fate.delivered);
        long made = good + bucket.count(Bucket.Fate.failed) + bucket.count(Bucket.Fate.dead);
        return made == 0 ? null : (double) good / made;
    }
}
