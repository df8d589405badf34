package dev.ringback.console.answer;

import dev.ringback.console.query.Gather;
import dev.ringback.console.query.KafkaRecords;
import dev.ringback.console.query.Merge;
import dev.ringback.console.query.Question;
import dev.ringback.console.read.DeliveryQuery;
import dev.ringback.console.read.Page;
import dev.ringback.console.read.View;
import dev.ringback.console.topology.DeliveryLists;
import dev.ringback.console.topology.DeliveryState;
import dev.ringback.console.topology.DeliveryState.Place;
import dev.ringback.console.topology.Keys;
import dev.ringback.console.topology.Keys.Scope;
import dev.ringback.console.topology.Stores;
import dev.ringback.runtime.Problem;
import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.Json;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What is asked of deliveries. */
final class DeliveryAnswers {
    private static final Set<String> STATES = Set.of("pending", "delivered", "dead");
    private static final int MOST_OF_CALL = 500;
    private static final int MOST_ATTEMPTS = 1_000;

    private static final List<String> ITEM =
            List.of(
                    ("delivery_id event_id event_type webhook_event subject_id account_id endpoint_id"
                                    + " dialect kind sequence created_at state reason attempts"
                                    + " last_attempt_at last_status last_duration_ms next_due_at"
                                    + " died_at replay")
                            .split(" "));

    private final Gather gather;
    private final Lists lists;
    private final KafkaRecords records;
    private final EndpointAnswers endpoints;

    DeliveryAnswers(Gather gather, Lists lists, KafkaRecords records, EndpointAnswers endpoints) {
        this.gather = gather;
        this.lists = lists;
        this.records = records;
        this.endpoints = endpoints;
    }

    Page deliveries(View view, DeliveryQuery query) {
        Map<String, String> equal = equal(query);
        put(equal, "reason", query.reason());
        String state = query.state();
        String facet = Keys.ALL;
        if (state != null) {
            switch (state) {
                case "pending" -> facet = DeliveryLists.PENDING;
                case "dead" -> facet = DeliveryLists.DEAD;
                default -> equal.put("state", state);
            }
        }
        return page(view, query, facet, equal);
    }

    Page dead(View view, DeliveryQuery query) {
        if (query.state() != null && !query.state().equals("dead")) {
            throw Lists.wrong("state", "is always dead here");
        }
        String reason = query.reason();
        String facet = DeliveryLists.DIED + (reason == null ? "" : reason);
        return page(view, query, facet, equal(query));
    }

    private static Map<String, String> equal(DeliveryQuery query) {
        if (query.state() != null && !STATES.contains(query.state())) {
            throw Lists.wrong("state", "is not one of pending, delivered, dead");
        }
        Map<String, String> equal = new LinkedHashMap<>();
        put(equal, "event_type", query.eventType());
        if (query.endpointId() != null) {
            put(equal, "account_id", query.account());
        }
        return equal;
    }

    private static void put(Map<String, String> into, String field, @Nullable String value) {
        if (value != null) {
            into.put(field, value);
        }
    }

    private Page page(View view, DeliveryQuery query, String facet, Map<String, String> equal) {
        String endpoint = query.endpointId();
        if (endpoint != null && !view.isWhole()) {
            Owner owner = owner(endpoint);
            if (owner.account.filter(view::sees).isEmpty()) {
                // where a walk through the list of others ends would tell what is in it
                return new Page(Json.shared().createArrayNode(), null, owner.partial);
            }
        }
        Lists.Owner owner =
                endpoint == null
                        ? CallAnswers.owner(view, query.account())
                        : new Lists.Owner(Scope.endpoint, endpoint);
        return lists.page(
                view,
                new Lists.Wish(
                        Stores.DELIVERIES,
                        owner,
                        facet,
                        query.since(),
                        query.until(),
                        query.cursor(),
                        query.limit(),
                        equal),
                DeliveryAnswers::item);
    }

    /**
     * Whose an endpoint is.
     *
     * @param account nothing when nobody has heard of it
     * @param partial whether somebody who may have heard of it could not be asked
     */
    record Owner(Optional<String> account, boolean partial) {}

    /** As the registry has it; of one that was deleted, as any of its deliveries says. */
    Owner owner(String endpoint) {
        Optional<String> known = endpoints.account(endpoint);
        if (known.isPresent()) {
            return new Owner(known, false);
        }
        byte[] list = Keys.list(Scope.endpoint, endpoint, Keys.ALL);
        Gather.Answer answer =
                gather.ask(
                        new Question(
                                Stores.DELIVERIES,
                                null,
                                List.of(new Question.Span(list, Keys.after(list), list.length)),
                                1,
                                Question.Fetch.document,
                                Question.Sieve.OPEN,
                                false));
        return new Owner(
                answer.rows().stream()
                        .flatMap(
                                row ->
                                        Json.parse(row.value())
                                                .path("account_id")
                                                .stringValueOpt()
                                                .stream())
                        .findFirst(),
                answer.partial());
    }

    private static ObjectNode item(JsonNode document) {
        return Lists.only(document, ITEM);
    }

    ObjectNode ofCall(View view, String id) {
        byte[] list = Keys.list(Scope.subject, id, Keys.ALL);
        Question question =
                new Question(
                        Stores.DELIVERIES,
                        null,
                        List.of(new Question.Span(list, Keys.after(list), list.length)),
                        MOST_OF_CALL,
                        Question.Fetch.attempts,
                        new Question.Sieve(Map.of(), view.accounts()),
                        false);
        Gather.Answer answer = gather.ask(question);
        Merge merged = Merge.of(answer, question);
        List<byte[]> rows = new ArrayList<>(merged.rows());
        Collections.reverse(rows);
        ObjectNode shown = Json.object();
        ArrayNode items = shown.putArray("items");
        for (byte[] row : rows) {
            List<JsonNode> all = new ArrayList<>(Json.parse(row).values());
            items.add(whole(all.getFirst(), all.subList(1, all.size())));
        }
        if (answer.partial()) {
            shown.put("partial", true);
        }
        // who sees nothing of it does not learn that there is something
        if (merged.next() != null && !rows.isEmpty()) {
            shown.put("truncated", true);
        }
        return shown;
    }

    private static ObjectNode whole(JsonNode document, List<JsonNode> attempts) {
        ObjectNode whole = item(document);
        whole.put("attempt_count", document.path("attempts").intValue(0));
        ArrayNode all = whole.putArray("attempts");
        attempts.forEach(all::add);
        if (all.size() < document.path("attempts").intValue(0)) {
            whole.put("truncated", true);
        }
        whole.set(
                "content_type", Lists.only(document, List.of("content_type")).get("content_type"));
        Stream<JsonNode> urls = attempts.reversed().stream().map(one -> one.path("url"));
        return whole.put(
                "url", urls.flatMap(url -> url.stringValueOpt().stream()).findFirst().orElse(null));
    }

    /** A delivery's document, with what is not shown, and its attempts behind it. */
    List<JsonNode> find(View view, String id) {
        byte[] key = Keys.document(id);
        byte[] attempts = Keys.attempts(id);
        Question question =
                Question.values(
                        Stores.DELIVERIES,
                        List.of(
                                new Question.Span(key, Keys.next(key), key.length),
                                new Question.Span(attempts, Keys.after(attempts), attempts.length)),
                        MOST_ATTEMPTS);
        List<JsonNode> all =
                gather.find(question, id).rows().stream()
                        .map(row -> Json.parse(row.value()))
                        .toList();
        if (all.isEmpty() || !view.sees(all.getFirst())) {
            throw Problem.of(404, "there is no delivery " + id);
        }
        return all;
    }

    ObjectNode delivery(View view, String id) {
        List<JsonNode> all = find(view, id);
        ObjectNode whole = whole(all.getFirst(), all.subList(1, all.size()));
        Optional<ConsumerRecord<byte[], byte[]>> record = record(all.getFirst(), false);
        if (record.isEmpty()) {
            whole.put("body", (String) null).put("body_gone", true);
            return whole.put("delivery", (String) null);
        }
        body(whole, record.get().value());
        Header header = record.get().headers().lastHeader(DeliveryHeader.NAME);
        whole.set("delivery", header(header.value()));
        return whole;
    }

    /** What a call brings of its own is not shown: its secrets, though sealed, and its URL. */
    private static JsonNode header(byte[] bytes) {
        JsonNode header = Json.parse(bytes);
        hide(header);
        return header;
    }

    private static void hide(JsonNode node) {
        if (node instanceof ObjectNode object && object.has("secrets")) {
            object.putArray("secrets");
            // it may carry a password or a token; attempts show it without
            object.remove("url");
        }
        node.values().forEach(DeliveryAnswers::hide);
    }

    /**
     * The record in which the body lies, as long as Kafka keeps one: the one by which it was made,
     * or the one by which it died.
     *
     * @param byDeath which of the two is wanted
     */
    Optional<ConsumerRecord<byte[], byte[]>> record(JsonNode document, boolean byDeath) {
        List<String> places = byDeath ? List.of("death", "made") : List.of("made", "death");
        for (String name : places) {
            JsonNode place = document.path(DeliveryState.OWN).path(name);
            if (place.isObject()) {
                Optional<ConsumerRecord<byte[], byte[]>> found =
                        records.read(Json.read(place, Place.class));
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        return Optional.empty();
    }

    private static void body(ObjectNode whole, byte @Nullable [] body) {
        byte[] bytes = body == null ? new byte[0] : body;
        try {
            whole.put(
                    "body",
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
        } catch (CharacterCodingException e) {
            whole.put("body_base64", Base64.getEncoder().encodeToString(bytes));
        }
    }
}
