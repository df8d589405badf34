package dev.ringback.measure;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AttemptCountsTest {
    @ParameterizedTest
    @CsvSource({
        "status 503,status_5xx",
        "status 404,status_4xx",
        "timeout,timeout",
        "breaker_open,breaker_open",
        "cut off: connection_refused,cut_off",
        "VoxML: /steps/0 is unknown,voxml",
        "blocked 10.0.0.1,blocked",
        "Something that a receiver made up,other"
    })
    void label_ofAReason_isOneOfFew(String said, String label) {
        assertThat(AttemptCounts.label(said)).isEqualTo(label);
    }

    @Test
    void label_nothingSaid_isNone() {
        assertThat(AttemptCounts.label(null)).isEqualTo("none");
    }
}
