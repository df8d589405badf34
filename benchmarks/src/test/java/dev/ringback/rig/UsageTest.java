package dev.ringback.rig;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class UsageTest {
    private static final List<String> LOG =
            List.of(
                    "[0.007s][info][gc] Using G1",
                    "[1.250s][info][gc] GC(0) Pause Young (Normal) (G1 Evacuation Pause) 24M->9M(512M) 4.200ms",
                    "[2.500s][info][gc] GC(1) Concurrent Mark Cycle 12.100ms",
                    "[9.000s][info][gc] GC(2) Pause Full (Diagnostic Command) 140M->61M(256M) 88.500ms");

    @Test
    void parse_readsPauses() {
        assertThat(Usage.parse(LOG))
                .extracting(Usage.Collection::atSeconds, Usage.Collection::afterMib)
                .containsExactly(tuple(1.25, 9), tuple(9.0, 61));
    }

    @Test
    void liveMib_isWhatTheLastFullCollectionLeft() {
        Usage usage = new Usage(Duration.ZERO, 0, Usage.parse(LOG));

        assertThat(usage.liveMib()).isEqualTo(61);
        assertThat(usage.longestPauseMs()).isEqualTo(88.5);
    }
}
