package dev.ringback.chaos;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Brings calls to Ringback, a batch of events at a time, no two of one call in a batch, and none
 * before the one ahead of it has been accepted. What is not accepted is sent again with the same
 * id.
 */
final class Producing implements Runnable {
    private static final int CALLS_AT_ONCE = 100;
    private static final int BATCH = 40;
    private static final Duration AGAIN = Duration.ofMillis(500);

    private final Deque<Script> waiting;
    private final Deque<Turn> active = new ArrayDeque<>();
    private final Pace pace;
    private final Way way;

    /** An event of a call, from 0. */
    record Turn(Script call, int index) {}

    /** How events get in. */
    interface Way {
        /** Brings events in and returns those that were not accepted, or may not have been. */
        List<Turn> send(List<Turn> events);
    }

    Producing(List<Script> calls, Pace pace, Way way) {
        this.waiting = new ArrayDeque<>(calls);
        this.pace = pace;
        this.way = way;
    }

    @Override
    public void run() {
        for (List<Turn> batch = batch(); !batch.isEmpty(); batch = batch()) {
            pace.take(batch.size());
            List<Turn> left = way.send(batch);
            while (!left.isEmpty()) {
                pace.pause(AGAIN);
                left = way.send(left);
            }
            batch.forEach(this::goOn);
        }
    }

    private List<Turn> batch() {
        while (active.size() < CALLS_AT_ONCE && !waiting.isEmpty()) {
            active.add(new Turn(waiting.remove(), 0));
        }
        List<Turn> batch = new ArrayList<>();
        while (batch.size() < BATCH && !active.isEmpty()) {
            batch.add(active.remove());
        }
        return batch;
    }

    private void goOn(Turn done) {
        if (done.index() + 1 < done.call().length()) {
            active.add(new Turn(done.call(), done.index() + 1));
        }
    }
}
