package dev.ringback.schemas;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Where a delivery that has to wait goes next. Rungs are constant delays, shortest first, so the
 * head of every partition of a rung's topic is the first due.
 *
 * @param rungs whole milliseconds, ascending
 */
public record RetryLadder(List<Duration> rungs) {
    /** The default ladder; TryVox's and Ultravox's schedules hit its rungs exactly. */
    public static final String DEFAULT = "1s 4s 16s 30s 1m 2m 4m 8m 16m 30m 1h 2h 4h 8h";

    /** What answer requests climb, which wait as long as a caller can. */
    public static final RetryLadder ANSWERS = parse("1s 4s 16s");

    /**
     * By how much a rung may overshoot the due time and still be taken. A hop costs a few
     * milliseconds, so a delivery that has waited 4 s of its 5 s has a little less than 1 s left.
     */
    private static final Duration SLACK = Duration.ofMillis(250);

    /** Checks that the rungs ascend, and copies them. */
    public RetryLadder {
        rungs = List.copyOf(rungs);
        if (rungs.isEmpty()) {
            throw new IllegalArgumentException("the ladder has no rung");
        }
        Duration below = Duration.ZERO;
        for (Duration rung : rungs) {
            if (rung.compareTo(below) <= 0) {
                throw new IllegalArgumentException(
                        "rungs must ascend, and "
                                + Units.text(rung)
                                + " follows "
                                + Units.text(below));
            }
            below = rung;
        }
    }

    /**
     * Reads rungs separated by blanks or commas.
     *
     * @throws IllegalArgumentException naming what is wrong
     */
    public static RetryLadder parse(String text) {
        return new RetryLadder(
                Arrays.stream(text.strip().split("[\\s,]+")).map(Units::duration).toList());
    }

    /** The largest rung that still fits between now and the due time, or else the smallest. */
    public Duration rung(Instant now, Instant dueAt) {
        Duration left = Duration.between(now, dueAt).plus(SLACK);
        Duration fitting = rungs.getFirst();
        for (Duration rung : rungs) {
            if (rung.compareTo(left) <= 0) {
                fitting = rung;
            }
        }
        return fitting;
    }

    /** When a delivery put on a rung at a time leaves it: to be sent, or to climb down. */
    public static Instant leaves(Duration rung, Instant putAt, Instant dueAt) {
        Instant end = putAt.plus(rung);
        return end.isBefore(dueAt) ? end : dueAt;
    }

    /** The topic of a rung. */
    public static String topic(Duration rung) {
        return Topics.RETRY_PREFIX + Units.text(rung);
    }

    /** The topics of all rungs, shortest first. */
    public List<String> topics() {
        List<String> topics = new ArrayList<>();
        rungs.forEach(rung -> topics.add(topic(rung)));
        return topics;
    }
}
