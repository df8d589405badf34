package dev.ringback.lane;

import dev.ringback.flow.Deferral;
import dev.ringback.flow.Job;
import dev.ringback.flow.Sign;
import dev.ringback.flow.Traffic;
import dev.ringback.lane.InFlightTracker.Ticket;
import dev.ringback.runtime.Metrics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The records that are under way, each on a thread of its own when {@link Traffic} lets it. A
 * record whose work throws is tried again until its partition is gone: it is never passed over.
 * Thread-safe.
 */
final class Running {
    private static final Logger LOG = LoggerFactory.getLogger(Running.class);

    /** Records admitted for each slot: those waiting for a slot, a turn or an acknowledgement. */
    private static final int ADMITTED_PER_SLOT = 4;

    /**
     * Records for each processor that may wait for it before more are taken in. What waits longer
     * there runs into its own time limit, and keeps processors from what is under way.
     */
    private static final int MOST_UNBEGUN = 16 * Runtime.getRuntime().availableProcessors();

    private static final long MAX_BYTES = 64L << 20;
    private static final long AGAIN_MILLIS = 2_000;
    private static final Duration WRITE_LIMIT = Duration.ofMillis(500);

    private final InFlightTracker tracker;
    private final Lanes.Task task;
    private final Watch watch;
    private final Traffic traffic;
    private final BooleanSupplier lease;
    private final List<Lane> lanes;
    private final List<Admission> admissions = new ArrayList<>();
    private final Map<String, Integer> laneOfTopic = new HashMap<>();
    private final Executor threads;
    private final Executor later =
            CompletableFuture.delayedExecutor(AGAIN_MILLIS, TimeUnit.MILLISECONDS);
    private final AtomicInteger unbegun = new AtomicInteger();
    private volatile boolean draining;
    private volatile boolean recording = true;
    private final Map<Ticket, String> troubles = new ConcurrentHashMap<>();

    /** What is done with a record. */
    public interface Work {
        /**
         * Works on a record, on a thread of its own; may block.
         *
         * @return completes normally once nothing of it can be lost any more; exceptionally only
         *     when the process stops, and then the record comes again
         */
        CompletableFuture<Void> run(ConsumerRecord<byte[], byte[]> record, Turn turn);
    }

    Running(
            Lanes.Plan plan,
            InFlightTracker tracker,
            Lanes.Task task,
            Watch watch,
            Traffic traffic,
            BooleanSupplier lease) {
        this.lanes = plan.lanes();
        this.threads = plan.threads();
        this.tracker = tracker;
        this.task = task;
        this.watch = watch;
        this.traffic = traffic;
        this.lease = lease;
        lanes.forEach(
                lane -> admissions.add(new Admission(lane.slots() * ADMITTED_PER_SLOT, MAX_BYTES)));
        traffic.room(new Room());
    }

    void measure(Metrics metrics) {
        for (int lane = 0; lane < lanes.size(); lane++) {
            metrics.gauge(
                    "ringback_lane_in_flight",
                    "records under way",
                    admissions.get(lane)::records,
                    "lane",
                    lanes.get(lane).name());
        }
    }

    /**
     * Takes a record in if processors keep up, and its lane may go and has room for it. Called by
     * the lanes' thread alone.
     */
    boolean enter(ConsumerRecord<byte[], byte[]> record, Ticket ticket) {
        if (unbegun.get() >= MOST_UNBEGUN) {
            return false;
        }
        int lane = laneOfTopic.computeIfAbsent(record.topic(), this::lane);
        Lane budget = lanes.get(lane);
        if (!budget.mayBegin()) {
            return false;
        }
        String flow = task.flow(record);
        if (!traffic.mayEnter(lane, flow) || !admissions.get(lane).admit(Admission.size(record))) {
            return false;
        }
        budget.takesIn(record.timestamp());
        boolean keepsLine = watch.entered(record);
        traffic.enter(new RecordJob(lane, flow, record, ticket, keepsLine));
        return true;
    }

    private int lane(String topic) {
        for (int lane = 0; lane < lanes.size(); lane++) {
            if (lanes.get(lane).topics().matcher(topic).matches()) {
                return lane;
            }
        }
        throw new IllegalArgumentException("no lane reads " + topic);
    }

    /**
     * Takes no record up again that fails from now on, and waits for those under way. What is not
     * done by then is not recorded any more; only what is being written may still end.
     */
    boolean drain(Duration limit) {
        draining = true;
        long end = System.nanoTime() + limit.toNanos();
        if (awaitEmpty(end)) {
            return true;
        }
        recording = false;
        return awaitEmpty(System.nanoTime() + WRITE_LIMIT.toNanos());
    }

    private boolean awaitEmpty(long end) {
        return admissions.stream()
                .allMatch(one -> one.awaitEmpty(Duration.ofNanos(end - System.nanoTime())));
    }

    /** What one of the records that have to be tried again runs into. */
    Optional<String> trouble() {
        return troubles.values().stream().findFirst();
    }

    /** What the lanes have in memory. */
    private final class Room implements Traffic.Room {
        @Override
        public int free(int lane) {
            return admissions.get(lane).free();
        }

        @Override
        public int taken(int lane) {
            return admissions.get(lane).records();
        }
    }

    /** One admitted record, until it is done or dropped. */
    private final class RecordJob extends Job {
        private final ConsumerRecord<byte[], byte[]> record;
        private final Ticket ticket;
        private final boolean keepsLine;
        private boolean started;

        RecordJob(
                int lane,
                String flow,
                ConsumerRecord<byte[], byte[]> record,
                Ticket ticket,
                boolean keepsLine) {
            super(lane, flow, task.line(record));
            this.record = record;
            this.ticket = ticket;
            this.keepsLine = keepsLine;
        }

        @Override
        protected void start() {
            started = true;
            long sinceNanos = System.nanoTime();
            begin(
                    () -> {
                        lanes.get(lane()).begins().accept(System.nanoTime() - sinceNanos);
                        work(Optional.empty());
                    });
        }

        @Override
        protected void defer(Deferral deferral) {
            begin(() -> work(Optional.of(deferral)));
        }

        private void begin(Runnable work) {
            unbegun.incrementAndGet();
            threads.execute(
                    () -> {
                        unbegun.decrementAndGet();
                        work.run();
                    });
        }

        private void work(Optional<Deferral> deferral) {
            if (draining || !isOurs()) {
                drop();
                return;
            }
            try {
                Turn turn = new Turn(deferral, this::isOurs, this::claim, this::note);
                CompletableFuture<Void> written = task.run(record, turn);
                leave();
                written.whenComplete((done, error) -> end(error));
                troubles.remove(ticket);
            } catch (RuntimeException | Error e) {
                tracker.abandon(ticket);
                if (!draining && isOurs()) {
                    again(deferral, e);
                } else {
                    drop();
                }
            }
        }

        private void leave() {
            if (started && keepsLine) {
                traffic.leaveInLine(this);
            } else if (started) {
                traffic.leave(this);
            }
        }

        private boolean isOurs() {
            return recording && lease.getAsBoolean() && tracker.isCurrent(ticket);
        }

        private void note(Sign sign) {
            traffic.note(this, sign);
        }

        private boolean claim() {
            return recording && lease.getAsBoolean() && tracker.claim(ticket);
        }

        private void end(@Nullable Throwable error) {
            if (error != null) {
                tracker.abandon(ticket);
            } else if (tracker.complete(ticket)) {
                watch.left(record);
            }
            admissions.get(lane()).release(Admission.size(record));
            if (started && keepsLine) {
                traffic.endTurn(this);
            }
        }

        private void drop() {
            troubles.remove(ticket);
            leave();
            end(new CancellationException("dropped"));
        }

        /** It keeps its slot meanwhile: what fails on our side should not be tried by others. */
        private void again(Optional<Deferral> deferral, Throwable error) {
            troubles.put(ticket, ticket.partition() + " offset " + ticket.offset() + ": " + error);
            LOG.error("{} offset {} is tried again", ticket.partition(), ticket.offset(), error);
            later.execute(() -> threads.execute(() -> work(deferral)));
        }
    }
}
