package dev.ringback.lane;

import dev.ringback.colocation.Colocation;
import dev.ringback.flow.Traffic;
import dev.ringback.runtime.KafkaClients;
import dev.ringback.runtime.Lifecycle;
import dev.ringback.runtime.Metrics;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One consumer group member that starts each record when it is due and lets records finish in any
 * order. Its one platform thread polls, starts and commits, and never waits for a record; records
 * run on threads of their own in {@link Running}. When the loop fails, or was held up for so long
 * that others have taken its partitions, it begins again from what was committed.
 */
public final class Lanes implements Lifecycle.Part {
    private static final Logger LOG = LoggerFactory.getLogger(Lanes.class);
    private static final Duration LONGEST_POLL = Duration.ofMillis(100);
    private static final Duration FULL_POLL = Duration.ofMillis(2);
    private static final Duration DRAIN_LIMIT = Duration.ofSeconds(3);

    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(1);
    private static final long RESTART_PAUSE_MILLIS = 1_000;
    private static final long REGISTRY_PAUSE_MILLIS = 10;
    private static final Duration SESSION = Duration.ofSeconds(10);

    /** The group may have given our partitions away if we were not heard of for so long. */
    private static final Duration LEASE = Duration.ofSeconds(8);

    private final Plan plan;
    private final KafkaClients clients;
    private final Watch watch;
    private final Clock clock;
    private final Traffic traffic;
    private final BooleanSupplier registryKnown;
    private final InFlightTracker tracker;
    private final Commits commits;
    private final Held held;
    private final Running running;
    private final Backlog backlog;
    private final Thread thread;
    private final CountDownLatch stopping = new CountDownLatch(1);

    private volatile @Nullable Consumer<byte[], byte[]> consumer;
    private volatile String trouble = "has not joined its group yet";
    private volatile long turnNanos = System.nanoTime();
    private volatile boolean leaseLost;

    /** What is done with the records of all lanes. */
    public interface Task extends Running.Work {
        /** When a record may start; asked once, on the lanes' thread; must not block. */
        Instant readyAt(ConsumerRecord<byte[], byte[]> record);

        /** The flow that a record belongs to; must not block. */
        String flow(ConsumerRecord<byte[], byte[]> record);

        /** Records of one flow and one line run one after another; must not block. */
        String line(ConsumerRecord<byte[], byte[]> record);
    }

    /**
     * What is read and how much of it at once.
     *
     * @param group the consumer group
     * @param pollRecords most records of one poll
     * @param fetchBytes most bytes fetched of one partition at once
     * @param threads run the records, each on a thread of its own
     */
    public record Plan(
            String group, List<Lane> lanes, int pollRecords, int fetchBytes, Executor threads) {
        /** Copies the lanes. */
        public Plan {
            lanes = List.copyOf(lanes);
        }
    }

    /**
     * Lanes that {@link #start} starts.
     *
     * @param registryKnown whether the registry has been read as far as it went at the start
     */
    public Lanes(
            Plan plan,
            KafkaClients clients,
            Task task,
            Watch watch,
            Traffic traffic,
            InFlightTracker tracker,
            BooleanSupplier registryKnown,
            Metrics metrics,
            Clock clock) {
        this.plan = plan;
        this.registryKnown = registryKnown;
        this.tracker = tracker;
        this.commits = new Commits(tracker);
        this.clients = clients;
        this.watch = watch;
        this.held = new Held(task::readyAt);
        this.clock = clock;
        this.traffic = traffic;
        this.running = new Running(plan, tracker, task, watch, traffic, this::holdsLease);
        this.backlog = new Backlog(tracker, plan.lanes(), metrics, clock);
        this.thread = Thread.ofPlatform().name("lanes").unstarted(this::run);
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

    /** What keeps the lanes from working, if anything. */
    public Optional<String> trouble() {
        return running.trouble().or(() -> Optional.of(trouble).filter(text -> !text.isEmpty()));
    }

    private boolean isStopping() {
        return stopping.getCount() == 0;
    }

    /** What a record is depends on the registry, so nothing is read before that is known. */
    private void awaitRegistry() {
        while (!isStopping() && !registryKnown.getAsBoolean()) {
            pause(REGISTRY_PAUSE_MILLIS);
        }
    }

    private void run() {
        awaitRegistry();
        while (!isStopping()) {
            Consumer<byte[], byte[]> mine = null;
            try {
                mine = newConsumer();
                consumer = mine;
                turnNanos = System.nanoTime();
                leaseLost = false;
                mine.subscribe(
                        topics(),
                        new Assignments(mine, tracker, held, commits, watch, this::assigned));
                while (!isStopping()) {
                    turn(mine);
                }
                finish(mine);
            } catch (WakeupException e) {
                LOG.debug("the lanes are woken to stop");
            } catch (RuntimeException e) {
                trouble = e.toString();
                LOG.error("the lanes begin again from their last commit", e);
                forgetAll();
                pause(RESTART_PAUSE_MILLIS);
            } finally {
                close(mine);
            }
        }
    }

    private void close(@Nullable Consumer<byte[], byte[]> mine) {
        if (mine == null) {
            return;
        }
        try {
            mine.close(CloseOptions.timeout(CLOSE_LIMIT));
        } catch (KafkaException e) {
            LOG.warn("the lanes left their group without a word: {}", e.toString());
        }
    }

    private void turn(Consumer<byte[], byte[]> mine) {
        if (!holdsLease()) {
            throw new IllegalStateException("held up for longer than " + LEASE.toSeconds() + " s");
        }
        turnNanos = System.nanoTime();
        boolean full = startReady();
        resume(mine);
        try {
            held.add(mine.poll(pollTime(full)), tracker, clock.instant(), mine::seek);
        } catch (WakeupException e) {
            return;
        }
        startReady();
        mine.pause(paused(mine));
        tellReached(mine);
        commits.inTime(mine);
        backlog.look(mine);
    }

    /** Whether the group must still believe that our partitions are ours; once not, never again. */
    private boolean holdsLease() {
        if (System.nanoTime() - turnNanos >= LEASE.toNanos()) {
            leaseLost = true;
        }
        return !leaseLost;
    }

    /** A topic ends in the marks of transactions, which only the consumer's own position passes. */
    private void tellReached(Consumer<byte[], byte[]> mine) {
        for (TopicPartition partition : watch.awaited()) {
            Long first = held.firstOffset(partition);
            if (first != null) {
                watch.reached(partition, first);
            } else if (mine.assignment().contains(partition)) {
                watch.reached(partition, mine.position(partition));
            }
        }
    }

    private boolean startReady() {
        return held.startReady(clock.instant(), this::startOne);
    }

    private boolean startOne(Held.Waiting waiting) {
        return running.enter(waiting.record(), waiting.ticket());
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
        return held.mustWait(partition, clock.instant())
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

    /** Stops in good order: nothing new, what runs may end, what is done is committed. */
    private void finish(Consumer<byte[], byte[]> mine) {
        held.clear();
        if (!running.drain(DRAIN_LIMIT)) {
            LOG.warn("{} records are left to be repeated", tracker.inFlight());
        }
        commits.now(mine, tracker.commits());
        mine.unsubscribe();
    }

    private void forgetAll() {
        Consumer<byte[], byte[]> mine = consumer;
        held.clear();
        watch.gone(tracker.partitions());
        tracker.revokeAll();
        consumer = null;
        LOG.debug("the lanes lost {}", mine);
    }

    private void pause(long millis) {
        try {
            if (stopping.await(millis, TimeUnit.MILLISECONDS)) {
                LOG.debug("the lanes stop");
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
                        "session.timeout.ms", Long.toString(SESSION.toMillis()),
                        "heartbeat.interval.ms", "2000",
                        "max.poll.records", Integer.toString(plan.pollRecords()),
                        "max.partition.fetch.bytes", Integer.toString(plan.fetchBytes()),
                        "partition.assignment.strategy", Colocation.class.getName()));
    }

    private void assigned(double share) {
        traffic.share(share);
        trouble = "";
    }

    private Pattern topics() {
        return Pattern.compile(
                plan.lanes().stream()
                        .map(lane -> lane.topics().pattern())
                        .collect(Collectors.joining("|")));
    }

    private void measure(Metrics metrics) {
        metrics.gauge(
                "ringback_in_flight",
                "records under way",
                tracker::inFlight,
                "group",
                plan.group());
        metrics.gauge(
                "ringback_done_ahead",
                "records done beyond the committed offset",
                tracker::ahead,
                "group",
                plan.group());
        metrics.gauge(
                "ringback_holes",
                "records that a commit names as not done",
                tracker::holes,
                "group",
                plan.group());
        running.measure(metrics);
    }
}
