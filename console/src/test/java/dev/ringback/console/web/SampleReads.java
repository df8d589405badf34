package dev.ringback.console.web;

import dev.ringback.console.read.CallQuery;
import dev.ringback.console.read.DeliveryQuery;
import dev.ringback.console.read.Page;
import dev.ringback.console.read.ReadSide;
import dev.ringback.console.read.ReplayRequest;
import dev.ringback.console.read.StatsQuery;
import dev.ringback.console.read.Updates;
import dev.ringback.console.read.View;
import dev.ringback.runtime.Problem;
import dev.ringback.schemas.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A read side that answers out of lists that a test fills, for states that are hard to bring about:
 * nothing there, nothing to be asked, an imbalance, and text of any kind in any field.
 */
final class SampleReads implements ReadSide {
    final List<ObjectNode> calls = new CopyOnWriteArrayList<>();
    final List<ObjectNode> events = new CopyOnWriteArrayList<>();
    final List<ObjectNode> deliveries = new CopyOnWriteArrayList<>();
    final List<ObjectNode> endpoints = new CopyOnWriteArrayList<>();
    final List<ObjectNode> replays = new CopyOnWriteArrayList<>();
    final List<ObjectNode> open = new CopyOnWriteArrayList<>();
    final Queue<String> replayed = new ConcurrentLinkedQueue<>();
    private final List<Updates> listeners = new CopyOnWriteArrayList<>();
    volatile boolean away;
    volatile boolean catchingUp;
    volatile boolean broken;
    volatile boolean partial;
    volatile @Nullable String next;
    volatile ObjectNode overview = Json.object();

    /** Something happens. */
    void happen() {
        listeners.forEach(listener -> listener.happened("attempt", Json.object()));
    }

    @Override
    public Page calls(View view, CallQuery query) {
        return page(view, calls, call -> matches(call.path("status").asString(""), query.status()));
    }

    @Override
    public ObjectNode call(View view, String id, @Nullable String dialect) {
        return one(view, calls, "call_id", id);
    }

    @Override
    public ObjectNode callEvents(View view, String id) {
        return items(view, events, id);
    }

    @Override
    public ObjectNode callDeliveries(View view, String id) {
        return said(items(view, deliveries, id));
    }

    @Override
    public Page deliveries(View view, DeliveryQuery query) {
        return page(view, deliveries.reversed(), delivery -> isAsked(delivery, query));
    }

    @Override
    public ObjectNode delivery(View view, String id) {
        return one(view, deliveries, "delivery_id", id);
    }

    @Override
    public Page dead(View view, DeliveryQuery query) {
        return page(
                view,
                deliveries,
                one -> one.path("state").asString().equals("dead") && isAsked(one, query));
    }

    @Override
    public ObjectNode deadGroups(View view) {
        ArrayNode groups = Json.shared().createArrayNode();
        var dead = dead(view, DeliveryQuery.newest(200)).items();
        dead.valueStream()
                .map(
                        one ->
                                List.of(
                                        one.path("endpoint_id"),
                                        one.path("account_id"),
                                        one.path("reason")))
                .distinct()
                .forEach(
                        key -> {
                            long count =
                                    dead.valueStream()
                                            .filter(o -> o.path("endpoint_id").equals(key.get(0)))
                                            .filter(o -> o.path("reason").equals(key.get(2)))
                                            .count();
                            ObjectNode group = groups.addObject().put("deliveries", count);
                            group.set("endpoint_id", key.get(0));
                            group.set("account_id", key.get(1));
                            group.set("reason", key.get(2));
                        });
        ObjectNode all = Json.object().put("total", dead.size());
        all.set("groups", groups);
        return said(all);
    }

    @Override
    public ObjectNode endpointStats(View view, String id, StatsQuery query) {
        ObjectNode stats = Json.object();
        stats.set("points", overview.path("series"));
        stats.putObject("totals")
                .put("delivered", 1_204)
                .put("failed", 3)
                .put("success_share", 0.9975)
                .put("p50_ms", 12)
                .put("p95_ms", 48)
                .put("p99_ms", 1_310);
        return said(stats);
    }

    @Override
    public ObjectNode overview(View view) {
        if (away) {
            throw Problem.of(503, "the store is being rebuilt from Kafka: ask again in a moment");
        }
        if (broken) {
            throw new IllegalStateException("for the log alone");
        }
        ObjectNode seen = said(overview.deepCopy());
        seen.withArray("open_breakers").removeIf(one -> !view.sees(one));
        return seen;
    }

    @Override
    public Page endpoints(View view, @Nullable String cursor, int limit) {
        return page(view, endpoints, one -> true);
    }

    @Override
    public ObjectNode endpoint(View view, String id) {
        return one(view, endpoints, "id", id);
    }

    @Override
    public ObjectNode ledger(View view) {
        ObjectNode ledger = said(Json.object());
        if (catchingUp) {
            ledger.put("catching_up", true);
        }
        return ledger.put("accepted_events", 5_120)
                .put("deliveries", 9_811)
                .put("delivered", 9_702)
                .put("pending", 61)
                .put("dead", 48)
                .put("dropped", 2)
                .put("unexplained", open.size())
                .put("unrouted_events", 0)
                .put("balanced", open.isEmpty() && !catchingUp);
    }

    @Override
    public Page open(View view, @Nullable String cursor, int limit) {
        return page(view, open, one -> true);
    }

    @Override
    public ObjectNode replayDelivery(View view, String id) {
        ObjectNode delivery = delivery(view, id);
        if (delivery.path("state").asString().equals("pending")) {
            throw Problem.of(409, "it is pending");
        }
        replayed.add(id);
        return Json.object().put("delivery_id", id).put("replay_id", "rpl_1");
    }

    @Override
    public ObjectNode startReplay(View view, ReplayRequest request) {
        DeliveryQuery query =
                new DeliveryQuery(
                        null,
                        request.endpointId(),
                        request.eventType(),
                        null,
                        request.reason(),
                        null,
                        null,
                        null,
                        200);
        long count = dead(view, query).items().size();
        if (count == 0) {
            throw Problem.of(422, "nothing matches");
        }
        if (request.dryRun()) {
            ObjectNode found = Json.object().put("dry_run", true).put("deliveries", count);
            found.putArray("groups")
                    .addObject()
                    .put("endpoint_id", request.endpointId())
                    .put("reason", request.reason())
                    .put("deliveries", count);
            found.putObject("left_out").put("replayed", 2);
            return found;
        }
        ObjectNode replay =
                Json.object()
                        .put("replay_id", "rpl_" + replays.size())
                        .put("state", "running")
                        .put("by", view.name())
                        .put("account_id", "acc_1")
                        .put("started_at", Instant.now().toString())
                        .put("total", count)
                        .put("moved", 0)
                        .put("delivered", 0)
                        .put("died_again", 0);
        replay.putObject("filters").put("endpoint_id", request.endpointId());
        replays.addFirst(replay);
        return replay;
    }

    @Override
    public ObjectNode replays(View view) {
        return page(view, replays, one -> true).json();
    }

    @Override
    public ObjectNode replay(View view, String id) {
        return said(one(view, replays, "replay_id", id).deepCopy());
    }

    @Override
    public ObjectNode cancelReplay(View view, String id) {
        return one(view, replays, "replay_id", id).put("state", "stopped");
    }

    @Override
    public Updates.Subscription subscribe(View view, Updates updates) {
        listeners.add(updates);
        return () -> listeners.remove(updates);
    }

    private static boolean isAsked(ObjectNode one, DeliveryQuery query) {
        return matches(one.path("state").asString(""), query.state())
                && matches(one.path("reason").asString(""), query.reason())
                && matches(one.path("event_type").asString(""), query.eventType())
                && matches(one.path("endpoint_id").asString(""), query.endpointId());
    }

    private static boolean matches(String value, @Nullable String wanted) {
        return wanted == null || Objects.equals(value, wanted);
    }

    /** Says that a part may be missing, when it may. */
    private ObjectNode said(ObjectNode answer) {
        return partial ? answer.put("partial", true) : answer;
    }

    private Page page(View view, List<ObjectNode> all, Predicate<ObjectNode> wanted) {
        ArrayNode items = Json.shared().createArrayNode();
        seen(view, all).filter(wanted).map(SampleReads::listed).forEach(items::add);
        return new Page(items, next, partial);
    }

    /** In lists, attempts are a count. */
    private static ObjectNode listed(ObjectNode item) {
        return item.path("attempts").isArray()
                ? item.deepCopy().put("attempts", item.path("attempts").size())
                : item;
    }

    private static ObjectNode items(View view, List<ObjectNode> all, String subject) {
        List<ObjectNode> found = new ArrayList<>();
        seen(view, all)
                .filter(one -> one.path("subject_id").asString("").equals(subject))
                .forEach(found::add);
        ObjectNode items = Json.object();
        items.set("items", Json.shared().createArrayNode().addAll(found));
        return items;
    }

    private static ObjectNode one(View view, List<ObjectNode> all, String field, String id) {
        return seen(view, all)
                .filter(one -> one.path(field).asString("").equals(id))
                .findFirst()
                .orElseThrow(() -> Problem.of(404, "there is no " + field + " " + id));
    }

    private static Stream<ObjectNode> seen(View view, List<ObjectNode> all) {
        return all.stream().filter(view::sees);
    }
}
