package dev.ringback.trial;

import dev.ringback.rig.Traffic;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** Sends the events of a run, numbered from 0, on a thread of its own. */
public abstract class Load implements AutoCloseable {
    final Traffic traffic;
    final int most;
    private final AtomicInteger accepted = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private final Thread thread = Thread.ofPlatform().name("load").daemon().unstarted(this::run);
    private volatile boolean stopping;
    private volatile int sent;
    private volatile long startNanos;

    /**
     * A load that {@link #start} starts.
     *
     * @param most events, unless it is stopped before
     */
    Load(Traffic traffic, int most) {
        this.traffic = traffic;
        this.most = most;
    }

    /** Begins with the first event; returns at once. */
    public final void start() {
        startNanos = System.nanoTime();
        thread.start();
    }

    /** When the first event was due, by {@link System#nanoTime}. */
    public final long startNanos() {
        return startNanos;
    }

    /** How many events have been sent so far. */
    public final int sent() {
        return sent;
    }

    /** How many events have been confirmed so far. */
    public final int accepted() {
        return accepted.get();
    }

    /** Sends nothing more. */
    public final void stop() {
        stopping = true;
    }

    /**
     * Returns when all has been sent, or {@link #stop} was called, and all of it is confirmed.
     *
     * @throws IllegalStateException when some of it was refused
     */
    public final void finish() {
        try {
            thread.join();
            settle();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        if (refused.get() > 0) {
            throw new IllegalStateException(refused.get() + " events were not taken");
        }
    }

    @Override
    public abstract void close();

    /** Sends until all has been sent or {@link #isStopping}. */
    abstract void run();

    /** Waits until what was sent is confirmed or refused. */
    abstract void settle() throws InterruptedException;

    final boolean isStopping() {
        return stopping;
    }

    final void sent(int events) {
        sent = events;
    }

    final void answered(boolean taken, int events) {
        (taken ? accepted : refused).addAndGet(events);
    }

    final void awaitDue(int event) {
        long due = startNanos + traffic.scheduledNanos(event);
        for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
