package dev.ringback.send;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OwnSideTest {
    private static final Reply OK = new Reply.Answered(200, Map.of(), "", false);
    private static final Reply DNS = new Reply.Unreachable(Fault.dns);
    private static final Reply UNCONNECTED = new Reply.TimedOut(true);
    private static final Instant START = Instant.parse("2026-11-23T10:00:00Z");

    private final OwnSide side = new OwnSide();
    private Instant now = START;

    @Test
    void note_fewerThanFiveEndpoints_isTheirFault() {
        for (int i = 0; i < 20; i++) {
            assertThat(note("ep_" + i % 4, DNS)).isEmpty();
        }
    }

    @Test
    void note_fifthOfFiveEndpoints_isOurs() {
        fail(4);
        assertThat(note("ep_5", DNS)).hasValue(Duration.ofSeconds(5));
        assertThat(note("ep_1", DNS)).isPresent();
    }

    @ParameterizedTest
    @EnumSource(Fault.class)
    void note_faultOfReceivers_isNeverOurs(Fault fault) {
        for (int i = 0; i < 10; i++) {
            note("ep_" + i, new Reply.Unreachable(fault));
        }
        assertThat(note("ep_1", new Reply.Unreachable(fault)).isPresent())
                .isEqualTo(fault.isLocal());
    }

    @Test
    void note_fiveOfOneCustomerWhileOthersSucceed_isTheirFault() {
        for (int i = 0; i < 5; i++) {
            note("fine_" + i, OK);
        }
        for (int i = 0; i < 5; i++) {
            assertThat(note("gone_" + i, DNS)).isEmpty();
        }
    }

    @Test
    void note_failuresLongerAgoThanTenSeconds_doNotCount() {
        fail(4);
        now = now.plusSeconds(11);
        assertThat(note("ep_5", DNS)).isEmpty();
    }

    @Test
    void note_whileCutOff_pausesGrowToAMinute() {
        fail(5);
        assertThat(pauseAfter(20)).hasValue(Duration.ofSeconds(20));
        assertThat(pauseAfter(40)).hasValue(Duration.ofSeconds(40));
        assertThat(pauseAfter(600)).hasValue(Duration.ofSeconds(60));
    }

    @Test
    void note_oneThatWaitedIsReached_isOverForAll() {
        fail(10);
        now = now.plusSeconds(300);
        assertThat(note("ep_9", OK)).isEmpty();
        assertThat(note("ep_1", DNS)).isEmpty();
    }

    @Test
    void note_mostOthersAreReached_isOver() {
        fail(5);
        for (int i = 0; i < 5; i++) {
            note("other_" + i, OK);
        }
        assertThat(note("ep_1", DNS)).isEmpty();
    }

    @Test
    void note_fifthOfFiveEndpointsThatNobodyCanConnectTo_isOurs() {
        for (int i = 1; i < 5; i++) {
            assertThat(note("ep_" + i, UNCONNECTED)).isEmpty();
        }
        assertThat(note("ep_5", UNCONNECTED)).hasValue(Duration.ofSeconds(5));
    }

    @Test
    void note_fiveThatNobodyCanConnectToAmongManyThatAreReached_isTheirFault() {
        for (int second = 0; second < 120; second++) {
            now = now.plusSeconds(1);
            for (int i = 0; i < 20; i++) {
                note("fine_" + i, OK);
            }
            assertThat(note("dead_" + second % 5, UNCONNECTED)).isEmpty();
        }
    }

    @Test
    void note_timeouts_sayNothing() {
        for (int i = 0; i < 20; i++) {
            note("slow_" + i, new Reply.TimedOut());
        }
        fail(4);
        assertThat(note("ep_5", DNS)).isPresent();
    }

    @Test
    void note_moreEndpointsThanAreRemembered_isStillRight() {
        for (int i = 0; i < 30_000; i++) {
            note("fine_" + i, OK);
        }
        assertThat(note("ep_1", DNS)).isEmpty();
        for (int i = 0; i < 30_000; i++) {
            note("ep_" + i, DNS);
        }
        assertThat(note("ep_1", DNS)).isPresent();
    }

    private void fail(int endpoints) {
        for (int i = 1; i <= endpoints; i++) {
            note("ep_" + i, DNS);
        }
    }

    private Optional<Duration> pauseAfter(int seconds) {
        now = START.plusSeconds(seconds);
        return note("ep_1", DNS);
    }

    private Optional<Duration> note(String endpoint, Reply reply) {
        return side.note(endpoint, reply, now);
    }
}
