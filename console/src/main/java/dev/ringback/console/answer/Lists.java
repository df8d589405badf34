package dev.ringback.console.answer;

import dev.ringback.console.query.Gather;
import dev.ringback.console.query.Merge;
import dev.ringback.console.query.Question;
import dev.ringback.console.read.CallQuery;
import dev.ringback.console.read.Page;
import dev.ringback.console.read.View;
import dev.ringback.console.topology.DeliveryState;
import dev.ringback.console.topology.Keys;
import dev.ringback.console.topology.Keys.Scope;
import dev.ringback.runtime.Problem;
import dev.ringback.schemas.Json;
import dev.ringback.schemas.Violation;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.ObjectNode;

/** Pages of lists that are walks over neighbouring keys. */
final class Lists {
    private final Gather gather;

    Lists(Gather gather) {
        this.gather = gather;
    }

    /**
     * Which part of which list.
     *
     * @param owner whose list, or null: as much as the view shows
     */
    record Wish(
            String store,
            @Nullable Owner owner,
            String facet,
            @Nullable Instant since,
            @Nullable Instant until,
            @Nullable String cursor,
            int limit,
            Map<String, String> equal) {
        /** Copies the values. */
        Wish {
            equal = Map.copyOf(equal);
        }
    }

    /** Somebody, or something, that has a list of its own. */
    record Owner(Scope scope, String id) {}

    /** The page; items are shaped by {@code shape}. */
    Page page(View view, Wish wish, UnaryOperator<ObjectNode> shape) {
        if (wish.limit < 1 || wish.limit > CallQuery.MOST) {
            throw wrong("limit", "is not from 1 to " + CallQuery.MOST);
        }
        byte[] place = place(wish.cursor);
        List<Question.Span> spans = new ArrayList<>();
        for (byte[] list : lists(view, wish)) {
            spans.add(span(list, wish, place));
        }
        // the list of an endpoint holds what is of its account, whoever asks
        @Nullable Set<String> accounts = wish.owner == null ? null : view.accounts();
        Question question =
                new Question(
                        wish.store,
                        null,
                        spans,
                        wish.limit,
                        Question.Fetch.document,
                        new Question.Sieve(wish.equal, accounts),
                        false);
        Gather.Answer answer = gather.ask(question);
        Merge merged = Merge.of(answer, question);
        ArrayNode items = Json.shared().createArrayNode();
        for (byte[] row : merged.rows()) {
            ObjectNode document = (ObjectNode) Json.parse(row);
            if (view.sees(document)) {
                items.add(shape.apply(document));
            }
        }
        return new Page(items, merged.next(), answer.partial());
    }

    private static List<byte[]> lists(View view, Wish wish) {
        Owner owner = wish.owner;
        if (owner != null) {
            return List.of(Keys.list(owner.scope, owner.id, wish.facet));
        }
        return view.some()
                .map(
                        some ->
                                some.stream()
                                        .map(one -> Keys.list(Scope.account, one, wish.facet))
                                        .toList())
                .orElseGet(() -> List.of(Keys.list(Scope.everybody, Keys.ALL, wish.facet)));
    }

    private static Question.Span span(byte[] list, Wish wish, byte @Nullable [] place) {
        byte[] from = wish.until == null ? list : Keys.place(list, millis(wish.until) - 1, "");
        byte[] to =
                wish.since == null
                        ? Keys.after(list)
                        : Keys.place(list, millis(wish.since) - 1, "");
        if (place != null) {
            byte[] next = Keys.next(Keys.join(list, place));
            from = Arrays.compareUnsigned(next, from) > 0 ? next : from;
        }
        return new Question.Span(from, to, list.length);
    }

    private static long millis(Instant time) {
        try {
            return time.toEpochMilli();
        } catch (ArithmeticException e) {
            throw wrong("since", "is a time beyond all reckoning");
        }
    }

    private static byte @Nullable [] place(@Nullable String cursor) {
        if (cursor == null) {
            return null;
        }
        byte[] place = Merge.place(cursor);
        if (place == null) {
            throw wrong("cursor", "is not one that a page has named");
        }
        return place;
    }

    /** A question that makes no sense. */
    static Problem wrong(String field, String why) {
        return Problem.invalid(List.of(new Violation("/" + field, why)));
    }

    /** The document with these fields alone, null where there is nothing. */
    static ObjectNode only(JsonNode document, List<String> fields) {
        ObjectNode shown = Json.object();
        for (String field : fields) {
            JsonNode value = document.path(field);
            shown.set(field, value.isMissingNode() ? NullNode.instance : value);
        }
        return shown;
    }

    /** The document as others may see it. */
    static ObjectNode open(ObjectNode document) {
        document.remove(DeliveryState.OWN);
        return document;
    }
}
