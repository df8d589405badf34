package dev.ringback.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class AdaptiveLimitTest {
    private final AdaptiveLimit limit = new AdaptiveLimit(8);
    private long now;

    @Test
    void limit_atFirst_isTheCap() {
        assertThat(limit.now()).isEqualTo(8);
        assertThat(limit.isWhole()).isTrue();
    }

    @Test
    void overload_halves_oncePerRound() {
        note(Sign.overload, Sign.overload, Sign.overload);
        assertThat(limit.now()).isEqualTo(4);
        later();
        note(Sign.overload);
        assertThat(limit.now()).isEqualTo(2);
    }

    @Test
    void overload_neverGoesBelowOne() {
        for (int i = 0; i < 4; i++) {
            note(Sign.overload);
            later();
        }
        assertThat(limit.now()).isEqualTo(1);
    }

    @Test
    void failure_thatIsNoOverload_leavesTheLimit() {
        note(Sign.failure, Sign.failure, Sign.failure, Sign.failure);
        assertThat(limit.now()).isEqualTo(8);
    }

    @Test
    void fiveFailuresInARow_leaveOneRequestAtATime() {
        note(Sign.failure, Sign.failure, Sign.failure, Sign.failure);
        assertThat(limit.isOpen()).isFalse();
        note(Sign.failure);
        assertThat(limit.isOpen()).isTrue();
        assertThat(limit.now()).isEqualTo(1);
    }

    @Test
    void success_betweenFailures_startsTheCountAnew() {
        note(Sign.failure, Sign.failure, Sign.failure, Sign.failure, Sign.success);
        note(Sign.failure, Sign.failure, Sign.failure, Sign.failure);
        assertThat(limit.isOpen()).isFalse();
    }

    @Test
    void success_closesTheBreaker_andTheLimitGrowsBackRoundByRound() {
        note(Sign.failure, Sign.failure, Sign.failure, Sign.failure, Sign.failure);
        note(Sign.success);
        assertThat(limit.isOpen()).isFalse();
        assertThat(limit.now()).isEqualTo(1);
        note(Sign.success);
        assertThat(limit.now()).isEqualTo(2);
        for (int i = 0; i < 40; i++) {
            note(Sign.success);
        }
        assertThat(limit.now()).isEqualTo(8);
        assertThat(limit.isWhole()).isTrue();
    }

    @Test
    void cap_thatIsChanged_isFollowed() {
        limit.cap(20);
        assertThat(limit.now()).isEqualTo(20);
        note(Sign.overload);
        limit.cap(4);
        assertThat(limit.now()).isEqualTo(4);
    }

    private void note(Sign... signs) {
        for (Sign sign : signs) {
            limit.note(sign, now);
        }
    }

    private void later() {
        now += TimeUnit.SECONDS.toNanos(1);
    }
}
