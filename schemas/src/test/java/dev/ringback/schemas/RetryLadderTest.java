package dev.ringback.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryLadderTest {
    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");
    private static final RetryLadder LADDER = RetryLadder.parse(RetryLadder.DEFAULT);

    @ParameterizedTest
    @CsvSource({
        "1s,1s",
        "4s,4s",
        "16s,16s",
        "30s,30s",
        "2h,2h",
        "5s,4s",
        "999ms,1s",
        "3998ms,4s",
        "3s,1s",
        "24h,8h",
        "0s,1s"
    })
    void rung_dueInSomeTime_isTheLargestThatFits(String left, String rung) {
        assertThat(LADDER.rung(NOW, NOW.plus(Units.duration(left))))
                .isEqualTo(Units.duration(rung));
    }

    @Test
    void rung_climbingDown_meetsTheDueTimeWithoutPassingIt() {
        Instant due = NOW.plus(Duration.ofHours(19).plusMinutes(7).plusSeconds(5));
        Instant now = NOW;
        int hops = 0;
        while (now.isBefore(due)) {
            Instant leaves = RetryLadder.leaves(LADDER.rung(now, due), now, due);
            assertThat(leaves).isAfter(now).isBeforeOrEqualTo(due);
            now = leaves.isBefore(due) ? leaves.plusMillis(7) : leaves;
            hops++;
        }
        assertThat(hops).isLessThan(20);
    }

    @Test
    void parse_rungsOutOfOrder_namesThem() {
        assertThatThrownBy(() -> RetryLadder.parse("4s 1s")).hasMessageContaining("1s follows 4s");
    }

    @Test
    void topics_ofDefault_areNamedByTheirDelay() {
        assertThat(LADDER.topics())
                .startsWith("webhook.deliveries.retry.1s", "webhook.deliveries.retry.4s")
                .endsWith("webhook.deliveries.retry.8h")
                .contains("webhook.deliveries.retry.1m")
                .hasSize(14);
    }
}
