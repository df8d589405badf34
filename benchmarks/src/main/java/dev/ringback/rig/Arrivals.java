package dev.ringback.rig;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.IntPredicate;

/** When each event arrived at its endpoint, and whether it was accepted there. Thread-safe. */
public final class Arrivals {
    private final AtomicLongArray firstNanos;
    private final AtomicLongArray acceptedNanos;
    private final AtomicIntegerArray requests;
    private final AtomicInteger distinct = new AtomicInteger();

    /** Nothing has arrived yet of this many events. */
    public Arrivals(int events) {
        firstNanos = new AtomicLongArray(events);
        acceptedNanos = new AtomicLongArray(events);
        requests = new AtomicIntegerArray(events);
    }

    /** Notes a request that brought an event. */
    public void arrived(int event, long atNanos, boolean accepted) {
        requests.incrementAndGet(event);
        if (firstNanos.compareAndSet(event, 0, atNanos)) {
            distinct.incrementAndGet();
        }
        if (accepted) {
            acceptedNanos.compareAndSet(event, 0, atNanos);
        }
    }

    /** How many events have arrived. */
    public int distinct() {
        return distinct.get();
    }

    /** When an event was first accepted, by {@link System#nanoTime}; 0 when it has not been. */
    public long acceptedNanos(int event) {
        return acceptedNanos.get(event);
    }

    /** How many of some events in a range have been accepted. */
    public int accepted(int from, int to, IntPredicate which) {
        int count = 0;
        for (int event = from; event < to; event++) {
            count += which.test(event) && acceptedNanos.get(event) != 0 ? 1 : 0;
        }
        return count;
    }

    /** How many requests some events in a range took beyond one each. */
    public int repeats(int from, int to, IntPredicate which) {
        int count = 0;
        for (int event = from; event < to; event++) {
            count += which.test(event) ? Math.max(0, requests.get(event) - 1) : 0;
        }
        return count;
    }

    /**
     * From when each of some events should have been sent to its first request. What has not
     * arrived counts as if it did at the end, so that it is not left out.
     */
    public Percentiles latencies(
            Traffic traffic, long startNanos, int from, int to, IntPredicate which, long endNanos) {
        long[] nanos = new long[Math.max(0, to - from)];
        int count = 0;
        for (int event = from; event < to; event++) {
            if (which.test(event)) {
                long at = firstNanos.get(event);
                long due = startNanos + traffic.scheduledNanos(event);
                nanos[count++] = (at == 0 ? endNanos : at) - due;
            }
        }
        return Percentiles.of(Arrays.copyOf(nanos, count));
    }
}
