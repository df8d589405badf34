package dev.ringback.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RateLimitTest {
    private Instant now = Instant.parse("2026-11-23T09:12:31.250Z");
    private final RateLimit limit = new RateLimit(Optional.of(10.0), () -> now);

    @Test
    void take_withinTheSecond_isLetThrough() {
        assertThat(limit.take("a", 4)).isEmpty();
        assertThat(limit.take("a", 6)).isEmpty();
        assertThat(limit.take("a", 1)).contains(Duration.ofMillis(100));
    }

    @Test
    void take_afterTheWait_isLetThrough() {
        limit.take("a", 10);
        now = now.plus(limit.take("a", 3).orElseThrow());
        assertThat(limit.take("a", 3)).isEmpty();
        assertThat(limit.take("a", 1)).isPresent();
    }

    @Test
    void take_moreThanTheBucketHolds_isPaidOffAfterwards() {
        assertThat(limit.take("a", 100)).isEmpty();
        assertThat(limit.take("a", 1)).contains(Duration.ofMillis(9_100));
    }

    @Test
    void take_anotherKey_hasABucketOfItsOwn() {
        limit.take("a", 10);
        assertThat(limit.take("b", 10)).isEmpty();
    }

    @Test
    void take_noLimit_isLetThrough() {
        RateLimit none = new RateLimit(Optional.empty(), () -> now);
        assertThat(none.take("a", 1_000_000)).isEmpty();
    }
}
