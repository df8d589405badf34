package dev.ringback.dlq.recover;

import dev.ringback.dlq.scan.IdTable;
import dev.ringback.dlq.scan.TopicReader;
import dev.ringback.fanout.Fanout;
import dev.ringback.fanout.Subject;
import dev.ringback.schemas.Call;
import dev.ringback.schemas.CallEvent;
import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * Finds what an endpoint never got. Each partition of {@code call.events} is read twice: once to
 * learn which calls have an event that is missing and where the last event of each is, and once to
 * build these calls up event by event, as routing did, and to make the deliveries. A call is
 * forgotten after its last event, so memory is what the calls take that are under way at the same
 * time, {@link IdTable} for those that miss something, and the same for all that the endpoint got.
 */
final class Recovery {
    private final TopicReader reader;
    private final EventLog events;
    private final Recipient recipient;
    private final Wanted wanted;
    private final IdTable got;

    /**
     * Finds for one endpoint.
     *
     * @param got the ids of the deliveries that it has got, or that are on their way
     */
    Recovery(TopicReader reader, EventLog events, Recipient recipient, Wanted wanted, IdTable got) {
        this.reader = reader;
        this.events = events;
        this.recipient = recipient;
        this.wanted = wanted;
        this.got = got;
    }

    /** Takes what is found: the deliveries of one call after the other, in their order. */
    interface Visitor {
        /** Takes one delivery; false ends the search. */
        boolean take(DeliveryHeader header, byte[] body);

        /** Takes note of a delivery whose body would be too large. */
        void tooLarge(DeliveryHeader header);

        /** Takes note of deliveries of a call whose first events Kafka has already deleted. */
        void incomplete(int deliveries);
    }

    /**
     * The deliveries whose events routing has taken.
     *
     * @param routed up to where it has, by partition; what comes after will be routed anyway
     */
    void read(Map<TopicPartition, Long> routed, Visitor visitor) {
        // In this order: no snapshot then knows of an event that is not read.
        Map<TopicPartition, TopicReader.Stretch> snapshots =
                reader.stretches(reader.partitions(Topics.SNAPSHOTS), Optional.empty());
        List<TopicPartition> partitions = reader.partitions(Topics.EVENTS);
        Map<TopicPartition, TopicReader.Stretch> kept =
                reader.stretches(partitions, Optional.empty());
        Source source = new Source(partitions.size(), kept, snapshots, routed);
        for (TopicPartition partition : partitions) {
            if (kept.containsKey(partition)
                    && !new OnePartition(partition, source, visitor).read()) {
                return;
            }
        }
    }

    /** Where things are, and up to where. */
    private record Source(
            int partitions,
            Map<TopicPartition, TopicReader.Stretch> events,
            Map<TopicPartition, TopicReader.Stretch> snapshots,
            Map<TopicPartition, Long> routed) {}

    /** A call, assistant or message that misses something, built up to one of its events. */
    private static final class Building {
        private final Set<String> seen = new HashSet<>();
        private final List<Fanout.Planned> missing = new ArrayList<>();
        private Subject subject;

        private Building(CallEvent first) {
            this.subject = Subject.first(first);
        }

        /**
         * Takes the event into account, as routing did, or passes over what routing passed over.
         */
        private boolean take(CallEvent event) {
            if (!subject.accountId().equals(event.accountId()) || seen.contains(event.id())) {
                return false;
            }
            Subject after = subject.after(event, 0);
            Call call = after.call();
            if (call != null && call.bytes().length > Topics.MAX_BODY_BYTES) {
                return false;
            }
            seen.add(event.id());
            subject = after;
            return true;
        }
    }

    /** The two readings of one partition. */
    private final class OnePartition {
        private final TopicPartition partition;
        private final Source source;
        private final TopicReader.Stretch stretch;
        private final long routed;
        private final Visitor visitor;

        /** The last offset of each subject that misses something. */
        private final IdTable last = new IdTable();

        private final Map<String, Building> building = new HashMap<>();
        private boolean more = true;

        private OnePartition(TopicPartition partition, Source source, Visitor visitor) {
            this.partition = partition;
            this.source = source;
            this.stretch = Objects.requireNonNull(source.events().get(partition));
            this.routed = source.routed().getOrDefault(partition, 0L);
            this.visitor = visitor;
        }

        /** Returns whether more is wanted. */
        private boolean read() {
            events.read(partition, stretch, source.partitions(), this::learn);
            if (last.size() > 0) {
                IdTable sequences = stretch.from() > 0 ? sequences() : new IdTable();
                events.read(
                        partition, stretch, source.partitions(), event -> build(event, sequences));
            }
            return more;
        }

        private void learn(EventLog.Located located) {
            String name = Subject.nameOf(located.event());
            if (last.has(name) || mayMiss(located)) {
                last.put(name, located.offset());
            }
        }

        private boolean mayMiss(EventLog.Located located) {
            CallEvent event = located.event();
            return located.offset() < routed
                    && wanted.means(located)
                    && event.accountId().equals(recipient.accountId())
                    && recipient.wants(event.type())
                    && !got.has(idOf(event));
        }

        private String idOf(CallEvent event) {
            return DeliveryHeader.deliveryId(event.subjectId(), event.id(), recipient.id());
        }

        private void build(EventLog.Located located, IdTable sequences) {
            CallEvent event = located.event();
            String name = Subject.nameOf(event);
            if (!more || !last.has(name)) {
                return;
            }
            Building built = building.computeIfAbsent(name, first -> new Building(event));
            if (built.take(event) && mayMiss(located)) {
                built.missing.addAll(
                        recipient.of(
                                new Fanout(event, built.subject, located.at(), located.origin())));
            }
            if (located.offset() == last.get(name)) {
                building.remove(name);
                handOut(built, sequences.get(event.subjectId()));
            }
        }

        /**
         * Hands out what a call misses.
         *
         * @param sequence how many events routing has counted of it, or none when it does not
         *     matter because every event is still there
         */
        private void handOut(Building built, long sequence) {
            if (built.subject.call() != null && sequence > built.subject.sequence()) {
                visitor.incomplete(built.missing.size());
                return;
            }
            for (Fanout.Planned planned : built.missing) {
                if (planned.body().length > Topics.MAX_BODY_BYTES) {
                    visitor.tooLarge(planned.header());
                } else if (more) {
                    more = visitor.take(planned.header(), planned.body());
                }
            }
        }

        /** How many events routing has counted of each call that misses something. */
        private IdTable sequences() {
            IdTable sequences = new IdTable();
            TopicPartition snapshots = new TopicPartition(Topics.SNAPSHOTS, partition.partition());
            TopicReader.Stretch all = source.snapshots().get(snapshots);
            reader.read(
                    all == null ? Map.of() : Map.of(snapshots, all),
                    next -> {
                        String id = text(next.key());
                        if (next.value() != null && last.has("c" + id)) {
                            sequence(next.value()).ifPresent(known -> sequences.put(id, known));
                        }
                    });
            return sequences;
        }
    }

    private static Optional<Long> sequence(byte[] snapshot) {
        try {
            return Optional.of(Call.read(snapshot).tree().path("sequence").asLong(0));
        } catch (JacksonException | ClassCastException e) {
            return Optional.empty();
        }
    }

    private static String text(byte @Nullable [] key) {
        return key == null ? "" : new String(key, StandardCharsets.UTF_8);
    }
}
