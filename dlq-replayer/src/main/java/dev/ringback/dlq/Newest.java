package dev.ringback.dlq;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/** Keeps the greatest few of any number of things, and counts them all. */
final class Newest<T> {
    private final int most;
    private final Comparator<T> order;
    private final PriorityQueue<T> kept;
    private long seen;

    Newest(int most, Comparator<T> order) {
        this.most = most;
        this.order = order;
        this.kept = new PriorityQueue<>(order);
    }

    void add(T next) {
        seen++;
        if (kept.size() < most) {
            kept.add(next);
        } else if (most > 0 && order.compare(next, kept.element()) > 0) {
            kept.remove();
            kept.add(next);
        }
    }

    /** How many there were. */
    long seen() {
        return seen;
    }

    /** Those that were kept, the greatest first. */
    List<T> kept() {
        List<T> sorted = new ArrayList<>(kept);
        sorted.sort(order.reversed());
        return sorted;
    }
}
