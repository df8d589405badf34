package dev.ringback.flow;

/**
 * Something to be done at an endpoint, in one of the lanes. Its methods are called under the lock
 * of {@link Traffic}: they hand the work to another thread and return.
 */
public abstract class Job {
    final int lane;
    final String flow;
    final String line;

    /** What was known of its endpoint when it began. */
    Standing began = Standing.unproven;

    long beganNanos;

    /**
     * A job that may {@link Traffic#enter}.
     *
     * @param lane the lane whose slot it takes, from 0
     * @param flow whose cap, breaker and rate it is bound to
     * @param line jobs of one line run one after another, as they came
     */
    protected Job(int lane, String flow, String line) {
        this.lane = lane;
        this.flow = flow;
        this.line = line;
    }

    /** The lane whose slot it takes. */
    protected final int lane() {
        return lane;
    }

    /** It has a slot until it is given to {@link Traffic#leave}. */
    protected abstract void start();

    /** There is no room for it, and it has no slot. */
    protected abstract void defer(Deferral deferral);
}
