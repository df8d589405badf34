package dev.ringback.trial;

import java.io.PrintStream;
import java.time.Clock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What was asked for, and what a scenario needs of its surroundings; null leaves a size to the
 * scenario.
 *
 * @param quick smaller and shorter, to see that it works
 * @param progress for people who wait
 */
public record Bench(
        boolean quick,
        @Nullable Duration duration,
        @Nullable Integer rate,
        @Nullable Integer endpoints,
        @Nullable Integer records,
        Clock clock,
        PrintStream progress) {

    /** How long the part that counts takes. */
    public Duration duration(Duration whole, Duration inQuick) {
        return duration != null ? duration : quick ? inQuick : whole;
    }

    /** Events a second. */
    public int rate(int whole, int inQuick) {
        return rate != null ? rate : quick ? inQuick : whole;
    }

    /** Endpoints in all. */
    public int endpoints(int whole, int inQuick) {
        return endpoints != null ? endpoints : quick ? inQuick : whole;
    }

    /** Records that wait. */
    public int records(int whole, int inQuick) {
        return records != null ? records : quick ? inQuick : whole;
    }

    /** Says what is being done. */
    public void say(String what) {
        progress.println("ringback: " + what);
    }
}
