package dev.ringback.route;

import dev.ringback.fanout.Fanout;
import dev.ringback.fanout.Subject;
import dev.ringback.measure.Traces;
import dev.ringback.schemas.CallEvent;
import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.Endpoint;
import dev.ringback.schemas.EventType;
import dev.ringback.schemas.Json;
import dev.ringback.schemas.Reason;
import dev.ringback.schemas.Topics;
import dev.ringback.schemas.Violation;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.common.utils.Utils;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.api.Processor;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.processor.api.RecordMetadata;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * One partition's track and route: checks an event, drops it if it has been seen, numbers it, keeps
 * the Call, and forwards one delivery for each endpoint that wants it. No clock has a part in what
 * is forwarded, so an event that is processed again after an aborted transaction yields the same
 * deliveries; the clock only decides what is forgotten.
 */
public final class Router implements Processor<byte[], byte[], byte[], byte[]> {
    private static final Duration FORGET_INTERVAL = Duration.ofSeconds(1);
    private static final int FORGET_AT_ONCE = 5_000;
    private static final byte[] NO_BODY = {};

    private final Intake intake;
    private final Freshness freshness;
    private final Registry registry;
    private final Rules rules;
    private final Tally tally;

    private @Nullable ProcessorContext<byte[], byte[]> context;
    private @Nullable SubjectStore subjects;

    /** The endpoints as routing needs them. */
    public interface Registry {
        /** Completes when the registry is at least as new as this call. */
        CompletableFuture<Void> current();

        /** The endpoints of an account, in no order. */
        List<Endpoint> of(String accountId);
    }

    /** Where records leave. */
    enum Exit {
        EVENTS(Topics.EVENTS),
        INVALID(Topics.EVENTS_INVALID),
        SNAPSHOTS(Topics.SNAPSHOTS),
        DELIVERIES(Topics.DELIVERIES),
        ANSWERS(Topics.ANSWERS),
        DEAD(Topics.DEAD);

        private final String topic;

        Exit(String topic) {
            this.topic = topic;
        }

        String topic() {
            return topic;
        }
    }

    /**
     * What routing goes by.
     *
     * @param partitions of {@code call.events}
     * @param retention how long a subject is remembered after its last event
     */
    record Rules(int partitions, Duration retention) {}

    /** Counts what becomes of events. */
    interface Tally {
        void count(String fate);
    }

    Router(Intake intake, Freshness freshness, Registry registry, Rules rules, Tally tally) {
        this.intake = intake;
        this.freshness = freshness;
        this.registry = registry;
        this.rules = rules;
        this.tally = tally;
    }

    @Override
    public void init(ProcessorContext<byte[], byte[]> processorContext) {
        context = processorContext;
        KeyValueStore<Bytes, byte[]> store = processorContext.getStateStore(RouteTopology.STORE);
        SubjectStore remembered = new SubjectStore(store, rules.retention());
        subjects = remembered;
        processorContext.schedule(
                FORGET_INTERVAL,
                PunctuationType.WALL_CLOCK_TIME,
                now ->
                        remembered.forget(
                                Instant.ofEpochMilli(now).minus(rules.retention()),
                                FORGET_AT_ONCE));
    }

    @Override
    public void process(Record<byte[], byte[]> record) {
        if (Oversize.is(record)) {
            refuse(
                    Oversize.cut(record),
                    List.of(new Violation("", "too large to be kept whole; cut off")));
            return;
        }
        if (record.value() == null) {
            refuse(record, List.of(new Violation("", "no event at all")));
            return;
        }
        String made = madeId();
        switch (intake.take(record.value(), made)) {
            case Intake.Taken.Refused(List<Violation> violations, byte[] value) ->
                    refuse(record.withValue(value), violations);
            case Intake.Taken.Event(CallEvent event, byte[] value) -> {
                if (isHome(event)) {
                    track(record.withValue(value), event);
                } else {
                    tally.count("rehomed");
                    byte[] named = event.id().equals(made) ? named(value, made) : value;
                    forward(Exit.EVENTS, record.withKey(utf8(event.subjectId())).withValue(named));
                }
            }
        }
    }

    private String madeId() {
        return metadata().map(at -> CallEvent.madeId(at.partition(), at.offset())).orElse("evt_");
    }

    private static byte[] named(byte[] event, String id) {
        ObjectNode document = (ObjectNode) Json.parse(event);
        return Json.bytes(document.put("id", id));
    }

    /** Whether the event lies where its subject's events belong: Kafka's own default partition. */
    private boolean isHome(CallEvent event) {
        int home = home(utf8(event.subjectId()), rules.partitions());
        return metadata().map(m -> m.partition() == home).orElse(true);
    }

    /** Kafka's own default partition of a key. */
    static int home(byte[] key, int partitions) {
        return Utils.toPositive(Utils.murmur2(key)) % partitions;
    }

    private void track(Record<byte[], byte[]> record, CallEvent event) {
        SubjectStore known = subjects();
        String name = Subject.nameOf(event);
        Subject before = known.find(name).orElseGet(() -> Subject.first(event));
        if (!before.accountId().equals(event.accountId())) {
            refuse(record, List.of(new Violation("/account_id", "is not the subject's account")));
            return;
        }
        if (known.hasSeen(name, event.id())) {
            tally.count("duplicate");
            return;
        }
        Subject after = before.after(event, known.bucket(record.timestamp()));
        byte[] call = after.call() == null ? NO_BODY : after.call().bytes();
        if (call.length > Topics.MAX_BODY_BYTES) {
            refuse(record, List.of(new Violation("/call", "makes the Call larger than 4 MiB")));
            return;
        }
        known.put(name, before, after, event.id());
        if (after.call() != null) {
            forward(
                    Exit.SNAPSHOTS,
                    new Record<>(utf8(event.subjectId()), call, record.timestamp()));
        }
        tally.count("accepted");
        route(record, event, after);
    }

    private void route(Record<byte[], byte[]> record, CallEvent event, Subject subject) {
        freshness.ensure(registry);
        RecordMetadata from = metadata().orElseThrow();
        Fanout fanout =
                new Fanout(
                        event,
                        subject,
                        Instant.ofEpochMilli(record.timestamp()),
                        new DeliveryHeader.Origin(from.topic(), from.partition(), from.offset()));
        List<Endpoint> endpoints = registry.of(event.accountId());
        if (event.type() == EventType.CALL_ENDED && fanout.isAsked(endpoints)) {
            forward(Exit.ANSWERS, over(record, event));
        }
        fanout.over(endpoints)
                .forEach(planned -> deliver(record, planned.header(), planned.body()));
    }

    private void deliver(Record<byte[], byte[]> record, DeliveryHeader header, byte[] body) {
        if (body.length > Topics.MAX_BODY_BYTES) {
            tally.count("too_large");
            DeliveryHeader dead = header.deadUntried(Reason.too_large, header.createdAt());
            forward(Exit.DEAD, delivery(record, dead, NO_BODY));
        } else if (header.kind() == DeliveryHeader.Kind.control) {
            tally.count("asked");
            // All that is asked of a call, and that it is over, lies in one partition.
            byte[] call = utf8(header.subjectId());
            forward(Exit.ANSWERS, delivery(record, header, body).withKey(call));
        } else {
            tally.count("routed");
            forward(Exit.DELIVERIES, delivery(record, header, body));
        }
    }

    /** Tells who waits for an answer that nobody needs it any more. */
    private static Record<byte[], byte[]> over(Record<byte[], byte[]> record, CallEvent event) {
        RecordHeaders headers = new RecordHeaders();
        headers.add(Topics.HEADER_ENDED, utf8(event.id()));
        return new Record<>(utf8(event.subjectId()), NO_BODY, record.timestamp(), headers);
    }

    private static Record<byte[], byte[]> delivery(
            Record<byte[], byte[]> record, DeliveryHeader header, byte[] body) {
        RecordHeaders headers = new RecordHeaders();
        headers.add(DeliveryHeader.NAME, header.bytes());
        Traces.of(record.headers()).ifPresent(trace -> Traces.add(trace, headers));
        return new Record<>(utf8(header.key()), body, record.timestamp(), headers);
    }

    private void refuse(Record<byte[], byte[]> record, List<Violation> violations) {
        tally.count("invalid");
        Violation first = violations.getFirst();
        RecordHeaders headers = new RecordHeaders(record.headers());
        headers.add(Topics.HEADER_REASON, utf8((first.pointer() + " " + first.reason()).strip()));
        headers.add(Topics.HEADER_ERRORS, Json.bytes(violations));
        forward(Exit.INVALID, record.withHeaders(headers));
    }

    private void forward(Exit exit, Record<byte[], byte[]> record) {
        context().forward(record, exit.name());
    }

    private Optional<RecordMetadata> metadata() {
        return context().recordMetadata();
    }

    private ProcessorContext<byte[], byte[]> context() {
        if (context == null) {
            throw new IllegalStateException("not initialised");
        }
        return context;
    }

    private SubjectStore subjects() {
        if (subjects == null) {
            throw new IllegalStateException("not initialised");
        }
        return subjects;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
