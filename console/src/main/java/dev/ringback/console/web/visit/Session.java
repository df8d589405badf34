package dev.ringback.console.web.visit;

import java.time.Instant;

/**
 * What a browser is known by, from its login until it logs out or the time is over; and what it
 * logs in with.
 *
 * @param key the API key that it showed; empty before that
 * @param csrf what every form sends back
 */
record Session(String key, String csrf, Instant until) {
    /** Without the key: this may end up in a log. */
    @Override
    public String toString() {
        return "Session[until " + until + "]";
    }
}
