package dev.ringback.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.rig.Traffic;
import org.junit.jupiter.api.Test;

class OrderCheckTest {
    /** One endpoint, so events 0 to 3 are the first call's and 4 to 7 the second's. */
    private final OrderCheck check = new OrderCheck(new Traffic(1, 1), 8);

    @Test
    void violations_inOrderWithRetriesAndRepeats_areNone() {
        check.arrived(0, false);
        check.arrived(0, true);
        check.arrived(4, true);
        check.arrived(1, true);
        check.arrived(0, true);
        check.arrived(2, true);

        assertThat(check.violations()).isZero();
    }

    @Test
    void violations_laterEventWhileEarlierIsNotAccepted_isOne() {
        check.arrived(0, false);
        check.arrived(1, true);

        assertThat(check.violations()).isEqualTo(1);
    }
}
