package dev.ringback.trial;

import dev.ringback.rig.Arrivals;
import dev.ringback.rig.Rig;
import java.time.Duration;
import java.util.function.IntPredicate;

/** Whether the dispatcher keeps up and has compiled what it needs most. */
final class Warmth {
    /** Compilers that use less than a tenth of a core over this long are done with the rest. */
    private static final Duration COMPILING_WINDOW = Duration.ofSeconds(5);

    private static final int COMPILING_SHARE = 10;

    private final Rig rig;
    private final Load load;
    private final Arrivals arrivals;
    private final IntPredicate which;
    private final int within;
    private int done;
    private Duration lookedAt = Duration.ZERO;
    private Duration compiled = Duration.ZERO;
    private boolean compiles = true;

    /**
     * Nothing is known yet.
     *
     * @param which the events that have to arrive, all but the last fifth of a second
     */
    Warmth(Rig rig, Load load, Arrivals arrivals, IntPredicate which, int perSecond) {
        this.rig = rig;
        this.load = load;
        this.arrivals = arrivals;
        this.which = which;
        this.within = Math.max(1, perSecond / 5);
    }

    /** Whether it is warm, so long after the first event. */
    boolean isReached(Duration passed) {
        while (done < load.sent() && (!which.test(done) || arrivals.acceptedNanos(done) != 0)) {
            done++;
        }
        Duration since = passed.minus(lookedAt);
        if (since.compareTo(COMPILING_WINDOW) >= 0) {
            Duration now = rig.compiling();
            compiles = now.minus(compiled).multipliedBy(COMPILING_SHARE).compareTo(since) > 0;
            compiled = now;
            lookedAt = passed;
        }
        return !compiles && load.sent() - done <= within;
    }
}
