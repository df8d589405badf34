package dev.ringback.dlq;

import java.time.Duration;

/** How long ago a delivery died, roughly. */
enum Age {
    HOUR("under 1h", Duration.ofHours(1)),
    QUARTER("1h to 6h", Duration.ofHours(6)),
    DAY("6h to 1d", Duration.ofDays(1)),
    WEEK("1d to 7d", Duration.ofDays(7)),
    MONTH("7d to 30d", Duration.ofDays(30)),
    MORE("30d and more", Duration.ofDays(Integer.MAX_VALUE));

    final String text;
    private final Duration below;

    Age(String text, Duration below) {
        this.text = text;
        this.below = below;
    }

    static Age of(Duration age) {
        for (Age one : values()) {
            if (age.compareTo(one.below) < 0) {
                return one;
            }
        }
        return MORE;
    }

    static Age named(String text) {
        for (Age one : values()) {
            if (one.text.equals(text)) {
                return one;
            }
        }
        return MORE;
    }
}
