package dev.ringback.lane;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HeldTest {
    private static final TopicPartition P = new TopicPartition("t", 0);
    private static final TopicPartition Q = new TopicPartition("t", 1);

    private final InFlightTracker tracker = new InFlightTracker();
    private final List<String> started = new ArrayList<>();
    private final Held held =
            new Held(
                    record ->
                            Instant.ofEpochSecond(
                                    Long.parseLong(
                                            new String(record.value(), StandardCharsets.UTF_8))));

    @BeforeEach
    void assign() {
        tracker.assign(P, new OffsetAndMetadata(0));
        tracker.assign(Q, new OffsetAndMetadata(0));
    }

    @Test
    void startReady_dueBeforeItsHead_doesNotWaitForIt() {
        hold(P, 10, 2, 7, 2);
        startAt(2, 99);
        assertThat(started).containsExactly("0@1", "0@3");
        assertThat(held.nextReadyAt()).isEqualTo(Instant.ofEpochSecond(7));
        startAt(10, 99);
        assertThat(started).containsExactly("0@1", "0@3", "0@2", "0@0");
        assertThat(held.partitions()).isEmpty();
    }

    @Test
    void startReady_partitionThatFindsNoRoom_holdsUpNoOther() {
        hold(P, 1, 1);
        hold(Q, 1, 1);
        boolean full =
                held.startReady(
                        Instant.ofEpochSecond(1),
                        waiting -> {
                            boolean room = waiting.record().partition() == Q.partition();
                            if (room) {
                                started.add("1@" + waiting.record().offset());
                            }
                            return room;
                        });
        assertThat(full).isTrue();
        assertThat(started).containsExactly("1@0", "1@1");
    }

    @Test
    void startReady_laneFull_stopsAndGoesOnLater() {
        hold(P, 1, 1);
        hold(Q, 1, 1);
        assertThat(startAt(1, 3)).isTrue();
        assertThat(started).containsExactly("0@0", "1@0", "0@1");
        assertThat(startAt(1, 9)).isFalse();
        assertThat(started).hasSize(4);
    }

    @Test
    void add_recordDoneBefore_isNotHeld() {
        tracker.assign(P, new OffsetAndMetadata(2));
        hold(P, 1, 1, 1);
        assertThat(startAt(1, 9)).isFalse();
        assertThat(started).containsExactly("0@2");
    }

    private boolean startAt(long second, int room) {
        return held.startReady(
                Instant.ofEpochSecond(second),
                waiting -> {
                    if (started.size() == room) {
                        return false;
                    }
                    started.add(waiting.record().partition() + "@" + waiting.record().offset());
                    return true;
                });
    }

    private void hold(TopicPartition partition, long... readyAtSeconds) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = 0; i < readyAtSeconds.length; i++) {
            byte[] value = Long.toString(readyAtSeconds[i]).getBytes(StandardCharsets.UTF_8);
            records.add(
                    new ConsumerRecord<>(
                            partition.topic(), partition.partition(), i, new byte[0], value));
        }
        held.add(new ConsumerRecords<>(Map.of(partition, records), Map.of()), tracker);
    }
}
