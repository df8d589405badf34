package dev.ringback.ingest;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A token bucket for each API key, holding the events of one second (and at least one). A request
 * larger than the bucket is let through when the bucket is full, and is paid off afterwards.
 * Thread-safe.
 */
final class RateLimit {
    private static final double NANOS = 1e9;
    private static final double ROUNDING = 1e-6;

    private final Optional<Double> perSecond;
    private final InstantSource clock;
    private final Map<String, Bucket> buckets = new ConcurrentHashMap<>();

    private record Bucket(double tokens, Instant at) {}

    /**
     * A limit that counts from now on.
     *
     * @param perSecond events a key may post; empty for any number
     */
    RateLimit(Optional<Double> perSecond, InstantSource clock) {
        this.perSecond = perSecond;
        this.clock = clock;
    }

    /** Takes tokens for events; when there are too few, takes none and says how long to wait. */
    Optional<Duration> take(String key, int events) {
        return perSecond.flatMap(rate -> take(key, events, rate));
    }

    private Optional<Duration> take(String key, int events, double rate) {
        double size = Math.max(rate, 1);
        double wanted = Math.min(events, size);
        double[] missing = {0};
        buckets.compute(
                key,
                (name, bucket) -> {
                    Instant now = clock.instant();
                    double tokens = bucket == null ? size : filled(bucket, now, rate, size);
                    missing[0] = wanted - tokens;
                    return new Bucket(missing[0] > ROUNDING ? tokens : tokens - events, now);
                });
        return missing[0] > ROUNDING
                ? Optional.of(Duration.ofNanos((long) Math.ceil(missing[0] / rate * NANOS)))
                : Optional.empty();
    }

    private static double filled(Bucket bucket, Instant now, double rate, double size) {
        long nanos = Math.max(0, Duration.between(bucket.at(), now).toNanos());
        return Math.min(size, bucket.tokens() + nanos / NANOS * rate);
    }
}
