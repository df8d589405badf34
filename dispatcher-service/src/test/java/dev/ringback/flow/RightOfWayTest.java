package dev.ringback.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RightOfWayTest {
    private static final long STEP = TimeUnit.MILLISECONDS.toNanos(5);
    private static final int STEPS_PER_SECOND = 200;
    private static final int PLENTY = 1_000;
    private static final double BUSY = 0.6;
    private static final double SLOWEST = 50;

    private long now = 7;

    /** The load of all processors, and what each request adds to it in a second. */
    private double base;

    private double cost;
    private double begunSinceLook;
    private long lookedNanos = now;

    private final RightOfWay rightOfWay = new RightOfWay(() -> load() / BUSY, SLOWEST, () -> now);

    @Test
    void beginnings_whileNobodyComes_areWithoutLimit() {
        base = 1;
        assertThat(perSecond(5, PLENTY, false)).isEqualTo(PLENTY * STEPS_PER_SECOND);
    }

    @Test
    void beginnings_whileOthersNeedAllProcessors_areFewButSome() {
        base = 1;
        perSecond(5, 5, true);
        assertThat(perSecond(10, PLENTY, true)).isBetween(45.0, 55.0);
    }

    @Test
    void beginnings_whileThereIsRoom_growUntilThereIsNone() {
        cost = 0.001;
        perSecond(10, PLENTY, true);
        assertThat(perSecond(10, PLENTY, true)).isBetween(450.0, 700.0);
    }

    @Test
    void beginnings_ofABacklogWhenTheFirstComes_fallWithinASecond() {
        cost = 0.001;
        perSecond(2, 5, false);
        perSecond(1, 5, true);
        assertThat(perSecond(1, PLENTY, true)).isLessThan(800);
    }

    @Test
    void beginnings_thatLeaveRoomWhenTheFirstComes_goOn() {
        cost = 0.0003;
        perSecond(2, 5, false);
        assertThat(perSecond(1, 5, true)).isGreaterThan(950);
    }

    @Test
    void beginnings_thatAreNotUsed_doNotGrow() {
        perSecond(60, 0, true);
        assertThat(perSecond(1, PLENTY, true)).isLessThan(3_000);
    }

    @Test
    void beginnings_whenNobodyKnowsTheLoad_growWithoutEnd() {
        base = Double.NaN;
        perSecond(10, PLENTY, true);
        assertThat(perSecond(10, PLENTY, true)).isGreaterThan(20_000);
    }

    @Test
    void beginnings_soonAfterTheLastCame_areWithoutLimitAgain() {
        base = 1;
        perSecond(1, PLENTY, true);
        now += TimeUnit.SECONDS.toNanos(2);
        assertThat(begin(PLENTY)).isEqualTo(PLENTY);
    }

    /** Requests a second that begin when there are so many to begin in each step. */
    private double perSecond(int seconds, int wanted, boolean come) {
        double all = 0;
        for (int i = 0; i < seconds * STEPS_PER_SECOND; i++) {
            now += STEP;
            if (come) {
                rightOfWay.came();
            }
            int begun = begin(wanted);
            all += begun;
            begunSinceLook += begun;
        }
        return all / seconds;
    }

    private int begin(int wanted) {
        int begun = 0;
        while (begun < wanted && rightOfWay.mayBegin()) {
            rightOfWay.begins();
            begun++;
        }
        return begun;
    }

    private double load() {
        double seconds = Math.max(1, now - lookedNanos) / 1e9;
        double load = base + cost * begunSinceLook / seconds;
        begunSinceLook = 0;
        lookedNanos = now;
        return Math.min(1, load);
    }
}
