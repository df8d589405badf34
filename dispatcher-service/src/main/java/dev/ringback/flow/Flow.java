package dev.ringback.flow;

import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What goes to one endpoint: the requests under way, the jobs that wait for one, and how fast it
 * takes them. Not thread-safe.
 */
final class Flow {
    private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

    /** How long an endpoint with requests under way may show no success and still count as well. */
    private static final long STALLED_NANOS = SECOND;

    /** How long it may show no success before whatever else is to blame for it is not. */
    private static final long BLAMED_NANOS = 3 * SECOND;

    private static final long FORGET_NANOS = 60 * SECOND;
    private static final long FORGET_BROKEN_NANOS = 3_600 * SECOND;
    private static final int QUEUE = 64;
    private static final int SLOW_QUEUE = 4;
    private static final int LARGEST_QUEUE = 1_024;

    /** The share of a lane's free room that jobs of a flow may wait in that shows no success. */
    private static final int UNPROVEN_SHARE = 32;

    /** The same of a flow that answers, but is held up. */
    private static final int PROVEN_SHARE = 8;

    /** How many seconds' worth of jobs wait in memory. */
    private static final int QUEUED_SECONDS = 2;

    final AdaptiveLimit limit;
    final Queues queues;
    private final String name;
    private final BitSet inTurn = new BitSet();
    private final Speed speed;
    private @Nullable TokenBucket bucket;
    private double ratePerSecond = Double.MAX_VALUE;
    private int inFlight;
    private int next;
    private boolean awaitsToken;
    private boolean proven;
    private boolean failed;
    private long aliveNanos;
    private long usedNanos;

    Flow(String name, int lanes, int cap, long now) {
        this.name = name;
        this.limit = new AdaptiveLimit(cap);
        this.queues = new Queues(lanes);
        this.usedNanos = now;
        this.speed = new Speed(now);
    }

    /** Follows the endpoint's policy; the rate is this process's share of it. */
    void terms(Terms terms, double share, long now) {
        limit.cap(terms.maxInFlight());
        if (terms.ratePerSecond().isEmpty()) {
            bucket = null;
            ratePerSecond = Double.MAX_VALUE;
            return;
        }
        ratePerSecond = terms.ratePerSecond().get() * share;
        if (bucket == null) {
            bucket = new TokenBucket(ratePerSecond, now);
        } else {
            bucket.rate(ratePerSecond, now);
        }
    }

    /** Whether a further request may start in that lane, but for its rate. */
    boolean hasRoom(Slots slots, long now) {
        return inFlight < limit.now() && slots.has(standing(now), inFlight);
    }

    /** Whether one that waits in that lane may start as far as the flow's own limit goes. */
    boolean wantsSlot(Slots slots) {
        return queues.peek(slots.index) != null && inFlight < limit.now();
    }

    Standing standing(long now) {
        if (limit.isOpen()) {
            return Standing.open;
        }
        return proven && !isStalled(now) ? Standing.proven : Standing.unproven;
    }

    /** How long its rate makes the next request wait, in nanoseconds. */
    long nanosToToken(long now) {
        return bucket == null ? 0 : bucket.nanosToNext(now);
    }

    /** Whether it can take the job behind those that wait in this lane. */
    boolean queue(Job job, int freeRoom, long now) {
        if (isFull(job.lane, freeRoom, now)) {
            return false;
        }
        queues.add(job);
        return true;
    }

    /** Whether it can take no further job of this lane. */
    boolean isFull(int lane, int freeRoom, long now) {
        return queues.size(lane) >= queueCap(lane, freeRoom, now);
    }

    /** Whether its endpoint makes its jobs wait: by refusing, by no answer, or by its rate. */
    boolean isToBlame(long now) {
        boolean silent = inFlight > 0 && now - aliveNanos >= BLAMED_NANOS;
        return failed || silent || limit.isOpen() || nanosToToken(now) > 0;
    }

    /** How many of its jobs are under way or wait, in all lanes. */
    int held() {
        return inFlight + queues.size();
    }

    /**
     * Fewer when those that wait would keep their memory for long. A flow that is held up, by its
     * own limit or for a slot of the lane, gets a part of what is free, and as many as it has under
     * way: all flows together then leave room, so that what others get is read.
     */
    private int queueCap(int lane, int freeRoom, long now) {
        int share = Math.max(0, freeRoom / UNPROVEN_SHARE);
        if (limit.isOpen()) {
            return Math.min(SLOW_QUEUE, share);
        }
        if (isStalled(now)) {
            return Math.min(Math.max(SLOW_QUEUE, limit.now()), share);
        }
        int most = Math.min(QUEUE, share);
        if (proven) {
            most = (int) Math.clamp(capacity() * QUEUED_SECONDS, QUEUE, LARGEST_QUEUE);
            if (inFlight >= limit.now() || inTurn.get(lane)) {
                most = Math.min(most, Math.max(atOnce(), freeRoom / PROVEN_SHARE));
            }
        }
        return (int) Math.min(most, ratePerSecond * QUEUED_SECONDS);
    }

    /** How many it can take in a second, by how long the latest ones took. */
    private double capacity() {
        return atOnce() / speed.secondsEach();
    }

    /** How many are under way at once: what its limit allows, or what the lanes have for it. */
    private int atOnce() {
        return inTurn.isEmpty() ? limit.now() : Math.max(1, inFlight);
    }

    /** The lane whose turn it is among those with jobs that may start here; -1 when none has. */
    int nextLane(List<Slots> lanes, long now) {
        for (int i = 0; i < lanes.size(); i++) {
            int lane = (next + i) % lanes.size();
            if (queues.peek(lane) != null && hasRoom(lanes.get(lane), now)) {
                next = lane + 1;
                return lane;
            }
        }
        return -1;
    }

    /** The youngest jobs that have to leave a lane's queue because it has grown shorter. */
    List<Job> shed(int lane, int freeRoom, long now) {
        return queues.shed(lane, queueCap(lane, freeRoom, now));
    }

    /** Whether it is to be put among those that wait for one of a lane's slots. */
    boolean standsInTurn(int lane, boolean now) {
        boolean before = inTurn.get(lane);
        inTurn.set(lane, now);
        return before;
    }

    /** Whether somebody looks at it again when there is a token. */
    boolean waitsForToken(boolean now) {
        boolean before = awaitsToken;
        awaitsToken = now;
        return before;
    }

    void began(Job job, long now) {
        queues.enterLine(job);
        if (inFlight++ == 0) {
            aliveNanos = now;
        }
        usedNanos = now;
        job.beganNanos = now;
        if (bucket != null && !bucket.take(now)) {
            throw new IllegalStateException("no token for " + name);
        }
    }

    void ended(Job job, long now) {
        inFlight--;
        usedNanos = now;
        if (proven) {
            speed.took(now - job.beganNanos);
        }
        if (inFlight == 0 && queues.size() == 0) {
            speed.free(now);
        }
    }

    void note(Sign sign, long now) {
        limit.note(sign, now);
        proven = sign == Sign.success;
        failed = !proven;
        if (proven) {
            aliveNanos = now;
            speed.succeeded(now);
        }
    }

    /** Whether there are requests under way and none has succeeded for a while. */
    private boolean isStalled(long now) {
        return inFlight > 0 && now - aliveNanos >= STALLED_NANOS;
    }

    /**
     * When a job may find room that finds none now: its place behind all that was told the same, at
     * the speed that it can take. Zero when that is not known.
     */
    Deferral deferral(long now) {
        Deferral.Cause cause =
                nanosToToken(now) > 0 ? Deferral.Cause.rate_limit : Deferral.Cause.no_slot;
        return new Deferral(pause(now), limit.isOpen() ? Deferral.Cause.breaker_open : cause);
    }

    private Duration pause(long now) {
        double unknown = bucket == null || limit.isOpen() ? 0 : ratePerSecond;
        double own = proven && speed.isKnown(now) ? capacity() : unknown;
        return speed.reserve(Math.min(own, ratePerSecond), queues.size(), now);
    }

    /** Whether nothing would be different without it. */
    boolean canBeForgotten(long now) {
        long unused = now - usedNanos;
        return inFlight == 0
                && queues.isEmpty()
                && (bucket == null || bucket.isFull(now))
                && (unused > FORGET_BROKEN_NANOS || (limit.isWhole() && unused > FORGET_NANOS));
    }
}
