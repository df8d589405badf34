package dev.ringback.samples;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Which webhooks are still to come, and how many came. Thread-safe. */
final class Tally {
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(20);

    // All guarded by this.
    private final Map<String, Expected> expected = new LinkedHashMap<>();
    private final Map<String, Expected> open = new LinkedHashMap<>();
    private int received;
    private int verified;

    /** A webhook that an event makes for a subscriber. */
    record Expected(String subscriber, String webhookEvent, String subject) {}

    /** Forgets what came and what was expected. */
    synchronized void clear() {
        expected.clear();
        open.clear();
        received = 0;
        verified = 0;
    }

    /** Expects a delivery. */
    synchronized void expect(String delivery, Expected webhook) {
        expected.put(delivery, webhook);
        open.put(delivery, webhook);
    }

    /** Counts a webhook; what it is, unless nobody expected it. */
    synchronized Optional<Expected> count(String delivery, boolean isVerified) {
        received++;
        if (isVerified) {
            verified++;
            open.remove(delivery);
        }
        return Optional.ofNullable(expected.get(delivery));
    }

    /** Waits until all came verified, this moment has passed, or the end is asked for. */
    boolean awaitAll(Clock clock, Instant end, Show.Pause pause) {
        while (!missing().isEmpty()) {
            if (clock.instant().isAfter(end) || pause.await(BETWEEN_LOOKS)) {
                return missing().isEmpty();
            }
        }
        return true;
    }

    /** What has not come yet, or not verified. */
    synchronized List<Expected> missing() {
        return List.copyOf(open.values());
    }

    /** The counts in words. */
    synchronized String summary() {
        return received + " webhooks received, " + verified + " verified";
    }
}
