package dev.ringback.lane;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HeldTest {
    private static final int MEBIBYTE = 1 << 20;
    private static final TopicPartition P = new TopicPartition("t", 0);
    private static final TopicPartition Q = new TopicPartition("t", 1);

    private final InFlightTracker tracker = new InFlightTracker();
    private final List<String> started = new ArrayList<>();
    private final List<String> givenBack = new ArrayList<>();
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
        assertThat(held.mustWait(P, Instant.ofEpochSecond(10))).isFalse();
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
        assertThat(started).hasSize(3).containsOnlyOnce("0@0", "1@0");
        assertThat(startAt(1, 9)).isFalse();
        assertThat(started).hasSize(4);
    }

    @Test
    void startReady_roomForOneEachTime_servesAnotherPartitionFirst() {
        hold(P, 1, 1);
        hold(Q, 1, 1);
        startAt(1, 1);
        startAt(1, 2);
        assertThat(started).containsExactlyInAnyOrder("0@0", "1@0");
    }

    @Test
    void add_recordDoneBefore_isNotHeld() {
        tracker.assign(P, new OffsetAndMetadata(2));
        hold(P, 1, 1, 1);
        assertThat(startAt(1, 9)).isFalse();
        assertThat(started).containsExactly("0@2");
    }

    @Test
    void add_moreBytesThanMayBeHeld_givesBackWhatIsTooMuch() {
        hold(MEBIBYTE, P, many(40, 1));
        assertThat(givenBack).containsExactly("0@31");
        hold(MEBIBYTE, Q, many(3, 1));
        assertThat(givenBack).as("one finds room in any case").containsExactly("0@31", "1@1");
        assertThat(tracker.inFlight()).isEqualTo(32);
        assertThat(startAt(1, 99)).isFalse();
        assertThat(started).hasSize(32);
        givenBack.clear();
        holdFrom(31, MEBIBYTE, P, many(9, 1));
        assertThat(givenBack).isEmpty();
        startAt(1, 99);
        assertThat(started).hasSize(41).endsWith("0@39");
    }

    @Test
    void add_recordsThatWait_leaveRoomForThoseThatMayStart() {
        hold(MEBIBYTE, P, many(40, 3_600));
        assertThat(givenBack).containsExactly("0@31");
        assertThat(held.mustWait(P, Instant.ofEpochSecond(1))).isTrue();
        hold(MEBIBYTE, Q, many(20, 1));
        startAt(1, 99);
        assertThat(started).hasSize(20);
    }

    @Test
    void add_recordWhoseTimeHasNotCome_isReadAgainWhenItHas() {
        hold(MEBIBYTE, P, many(31, 3_600));
        hold(MEBIBYTE, Q, 7, 8);
        assertThat(givenBack).containsExactly("1@0");
        assertThat(held.nextReadyAt()).isEqualTo(Instant.ofEpochSecond(7));
        assertThat(held.mustWait(Q, Instant.ofEpochSecond(6))).isTrue();
        startAt(7, 99);
        assertThat(held.mustWait(Q, Instant.ofEpochSecond(7))).isFalse();
        assertThat(held.nextReadyAt()).isEqualTo(Instant.ofEpochSecond(3_600));
    }

    @Test
    void drop_partitionsThatGo_makesRoom() {
        hold(MEBIBYTE, P, many(40, 1));
        held.drop(List.of(P));
        assertThat(held.mustWait(P, Instant.EPOCH)).isFalse();
        givenBack.clear();
        hold(MEBIBYTE, Q, many(31, 1));
        assertThat(givenBack).isEmpty();
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

    private static long[] many(int records, long readyAtSecond) {
        long[] all = new long[records];
        Arrays.fill(all, readyAtSecond);
        return all;
    }

    private void hold(TopicPartition partition, long... readyAtSeconds) {
        hold(1, partition, readyAtSeconds);
    }

    private void hold(int bytes, TopicPartition partition, long... readyAtSeconds) {
        holdFrom(0, bytes, partition, readyAtSeconds);
    }

    private void holdFrom(int offset, int bytes, TopicPartition partition, long... readyAtSeconds) {
        List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (int i = 0; i < readyAtSeconds.length; i++) {
            byte[] value = Long.toString(readyAtSeconds[i]).getBytes(StandardCharsets.UTF_8);
            records.add(
                    new ConsumerRecord<>(
                            partition.topic(),
                            partition.partition(),
                            offset + i,
                            0,
                            TimestampType.LOG_APPEND_TIME,
                            0,
                            bytes,
                            new byte[0],
                            value,
                            new RecordHeaders(),
                            Optional.empty()));
        }
        held.add(
                new ConsumerRecords<>(Map.of(partition, records), Map.of()),
                tracker,
                Instant.ofEpochSecond(1),
                (from, at) -> givenBack.add(from.partition() + "@" + at));
    }
}
