package dev.ringback.lane;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AssignmentsTest {
    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("earliest");
    private final InFlightTracker tracker = new InFlightTracker();
    private final List<Double> shares = new ArrayList<>();
    private final Assignments assignments =
            new Assignments(
                    consumer,
                    tracker,
                    new Held(record -> Instant.MIN),
                    new Commits(tracker),
                    new Blind(),
                    shares::add);
    private final List<TopicPartition> owned = new ArrayList<>();

    @ParameterizedTest
    @ValueSource(strings = {"webhook.deliveries", "webhook.answers"})
    void share_besideTopicsOfOtherPartitionCounts_isThatOfFirstAttempts(String first) {
        for (int left = 1; left < 10; left++) {
            own(first + ".retry." + left + "m", left, left);
            own("a-leftover-" + left, left, left);
        }
        own(first, 3, 12);
        assertThat(share()).isEqualTo(0.25);
    }

    @Test
    void share_ofNothing_isAll() {
        assertThat(share()).isEqualTo(1);
    }

    private void own(String topic, int partitions, int of) {
        consumer.updatePartitions(
                topic,
                IntStream.range(0, of)
                        .mapToObj(number -> new PartitionInfo(topic, number, null, null, null))
                        .toList());
        for (int number = 0; number < partitions; number++) {
            owned.add(new TopicPartition(topic, number));
        }
    }

    private double share() {
        Map<TopicPartition, Long> beginnings = new HashMap<>();
        owned.forEach(partition -> beginnings.put(partition, 0L));
        consumer.updateBeginningOffsets(beginnings);
        consumer.assign(owned);
        assignments.onPartitionsAssigned(owned);
        return shares.getLast();
    }

    private static final class Blind implements Watch {
        @Override
        public void assigned(Map<TopicPartition, OffsetAndMetadata> from) {}

        @Override
        public void gone(Collection<TopicPartition> partitions) {}

        @Override
        public boolean entered(ConsumerRecord<byte[], byte[]> record) {
            return false;
        }

        @Override
        public void left(ConsumerRecord<byte[], byte[]> record) {}

        @Override
        public Collection<TopicPartition> awaited() {
            return List.of();
        }

        @Override
        public void reached(TopicPartition partition, long offset) {}
    }
}
