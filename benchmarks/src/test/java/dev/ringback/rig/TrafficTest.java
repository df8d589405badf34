package dev.ringback.rig;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.schemas.EventSchema;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TrafficTest {
    private static final Traffic TRAFFIC = new Traffic(3, 500);

    @Test
    void call_hasItsEventsInOrderAtOneEndpoint() {
        int[] next = new int[100];
        for (int event = 0; event < 120; event++) {
            int call = TRAFFIC.call(event);
            assertThat(TRAFFIC.step(event)).isEqualTo(next[call]++);
            assertThat(call % 3).isEqualTo(TRAFFIC.endpoint(event));
        }
        Set<Integer> counts = new HashSet<>();
        for (int call = 0; call < 30; call++) {
            counts.add(next[call]);
        }
        assertThat(counts).containsExactly(Traffic.LIFE.size());
    }

    @Test
    void scheduledNanos_goesByTheRate() {
        assertThat(TRAFFIC.scheduledNanos(500)).isEqualTo(1_000_000_000L);
        assertThat(TRAFFIC.events(Duration.ofSeconds(2))).isEqualTo(1_000);
    }

    @Test
    void of_isAValidEvent() {
        byte[] bytes = TRAFFIC.of(7, Instant.parse("2026-11-23T09:00:00Z")).bytes();

        assertThat(new EventSchema().read(bytes)).isInstanceOf(EventSchema.Reading.Valid.class);
    }
}
