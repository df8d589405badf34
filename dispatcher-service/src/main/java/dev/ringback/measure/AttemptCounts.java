package dev.ringback.measure;

import dev.ringback.runtime.Metrics;
import dev.ringback.schemas.Attempt;
import dev.ringback.schemas.DeliveryHeader;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What attempts came to and how long they took. Thread-safe. */
public final class AttemptCounts {
    private static final Pattern WORD = Pattern.compile("[a-z][a-z_]{1,40}");
    private static final Pattern STATUS = Pattern.compile("status ([1-5])\\d\\d");
    private static final String NONE = "none";

    private final Metrics metrics;
    private final Map<String, Counter> counters = new ConcurrentHashMap<>();
    private final Timer durations;
    private final Timer firsts;

    /** Counts from nothing. */
    public AttemptCounts(Metrics metrics) {
        this.metrics = metrics;
        durations =
                metrics.timer(
                        "ringback_attempt_duration", "from signing to the end of the response");
        firsts =
                metrics.timer(
                        "ringback_first_attempt_delay",
                        "from the moment that Kafka had the event to its first attempt");
        for (Attempt.Result outcome : Attempt.Result.values()) {
            counter(outcome.name(), NONE);
        }
    }

    /** Counts an attempt, made or put off. */
    public void count(Attempt attempt) {
        counter(attempt.outcome().name(), label(attempt.reason())).increment();
    }

    /** Notes how long an attempt took that has been made. */
    public void made(DeliveryHeader header, Instant at, Instant now) {
        durations.record(Duration.between(at, now));
        if (header.firstAttemptAt() == null && header.replay() == null) {
            Duration waited = Duration.between(header.createdAt(), at);
            firsts.record(waited.isNegative() ? Duration.ZERO : waited);
        }
    }

    private Counter counter(String outcome, String reason) {
        return counters.computeIfAbsent(
                outcome + " " + reason,
                both ->
                        metrics.counter(
                                "ringback_attempts",
                                "attempts made",
                                "outcome",
                                outcome,
                                "reason",
                                reason));
    }

    /** One of few words, whatever a receiver says: a label has a series for each of its values. */
    static String label(@Nullable String said) {
        if (said == null) {
            return NONE;
        }
        var status = STATUS.matcher(said);
        if (status.matches()) {
            return "status_" + status.group(1) + "xx";
        }
        String word = said.split(": | ", 2)[0];
        return switch (word) {
            case "VoxML" -> "voxml";
            case "cut" -> "cut_off";
            default ->
                    WORD.matcher(said).matches() ? said : word.equals("blocked") ? word : "other";
        };
    }
}
