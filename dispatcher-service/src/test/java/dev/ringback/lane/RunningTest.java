package dev.ringback.lane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.flow.RightOfWay;
import dev.ringback.flow.Terms;
import dev.ringback.flow.Traffic;
import dev.ringback.testkit.Await;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class RunningTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final TopicPartition P = new TopicPartition("live", 0);
    private static final TopicPartition REPLAY = new TopicPartition("replay", 0);

    private final InFlightTracker tracker = new InFlightTracker();
    private final AtomicBoolean lease = new AtomicBoolean(true);
    private final AtomicBoolean keepsLine = new AtomicBoolean();
    private final ConcurrentLinkedQueue<Long> left = new ConcurrentLinkedQueue<>();
    private final ConcurrentLinkedQueue<Long> begun = new ConcurrentLinkedQueue<>();
    private final CompletableFuture<Void> written = new CompletableFuture<>();
    private final AtomicLong now = new AtomicLong();
    private final Map<Long, InFlightTracker.Ticket> tickets = new HashMap<>();
    private final RightOfWay first = new RightOfWay(() -> 2, 1, now::get);
    private final Running running = running(16, Thread::startVirtualThread);

    private Running running(int slots, Executor threads) {
        List<Lane> lanes =
                List.of(
                        new Lane(
                                "live",
                                Pattern.compile("live"),
                                slots,
                                List.of(),
                                made -> first.came(),
                                waited -> {}),
                        new Lane("replay", Pattern.compile("replay"), slots, List.of(first)));
        return new Running(
                new Lanes.Plan("group", lanes, 1, 1, threads),
                tracker,
                new Task(),
                new Watching(),
                new Traffic(
                        List.of(slots, slots),
                        flow -> new Terms(8, Optional.empty()),
                        System::nanoTime),
                lease::get);
    }

    @Test
    void record_thatIsDone_leaves() {
        tracker.assign(P, new OffsetAndMetadata(0));
        enter(0);
        Await.until("begun", LIMIT, () -> begun.size() == 1);
        assertThat(left).isEmpty();
        written.complete(null);
        assertThat(running.drain(LIMIT)).isTrue();
        assertThat(left).containsExactly(0L);
        assertThat(tracker.inFlight()).isZero();
    }

    @Test
    void record_whosePartitionWentAwayAndCameBack_doesNotLeave() {
        tracker.assign(P, new OffsetAndMetadata(0));
        enter(0);
        Await.until("begun", LIMIT, () -> begun.size() == 1);
        tracker.revoke(P);
        tracker.assign(P, new OffsetAndMetadata(0));
        assertThat(tracker.start(P, 0)).isPresent();
        written.complete(null);
        assertThat(running.drain(LIMIT)).isTrue();
        assertThat(left).isEmpty();
        assertThat(tracker.inFlight()).isEqualTo(1);
    }

    @Test
    void record_afterTheLeaseIsLost_isNotBegunAndDoesNotLeave() {
        tracker.assign(P, new OffsetAndMetadata(0));
        lease.set(false);
        enter(0);
        assertThat(running.drain(LIMIT)).isTrue();
        assertThat(begun).isEmpty();
        assertThat(left).isEmpty();
        assertThat(tracker.inFlight()).isEqualTo(1);
    }

    @Test
    void line_thatIsKept_goesOnWhenTheFirstIsWritten() {
        keepsLine.set(true);
        tracker.assign(P, new OffsetAndMetadata(0));
        enter(0);
        enter(1);
        Await.until("begun", LIMIT, () -> begun.size() == 1);
        written.complete(null);
        Await.until("the second", LIMIT, () -> begun.size() == 2);
        assertThat(left).first().isEqualTo(0L);
    }

    @Test
    void line_thatIsNotKept_goesOnWhenTheFirstIsSent() {
        tracker.assign(P, new OffsetAndMetadata(0));
        enter(0);
        enter(1);
        Await.until("both", LIMIT, () -> begun.size() == 2);
        assertThat(left).isEmpty();
    }

    @Test
    void replay_whileFirstAttemptsAreLate_waitsUntilItMayBegin() {
        tracker.assign(P, new OffsetAndMetadata(0));
        tracker.assign(REPLAY, new OffsetAndMetadata(0));
        assertThat(replay(0)).as("nobody comes").isTrue();
        enter(0);
        assertThat(replay(1)).isFalse();
        now.addAndGet(TimeUnit.MILLISECONDS.toNanos(1_100));
        assertThat(replay(1)).as("one a second").isTrue();
        assertThat(replay(2)).isFalse();
        now.addAndGet(TimeUnit.SECONDS.toNanos(2));
        assertThat(replay(2)).as("nobody comes any more").isTrue();
        assertThat(replay(3)).isTrue();
    }

    @Test
    void record_whileManyWaitForAProcessor_isNotTakenIn() {
        tracker.assign(P, new OffsetAndMetadata(0));
        int most = 16 * Runtime.getRuntime().availableProcessors();
        Queue<Runnable> waiting = new ArrayDeque<>();
        Running full = running(2 * most, waiting::add);
        for (int offset = 0; offset < most; offset++) {
            assertThat(enter(full, offset, "ep" + offset)).isTrue();
        }
        assertThat(enter(full, most, "another")).isFalse();
        waiting.remove().run();
        assertThat(enter(full, most + 1, "another")).isTrue();
        assertThat(waiting).hasSize(most);
    }

    private boolean replay(long offset) {
        byte[] key = "ep:call".getBytes(StandardCharsets.UTF_8);
        return running.enter(
                new ConsumerRecord<>("replay", 0, offset, key, key),
                tickets.computeIfAbsent(offset, o -> tracker.start(REPLAY, o).orElseThrow()));
    }

    private void enter(long offset) {
        assertThat(enter(running, offset, "ep")).isTrue();
    }

    private boolean enter(Running where, long offset, String name) {
        byte[] key = name.getBytes(StandardCharsets.UTF_8);
        return where.enter(
                new ConsumerRecord<>("live", 0, offset, key, key),
                tracker.start(P, offset).orElseThrow());
    }

    private final class Task implements Lanes.Task {
        @Override
        public Instant readyAt(ConsumerRecord<byte[], byte[]> record) {
            return Instant.MIN;
        }

        @Override
        public String flow(ConsumerRecord<byte[], byte[]> record) {
            return key(record);
        }

        @Override
        public String line(ConsumerRecord<byte[], byte[]> record) {
            return key(record);
        }

        @Override
        public CompletableFuture<Void> run(ConsumerRecord<byte[], byte[]> record, Turn turn) {
            begun.add(record.offset());
            return written;
        }
    }

    private static String key(ConsumerRecord<byte[], byte[]> record) {
        return new String(record.key(), StandardCharsets.UTF_8);
    }

    private final class Watching implements Watch {
        @Override
        public void assigned(Map<TopicPartition, OffsetAndMetadata> from) {}

        @Override
        public void gone(Collection<TopicPartition> partitions) {}

        @Override
        public boolean entered(ConsumerRecord<byte[], byte[]> record) {
            return keepsLine.get();
        }

        @Override
        public void left(ConsumerRecord<byte[], byte[]> record) {
            left.add(record.offset());
        }

        @Override
        public Collection<TopicPartition> awaited() {
            return List.of();
        }

        @Override
        public void reached(TopicPartition partition, long offset) {}
    }
}
