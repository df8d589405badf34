package dev.ringback.flow;

import java.time.Duration;

/**
 * That there is no room for a job now.
 *
 * @param pause when there may be room for it; zero when nobody can say
 */
public record Deferral(Duration pause, Cause cause) {
    /** What there was too little of. */
    public enum Cause {
        /** Its endpoint has as many requests under way as it may, and as many waiting. */
        no_slot,
        /** Its endpoint's rate is used up. */
        rate_limit,
        /** Its endpoint has failed and gets one request at a time. */
        breaker_open
    }
}
