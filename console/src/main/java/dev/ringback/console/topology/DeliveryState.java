package dev.ringback.console.topology;

import dev.ringback.schemas.Attempt;
import dev.ringback.schemas.Json;
import dev.ringback.schemas.RetryLadder;
import dev.ringback.schemas.Units;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.NullNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What is known of one delivery, put together from records of several topics that come in any
 * order: whatever the order, the same comes out. What is not for others stands under {@value #OWN}.
 */
public final class DeliveryState {
    /** What is not shown. */
    public static final String OWN = "_";

    /** What a deferred delivery waits for may take this long without another record. */
    static final Duration PATIENCE = Duration.ofDays(3);

    private static final List<String> SHARED =
            List.of(
                    "delivery_id",
                    "event_id",
                    "event_type",
                    "subject_id",
                    "account_id",
                    "endpoint_id",
                    "dialect");

    private final ObjectNode all;
    private final ObjectNode own;

    private DeliveryState(ObjectNode all, ObjectNode own) {
        this.all = all;
        this.own = own;
    }

    /** Where a record lies. */
    public record Place(String topic, int partition, long offset, long atMillis) {}

    /** Reads what {@link #bytes} wrote, or begins. */
    static DeliveryState read(byte @Nullable [] bytes) {
        ObjectNode all = bytes == null ? Json.object() : (ObjectNode) Json.parse(bytes);
        ObjectNode own = all.get(OWN) instanceof ObjectNode known ? known : all.putObject(OWN);
        return new DeliveryState(all, own);
    }

    byte[] bytes() {
        return Json.bytes(all);
    }

    /** It was made, or asked again. */
    void made(JsonNode header, Place place) {
        facts(header);
        own.set("made", Json.tree(place));
        settle();
    }

    /** It died, as the topic of the dead has it. */
    void died(JsonNode header, Place place) {
        facts(header);
        int replays = header.path("replay").path("count").intValue(0);
        if (own.path("death").isMissingNode() || replays >= own.path("death_replays").intValue(0)) {
            own.set("death", Json.tree(place));
            own.put("death_replays", replays);
            own.put("death_tried", header.path("attempt").intValue(0) > 0);
            own.put("death_reason", header.path("reason").stringValue("unknown"));
            own.put("death_at", diedAt(header, place));
        }
        settle();
    }

    /** It lives again. */
    void replayed(JsonNode header, Place place) {
        facts(header);
        int count = header.path("replay").path("count").intValue(1);
        if (count >= own.path("replays").intValue(0)) {
            own.put("replays", count);
            own.put("replayed_ms", place.atMillis());
            ObjectNode replay = all.putObject("replay");
            for (String field : List.of("id", "count", "at")) {
                set(replay, field, header.path("replay"));
            }
            if (own.path("made").isMissingNode()) {
                own.set("made", Json.tree(place));
            }
        }
        settle();
    }

    /**
     * It was tried.
     *
     * @param atMillis when the broker took the record
     */
    void tried(JsonNode attempt, long atMillis, RetryLadder ladder) {
        SHARED.stream().filter(field -> !all.has(field)).forEach(field -> set(all, field, attempt));
        if (!own.has("listed")) {
            own.put("listed", millis(attempt.path("at")).orElse(atMillis));
        }
        all.put("attempts", all.path("attempts").intValue(0) + 1);
        boolean replay = attempt.path("trigger").stringValue("").equals("replay");
        String outcome = attempt.path("outcome").stringValue("");
        if (outcome.equals("delivered") || outcome.equals("dead")) {
            String name = (replay ? "again_" : "first_") + outcome;
            own.put(name, Math.max(own.path(name).longValue(0), atMillis));
        }
        if (atMillis >= own.path("last_ms").longValue(0)) {
            last(attempt, atMillis, ladder);
        }
        settle();
    }

    private void last(JsonNode attempt, long atMillis, RetryLadder ladder) {
        own.put("last_ms", atMillis);
        all.set("last_attempt_at", attempt.path("at"));
        all.set("last_status", known(attempt.path("response_status")));
        all.set("last_duration_ms", known(attempt.path("duration_ms")));
        all.set("next_due_at", known(attempt.path("next_due_at")));
        own.set("last_reason", known(attempt.path("reason")));
        own.put("deferred", attempt.path("outcome").stringValue("").equals("deferred"));
        Optional<Long> due = millis(attempt.path("next_due_at"));
        own.remove("rung");
        due.ifPresent(
                at ->
                        own.put(
                                "rung",
                                Units.text(
                                        ladder.rung(
                                                Instant.ofEpochMilli(atMillis),
                                                Instant.ofEpochMilli(at)))));
    }

    private void facts(JsonNode header) {
        for (String field : SHARED) {
            set(all, field, header);
        }
        for (String field :
                List.of("webhook_event", "kind", "content_type", "sequence", "created_at")) {
            set(all, field, header);
        }
        millis(header.path("created_at")).ifPresent(at -> own.put("listed", at));
    }

    /** Decides what state all that makes. */
    private void settle() {
        long replayed = own.path("replayed_ms").longValue(-1);
        boolean again = own.has("again_delivered") || own.has("again_dead") || replayed >= 0;
        String round = again ? "again_" : "first_";
        boolean delivered = own.path(round + "delivered").longValue(-1) >= Math.max(0, replayed);
        boolean tried = own.path(round + "dead").longValue(-1) >= Math.max(0, replayed);
        boolean buried =
                own.has("death")
                        && own.path("death_replays").intValue(0) >= own.path("replays").intValue(0);
        String state = delivered ? "delivered" : tried || buried ? "dead" : "pending";
        all.put("state", state);
        all.remove("died_at");
        all.set("reason", state.equals("delivered") ? NullNode.instance : reason(buried));
        if (state.equals("dead")) {
            all.set("died_at", known(buried ? own.path("death_at") : all.path("last_attempt_at")));
        }
        if (!state.equals("pending")) {
            all.remove("next_due_at");
        }
        odd(state, tried, buried);
    }

    private JsonNode reason(boolean buried) {
        return known(buried ? own.path("death_reason") : own.path("last_reason"));
    }

    private static void set(ObjectNode into, String field, JsonNode from) {
        into.set(field, known(from.path(field)));
    }

    private static JsonNode known(JsonNode value) {
        return value.isMissingNode() ? NullNode.instance : value;
    }

    private static String diedAt(JsonNode header, Place place) {
        return millis(header.path("died_at"))
                .map(Instant::ofEpochMilli)
                .orElse(Instant.ofEpochMilli(place.atMillis()))
                .toString();
    }

    private void odd(String state, boolean tried, boolean buried) {
        String why = null;
        boolean known = own.has("made") || own.has("death");
        if (!known) {
            why = "without_record";
        } else if (state.equals("dead") && !buried) {
            why = "dead_without_record";
        } else if (state.equals("dead") && !tried && own.path("death_tried").booleanValue(false)) {
            why = "dead_without_attempt";
        }
        if (why == null) {
            own.remove("odd");
        } else {
            own.put("odd", why);
        }
    }

    String id() {
        return text("delivery_id");
    }

    String text(String field) {
        return all.path(field).stringValue("");
    }

    long listedMillis() {
        return own.path("listed").longValue(0);
    }

    long diedMillis() {
        return millis(all.path("died_at")).orElse(listedMillis());
    }

    /** When the next record of it is due at the latest; nothing when none is. */
    Optional<Long> dueMillis() {
        if (!text("state").equals("pending")) {
            return Optional.empty();
        }
        long due =
                Math.max(
                        millis(all.path("next_due_at")).orElse(listedMillis()),
                        own.path("replayed_ms").longValue(0));
        boolean deferred = own.path("deferred").booleanValue(false);
        return Optional.of(deferred ? due + PATIENCE.toMillis() : due);
    }

    /** What does not fit together, if anything, since the last record. */
    Optional<String> odd() {
        return own.path("odd").stringValueOpt();
    }

    long lastMillis() {
        return Math.max(
                own.path("last_ms").longValue(0),
                Math.max(
                        own.path("made").path("at_millis").longValue(0),
                        own.path("death").path("at_millis").longValue(0)));
    }

    /** The rung it was put on last; empty when it waits for its first attempt. */
    String rung() {
        return own.path("rung").stringValue("");
    }

    /** The replay it was part of last. */
    Optional<String> replay() {
        return all.path("replay").path("id").stringValueOpt();
    }

    /** Whether this is a header of a delivery with all that is needed here. */
    static boolean isWhole(JsonNode header) {
        return header.isObject()
                && SHARED.stream().allMatch(field -> header.path(field).isString())
                && millis(header.path("created_at")).isPresent();
    }

    /** Whether this is an attempt with all that is needed here. */
    static boolean isAttempt(JsonNode attempt) {
        return attempt.isObject()
                && SHARED.stream().allMatch(field -> attempt.path(field).isString())
                && attempt.path("attempt_id").isString()
                && attempt.path("outcome")
                        .stringValueOpt()
                        .filter(
                                name ->
                                        List.of(Attempt.Result.values()).stream()
                                                .anyMatch(result -> result.name().equals(name)))
                        .isPresent()
                && millis(attempt.path("at")).isPresent();
    }

    /** The time in a field, if it is one. */
    static Optional<Long> millis(JsonNode time) {
        try {
            return time.stringValueOpt().map(text -> Instant.parse(text).toEpochMilli());
        } catch (DateTimeException | ArithmeticException e) {
            return Optional.empty();
        }
    }
}
