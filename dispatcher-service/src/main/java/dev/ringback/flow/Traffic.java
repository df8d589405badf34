package dev.ringback.flow;

import dev.ringback.lock.BriefLock;
import dev.ringback.runtime.Lifecycle;
import dev.ringback.runtime.Metrics;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts each job when its endpoint and its lane have room, lets a few wait, and defers the rest,
 * so that no endpoint can take from another what that needs. Thread-safe.
 */
public final class Traffic implements Lifecycle.Part {
    private static final Logger LOG = LoggerFactory.getLogger(Traffic.class);
    private static final long TICK_MILLIS = 500;

    /** A flow that has this part of all that is held, one in so many, crowds others out. */
    private static final int CROWDS_SHARE = 4;

    private final BriefLock lock = new BriefLock();
    private final List<Slots> lanes = new ArrayList<>();
    private final Function<String, Terms> terms;
    private final LongSupplier nanoTime;
    private final Map<String, Flow> flows = new HashMap<>();
    private final Set<Flow> waiting = new LinkedHashSet<>();
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().name("traffic").daemon().factory());
    private Room room = new Endless();
    private @Nullable RightOfWay excess;
    private double share = 1;

    /**
     * Traffic over so many lanes.
     *
     * @param slots most requests under way in each lane
     * @param terms the policy of a flow, by its name; must not block
     * @param nanoTime as {@link System#nanoTime}
     */
    public Traffic(List<Integer> slots, Function<String, Terms> terms, LongSupplier nanoTime) {
        for (int most : slots) {
            lanes.add(new Slots(lanes.size(), most));
        }
        this.terms = terms;
        this.nanoTime = nanoTime;
    }

    /** Shows what it does. */
    public void measure(Metrics metrics, List<String> laneNames) {
        for (Slots slots : lanes) {
            metrics.gauge(
                    "ringback_lane_slots_in_use",
                    "requests under way",
                    () -> locked(slots::inUse),
                    "lane",
                    laneNames.get(slots.index));
        }
        metrics.gauge(
                "ringback_flow_waiting",
                "deliveries that wait in memory for their endpoint",
                () -> locked(() -> waiting.stream().mapToInt(flow -> flow.queues.size()).sum()));
        metrics.gauge(
                "ringback_flow_open",
                "endpoints with an open breaker: one request at a time",
                () -> locked(() -> flows.values().stream().filter(f -> f.limit.isOpen()).count()));
    }

    private <T> T locked(Supplier<T> question) {
        try (var _ = lock.hold()) {
            return question.get();
        }
    }

    /** What a lane has in memory; asked under the lock, so that it must not block. */
    public interface Room {
        /** How many further records there is room for. */
        int free(int lane);

        /** How many there are. */
        int taken(int lane);
    }

    private record Endless() implements Room {
        @Override
        public int free(int lane) {
            return Integer.MAX_VALUE;
        }

        @Override
        public int taken(int lane) {
            return 0;
        }
    }

    /** Tells of the memory of which flows without success get a share. */
    public void room(Room lanes) {
        try (var _ = lock.hold()) {
            room = lanes;
        }
    }

    /**
     * What no endpoint is to blame for gives way to requests: to put it off would take from them
     * what they need.
     */
    public void excess(RightOfWay toRequests) {
        try (var _ = lock.hold()) {
            excess = toRequests;
        }
    }

    /** The part of every endpoint's rate that is this process's, above 0 and at most 1. */
    public void share(double part) {
        try (var _ = lock.hold()) {
            share = part;
        }
    }

    @Override
    public void start() {
        timer.scheduleWithFixedDelay(
                this::tickSafely, TICK_MILLIS, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    @Override
    public void stop() {
        timer.shutdownNow();
    }

    /**
     * Whether a job of this flow may {@link #enter} now. One that would be put off, though neither
     * its endpoint nor its number is to blame, had better wait where it is.
     */
    public boolean mayEnter(int lane, String name) {
        try (var _ = lock.hold()) {
            Flow flow = flows.get(name);
            if (flow == null) {
                return true;
            }
            long now = nanoTime.getAsLong();
            return !flow.isFull(lane, room.free(lane), now) || mayPutOff(flow, lane, now);
        }
    }

    private boolean mayPutOff(Flow flow, int lane, long now) {
        return excess == null || isToBlame(flow, lane, now) || excess.mayBegin();
    }

    /** Whether a flow has more than it can take by its endpoint's fault, or crowds others out. */
    private boolean isToBlame(Flow flow, int lane, long now) {
        return flow.isToBlame(now) || flow.held() * CROWDS_SHARE > room.taken(lane);
    }

    /** Starts the job now, lets it wait, or defers it. */
    public void enter(Job job) {
        try (var _ = lock.hold()) {
            long now = nanoTime.getAsLong();
            Terms policy = terms.apply(job.flow);
            Flow flow =
                    flows.computeIfAbsent(
                            job.flow,
                            name -> new Flow(name, lanes.size(), policy.maxInFlight(), now));
            flow.terms(policy, share, now);
            boolean first = flow.queues.peek(job.lane) == null && flow.queues.lineIsFree(job);
            if (first && flow.hasRoom(lanes.get(job.lane), now) && flow.nanosToToken(now) == 0) {
                begin(flow, job, now);
            } else if (flow.queue(job, room.free(job.lane), now)) {
                waiting.add(flow);
                pump(flow, now);
            } else {
                putOff(flow, job, now);
            }
        }
    }

    private void putOff(Flow flow, Job job, long now) {
        if (excess != null && !isToBlame(flow, job.lane, now)) {
            excess.begins();
        }
        job.defer(flow.deferral(now));
    }

    /** Notes how a job's request has ended, before the job leaves. */
    public void note(Job job, Sign sign) {
        try (var _ = lock.hold()) {
            Flow flow = flows.get(job.flow);
            if (flow == null) {
                return;
            }
            boolean open = flow.limit.isOpen();
            flow.note(sign, nanoTime.getAsLong());
            if (open != flow.limit.isOpen()) {
                LOG.debug("{}: breaker {}", job.flow, open ? "closed" : "open");
                shed(flow, nanoTime.getAsLong());
            }
        }
    }

    /** Takes back the slot of a job that was started, and lets the next of its line go. */
    public void leave(Job job) {
        try (var _ = lock.hold()) {
            Flow flow = flows.get(job.flow);
            if (flow != null) {
                flow.queues.endTurn(job);
            }
            leaveInLine(job);
        }
    }

    /**
     * Takes back the slot alone; the next of its line goes when {@link #endTurn} is called. Flows
     * that wait for the slot come before the one that had it.
     */
    public void leaveInLine(Job job) {
        try (var _ = lock.hold()) {
            long now = nanoTime.getAsLong();
            Flow flow = flows.get(job.flow);
            Slots slots = lanes.get(job.lane);
            slots.give(job.began);
            if (flow != null) {
                flow.ended(job, now);
            }
            serve(slots, now);
            if (flow != null) {
                pump(flow, now);
            }
        }
    }

    /** Lets the next job of a line go, after {@link #leaveInLine}. */
    public void endTurn(Job job) {
        try (var _ = lock.hold()) {
            Flow flow = flows.get(job.flow);
            if (flow != null) {
                flow.queues.endTurn(job);
                pump(flow, nanoTime.getAsLong());
            }
        }
    }

    private void begin(Flow flow, Job job, long now) {
        job.began = flow.standing(now);
        flow.began(job, now);
        lanes.get(job.lane).take(job.began);
        if (excess != null) {
            excess.came();
        }
        job.start();
    }

    /**
     * Starts what may start of one flow; where only a lane's slots are missing it stands in turn.
     */
    private void pump(Flow flow, long now) {
        for (int lane = flow.nextLane(lanes, now); lane >= 0; lane = flow.nextLane(lanes, now)) {
            if (lacksToken(flow, now)) {
                return;
            }
            begin(flow, flow.queues.poll(lane), now);
        }
        for (Slots slots : lanes) {
            standInTurn(flow, slots, now);
        }
        if (flow.queues.size() == 0) {
            waiting.remove(flow);
        }
    }

    /** Whether its rate makes it wait; it is looked at again when there is a token. */
    private boolean lacksToken(Flow flow, long now) {
        long toToken = flow.nanosToToken(now);
        if (toToken > 0 && !flow.waitsForToken(true)) {
            timer.schedule(() -> pumpLater(flow), toToken, TimeUnit.NANOSECONDS);
        }
        return toToken > 0;
    }

    private void pumpLater(Flow flow) {
        try (var _ = lock.hold()) {
            flow.waitsForToken(false);
            pump(flow, nanoTime.getAsLong());
        }
    }

    private void standInTurn(Flow flow, Slots slots, long now) {
        if (flow.wantsSlot(slots) && !flow.standsInTurn(slots.index, true)) {
            slots.await(flow, flow.standing(now));
        }
    }

    /** Gives free slots of a lane to the flows that wait for one, one to each in turn. */
    private void serve(Slots slots, long now) {
        boolean served = slots.isAwaited();
        while (served) {
            served = false;
            for (Standing standing : slots.inTurn()) {
                served |= serveNext(slots, standing, now);
            }
        }
    }

    /**
     * Gives a slot to the first flow of a standing that can use it. One that has its share under
     * way stands in turn again when one of its requests ends.
     */
    private boolean serveNext(Slots slots, Standing standing, long now) {
        if (!slots.has(standing, 0)) {
            return false;
        }
        for (Flow flow = slots.next(standing); flow != null; flow = slots.next(standing)) {
            flow.standsInTurn(slots.index, false);
            if (!flow.wantsSlot(slots)) {
                continue;
            }
            if (!flow.hasRoom(slots, now)) {
                if (flow.standing(now) != standing) {
                    standInTurn(flow, slots, now);
                }
            } else if (!lacksToken(flow, now)) {
                begin(flow, flow.queues.poll(slots.index), now);
                standInTurn(flow, slots, now);
                return true;
            }
        }
        return false;
    }

    private void tickSafely() {
        try {
            tick();
        } catch (RuntimeException e) {
            LOG.error("traffic was not looked after", e);
        }
    }

    /** Finds flows that have become slow, or can be forgotten. */
    void tick() {
        try (var _ = lock.hold()) {
            long now = nanoTime.getAsLong();
            flows.values().removeIf(flow -> flow.canBeForgotten(now));
            for (Flow flow : List.copyOf(waiting)) {
                shed(flow, now);
                pump(flow, now);
            }
        }
    }

    private void shed(Flow flow, long now) {
        for (Slots slots : lanes) {
            int free = room.free(slots.index);
            if (flow.isFull(slots.index, free, now) && mayPutOff(flow, slots.index, now)) {
                flow.shed(slots.index, free, now).forEach(job -> putOff(flow, job, now));
            }
        }
        if (flow.queues.size() == 0) {
            waiting.remove(flow);
        }
    }
}
