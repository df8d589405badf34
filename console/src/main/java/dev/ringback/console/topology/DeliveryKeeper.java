package dev.ringback.console.topology;

import dev.ringback.console.topology.DeliveryTopology.Rules;
import dev.ringback.console.topology.DeliveryTopology.Turn;
import dev.ringback.schemas.Json;
import dev.ringback.schemas.Topics;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Keeps what is known of deliveries, the lists they are in and the sums they are part of. */
final class DeliveryKeeper extends ContextualProcessor<byte[], byte[], Void, Void> {
    private static final byte[] HERE = {1};

    private final Rules rules;
    private @Nullable KeyValueStore<Bytes, byte[]> store;
    private @Nullable Sums sums;

    DeliveryKeeper(Rules rules) {
        this.rules = rules;
    }

    @Override
    public void init(ProcessorContext<Void, Void> context) {
        super.init(context);
        KeyValueStore<Bytes, byte[]> log = context.getStateStore(Stores.DELIVERIES);
        KeyValueStore<Bytes, byte[]> counts = context.getStateStore(Stores.DELIVERY_COUNTS);
        store = log;
        sums = new Sums(counts);
        int partition = context.taskId().partition();
        rules.shelf().put(Stores.DELIVERIES, partition, log);
        rules.shelf().put(Stores.DELIVERY_COUNTS, partition, counts);
        Sweep.schedule(context, rules.kept(), log, oldest(), this::forget);
        Sweep.scheduleOfTimes(context, rules.kept(), counts);
    }

    @Override
    public void close() {
        int partition = context().taskId().partition();
        rules.shelf().take(Stores.DELIVERIES, partition);
        rules.shelf().take(Stores.DELIVERY_COUNTS, partition);
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        boolean attempt =
                context()
                        .recordMetadata()
                        .filter(at -> at.topic().equals(Topics.ATTEMPTS))
                        .isPresent();
        if (record.value() == null) {
            return;
        }
        try {
            JsonNode value = Json.parse(record.value());
            if (attempt) {
                tried(value, record);
            } else {
                turned(value);
            }
        } catch (JacksonException e) {
            rules.unreadable().run();
        }
    }

    private void turned(JsonNode turn) {
        JsonNode header = turn.path("header");
        DeliveryState.Place place = Json.read(turn.path("place"), DeliveryState.Place.class);
        DeliveryState before = state(header.path("delivery_id").stringValue(""));
        DeliveryState delivery = DeliveryState.read(before.bytes());
        switch (Turn.valueOf(turn.path("turn").stringValue(""))) {
            case made -> delivery.made(header, place);
            case replayed -> delivery.replayed(header, place);
            case died -> delivery.died(header, place);
        }
        put(before, delivery);
    }

    private void tried(JsonNode attempt, Record<byte[], byte[]> record) {
        if (!DeliveryState.isAttempt(attempt)) {
            rules.unreadable().run();
            return;
        }
        String id = attempt.path("delivery_id").stringValue("");
        long at = DeliveryState.millis(attempt.path("at")).orElseThrow();
        Bytes key = Bytes.wrap(Keys.attempt(id, at, attempt.path("attempt_id").stringValue("")));
        if (log().get(key) != null) {
            return;
        }
        log().put(key, record.value());
        DeliveryState before = state(id);
        DeliveryState delivery = DeliveryState.read(before.bytes());
        delivery.tried(attempt, record.timestamp(), rules.ladder());
        put(before, delivery);
        count(attempt, at);
    }

    private void count(JsonNode attempt, long at) {
        Bucket.Fate fate =
                switch (attempt.path("outcome").stringValue("")) {
                    case "delivered" -> Bucket.Fate.delivered;
                    case "deferred" -> Bucket.Fate.deferred;
                    case "dead" -> Bucket.Fate.dead;
                    default -> Bucket.Fate.failed;
                };
        Long millis =
                attempt.path("response_status").isNumber()
                        ? attempt.path("duration_ms").longValue(0)
                        : null;
        String account = attempt.path("account_id").stringValue("");
        String endpoint = attempt.path("endpoint_id").stringValue("");
        sums().happened(Keys.Scope.everybody, Keys.ALL, at, fate, millis);
        sums().happened(Keys.Scope.account, account, at, fate, millis);
        sums().happened(Keys.Scope.endpoint, endpoint, at, fate, millis);
    }

    private DeliveryState state(String id) {
        return DeliveryState.read(log().get(Bytes.wrap(Keys.document(id))));
    }

    private void put(DeliveryState before, DeliveryState after) {
        move(DeliveryLists.of(before), DeliveryLists.of(after));
        log().put(Bytes.wrap(Keys.document(after.id())), after.bytes());
        if (!before.text("state").equals(after.text("state"))
                || !before.replay().equals(after.replay())
                || !before.rung().equals(after.rung())
                || !before.text("reason").equals(after.text("reason"))) {
            sum(before, -1);
            sum(after, 1);
        }
    }

    private void move(Set<Bytes> from, Set<Bytes> to) {
        Set<Bytes> gone = new HashSet<>(from);
        gone.removeAll(to);
        gone.forEach(log()::delete);
        Set<Bytes> come = new HashSet<>(to);
        come.removeAll(from);
        come.forEach(place -> log().put(place, HERE));
    }

    private void sum(DeliveryState delivery, int more) {
        if (delivery.id().isEmpty()) {
            return;
        }
        String account = delivery.text("account_id");
        String state = delivery.text("state");
        sums().state(account, state, more);
        sums().state(account, "deliveries", more);
        delivery.replay().ifPresent(id -> sums().replay(id, state, more));
        switch (state) {
            case "pending" -> sums().waiting(account, delivery.rung(), more);
            case "dead" ->
                    sums().dead(
                                    account,
                                    delivery.text("endpoint_id"),
                                    delivery.text("reason"),
                                    more);
            default -> {}
        }
    }

    /** Where the list of all deliveries is. */
    private static byte[] oldest() {
        return Keys.list(Keys.Scope.everybody, Keys.ALL, Keys.ALL);
    }

    private void forget(String id) {
        DeliveryState delivery = state(id);
        move(DeliveryLists.of(delivery), Set.of());
        sum(delivery, -1);
        byte[] attempts = Keys.attempts(id);
        List<Bytes> old = new ArrayList<>();
        try (KeyValueIterator<Bytes, byte[]> all =
                log().range(Bytes.wrap(attempts), Bytes.wrap(Keys.after(attempts)))) {
            while (all.hasNext()) {
                KeyValue<Bytes, byte[]> next = all.next();
                old.add(next.key);
            }
        }
        old.forEach(log()::delete);
        log().delete(Bytes.wrap(Keys.document(id)));
    }

    private KeyValueStore<Bytes, byte[]> log() {
        return Objects.requireNonNull(store);
    }

    private Sums sums() {
        return Objects.requireNonNull(sums);
    }
}
