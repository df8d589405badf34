package dev.ringback.flow;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TokenBucketTest {
    @Test
    void take_overASecond_letsTheRateThrough_andABurstOfATenth() {
        TokenBucket bucket = new TokenBucket(50, 0);
        int taken = 0;
        for (long millis = 0; millis <= 1_000; millis++) {
            while (bucket.take(TimeUnit.MILLISECONDS.toNanos(millis))) {
                taken++;
            }
        }
        assertThat(taken).isBetween(50, 55);
    }

    @Test
    void take_afterALongPause_hasNoMoreThanTheBurst() {
        TokenBucket bucket = new TokenBucket(50, 0);
        long later = TimeUnit.HOURS.toNanos(1);
        int taken = 0;
        while (bucket.take(later)) {
            taken++;
        }
        assertThat(taken).isEqualTo(5);
    }

    @Test
    void take_belowOneASecond_letsOneThroughEachTime() {
        TokenBucket bucket = new TokenBucket(0.5, 0);
        assertThat(bucket.take(0)).isTrue();
        assertThat(bucket.take(TimeUnit.SECONDS.toNanos(1))).isFalse();
        assertThat(bucket.nanosToNext(TimeUnit.SECONDS.toNanos(1)))
                .isEqualTo(TimeUnit.SECONDS.toNanos(1));
        assertThat(bucket.take(TimeUnit.SECONDS.toNanos(2))).isTrue();
    }

    @Test
    void rate_thatIsChanged_holdsFromThen() {
        TokenBucket bucket = new TokenBucket(1, 0);
        assertThat(bucket.take(0)).isTrue();
        bucket.rate(100, 0);
        assertThat(bucket.nanosToNext(0)).isEqualTo(TimeUnit.MILLISECONDS.toNanos(10));
    }
}
