package dev.ringback.console.topology;

import dev.ringback.schemas.Json;
import dev.ringback.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The latest Call of every call id, and the lists that lead to it. The topic itself is what the
 * store of Calls is rebuilt from.
 */
public final class CallTopology {
    /** What a list of calls shows of each. */
    private static final List<String> SHOWN =
            List.of(
                    ("call_id account_id agent_id agent_name channel direction from to status"
                                    + " end_reason environment created_at ended_at duration_seconds"
                                    + " sequence")
                            .split(" "));

    /** By what calls are found; the names of facets are these, a colon and the value. */
    public static final List<String> FACETS = List.of("status", "from", "to", "agent_id");

    private static final byte[] HERE = {1};
    private static final String KEEPER = "keep-calls";

    private CallTopology() {}

    /** What it goes by. */
    public record Rules(Shelf shelf, Duration kept, Runnable unreadable) {}

    /** Adds itself, to a topology that has the store of events. */
    public static void addTo(Topology topology, Rules rules) {
        topology.addReadOnlyStateStore(
                Stores.plain(Stores.CALLS),
                "snapshots",
                Serdes.Bytes().deserializer(),
                new ByteArrayDeserializer(),
                Topics.SNAPSHOTS,
                KEEPER,
                () -> new Keeper(rules));
        topology.connectProcessorAndStateStores(KEEPER, Stores.EVENTS);
    }

    /** The facet of a value. */
    public static String facet(String field, String value) {
        return field + ":" + value;
    }

    private static final class Keeper extends ContextualProcessor<Bytes, byte[], Void, Void> {
        private final Rules rules;
        private @Nullable KeyValueStore<Bytes, byte[]> calls;
        private @Nullable KeyValueStore<Bytes, byte[]> lists;

        private Keeper(Rules rules) {
            this.rules = rules;
        }

        @Override
        public void init(ProcessorContext<Void, Void> context) {
            super.init(context);
            KeyValueStore<Bytes, byte[]> all = context.getStateStore(Stores.CALLS);
            KeyValueStore<Bytes, byte[]> log = context.getStateStore(Stores.EVENTS);
            calls = all;
            lists = log;
            rules.shelf().put(Stores.CALLS, context.taskId().partition(), all);
            byte[] everyCall = Keys.list(Keys.Scope.everybody, Keys.ALL, Keys.ALL);
            Sweep.schedule(context, rules.kept(), log, everyCall, this::forget);
        }

        @Override
        public void close() {
            rules.shelf().take(Stores.CALLS, context().taskId().partition());
        }

        @Override
        public void process(Record<Bytes, byte[]> snapshot) {
            if (snapshot.key() == null) {
                return;
            }
            String id = new String(snapshot.key().get(), StandardCharsets.UTF_8);
            if (snapshot.value() == null) {
                forget(id);
                return;
            }
            try {
                JsonNode call = Json.parse(snapshot.value());
                calls().put(snapshot.key(), snapshot.value());
                show(id, shown(call, snapshot.timestamp()));
            } catch (JacksonException e) {
                rules.unreadable().run();
            }
        }

        private void show(String id, ObjectNode call) {
            Bytes key = Bytes.wrap(Keys.document(id));
            byte[] stored = lists().get(key);
            JsonNode before = stored == null ? null : Json.parse(stored);
            if (before != null && !call.has("created_at")) {
                // it stays where it was first seen
                call.set(DeliveryState.OWN, before.path(DeliveryState.OWN));
            }
            move(id, before, call);
            lists().put(key, Json.bytes(call));
        }

        private void forget(String id) {
            Bytes key = Bytes.wrap(Keys.document(id));
            byte[] before = lists().get(key);
            if (before != null) {
                move(id, Json.parse(before), null);
                lists().delete(key);
            }
            calls().delete(Bytes.wrap(id.getBytes(StandardCharsets.UTF_8)));
        }

        private void move(String id, @Nullable JsonNode before, @Nullable JsonNode after) {
            Set<Bytes> from = before == null ? Set.of() : places(id, before);
            Set<Bytes> to = after == null ? Set.of() : places(id, after);
            Set<Bytes> gone = new HashSet<>(from);
            gone.removeAll(to);
            gone.forEach(lists()::delete);
            Set<Bytes> come = new HashSet<>(to);
            come.removeAll(from);
            come.forEach(place -> lists().put(place, HERE));
        }

        private KeyValueStore<Bytes, byte[]> calls() {
            return Objects.requireNonNull(calls);
        }

        private KeyValueStore<Bytes, byte[]> lists() {
            return Objects.requireNonNull(lists);
        }
    }

    /** What lists show; without a time of its own a call stands where its first snapshot came. */
    private static ObjectNode shown(JsonNode call, long at) {
        ObjectNode shown = Json.object();
        for (String field : SHOWN) {
            if (call.hasNonNull(field)) {
                shown.set(field, call.path(field));
            }
        }
        shown.put(DeliveryState.OWN, DeliveryState.millis(call.path("created_at")).orElse(at));
        return shown;
    }

    private static Set<Bytes> places(String id, JsonNode call) {
        Set<Bytes> places = new TreeSet<>();
        long at = call.path(DeliveryState.OWN).longValue(0);
        String account = call.path("account_id").stringValue("");
        place(places, Keys.ALL, account, id, at);
        for (String field : FACETS) {
            call.path(field)
                    .stringValueOpt()
                    .ifPresent(value -> place(places, facet(field, value), account, id, at));
        }
        return places;
    }

    private static void place(Set<Bytes> places, String facet, String account, String id, long at) {
        byte[] all = Keys.list(Keys.Scope.everybody, Keys.ALL, facet);
        places.add(Bytes.wrap(Keys.place(all, at, id)));
        byte[] own = Keys.list(Keys.Scope.account, account, facet);
        places.add(Bytes.wrap(Keys.place(own, at, id)));
    }
}
