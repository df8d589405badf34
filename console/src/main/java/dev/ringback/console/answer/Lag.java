package dev.ringback.console.answer;

import dev.ringback.runtime.KafkaClients;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How far a group is behind the ends of topics; asks Kafka once a second at most. Thread-safe. */
final class Lag implements AutoCloseable, LedgerAnswers.Progress {
    private static final Logger LOG = LoggerFactory.getLogger(Lag.class);
    private static final Duration FRESH = Duration.ofSeconds(1);

    private final KafkaClients clients;
    private final Clock clock;
    private final String group;
    private final List<String> topics;
    private final Duration settling;
    private @Nullable Admin admin;
    private Instant asked = Instant.EPOCH;
    private Optional<Behind> known = Optional.empty();

    /**
     * Asks this Kafka.
     *
     * @param settling how long a record may lie there before it is late
     */
    Lag(KafkaClients clients, Clock clock, String group, List<String> topics, Duration settling) {
        this.clients = clients.impatient();
        this.clock = clock;
        this.group = group;
        this.topics = List.copyOf(topics);
        this.settling = settling;
    }

    /**
     * What a group has not taken yet.
     *
     * @param records how many records
     * @param late how many of them have lain there for longer than is usual
     */
    record Behind(long records, long late) {}

    /** Nothing when nobody may know. */
    @Override
    public synchronized Optional<Behind> behind() {
        Instant now = clock.instant();
        if (asked.plus(FRESH).isAfter(now)) {
            return known;
        }
        asked = now;
        try {
            Admin mine = admin == null ? clients.admin("ringback-console-lag") : admin;
            admin = mine;
            known = Optional.of(ask(mine, now.minus(settling)));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            known = Optional.empty();
        } catch (ExecutionException e) {
            LOG.debug("how far {} is cannot be seen: {}", group, e.getMessage());
            known = Optional.empty();
        }
        return known;
    }

    private Behind ask(Admin mine, Instant young) throws InterruptedException, ExecutionException {
        List<TopicPartition> all = new ArrayList<>();
        mine.describeTopics(topics)
                .allTopicNames()
                .get()
                .forEach(
                        (name, topic) ->
                                topic.partitions()
                                        .forEach(
                                                one ->
                                                        all.add(
                                                                new TopicPartition(
                                                                        name, one.partition()))));
        Map<TopicPartition, OffsetAndMetadata> done =
                mine.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get();
        Map<TopicPartition, Long> first = offsets(mine, all, OffsetSpec.earliest());
        Map<TopicPartition, Long> end = offsets(mine, all, OffsetSpec.latest());
        Map<TopicPartition, Long> fresh =
                offsets(mine, all, OffsetSpec.forTimestamp(young.toEpochMilli()));
        long records = 0;
        long late = 0;
        for (TopicPartition one : all) {
            OffsetAndMetadata committed = done.get(one);
            long from = first.getOrDefault(one, 0L);
            if (committed != null) {
                from = Math.max(from, committed.offset());
            }
            long to = end.getOrDefault(one, from);
            long settled = fresh.getOrDefault(one, -1L);
            records += Math.max(0, to - from);
            // none that is young: all are old
            late += Math.max(0, (settled < 0 ? to : Math.min(to, settled)) - from);
        }
        return new Behind(records, late);
    }

    private static Map<TopicPartition, Long> offsets(
            Admin mine, Collection<TopicPartition> all, OffsetSpec which)
            throws InterruptedException, ExecutionException {
        Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
        all.forEach(one -> wanted.put(one, which));
        Map<TopicPartition, Long> offsets = new HashMap<>();
        mine.listOffsets(wanted, new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
                .all()
                .get()
                .forEach((one, found) -> offsets.put(one, found.offset()));
        return offsets;
    }

    @Override
    public synchronized void close() {
        if (admin != null) {
            admin.close(Duration.ofSeconds(1));
        }
    }
}
