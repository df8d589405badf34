package dev.ringback.console.topology;

import dev.ringback.schemas.CallEvent;
import dev.ringback.schemas.EventType;
import dev.ringback.schemas.Json;
import dev.ringback.schemas.Topics;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Keeps the events of every subject in the order in which routing takes them, each once. */
public final class EventKeeper extends ContextualProcessor<byte[], byte[], Void, Void> {
    private static final char EVENT = 'v';
    private static final char SEEN = 'k';
    private static final char SUBJECT = 'n';
    private static final byte[] HERE = {1};
    private static final String MARK = "events";

    /** Of larger events no more is kept than what they are. */
    private static final int MOST_BYTES = 64 << 10;

    private final EventTopology.Rules rules;
    private @Nullable KeyValueStore<Bytes, byte[]> store;
    private @Nullable Sums sums;

    EventKeeper(EventTopology.Rules rules) {
        this.rules = rules;
    }

    /** The name of a subject among all kinds: a message may have the id of somebody's call. */
    public static String name(EventType.Subject kind, String id) {
        return kind.field().charAt(0) + id;
    }

    /** What the events of a subject begin with. */
    public static byte[] events(String name) {
        return Keys.parts(EVENT, name);
    }

    /** Where it stands whose a subject is. */
    public static byte[] subject(String name) {
        return Keys.parts(SUBJECT, name);
    }

    @Override
    public void init(ProcessorContext<Void, Void> context) {
        super.init(context);
        KeyValueStore<Bytes, byte[]> log = context.getStateStore(Stores.EVENTS);
        KeyValueStore<Bytes, byte[]> counts = context.getStateStore(Stores.EVENT_COUNTS);
        store = log;
        sums = new Sums(counts);
        int partition = context.taskId().partition();
        rules.shelf().put(Stores.EVENTS, partition, log);
        rules.shelf().put(Stores.EVENT_COUNTS, partition, counts);
        Sweep.schedule(context, rules.kept(), log, marks(), this::forget);
        Sweep.scheduleOfTimes(context, rules.kept(), counts);
    }

    @Override
    public void close() {
        int partition = context().taskId().partition();
        rules.shelf().take(Stores.EVENTS, partition);
        rules.shelf().take(Stores.EVENT_COUNTS, partition);
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        RecordMetadata at = context().recordMetadata().orElseThrow();
        if (at.topic().equals(Topics.EVENTS_INVALID)) {
            sums().state("dropped", 1);
        } else if (record.value() != null) {
            rules.read(record.value(), CallEvent.madeId(at.partition(), at.offset()))
                    .filter(event -> isHome(event, at.partition()))
                    .ifPresent(event -> take(event, record, at.offset()));
        }
    }

    /** What lies elsewhere comes again where it belongs. */
    private boolean isHome(CallEvent event, int partition) {
        return Keys.home(event.subjectId(), rules.partitions().getAsInt()) == partition;
    }

    private void take(CallEvent event, Record<byte[], byte[]> record, long offset) {
        String subject = name(event.type().subject(), event.subjectId());
        Bytes key = Bytes.wrap(subject(subject));
        byte[] stored = log().get(key);
        ObjectNode known = stored == null ? null : (ObjectNode) Json.parse(stored);
        Bytes seen = Bytes.wrap(Keys.parts(SEEN, subject, event.id()));
        boolean others =
                known != null
                        && !known.path("account_id").stringValue("").equals(event.accountId());
        if (others || log().get(seen) != null) {
            return;
        }
        long sequence = known == null ? 1 : known.path("events").longValue(0) + 1;
        if (known != null) {
            log().delete(mark(known.path("last_ms").longValue(0), subject));
        }
        log().put(mark(record.timestamp(), subject), HERE);
        log().put(seen, HERE);
        log().put(
                        key,
                        Json.bytes(
                                Json.object()
                                        .put("account_id", event.accountId())
                                        .put("events", sequence)
                                        .put("last_ms", record.timestamp())));
        boolean whole = record.value().length <= MOST_BYTES;
        log().put(
                        Bytes.wrap(Keys.numbered(events(subject), offset)),
                        Json.bytes(shown(event, record.timestamp(), sequence, whole)));
        sums().state(event.accountId(), "accepted", 1);
        sums().happened(event.accountId(), record.timestamp(), Bucket.Fate.event);
    }

    private static ObjectNode shown(CallEvent event, long at, long sequence, boolean whole) {
        ObjectNode shown =
                Json.object()
                        .put("event_id", event.id())
                        .put("type", event.type().text())
                        .put("occurred_at", event.occurredAt())
                        .put("received_at", Instant.ofEpochMilli(at).toString())
                        .put("sequence", sequence);
        if (whole) {
            shown.set("call", event.call());
            shown.set("data", event.data());
        }
        return shown;
    }

    /** A list in which each subject stands at the time of its last event. */
    private static byte[] marks() {
        return Keys.list(Keys.Scope.subject, Keys.ALL, MARK);
    }

    private static Bytes mark(long at, String subject) {
        return Bytes.wrap(Keys.place(marks(), at, subject));
    }

    private void forget(String subject) {
        Bytes key = Bytes.wrap(subject(subject));
        byte[] stored = log().get(key);
        if (stored == null) {
            return;
        }
        JsonNode known = Json.parse(stored);
        sums().state(
                        known.path("account_id").stringValue(""),
                        "accepted",
                        -known.path("events").longValue(0));
        dropAll(events(subject));
        dropAll(Keys.parts(SEEN, subject));
        log().delete(mark(known.path("last_ms").longValue(0), subject));
        log().delete(key);
    }

    private void dropAll(byte[] prefix) {
        List<Bytes> old = new ArrayList<>();
        try (KeyValueIterator<Bytes, byte[]> all =
                log().range(Bytes.wrap(prefix), Bytes.wrap(Keys.after(prefix)))) {
            all.forEachRemaining(next -> old.add(next.key));
        }
        old.forEach(log()::delete);
    }

    private KeyValueStore<Bytes, byte[]> log() {
        return Objects.requireNonNull(store);
    }

    private Sums sums() {
        return Objects.requireNonNull(sums);
    }
}
