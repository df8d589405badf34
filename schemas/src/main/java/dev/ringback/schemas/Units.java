package dev.ringback.schemas;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Text forms of quantities that carry their unit: {@code 5s}, {@code 64KiB}, {@code 50/s}. */
public final class Units {
    private static final Pattern DURATION = Pattern.compile("(\\d{1,15})(ms|s|m|h|d)");
    private static final Pattern BYTES = Pattern.compile("(\\d{1,15})(B|KiB|MiB|GiB)");
    private static final Pattern RATE = Pattern.compile("(\\d{1,9}(?:\\.\\d{1,6})?)/(s|m|h)");
    private static final Map<String, Long> MILLIS =
            Map.of("ms", 1L, "s", 1_000L, "m", 60_000L, "h", 3_600_000L, "d", 86_400_000L);
    private static final Map<String, Long> BYTE_UNITS =
            Map.of("B", 1L, "KiB", 1L << 10, "MiB", 1L << 20, "GiB", 1L << 30);
    private static final Map<String, Long> RATE_SECONDS = Map.of("s", 1L, "m", 60L, "h", 3_600L);

    private Units() {}

    /**
     * Reads {@code 500ms}, {@code 5s}, {@code 1m}, {@code 2h} or {@code 7d}.
     *
     * @throws IllegalArgumentException naming the text when it has another form
     */
    public static Duration duration(String text) {
        Matcher matcher = DURATION.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not a duration such as 500ms, 5s, 1m, 2h or 7d");
        }
        long unit = MILLIS.getOrDefault(matcher.group(2), 1L);
        try {
            return Duration.ofMillis(Math.multiplyExact(Long.parseLong(matcher.group(1)), unit));
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("'" + text + "' is too long a duration", e);
        }
    }

    /** The shortest form that {@link #duration} reads back: {@code PT90S} is {@code 90s}. */
    public static String text(Duration duration) {
        long millis = duration.toMillis();
        for (String unit : List.of("d", "h", "m", "s")) {
            long size = MILLIS.getOrDefault(unit, 1L);
            if (millis != 0 && millis % size == 0) {
                return millis / size + unit;
            }
        }
        return millis == 0 ? "0s" : millis + "ms";
    }

    /**
     * Reads {@code 512B}, {@code 64KiB}, {@code 8MiB} or {@code 1GiB} as a number of bytes.
     *
     * @throws IllegalArgumentException naming the text when it has another form
     */
    public static long bytes(String text) {
        Matcher matcher = BYTES.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not a size such as 512B, 64KiB or 8MiB");
        }
        try {
            return Math.multiplyExact(
                    Long.parseLong(matcher.group(1)),
                    BYTE_UNITS.getOrDefault(matcher.group(2), 1L));
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("'" + text + "' is too large a size", e);
        }
    }

    /**
     * Reads {@code 50/s}, {@code 600/m} or {@code 10/h} as a number per second, above zero.
     *
     * @throws IllegalArgumentException naming the text when it has another form
     */
    public static double perSecond(String text) {
        Matcher matcher = RATE.matcher(text);
        if (!matcher.matches() || new BigDecimal(matcher.group(1)).signum() == 0) {
            throw new IllegalArgumentException(
                    "'" + text + "' is not a rate above zero such as 50/s, 600/m or 10/h");
        }
        return Double.parseDouble(matcher.group(1))
                / RATE_SECONDS.getOrDefault(matcher.group(2), 1L);
    }
}
