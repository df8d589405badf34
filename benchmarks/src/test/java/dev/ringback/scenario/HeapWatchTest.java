package dev.ringback.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.rig.Usage;
import dev.ringback.trial.Trend.Point;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class HeapWatchTest {
    @Test
    void floors_areTheLeastOfEachTenSeconds_withoutThoseAskedFor() {
        Usage usage =
                new Usage(
                        Duration.ZERO,
                        0,
                        List.of(
                                after(1, "Pause Young (Normal)", 30),
                                after(9, "Pause Young (Normal)", 20),
                                after(12, "Pause Full (Diagnostic Command)", 5),
                                after(25, "Pause Young (Mixed)", 40)));

        assertThat(HeapWatch.floors(usage)).containsExactly(new Point(0, 20), new Point(20, 40));
    }

    private static Usage.Collection after(double seconds, String kind, int mib) {
        return new Usage.Collection(seconds, kind, mib, 1);
    }
}
