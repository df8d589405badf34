package dev.ringback.flow;

import java.util.ArrayDeque;
import java.util.Queue;

/**
 * What one lane may have under way: a number of slots, of which endpoints with an open breaker get
 * at most half, those of which nothing is known share what is free, and an eighth is kept for those
 * that answer. With the flows that wait for a slot, each in its turn. Not thread-safe.
 */
final class Slots {
    /** The part of all slots, one in so many, that only flows get that answer. */
    private static final int PROVEN_SHARE = 8;

    /**
     * The part of the free slots, one in so many, that a flow may have of which nothing is known.
     */
    private static final int UNPROVEN_SHARE = 16;

    final int index;
    final Queue<Flow> waiting = new ArrayDeque<>();
    private final int most;
    private final Allowance allowance;
    private int inUse;
    private int openInUse;

    /** What may still begin in all lanes together, whatever slots there are. */
    static final class Allowance {
        private int left = Integer.MAX_VALUE;

        void renew(int beginnings) {
            left = beginnings;
        }

        int left() {
            return left;
        }
    }

    Slots(int index, int most, Allowance allowance) {
        this.index = index;
        this.most = most;
        this.allowance = allowance;
    }

    /** Whether nothing may begin now. */
    boolean isFull() {
        return inUse >= most || allowance.left <= 0;
    }

    int inUse() {
        return inUse;
    }

    /** Whether a flow that has so many requests under way may have one more of these slots. */
    boolean has(boolean open, boolean proven, int inFlight) {
        if (isFull() || (open && openInUse >= Math.max(1, most / 2))) {
            return false;
        }
        int free = most - inUse - most / PROVEN_SHARE;
        return proven || (free > 0 && inFlight < Math.max(1, free / UNPROVEN_SHARE));
    }

    void take(boolean open) {
        inUse++;
        openInUse += open ? 1 : 0;
        allowance.left--;
    }

    void give(boolean open) {
        inUse--;
        openInUse -= open ? 1 : 0;
    }
}
