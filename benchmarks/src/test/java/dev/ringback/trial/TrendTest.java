package dev.ringback.trial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.ringback.trial.Trend.Point;
import java.util.List;
import org.junit.jupiter.api.Test;

class TrendTest {
    @Test
    void perMinute_ofALine_isItsSlope() {
        assertThat(Trend.perMinute(List.of(new Point(0, 1), new Point(30, 2), new Point(60, 3))))
                .isCloseTo(2, within(1e-9));
    }

    @Test
    void perMinute_ofOnePoint_isZero() {
        assertThat(Trend.perMinute(List.of(new Point(5, 7)))).isZero();
    }
}
