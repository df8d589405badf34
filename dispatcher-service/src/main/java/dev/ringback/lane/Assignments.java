package dev.ringback.lane;

import dev.ringback.schemas.Topics;
import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.DoubleConsumer;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** Begins and ends assignments; runs inside poll, on the lanes' thread. */
final class Assignments implements ConsumerRebalanceListener {
    /** How long partitions that go elsewhere wait for what is being written. */
    private static final Duration SETTLE_LIMIT = Duration.ofSeconds(2);

    private final Consumer<byte[], byte[]> consumer;
    private final InFlightTracker tracker;
    private final Held held;
    private final Commits commits;
    private final Watch watch;
    private final DoubleConsumer share;

    /**
     * The assignments of one consumer.
     *
     * @param share is told what part of all the work is ours
     */
    Assignments(
            Consumer<byte[], byte[]> consumer,
            InFlightTracker tracker,
            Held held,
            Commits commits,
            Watch watch,
            DoubleConsumer share) {
        this.consumer = consumer;
        this.tracker = tracker;
        this.held = held;
        this.commits = commits;
        this.watch = watch;
        this.share = share;
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        Map<TopicPartition, OffsetAndMetadata> committed =
                consumer.committed(Set.copyOf(partitions));
        Map<TopicPartition, OffsetAndMetadata> begin = new HashMap<>();
        for (TopicPartition partition : partitions) {
            OffsetAndMetadata from = committed.get(partition);
            begin.put(
                    partition,
                    from == null ? new OffsetAndMetadata(consumer.position(partition)) : from);
        }
        begin.forEach(tracker::assign);
        watch.assigned(begin);
        share.accept(share());
    }

    /**
     * All topics have the same partitions, so one of them tells: that of first attempts. A topic
     * left over from before the partitions became more does not.
     */
    private double share() {
        Set<TopicPartition> ours = consumer.assignment();
        String topic =
                ours.stream()
                        .map(TopicPartition::topic)
                        .min(Comparator.comparing(Assignments::isLeftOver).thenComparing(t -> t))
                        .orElse("");
        long owned = ours.stream().filter(p -> p.topic().equals(topic)).count();
        return owned == 0 ? 1 : (double) owned / consumer.partitionsFor(topic).size();
    }

    private static boolean isLeftOver(String topic) {
        return !topic.equals(Topics.DELIVERIES) && !topic.equals(Topics.ANSWERS);
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        tracker.settle(partitions, SETTLE_LIMIT);
        Map<TopicPartition, OffsetAndMetadata> last = tracker.commits();
        last.keySet().retainAll(partitions);
        commits.now(consumer, last);
        onPartitionsLost(partitions);
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
        held.drop(partitions);
        partitions.forEach(tracker::revoke);
        watch.gone(partitions);
    }
}
