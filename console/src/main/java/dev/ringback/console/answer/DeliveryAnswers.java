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

    DeliveryAnswers(Gather gather, Lists lists, KafkaRecords records) {
        this.gather = gather;
        this.lists = lists;
        this.records = records;
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
        Lists.Owner owner =
                query.endpointId() == null
                        ? CallAnswers.owner(view, query.account())
                        : new Lists.Owner(Scope.endpoint, query.endpointId());
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
        List<byte[]> rows = new ArrayList<>(Merge.of(answer, question).rows());
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
        return shown;
    }

    private static ObjectNode whole(JsonNode document, List<JsonNode> attempts) {
        ObjectNode whole = item(document);
        whole.set("attempt_count", document.path("attempts"));
        if (document.path("attempts").isMissingNode()) {
            whole.put("attempt_count", 0);
        }
        ArrayNode all = whole.putArray("attempts");
        attempts.forEach(all::add);
        whole.set(
                "content_type", Lists.only(document, List.of("content_type")).get("content_type"));
        whole.put("url", (String) null);
        for (JsonNode attempt : attempts.reversed()) {
            if (attempt.path("url").isString()) {
                whole.set("url", attempt.path("url"));
                break;
            }
        }
        return whole;
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

    /** Where a call brings sealed secrets, the log of its deliveries has no use for them. */
    private static JsonNode header(byte[] bytes) {
        JsonNode header = Json.parse(bytes);
        hide(header);
        return header;
    }

    private static void hide(JsonNode node) {
        if (node instanceof ObjectNode object && object.has("secrets")) {
            object.putArray("secrets");
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
