package dev.ringback.receive;

import dev.ringback.dialect.Dialect;
import dev.ringback.schemas.SignatureScheme;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Verifies webhooks as their receiver should: over the body as it came, with the time of signing,
 * where there is one, close to now.
 */
public final class Verifier {
    private static final Duration TOLERANCE = Duration.ofMinutes(5);
    private static final Pattern PLACEHOLDER = Pattern.compile("\\{[a-z]+}");
    private static final Pattern MILLIS = Pattern.compile("[0-9]{13,15}");
    private static final Pattern SECONDS = Pattern.compile("[0-9]{1,12}");
    private static final String ID = "{id}";
    private static final String TIMESTAMP = "{timestamp}";
    private static final String SIGNATURE = "{signature}";
    private static final String BODY = "{body}";

    private final SignatureScheme scheme;
    private final Key key;
    private final Clock clock;

    /** What came of verifying a webhook. */
    public sealed interface Check {
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
     * Verifies what was signed with one secret.
     *
     * @param secret the endpoint's, in the form its dialect gives it, or its public key ({@code
     *     whpk_})
     */
    public Verifier(SignatureScheme scheme, String secret, Clock clock) {
        this.scheme = scheme;
        this.key = Key.of(scheme, secret);
        this.clock = clock;
    }

    /** What is wrong with a secret to verify a dialect's webhooks with, if anything. */
    public static Optional<String> faultIn(Dialect dialect, String secret) {
        return Key.isPublic(dialect.signature(), secret)
                ? Key.faultInPublic(secret)
                : dialect.faultIn(secret);
    }

    /**
     * Verifies one webhook.
     *
     * @param headers by name, in any case
     */
    public Check check(Map<String, String> headers, byte[] body) {
        String timestamp = received(TIMESTAMP, headers).orElse("");
        if (uses(TIMESTAMP)) {
            Optional<Instant> signed = time(timestamp);
            if (signed.isEmpty()) {
                return new Check.Failed("no time of signing in its headers");
            }
            if (Duration.between(signed.get(), clock.instant()).abs().compareTo(TOLERANCE) > 0) {
                return new Check.Failed(
                        "signed at " + signed.get() + ", more than 5 minutes from now");
            }
        }
        byte[] message = message(received(ID, headers).orElse(""), timestamp, body);
        for (Map.Entry<String, String> header : scheme.headers().entrySet()) {
            if (header.getValue().contains(SIGNATURE)) {
                String value = headers.get(header.getKey());
                if (value == null) {
                    return new Check.Failed("no " + header.getKey() + " header");
                }
                if (found(header.getValue(), SIGNATURE, value).noneMatch(of -> made(of, message))) {
                    return new Check.Failed("the signature is not of this secret and body");
                }
            }
        }
        return new Check.Verified();
    }

    private boolean uses(String placeholder) {
        return scheme.message().contains(placeholder)
                || scheme.headers().values().stream()
                        .anyMatch(value -> value.contains(placeholder));
    }

    private boolean made(String signature, byte[] message) {
        try {
            byte[] bytes =
                    switch (scheme.encoding()) {
                        case hex -> HexFormat.of().parseHex(signature);
                        case base64 -> Base64.getDecoder().decode(signature);
                    };
            return key.made(bytes, message);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** What was signed, with the time as it was received, in whatever form that is. */
    private byte[] message(String id, String timestamp, byte[] body) {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        String template = scheme.message();
        int from = 0;
        for (int at = template.indexOf(BODY); at >= 0; at = template.indexOf(BODY, from)) {
            message.writeBytes(fill(template.substring(from, at), id, timestamp));
            message.writeBytes(body);
            from = at + BODY.length();
        }
        message.writeBytes(fill(template.substring(from), id, timestamp));
        return message.toByteArray();
    }

    private static byte[] fill(String template, String id, String timestamp) {
        return template.replace(TIMESTAMP, timestamp)
                .replace(ID, id)
                .getBytes(StandardCharsets.UTF_8);
    }

    /** What stands in the headers where the scheme has this placeholder. */
    private Optional<String> received(String placeholder, Map<String, String> headers) {
        return scheme.headers().entrySet().stream()
                .filter(header -> header.getValue().contains(placeholder))
                .flatMap(
                        header ->
                                Stream.ofNullable(headers.get(header.getKey()))
                                        .flatMap(
                                                value ->
                                                        found(
                                                                header.getValue(),
                                                                placeholder,
                                                                value)))
                .findFirst();
    }

    /** What stands for a placeholder each time the template occurs in a header's value. */
    private static Stream<String> found(String template, String wanted, String value) {
        StringBuilder regex = new StringBuilder();
        Matcher placeholder = PLACEHOLDER.matcher(template);
        boolean captured = false;
        int from = 0;
        while (placeholder.find()) {
            regex.append(Pattern.quote(template.substring(from, placeholder.start())));
            boolean capture = !captured && placeholder.group().equals(wanted);
            regex.append(capture ? "([^,;\\s]+)" : "[^,;\\s]+");
            captured |= capture;
            from = placeholder.end();
        }
        regex.append(Pattern.quote(template.substring(from)));
        return Pattern.compile(regex.toString())
                .matcher(value)
                .results()
                .map((MatchResult result) -> result.group(1));
    }

    /** A time in any of the forms in which one is signed; without an offset it is UTC. */
    private static Optional<Instant> time(String text) {
        if (MILLIS.matcher(text).matches()) {
            return Optional.of(Instant.ofEpochMilli(Long.parseLong(text)));
        }
        if (SECONDS.matcher(text).matches()) {
            return Optional.of(Instant.ofEpochSecond(Long.parseLong(text)));
        }
        try {
            return Optional.of(iso(text));
        } catch (DateTimeException e) {
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
