package dev.ringback.send;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * How long a receiver asks to be left alone (RFC 9110, section 10.2.3): seconds, or a date in any
 * of the three forms that a recipient must accept, whose weekday need not be right; of several the
 * longest. Pure.
 */
public final class RetryAfter {
    private static final int CENTURY = 100;
    private static final int YEARS_AHEAD = 50;

    private static final int SATURATED_DIGITS = 10;

    /** Longer than any limit that a caller sets. */
    private static final Duration LONGEST = Duration.ofSeconds(999_999_999);

    /** Of a header that came more than once; what follows is no number and no date. */
    private static final int MOST_PARTS = 32;

    private static final DateTimeFormatter ASCTIME =
            DateTimeFormatter.ofPattern("MMM ppd HH:mm:ss uuuu", Locale.ENGLISH);

    private RetryAfter() {}

    /** The time asked for; nothing when the header is absent, past, or something else. */
    public static Duration asked(Map<String, String> headers, Instant now) {
        String text = headers.getOrDefault("retry-after", "");
        Duration longest = Duration.ZERO;
        // A date's weekday, which ends in a comma too, says nothing by itself.
        for (String part : text.split(",", MOST_PARTS)) {
            Duration asked = one(part.strip(), now);
            longest = asked.compareTo(longest) > 0 ? asked : longest;
        }
        return longest;
    }

    private static Duration one(String text, Instant now) {
        if (text.matches("\\d+")) {
            String digits = text.replaceFirst("^0+(?=.)", "");
            return digits.length() < SATURATED_DIGITS
                    ? Duration.ofSeconds(Long.parseLong(digits))
                    : LONGEST;
        }
        return date(text, now).map(date -> Duration.between(now, date)).orElse(Duration.ZERO);
    }

    private static Optional<Instant> date(String text, Instant now) {
        return rfc1123(text).or(() -> rfc850(text, now)).or(() -> asctime(text));
    }

    private static Optional<Instant> rfc1123(String text) {
        try {
            String named = text.replaceFirst(" (UTC?|Z)$", " GMT");
            return Optional.of(
                    ZonedDateTime.parse(named, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant());
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /** Its year has two digits: one that seems over 50 years ahead is in the past. */
    private static Optional<Instant> rfc850(String text, Instant now) {
        int year = now.atZone(ZoneOffset.UTC).getYear();
        DateTimeFormatter form =
                new DateTimeFormatterBuilder()
                        .appendPattern("dd-MMM-")
                        .appendValueReduced(
                                ChronoField.YEAR, 2, 2, year + YEARS_AHEAD - CENTURY + 1)
                        .appendPattern(" HH:mm:ss 'GMT'")
                        .toFormatter(Locale.ENGLISH);
        return local(text, form);
    }

    private static Optional<Instant> asctime(String text) {
        return local(text.replaceFirst("^[A-Z][a-z]{2} (?=[A-Z])", ""), ASCTIME);
    }

    private static Optional<Instant> local(String text, DateTimeFormatter form) {
        try {
            return Optional.of(LocalDateTime.parse(text, form).toInstant(ZoneOffset.UTC));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
