package dev.ringback.flow;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What one lane may have under way: a number of slots. An eighth is kept for endpoints that answer,
 * and another for those of which that is not known, so that neither can take all from the other;
 * those with an open breaker get at most half, those of which nothing is known share what is free,
 * and one that has many leaves some free. With the flows that wait for a slot, each in its turn
 * among those of its standing. Not thread-safe.
 */
final class Slots {
    /** The part of all slots, one in so many, that is kept from either side. */
    private static final int KEPT_SHARE = 8;

    /**
     * The part of the free slots, one in so many, that a flow may have of which nothing is known.
     */
    private static final int UNPROVEN_SHARE = 16;

    /**
     * A flow that has this part of all slots, one in so many, gets more only while as many are
     * free.
     */
    private static final int LARGE_SHARE = 4;

    final int index;
    private final int most;
    private final Map<Standing, Group> groups = new EnumMap<>(Standing.class);
    private final List<Standing> turns = new ArrayList<>(List.of(Standing.values()));
    private int inUse;

    /** The flows of one standing. */
    private static final class Group {
        private final Deque<Flow> waiting = new ArrayDeque<>(0);
        private int inUse;
    }

    Slots(int index, int most) {
        this.index = index;
        this.most = most;
        for (Standing standing : Standing.values()) {
            groups.put(standing, new Group());
        }
    }

    int inUse() {
        return inUse;
    }

    /** Whether a flow that has so many requests under way may have one more of these slots. */
    boolean has(Standing standing, int inFlight) {
        int free = most - inUse;
        if (free <= 0) {
            return false;
        }
        int kept = most / KEPT_SHARE;
        int proven = group(Standing.proven).inUse;
        boolean othersMay = inUse - proven < most - kept;
        return switch (standing) {
            case proven -> proven < most - kept && (!isLarge(inFlight) || isLarge(free));
            case unproven -> othersMay && inFlight < Math.max(1, (free - kept) / UNPROVEN_SHARE);
            case open -> othersMay && group(standing).inUse < Math.max(1, most / 2);
        };
    }

    private boolean isLarge(int slots) {
        return slots > most / LARGE_SHARE;
    }

    void take(Standing standing) {
        group(standing).inUse++;
        inUse++;
    }

    void give(Standing standing) {
        group(standing).inUse--;
        inUse--;
    }

    /** A flow stands behind those of its standing that wait for a slot. */
    void await(Flow flow, Standing standing) {
        group(standing).waiting.addLast(flow);
    }

    /** Whether any flow waits for one. */
    boolean isAwaited() {
        return groups.values().stream().anyMatch(group -> !group.waiting.isEmpty());
    }

    /** Takes out the first flow that waits with this standing. */
    @Nullable Flow next(Standing standing) {
        return group(standing).waiting.poll();
    }

    /** The standings in the order in which they are served now; another one is first each time. */
    List<Standing> inTurn() {
        Collections.rotate(turns, 1);
        return turns;
    }

    private Group group(Standing standing) {
        return Objects.requireNonNull(groups.get(standing));
    }
}
