package dev.ringback.dlq.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The clock is an argument, so that a rate is tested without waiting for it. */
class PaceTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long START = -7 * SECOND;

    /** How long it takes until so many have gone, of which one in five thousand is late. */
    private static long run(double perSecond, int count, Random lateness, long latest) {
        long now = START;
        Pace pace = new Pace(perSecond, now);
        for (int i = 0; i < count; i++) {
            now = Math.max(now, pace.nextNanos());
            now += latest > 0 && lateness.nextInt(5_000) == 0 ? lateness.nextLong(latest) : 0;
            assertThat(pace.allows(now)).isTrue();
            pace.go(now);
        }
        return now - START;
    }

    @ParameterizedTest
    @ValueSource(doubles = {0.5, 3, 100, 997, 25_000})
    void go_alwaysInTime_keepsTheRateToThePoint(double perSecond) {
        long took = run(perSecond, 100_000, new Random(1), 0);

        assertThat(took * 1.0 / SECOND)
                .isCloseTo(99_999 / perSecond, Percentage.withPercentage(0.01));
    }

    @ParameterizedTest
    @ValueSource(doubles = {100, 997, 5_000})
    void go_lateNowAndThen_keepsTheRateWithinOnePercent(double perSecond) {
        long seed = new Random().nextLong();

        long took = run(perSecond, 100_000, new Random(seed), SECOND / 8);

        double rate = 99_999.0 * SECOND / took;
        assertThat(rate).as("seed %d", seed).isCloseTo(perSecond, Percentage.withPercentage(1));
    }

    @ParameterizedTest
    @ValueSource(doubles = {100, 5_000})
    void go_afterALongStop_makesUpForAQuarterOfASecondAtMost(double perSecond) {
        Pace pace = new Pace(perSecond, START);
        pace.go(START);
        long later = START + 3_600 * SECOND;
        int atOnce = 0;
        for (; pace.allows(later); atOnce++) {
            pace.go(later);
        }

        assertThat(atOnce).isBetween((int) (perSecond / 4), (int) (perSecond / 4) + 1);
    }

    @ParameterizedTest
    @ValueSource(doubles = {100, 5_000})
    void go_firstLate_beginsWithOne(double perSecond) {
        Pace pace = new Pace(perSecond, START);
        long later = START + 60 * SECOND;
        pace.go(later);

        assertThat(pace.allows(later)).isFalse();
        assertThat(pace.nextNanos())
                .isBetween(
                        later + (long) (SECOND / perSecond),
                        later + 1 + (long) (SECOND / perSecond));
    }
}
