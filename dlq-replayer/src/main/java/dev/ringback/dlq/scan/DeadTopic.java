package dev.ringback.dlq.scan;

import dev.ringback.schemas.Topics;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Finds dead deliveries, partition by partition. Every delivery counts once, by its latest death;
 * what was purged is not there. A partition is read twice at most: once to learn which deaths match
 * and are the latest, and once, from the first of them to the last, to hand them out. No body is
 * kept; memory is what {@link IdTable} takes for the matching deliveries of one partition.
 */
public final class DeadTopic {
    private final TopicReader reader;

    /** Reads with this reader, which nobody may use meanwhile. */
    public DeadTopic(TopicReader reader) {
        this.reader = reader;
    }

    /** Takes what is found; it may use other readers, but not the one that reads. */
    public interface Visitor {
        /**
         * Takes a matching delivery: partition by partition, in each in order of offset.
         *
         * @param dead what is known of it, its replays included
         * @param record key, body and headers as they are
         * @return whether more is wanted
         */
        boolean take(DeadRecord.Delivery dead, ConsumerRecord<byte[], byte[]> record);

        /** Takes an earlier death of a matching delivery, where earlier ones are asked for. */
        default void takeEarlier(DeadRecord.Delivery dead) {}

        /** Takes a record within the time asked for that cannot be understood. */
        default void take(DeadRecord.Unreadable unreadable) {}

        /** Has the floor between any two records, so that it can go on with what cannot wait. */
        default void reading() {}
    }

    /** Hands out what a filter means now. */
    public void read(Filter filter, Visitor visitor) {
        read(filter, bounds(filter), visitor);
    }

    /**
     * Where a filter's deliveries can be now. Given both endpoint and call, that is the one
     * partition to which their key leads; given a time, what Kafka has kept since a little before.
     */
    public Map<TopicPartition, TopicReader.Stretch> bounds(Filter filter) {
        return bounds(filter, filter.scanFrom());
    }

    /** Where a filter's deliveries can have died before: as above, but at any time. */
    public Map<TopicPartition, TopicReader.Stretch> boundsOfDeaths(Filter filter) {
        return bounds(filter, Optional.empty());
    }

    private Map<TopicPartition, TopicReader.Stretch> bounds(Filter filter, Optional<Instant> from) {
        List<TopicPartition> all = reader.partitions(Topics.DEAD);
        List<TopicPartition> wanted =
                filter.key()
                        .map(key -> TopicReader.home(key, all.size()))
                        .map(home -> List.of(new TopicPartition(Topics.DEAD, home)))
                        .orElse(all);
        return reader.stretches(wanted, from);
    }

    /**
     * Hands out what a filter means within these bounds; a later death beyond them hides nothing.
     * Read again with the same bounds, the same comes in the same order, but for what Kafka or
     * somebody has deleted since.
     */
    public void read(
            Filter filter, Map<TopicPartition, TopicReader.Stretch> bounds, Visitor visitor) {
        read(filter, bounds, visitor, false);
    }

    /** Hands out the same, and every earlier death of each delivery within these bounds. */
    public void readDeaths(
            Filter filter, Map<TopicPartition, TopicReader.Stretch> bounds, Visitor visitor) {
        read(filter, bounds, visitor, true);
    }

    private void read(
            Filter filter,
            Map<TopicPartition, TopicReader.Stretch> bounds,
            Visitor visitor,
            boolean everyDeath) {
        Map<TopicPartition, TopicReader.Stretch> ordered =
                new TreeMap<>(Comparator.comparingInt(TopicPartition::partition));
        ordered.putAll(bounds);
        for (Map.Entry<TopicPartition, TopicReader.Stretch> next : ordered.entrySet()) {
            OnePartition one = new OnePartition(filter, next.getKey(), next.getValue(), visitor);
            if (!one.read(everyDeath)) {
                return;
            }
        }
    }

    /** The two readings of one partition. */
    private final class OnePartition {
        private final Filter filter;
        private final TopicPartition partition;
        private final TopicReader.Stretch bounds;
        private final Visitor visitor;
        private final Marks purged;
        private final Marks replayed;
        private final IdTable latest = new IdTable();
        private boolean more = true;

        private OnePartition(
                Filter filter,
                TopicPartition partition,
                TopicReader.Stretch bounds,
                Visitor visitor) {
            this.filter = filter;
            this.partition = partition;
            this.bounds = bounds;
            this.visitor = visitor;
            this.purged = marks(Topics.PURGED);
            this.replayed = marks(Topics.REPLAYED);
        }

        private Marks marks(String topic) {
            Optional<Instant> from = filter.scanFrom();
            return Marks.read(reader, topic, partition.partition(), bounds.from(), from);
        }

        /** Returns whether more than this partition is wanted. */
        private boolean read(boolean everyDeath) {
            reader.read(Map.of(partition, bounds), this::learn);
            long[] deaths = latest.numbers();
            if (deaths.length > 0) {
                handOut(deaths, everyDeath);
            }
            return more && (deaths.length == 0 || filter.delivery().isEmpty());
        }

        private void learn(ConsumerRecord<byte[], byte[]> next) {
            visitor.reading();
            switch (DeadRecord.of(next)) {
                case DeadRecord.Delivery dead -> {
                    String id = dead.header().deliveryId();
                    if (filter.matches(dead) && !purged.has(next.offset())) {
                        latest.put(id, next.offset());
                    } else {
                        latest.remove(id);
                    }
                }
                case DeadRecord.Unreadable bad -> {
                    if (filter.inTime(bad.place().at()) && !purged.has(next.offset())) {
                        visitor.take(bad);
                    }
                }
            }
        }

        private void handOut(long[] deaths, boolean everyDeath) {
            long first = everyDeath ? bounds.from() : deaths[0];
            long last = deaths[deaths.length - 1];
            reader.read(
                    Map.of(partition, new TopicReader.Stretch(first, last + 1)),
                    next -> {
                        boolean isLatest = Arrays.binarySearch(deaths, next.offset()) >= 0;
                        if ((isLatest || everyDeath)
                                && DeadRecord.of(next) instanceof DeadRecord.Delivery dead) {
                            handOut(dead, next, isLatest);
                        }
                    },
                    () -> more);
        }

        private void handOut(
                DeadRecord.Delivery dead, ConsumerRecord<byte[], byte[]> next, boolean isLatest) {
            if (isLatest) {
                int replays = dead.replaysBefore() + replayed.times(next.offset());
                more = visitor.take(dead.withReplays(replays), next);
            } else if (next.offset() < latest.get(dead.header().deliveryId())
                    && !purged.has(next.offset())) {
                visitor.takeEarlier(dead);
            }
        }
    }
}
