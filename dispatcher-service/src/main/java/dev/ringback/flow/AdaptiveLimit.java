package dev.ringback.flow;

/**
 * How many requests an endpoint may have under way: its cap, halved when it shows that it has too
 * much to do, and back up by one for each round of successes. After {@value #FAILURES_THAT_OPEN}
 * failures in a row the breaker is open: one request at a time, until a success. Not thread-safe.
 */
final class AdaptiveLimit {
    static final int FAILURES_THAT_OPEN = 5;

    /** One round of requests that come back together counts once. */
    private static final long HALVE_PAUSE_NANOS = 1_000_000_000L;

    private int cap;
    private double limit;
    private int failuresInRow;
    private boolean halved;
    private long halvedNanos;

    AdaptiveLimit(int cap) {
        this.cap = cap;
        this.limit = cap;
    }

    /** Follows a change of the endpoint's policy. */
    void cap(int now) {
        if (now != cap) {
            limit = limit >= cap ? now : Math.min(limit, now);
            cap = now;
        }
    }

    /** Requests that may be under way now, at least one. */
    int now() {
        return isOpen() ? 1 : Math.max(1, (int) limit);
    }

    /** Whether one request at a time is all it gets. */
    boolean isOpen() {
        return failuresInRow >= FAILURES_THAT_OPEN;
    }

    /** Whether nothing has gone wrong of late, so that it can be forgotten. */
    boolean isWhole() {
        return failuresInRow == 0 && limit >= cap;
    }

    void note(Sign sign, long nowNanos) {
        switch (sign) {
            case success -> {
                limit = isOpen() ? 1 : Math.min(cap, limit + 1 / Math.max(1, limit));
                failuresInRow = 0;
            }
            case failure -> failuresInRow++;
            case overload -> {
                failuresInRow++;
                if (!halved || nowNanos - halvedNanos >= HALVE_PAUSE_NANOS) {
                    limit = Math.max(1, limit / 2);
                    halved = true;
                    halvedNanos = nowNanos;
                }
            }
        }
    }
}
