package dev.ringback.flow;

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
import java.util.function.IntUnaryOperator;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts each job when its endpoint and its lane have room, lets a few wait, and defers the rest,
 * so that no endpoint can take from another what that needs. Thread-safe.
 */
public final class Traffic implements Lifecycle.Part {
    private static final Logger LOG = LoggerFactory.getLogger(Traffic.class);
    private static final long TICK_MILLIS = 500;

    private final List<Slots> lanes = new ArrayList<>();
    private final Function<String, Terms> terms;
    private final LongSupplier nanoTime;
    private final Map<String, Flow> flows = new HashMap<>();
    private final Set<Flow> waiting = new LinkedHashSet<>();
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().name("traffic").daemon().factory());
    private IntUnaryOperator room = lane -> Integer.MAX_VALUE;
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

    private synchronized <T> T locked(Supplier<T> question) {
        return question.get();
    }

    /**
     * Tells how much further room a lane has in memory, which flows without success get a share of.
     *
     * @param free records by lane; must not block
     */
    public synchronized void room(IntUnaryOperator free) {
        room = free;
    }

    /** The part of every endpoint's rate that is this process's, above 0 and at most 1. */
    public synchronized void share(double part) {
        share = part;
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

    /** Starts the job now, lets it wait, or defers it. */
    public synchronized void enter(Job job) {
        long now = nanoTime.getAsLong();
        Terms policy = terms.apply(job.flow);
        Flow flow =
                flows.computeIfAbsent(
                        job.flow, name -> new Flow(name, lanes.size(), policy.maxInFlight(), now));
        flow.terms(policy, share, now);
        boolean first = flow.queues.peek(job.lane) == null && flow.queues.lineIsFree(job);
        if (first && flow.hasRoom(lanes.get(job.lane), now) && flow.nanosToToken(now) == 0) {
            begin(flow, job, now);
        } else if (flow.queue(job, room.applyAsInt(job.lane), now)) {
            waiting.add(flow);
            pump(flow, now);
        } else {
            job.defer(flow.deferral(now));
        }
    }

    /** Notes how a job's request has ended, before the job leaves. */
    public synchronized void note(Job job, Sign sign) {
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

    /** Takes back the slot of a job that was started, and lets the next of its line go. */
    public synchronized void leave(Job job) {
        Flow flow = flows.get(job.flow);
        if (flow != null) {
            flow.queues.endTurn(job);
        }
        leaveInLine(job);
    }

    /**
     * Takes back the slot alone; the next of its line goes when {@link #endTurn} is called. Flows
     * that wait for the slot come before the one that had it.
     */
    public synchronized void leaveInLine(Job job) {
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

    /** Lets the next job of a line go, after {@link #leaveInLine}. */
    public synchronized void endTurn(Job job) {
        Flow flow = flows.get(job.flow);
        if (flow != null) {
            flow.queues.endTurn(job);
            pump(flow, nanoTime.getAsLong());
        }
    }

    private void begin(Flow flow, Job job, long now) {
        job.began = flow.standing(now);
        flow.began(job, now);
        lanes.get(job.lane).take(job.began);
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

    private synchronized void pumpLater(Flow flow) {
        flow.waitsForToken(false);
        pump(flow, nanoTime.getAsLong());
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
    synchronized void tick() {
        long now = nanoTime.getAsLong();
        flows.values().removeIf(flow -> flow.canBeForgotten(now));
        for (Flow flow : List.copyOf(waiting)) {
            shed(flow, now);
            pump(flow, now);
        }
    }

    private void shed(Flow flow, long now) {
        for (Slots slots : lanes) {
            for (Job job : flow.shed(slots.index, room.applyAsInt(slots.index), now)) {
                job.defer(flow.deferral(now));
            }
        }
        if (flow.queues.size() == 0) {
            waiting.remove(flow);
        }
    }
}
