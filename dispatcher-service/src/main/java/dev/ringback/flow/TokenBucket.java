package dev.ringback.flow;

/** Lets requests start at a rate, with bursts of a tenth of a second's worth. Not thread-safe. */
final class TokenBucket {
    private static final double NANOS = 1e9;
    private static final double BURST_SECONDS = 0.1;

    private double perSecond;
    private double tokens;
    private long atNanos;

    TokenBucket(double perSecond, long nowNanos) {
        this.perSecond = perSecond;
        this.tokens = burst();
        this.atNanos = nowNanos;
    }

    private double burst() {
        return Math.max(1, perSecond * BURST_SECONDS);
    }

    /** Follows a change of the rate, or of this process's share in it. */
    void rate(double now, long nowNanos) {
        if (now != perSecond) {
            refill(nowNanos);
            perSecond = now;
            tokens = Math.min(tokens, burst());
        }
    }

    /** Takes a token if there is one. */
    boolean take(long nowNanos) {
        refill(nowNanos);
        if (tokens < 1) {
            return false;
        }
        tokens--;
        return true;
    }

    /** How long until there is a token. */
    long nanosToNext(long nowNanos) {
        refill(nowNanos);
        return tokens >= 1 ? 0 : (long) Math.ceil((1 - tokens) / perSecond * NANOS);
    }

    /** Whether a new one would let no more through. */
    boolean isFull(long nowNanos) {
        refill(nowNanos);
        return tokens >= burst();
    }

    private void refill(long nowNanos) {
        long passed = Math.max(0, nowNanos - atNanos);
        tokens = Math.min(burst(), tokens + passed / NANOS * perSecond);
        atNanos = nowNanos;
    }
}
