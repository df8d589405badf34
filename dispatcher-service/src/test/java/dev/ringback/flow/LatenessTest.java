package dev.ringback.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LatenessTest {
    private long millis = 1_800_000_000_000L;
    private final Lateness lateness =
            new Lateness(() -> millis, () -> TimeUnit.MILLISECONDS.toNanos(millis));

    @Test
    void nothing_isNotLate() {
        assertThat(lateness.getAsDouble()).isZero();
    }

    @Test
    void records_thatBeginSoon_areNotLate() {
        begin(100, 3, 12);
        assertThat(lateness.getAsDouble()).isZero();
    }

    @Test
    void oneInFive_isTwiceWhatMayBeLate() {
        begin(80, 3, 3);
        begin(20, 40, 40);
        assertThat(lateness.getAsDouble()).isEqualTo(2);
        assertThat(lateness.getAsDouble()).as("asked again").isZero();
    }

    @Test
    void clocks_thatDiffer_makeNothingLate() {
        begin(100, 700, 710);
        assertThat(lateness.getAsDouble()).isZero();
        begin(100, -900, -890);
        assertThat(lateness.getAsDouble()).isZero();
        begin(100, -860, -850);
        assertThat(lateness.getAsDouble()).as("later by 30 ms").isEqualTo(10);
    }

    @Test
    void least_isForgotten_soThatAnotherWayHereCounts() {
        begin(1, 0, 0);
        begin(10, 40, 40);
        assertThat(lateness.getAsDouble()).isGreaterThan(1);
        for (int seconds = 0; seconds < 21; seconds++) {
            millis += 1_000;
            begin(10, 40, 40);
        }
        lateness.getAsDouble();
        begin(10, 41, 45);
        assertThat(lateness.getAsDouble()).isZero();
    }

    @Test
    void processors_thatTakeRecordsUpLate_countByThemselves() {
        begin(1_000, 3, 3);
        for (int i = 0; i < 10; i++) {
            lateness.begins(TimeUnit.MILLISECONDS.toNanos(i < 2 ? 20 : 1));
        }
        assertThat(lateness.getAsDouble()).isEqualTo(2);
    }

    @Test
    void backlog_isLateAsAWhole() {
        begin(100, 60_000, 60_000);
        assertThat(lateness.getAsDouble()).isEqualTo(10);
    }

    /** Records that are between so many milliseconds old when they begin. */
    private void begin(int count, long youngest, long oldest) {
        for (int i = 0; i < count; i++) {
            lateness.read(millis - youngest - (oldest - youngest) * i / count);
        }
    }
}
