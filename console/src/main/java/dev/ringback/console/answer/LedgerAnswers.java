package dev.ringback.console.answer;

import dev.ringback.console.query.Gather;
import dev.ringback.console.query.Merge;
import dev.ringback.console.query.Question;
import dev.ringback.console.query.Stretch;
import dev.ringback.console.read.Page;
import dev.ringback.console.read.View;
import dev.ringback.console.topology.DeliveryState;
import dev.ringback.console.topology.Keys;
import dev.ringback.console.topology.Stores;
import dev.ringback.schemas.Json;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Whether everything that was accepted is somewhere, and what is not. */
final class LedgerAnswers {
    /** What comes in two topics may be seen in one before the other. */
    static final Duration SETTLING = Duration.ofSeconds(10);

    /** A console that is further behind than this gives no verdict. */
    static final Duration CATCHING_UP = Duration.ofSeconds(5);

    /** After what is due has not been heard of for so long, something is wrong. */
    private static final Duration GRACE = Duration.ofMinutes(1);

    /** So many are counted of each partition; beyond that there is no doubt anyway. */
    private static final int MOST = 5_000;

    private static final Map<String, String> EXPLANATIONS =
            Map.of(
                    "overdue",
                    "nothing has been heard of it since it was due: the dispatcher is down or far"
                            + " behind, or its record is lost",
                    "without_record",
                    "it was tried, but no topic has a record of it: its record was deleted, or"
                            + " somebody else writes attempts",
                    "dead_without_record",
                    "its last attempt says that it died, but it is not in webhook.deliveries.dead",
                    "dead_without_attempt",
                    "it is in webhook.deliveries.dead, but no attempt in webhook.attempts says"
                            + " that it died");

    private final Gather gather;
    private final SumAnswers sums;
    private final Progress routing;
    private final Progress own;
    private final Clock clock;

    /** How far somebody is, as far as that is known. */
    interface Progress {
        Optional<Lag.Behind> behind();
    }

    /**
     * Answers from these stores.
     *
     * @param routing how far events are routed
     * @param own how far the stores are kept
     */
    LedgerAnswers(Gather gather, SumAnswers sums, Progress routing, Progress own, Clock clock) {
        this.gather = gather;
        this.sums = sums;
        this.routing = routing;
        this.own = own;
        this.clock = clock;
    }

    ObjectNode ledger(View view) {
        boolean behind = isBehind();
        Optional<Lag.Behind> unrouted = routing.behind();
        boolean routed = unrouted.filter(one -> one.late() == 0).isPresent();
        SumAnswers.Sum deliveries = sums.deliveries(view);
        SumAnswers.Sum events = sums.events(view);
        Unexplained unexplained = behind ? new Unexplained(0, false) : unexplained(view);
        long all = deliveries.of("deliveries");
        long delivered = deliveries.of("delivered");
        long pending = deliveries.of("pending");
        long dead = deliveries.of("dead");
        boolean partial = deliveries.partial() || events.partial() || unexplained.partial;
        boolean adds = all == delivered + pending + dead && unexplained.count == 0;
        boolean balanced = adds && routed && !partial && !behind;
        ObjectNode ledger =
                Json.object()
                        .put("accepted_events", events.of("accepted"))
                        .put("deliveries", all)
                        .put("delivered", delivered)
                        .put("pending", pending)
                        .put("dead", dead)
                        .put("dropped", events.of("dropped"))
                        .put("unexplained", unexplained.count)
                        .put("unrouted_events", records(view, unrouted))
                        .put("balanced", balanced);
        if (partial) {
            ledger.put("partial", true);
        }
        if (behind) {
            ledger.put("catching_up", true);
        }
        return ledger;
    }

    /** Whose they are is not known before they are routed. */
    private static @Nullable Long records(View view, Optional<Lag.Behind> unrouted) {
        return view.isWhole() ? unrouted.map(Lag.Behind::records).orElse(null) : null;
    }

    /** What this console has not read yet must not look as if it had not happened. */
    private boolean isBehind() {
        return own.behind().filter(one -> one.late() == 0).isEmpty();
    }

    private record Unexplained(long count, boolean partial) {}

    private Unexplained unexplained(View view) {
        Question question = question(view, null, MOST, Question.Fetch.value);
        Gather.Answer answer = gather.ask(question);
        // what is both overdue and odd is one delivery
        Set<String> ids = new HashSet<>();
        for (Stretch stretch : answer.stretches()) {
            int prefix = question.spans().get(stretch.span()).prefix();
            stretch.rows().forEach(row -> ids.add(Keys.id(Keys.token(row.key(), prefix))));
        }
        long count = ids.size();
        return new Unexplained(count, answer.partial());
    }

    Page open(View view, @Nullable String cursor, int limit) {
        byte[] place = cursor == null ? null : Merge.place(cursor);
        if (cursor != null && place == null) {
            throw Lists.wrong("cursor", "is not one that a page has named");
        }
        if (isBehind()) {
            return new Page(Json.shared().createArrayNode(), null, true);
        }
        Question question = question(view, place, limit, Question.Fetch.document);
        Gather.Answer answer = gather.ask(question);
        Merge merged = Merge.of(answer, question);
        ArrayNode items = Json.shared().createArrayNode();
        for (byte[] row : merged.rows()) {
            items.add(item(Json.parse(row)));
        }
        return new Page(items, merged.next(), answer.partial());
    }

    private Question question(View view, byte @Nullable [] place, int limit, Question.Fetch fetch) {
        Instant now = clock.instant();
        List<Question.Span> spans = new ArrayList<>();
        for (String account : view.some().orElseGet(() -> Set.of(Keys.ALL))) {
            spans.add(span(Keys.due(account), now.minus(GRACE), place));
            spans.add(span(Keys.odd(account), now.minus(SETTLING), place));
        }
        return new Question(
                Stores.DELIVERIES, null, spans, limit, fetch, Question.Sieve.OPEN, false);
    }

    private static Question.Span span(byte[] list, Instant before, byte @Nullable [] place) {
        byte[] from = place == null ? list : Keys.next(Keys.join(list, place));
        byte[] to = Keys.ascending(list, before.toEpochMilli(), "");
        return new Question.Span(from, to, list.length);
    }

    private static ObjectNode item(JsonNode delivery) {
        ObjectNode item =
                Lists.only(delivery, List.of("delivery_id", "account_id", "endpoint_id", "state"));
        JsonNode own = delivery.path(DeliveryState.OWN);
        String why = own.path("odd").stringValue("overdue");
        JsonNode since =
                why.equals("overdue") && delivery.path("next_due_at").isString()
                        ? delivery.path("next_due_at")
                        : delivery.path("last_attempt_at").isString()
                                ? delivery.path("last_attempt_at")
                                : delivery.path("created_at");
        return item.put("why", why)
                .put("explanation", EXPLANATIONS.getOrDefault(why, why))
                .put("since", since.stringValue(null));
    }
}
