package dev.ringback.quickstart;

import dev.ringback.dialect.Signer;
import dev.ringback.schemas.SignatureScheme;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Verifies webhooks as their receiver should: the signature made again from the body as it came,
 * and the time of signing close to now.
 *
 * @param secret the endpoint's, in the form its dialect gives it
 */
record Verifier(SignatureScheme scheme, String secret, Clock clock) {
    private static final Duration TOLERANCE = Duration.ofMinutes(5);
    private static final Pattern PLACEHOLDER = Pattern.compile("\\{[a-z]+}");
    private static final String ID = "{id}";
    private static final String TIMESTAMP = "{timestamp}";
    private static final String SIGNATURE = "{signature}";

    /** What came of verifying a webhook. */
    sealed interface Check {
        /** Signed with the secret, and lately. */
        record Verified() implements Check {}

        /** Not to be trusted. */
        record Failed(String why) implements Check {}

        /** Nothing to verify with. */
        record Unchecked(String why) implements Check {}

        /** In words. */
        default String text() {
            return switch (this) {
                case Verified() -> "verified ✓";
                case Failed(String why) -> "NOT verified: " + why;
                case Unchecked(String why) -> "not verified: " + why;
            };
        }
    }

    /**
     * Verifies one webhook.
     *
     * @param headers by name, in any case
     */
    Check check(Map<String, String> headers, byte[] body) {
        Instant at = clock.instant();
        if (mentions(TIMESTAMP)) {
            Optional<Instant> signed = received(TIMESTAMP, headers).flatMap(this::time);
            if (signed.isEmpty()) {
                return new Check.Failed("no time of signing in its headers");
            }
            at = signed.get();
            if (Duration.between(at, clock.instant()).abs().compareTo(TOLERANCE) > 0) {
                return new Check.Failed("signed at " + at + ", more than 5 minutes from now");
            }
        }
        String id = received(ID, headers).orElse("");
        Map<String, String> right = Signer.sign(scheme, id, "", at, body, List.of(secret));
        for (Map.Entry<String, String> header : scheme.headers().entrySet()) {
            String name = header.getKey();
            if (header.getValue().contains(SIGNATURE)) {
                String value = headers.get(name);
                if (value == null) {
                    return new Check.Failed("no " + name + " header");
                }
                if (!holds(value, right.getOrDefault(name, ""))) {
                    return new Check.Failed("the signature is not of this secret and body");
                }
            }
        }
        return new Check.Verified();
    }

    /** Whether one of the values, of which there is one for each live secret, is the right one. */
    private boolean holds(String received, String right) {
        if (Signer.same(received, right)) {
            return true;
        }
        if (scheme.separator().isEmpty()) {
            return false;
        }
        boolean found = false;
        for (String value : received.split(Pattern.quote(scheme.separator()), -1)) {
            found |= Signer.same(value, right);
        }
        return found;
    }

    private boolean mentions(String placeholder) {
        return scheme.headers().values().stream().anyMatch(value -> value.contains(placeholder));
    }

    /** What stands in the headers where the scheme has this placeholder. */
    private Optional<String> received(String placeholder, Map<String, String> headers) {
        return scheme.headers().entrySet().stream()
                .filter(header -> header.getValue().contains(placeholder))
                .filter(header -> headers.containsKey(header.getKey()))
                .map(
                        header ->
                                pattern(header.getValue(), placeholder)
                                        .matcher(headers.get(header.getKey())))
                .filter(Matcher::matches)
                .map(matcher -> matcher.group(1))
                .findFirst();
    }

    private static Pattern pattern(String template, String wanted) {
        StringBuilder regex = new StringBuilder();
        Matcher placeholder = PLACEHOLDER.matcher(template);
        int from = 0;
        while (placeholder.find()) {
            regex.append(Pattern.quote(template.substring(from, placeholder.start())));
            regex.append(placeholder.group().equals(wanted) ? "([^,;\\s]+)" : ".*");
            from = placeholder.end();
        }
        return Pattern.compile(regex.append(Pattern.quote(template.substring(from))).toString());
    }

    private Optional<Instant> time(String text) {
        try {
            return Optional.of(
                    switch (scheme.timestamp()) {
                        case unix_seconds -> Instant.ofEpochSecond(Long.parseLong(text));
                        case unix_millis -> Instant.ofEpochMilli(Long.parseLong(text));
                        case iso8601, iso8601_z, iso8601_offset -> iso(text);
                    });
        } catch (NumberFormatException | DateTimeException e) {
            return Optional.empty();
        }
    }

    private static Instant iso(String text) {
        return switch (DateTimeFormatter.ISO_DATE_TIME.parseBest(
                text, OffsetDateTime::from, LocalDateTime::from)) {
            case OffsetDateTime time -> time.toInstant();
            case LocalDateTime utc -> utc.toInstant(ZoneOffset.UTC);
            default -> throw new DateTimeException(text);
        };
    }
}
