package dev.ringback.lane;

import dev.ringback.runtime.KafkaClients;
import dev.ringback.runtime.Lifecycle;
import dev.ringback.runtime.Metrics;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One consumer group member that starts each record when it is due and lets records finish in any
 * order. Its one platform thread polls, starts and commits, and never waits for a record; records
 * run on virtual threads in {@link Running}. When the loop fails it begins again from what was
 * committed.
 */
public final class Lane implements Lifecycle.Part {
    private static final Logger LOG = LoggerFactory.getLogger(Lane.class);
    private static final Duration COMMIT_INTERVAL = Duration.ofMillis(500);
    private static final Duration LONGEST_POLL = Duration.ofMillis(100);
    private static final Duration FULL_POLL = Duration.ofMillis(2);
    private static final Duration COMMIT_LIMIT = Duration.ofSeconds(2);
    private static final Duration DRAIN_LIMIT = Duration.ofSeconds(3);

    /** How long partitions that go elsewhere wait for what is being written. */
    private static final Duration SETTLE_LIMIT = Duration.ofSeconds(2);

    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(1);
    private static final long RESTART_PAUSE_MILLIS = 1_000;

    private final Plan plan;
    private final KafkaClients clients;
    private final Clock clock;
    private final InFlightTracker tracker = new InFlightTracker();
    private final Held held;
    private final Running running;
    private final Thread thread;
    private final CountDownLatch stopping = new CountDownLatch(1);

    private volatile @Nullable Consumer<byte[], byte[]> consumer;
    private volatile String trouble = "has not joined its group yet";
    private long nextCommitNanos = System.nanoTime();
    private boolean commitsFail;

    /** What a lane does with its records. */
    public interface Task extends Running.Work {
        /** When a record may start; asked once, on the lane's thread; must not block. */
        Instant readyAt(ConsumerRecord<byte[], byte[]> record);
    }

    /**
     * What a lane reads and how much of it at once.
     *
     * @param name for threads, metrics and messages
     * @param group the consumer group
     * @param slots records running at once
     * @param pollRecords most records of one poll
     * @param fetchBytes most bytes fetched of one partition at once
     */
    public record Plan(
            String name,
            String group,
            Pattern topics,
            int slots,
            int pollRecords,
            int fetchBytes) {}

    /** A lane that {@link #start} starts. */
    public Lane(Plan plan, KafkaClients clients, Task task, Metrics metrics, Clock clock) {
        this.plan = plan;
        this.clients = clients;
        this.held = new Held(task::readyAt);
        this.clock = clock;
        this.running = new Running(plan.name(), plan.slots(), tracker, task);
        this.thread = Thread.ofPlatform().name("lane-" + plan.name()).unstarted(this::run);
        measure(metrics);
    }

    @Override
    public void start() {
        thread.start();
    }

    @Override
    public void stop() {
        stopping.countDown();
        Consumer<byte[], byte[]> mine = consumer;
        if (mine != null) {
            mine.wakeup();
        }
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Its name, such as live. */
    public String name() {
        return plan.name();
    }

    /** What keeps the lane from working, if anything. */
    public Optional<String> trouble() {
        return running.trouble().or(() -> Optional.of(trouble).filter(text -> !text.isEmpty()));
    }

    private boolean isStopping() {
        return stopping.getCount() == 0;
    }

    private void run() {
        while (!isStopping()) {
            Consumer<byte[], byte[]> mine = newConsumer();
            consumer = mine;
            try {
                mine.subscribe(plan.topics(), new Rebalance(mine));
                while (!isStopping()) {
                    turn(mine);
                }
                finish(mine);
            } catch (WakeupException e) {
                LOG.debug("lane {} woken to stop", plan.name());
            } catch (RuntimeException e) {
                trouble = e.toString();
                LOG.error("lane {} begins again from its last commit", plan.name(), e);
                forgetAll();
                pause();
            } finally {
                close(mine);
            }
        }
    }

    private void close(Consumer<byte[], byte[]> mine) {
        try {
            mine.close(CloseOptions.timeout(CLOSE_LIMIT));
        } catch (KafkaException e) {
            LOG.warn("lane {} left its group without a word: {}", plan.name(), e.toString());
        }
    }

    private void turn(Consumer<byte[], byte[]> mine) {
        boolean full = startReady();
        resume(mine);
        try {
            held.add(mine.poll(pollTime(full)), tracker);
        } catch (WakeupException e) {
            return;
        }
        startReady();
        mine.pause(paused(mine));
        commit(mine);
    }

    private boolean startReady() {
        return held.startReady(clock.instant(), this::startOne);
    }

    private boolean startOne(Held.Waiting waiting) {
        if (!running.admit(waiting.record())) {
            return false;
        }
        running.run(waiting.record(), waiting.ticket());
        return true;
    }

    /** Partitions that hold nothing any more, and have room in their commit, are read again. */
    private void resume(Consumer<byte[], byte[]> mine) {
        Set<TopicPartition> free = new HashSet<>(mine.paused());
        free.removeIf(this::mustWait);
        if (!free.isEmpty()) {
            mine.resume(free);
        }
    }

    private Set<TopicPartition> paused(Consumer<byte[], byte[]> mine) {
        Set<TopicPartition> waiting = new HashSet<>(mine.assignment());
        waiting.removeIf(partition -> !mustWait(partition));
        return waiting;
    }

    private boolean mustWait(TopicPartition partition) {
        return held.partitions().contains(partition)
                || !tracker.hasRoom(partition, plan.pollRecords());
    }

    private Duration pollTime(boolean full) {
        if (full) {
            return FULL_POLL;
        }
        Instant next = held.nextReadyAt();
        if (next == null) {
            return LONGEST_POLL;
        }
        Duration until = Duration.between(clock.instant(), next);
        if (until.compareTo(FULL_POLL) < 0) {
            return FULL_POLL;
        }
        return until.compareTo(LONGEST_POLL) < 0 ? until : LONGEST_POLL;
    }

    private void commit(Consumer<byte[], byte[]> mine) {
        long now = System.nanoTime();
        if (now - nextCommitNanos < 0) {
            return;
        }
        nextCommitNanos = now + COMMIT_INTERVAL.toNanos();
        Map<TopicPartition, OffsetAndMetadata> commits = tracker.commits();
        if (!commits.isEmpty()) {
            mine.commitAsync(commits, this::committed);
        }
    }

    /** Runs inside poll, on the lane's thread. A commit that is not taken is part of the next. */
    private void committed(
            Map<TopicPartition, OffsetAndMetadata> commits, @Nullable Exception error) {
        if (error == null) {
            tracker.committed(commits);
        } else if (!commitsFail) {
            LOG.warn("lane {} commits later: {}", plan.name(), error.toString());
        }
        commitsFail = error != null;
    }

    /** Stops in good order: nothing new, what runs may end, what is done is committed. */
    private void finish(Consumer<byte[], byte[]> mine) {
        held.clear();
        if (!running.drain(DRAIN_LIMIT)) {
            LOG.warn("lane {} leaves {} records to be repeated", plan.name(), tracker.inFlight());
        }
        commitNow(mine, tracker.commits());
        mine.unsubscribe();
    }

    private void commitNow(
            Consumer<byte[], byte[]> mine, Map<TopicPartition, OffsetAndMetadata> commits) {
        try {
            mine.commitSync(commits, COMMIT_LIMIT);
            tracker.committed(commits);
        } catch (WakeupException e) {
            commitNow(mine, commits);
        } catch (KafkaException e) {
            LOG.warn("lane {} could not commit: {}", plan.name(), e.toString());
        }
    }

    private void forgetAll() {
        Consumer<byte[], byte[]> mine = consumer;
        held.clear();
        tracker.revokeAll();
        consumer = null;
        LOG.debug("lane {} lost {}", plan.name(), mine);
    }

    private void pause() {
        try {
            if (stopping.await(RESTART_PAUSE_MILLIS, TimeUnit.MILLISECONDS)) {
                LOG.debug("lane {} stops", plan.name());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stopping.countDown();
        }
    }

    private Consumer<byte[], byte[]> newConsumer() {
        return clients.consumer(
                plan.group(),
                Map.of(
                        "group.id", plan.group(),
                        "isolation.level", "read_uncommitted",
                        "session.timeout.ms", "10000",
                        "heartbeat.interval.ms", "2000",
                        "max.poll.records", Integer.toString(plan.pollRecords()),
                        "max.partition.fetch.bytes", Integer.toString(plan.fetchBytes()),
                        "partition.assignment.strategy",
                                "org.apache.kafka.clients.consumer.CooperativeStickyAssignor"));
    }

    private void measure(Metrics metrics) {
        metrics.gauge(
                "ringback_lane_in_flight",
                "records under way",
                tracker::inFlight,
                "lane",
                plan.name());
        metrics.gauge(
                "ringback_lane_done_ahead",
                "records done beyond the committed offset",
                tracker::ahead,
                "lane",
                plan.name());
    }

    /** Begins and ends assignments; runs inside poll, on the lane's thread. */
    private final class Rebalance implements ConsumerRebalanceListener {
        private final Consumer<byte[], byte[]> mine;

        Rebalance(Consumer<byte[], byte[]> mine) {
            this.mine = mine;
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            Map<TopicPartition, OffsetAndMetadata> committed =
                    mine.committed(Set.copyOf(partitions));
            for (TopicPartition partition : partitions) {
                OffsetAndMetadata from = committed.get(partition);
                tracker.assign(
                        partition,
                        from == null ? new OffsetAndMetadata(mine.position(partition)) : from);
            }
            trouble = "";
        }

        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            tracker.settle(partitions, SETTLE_LIMIT);
            Map<TopicPartition, OffsetAndMetadata> commits = tracker.commits();
            commits.keySet().retainAll(partitions);
            if (!commits.isEmpty()) {
                commitNow(mine, commits);
            }
            onPartitionsLost(partitions);
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> partitions) {
            held.drop(partitions);
            partitions.forEach(tracker::revoke);
        }
    }
}
