package dev.ringback.rig;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class PercentilesTest {
    private static final long MS = 1_000_000;

    @Test
    void ms_isOneOfTheValuesNearestRank() {
        Percentiles hundred =
                Percentiles.of(LongStream.rangeClosed(1, 100).map(ms -> (101 - ms) * MS).toArray());

        assertThat(hundred.ms(0.5)).isEqualTo(50);
        assertThat(hundred.ms(0.99)).isEqualTo(99);
        assertThat(hundred.ms(0.999)).isEqualTo(100);
        assertThat(hundred.ms(1)).isEqualTo(100);
        assertThat(hundred.ms(0)).isEqualTo(1);
    }

    @Test
    void ms_ofNothing_isZero() {
        assertThat(Percentiles.of(new long[0]).ms(0.99)).isZero();
    }
}
