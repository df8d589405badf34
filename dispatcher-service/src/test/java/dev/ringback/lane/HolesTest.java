package dev.ringback.lane;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HolesTest {
    @ParameterizedTest
    @ValueSource(doubles = {0.0001, 0.01, 0.3, 0.9})
    void encode_anyDensity_fitsABrokersLimitAndIsReadBack(double density) {
        Random random = new Random(42);
        BitSet unfinished = new BitSet();
        for (int i = 0; i < Holes.MAX_SPAN; i++) {
            unfinished.set(i, i == 0 || random.nextDouble() < density);
        }
        Holes holes = new Holes(Holes.MAX_SPAN, unfinished);
        assertThat(holes.encode().length()).isLessThan(4_000);
        assertThat(Holes.decode(holes.encode())).hasValue(holes);
    }

    @Test
    void encode_oneHungRecord_isAFewCharacters() {
        BitSet first = new BitSet();
        first.set(0);
        assertThat(new Holes(16_000, first).encode()).hasSizeLessThan(16);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "x",
                "h2:1:g:AA",
                "h1:0:g:AA",
                "h1:1048577:g:AA",
                "h1:5:z:AA",
                "h1:5:g:!!",
                "h1:5:g:gA",
                "h1:2:b:/w",
                "h1:5:g"
            })
    void decode_anythingElse_isEmpty(String text) {
        assertThat(Holes.decode(text)).isEmpty();
    }

    @Test
    void encode_longSpanWithFewUnfinished_fitsTheBrokersLimit() {
        BitSet unfinished = new BitSet();
        for (int i = 0; i < Holes.MAX_SPARSE; i++) {
            unfinished.set(i * (Holes.MAX_SPARSE_SPAN / Holes.MAX_SPARSE));
        }
        Holes holes = new Holes(Holes.MAX_SPARSE_SPAN, unfinished);
        assertThat(holes.encode()).hasSizeLessThan(4_096);
        assertThat(Holes.decode(holes.encode())).contains(holes);
    }
}
