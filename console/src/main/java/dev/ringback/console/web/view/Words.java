package dev.ringback.console.web.view;

import dev.ringback.schemas.Units;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Numbers, times and names as people read them. All times are UTC. */
public final class Words {
    private static final DateTimeFormatter FULL = utc("yyyy-MM-dd HH:mm:ss.SSS");
    private static final DateTimeFormatter DAY = utc("d MMM HH:mm:ss");
    private static final DateTimeFormatter CLOCK = utc("HH:mm:ss");
    private static final DateTimeFormatter MINUTE = utc("HH:mm");

    /** What each reason means, for people who do not know our words. */
    private static final Map<String, String> REASONS =
            Map.ofEntries(
                    Map.entry("exhausted", "every try of its schedule failed"),
                    Map.entry("no_retry", "it failed, and its dialect does not retry"),
                    Map.entry("expired", "it waited longer than it may"),
                    Map.entry("gone", "the receiver answered 410"),
                    Map.entry("endpoint_deleted", "its endpoint is deleted"),
                    Map.entry("endpoint_disabled", "its endpoint is disabled"),
                    Map.entry("blocked_address", "the address is inside the egress guard"),
                    Map.entry("invalid_target", "the URL cannot be called"),
                    Map.entry("late", "the answer came after the call was settled"),
                    Map.entry("too_large", "the body is larger than a delivery may be"));

    private Words() {}

    private static DateTimeFormatter utc(String pattern) {
        return DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH).withZone(ZoneOffset.UTC);
    }

    /** A number with its thousands apart. */
    public static String number(long number) {
        return String.format(Locale.ENGLISH, "%,d", number);
    }

    /** A small rate keeps its fraction. */
    public static String rate(double perSecond) {
        return perSecond == 0 || perSecond >= 100
                ? number(Math.round(perSecond))
                : String.format(Locale.ENGLISH, perSecond >= 10 ? "%.1f" : "%.2f", perSecond);
    }

    /** A share as a percentage that never rounds a failure away. */
    public static String share(double share) {
        double percent = share * 100;
        if (share < 1 && percent > 99.99) {
            return "> 99.99 %";
        }
        String text = String.format(Locale.ENGLISH, "%.2f", percent);
        return text.replaceAll("\\.?0+$", "") + " %";
    }

    /** Milliseconds in the unit that reads best. */
    public static String millis(long millis) {
        return millis < 1_000
                ? millis + " ms"
                : millis < 60_000
                        ? String.format(Locale.ENGLISH, "%.1f s", millis / 1_000.0)
                        : span(Duration.ofMillis(millis));
    }

    /** A span of time, to its largest unit or two. */
    public static String span(Duration span) {
        long seconds = Math.max(0, span.toSeconds());
        if (seconds < 60) {
            return seconds + " s";
        }
        if (seconds < 3_600) {
            return seconds / 60 + " min";
        }
        if (seconds < 86_400) {
            long minutes = seconds % 3_600 / 60;
            return seconds / 3_600 + " h" + (minutes == 0 ? "" : " " + minutes + " min");
        }
        long hours = seconds % 86_400 / 3_600;
        return seconds / 86_400 + " d" + (hours == 0 ? "" : " " + hours + " h");
    }

    /** A setting such as {@code 544210s} as a span; anything else as it is. */
    public static String setting(String duration) {
        try {
            Duration span = Units.duration(duration);
            return span.toMillis() < 60_000 ? duration : span(span);
        } catch (IllegalArgumentException e) {
            return duration;
        }
    }

    /** How long ago, or in how long. */
    public static String ago(Instant at, Instant now) {
        Duration since = Duration.between(at, now);
        if (since.isNegative()) {
            return since.toMillis() > -1_000 ? "now" : "in " + span(since.negated());
        }
        return since.toSeconds() < 1 ? "now" : span(since) + " ago";
    }

    /** The time of day, with its day unless that is today. */
    public static String clock(Instant at, Instant now) {
        boolean today =
                at.atZone(ZoneOffset.UTC)
                        .toLocalDate()
                        .equals(now.atZone(ZoneOffset.UTC).toLocalDate());
        return (today ? CLOCK : DAY).format(at);
    }

    /** Date and time to the millisecond. */
    public static String full(Instant at) {
        return FULL.format(at) + " UTC";
    }

    /** Hours and minutes. */
    public static String minute(Instant at) {
        return MINUTE.format(at);
    }

    /** What a reason means; empty for one that explains itself. */
    public static String reason(String reason) {
        return REASONS.getOrDefault(reason, "");
    }

    /** One, or more of it. */
    public static String count(long number, String one, String more) {
        return number(number) + " " + (number == 1 ? one : more);
    }

    /** The reasons that a delivery can die of. */
    public static List<String> reasons() {
        return REASONS.keySet().stream().sorted().toList();
    }
}
