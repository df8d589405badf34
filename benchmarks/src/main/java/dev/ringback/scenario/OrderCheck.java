package dev.ringback.scenario;

import dev.ringback.rig.Traffic;

/**
 * Finds requests that bring a later event of a call before an earlier one has been accepted. Used
 * by the receiver's thread; the count may be read by any.
 */
final class OrderCheck {
    private final Traffic traffic;
    private final byte[] accepted;
    private volatile int violations;

    /** Watches the calls of this many events. */
    OrderCheck(Traffic traffic, int events) {
        this.traffic = traffic;
        this.accepted = new byte[events + traffic.endpoints()];
    }

    /** Notes a request. */
    @SuppressWarnings("NonAtomicVolatileUpdate") // One thread writes.
    void arrived(int event, boolean isAccepted) {
        int call = traffic.call(event);
        int step = traffic.step(event);
        if (step > accepted[call]) {
            violations++;
        }
        if (isAccepted && step == accepted[call]) {
            accepted[call]++;
        }
    }

    /** How many such requests there were. */
    int violations() {
        return violations;
    }
}
