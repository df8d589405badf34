package dev.ringback.send;

import dev.ringback.schemas.Json;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Takes out of an answer what the receiver repeats of the request's secret headers, as receivers
 * for debugging do, so that it ends in no log. Pure.
 */
final class Echo {
    private static final String MASK = "***";

    /** Shorter credentials cannot be told from other text; a whole value always is. */
    private static final int LEAST_LENGTH = 4;

    private Echo() {}

    /**
     * The answer without the request's secret header values.
     *
     * @param secrets values of headers that the log may not show
     */
    static Reply.Answered without(List<String> secrets, Reply.Answered answer) {
        int room = longestText(answer);
        List<String> values =
                secrets.stream()
                        .map(String::strip)
                        .flatMap(Echo::parts)
                        .filter(value -> value.length() >= LEAST_LENGTH)
                        .filter(value -> value.length() <= room || answer.truncated())
                        .flatMap(Echo::forms)
                        .distinct()
                        .sorted((a, b) -> b.length() - a.length())
                        .toList();
        if (values.isEmpty()) {
            return answer;
        }
        Map<String, String> headers = new HashMap<>();
        answer.headers().forEach((name, value) -> headers.put(name, masked(values, value)));
        String body = masked(values, answer.body());
        return new Reply.Answered(
                answer.status(),
                headers,
                answer.truncated() ? withoutStart(values, body) : body,
                answer.truncated(),
                answer.whole());
    }

    /** What is shorter than a value cannot repeat it; most answers are. */
    private static int longestText(Reply.Answered answer) {
        int longest = answer.body().length();
        for (String value : answer.headers().values()) {
            longest = Math.max(longest, value.length());
        }
        return longest;
    }

    /** A value as a whole, and the credentials after the scheme of an Authorization header. */
    private static Stream<String> parts(String value) {
        int space = value.lastIndexOf(' ');
        return space < 0 ? Stream.of(value) : Stream.of(value, value.substring(space + 1));
    }

    /** As it was sent, and as JSON, JSON of PHP, HTML and a query would write it. */
    private static Stream<String> forms(String value) {
        String quoted = Json.text(value);
        String json = quoted.substring(1, quoted.length() - 1);
        String encoded = URLEncoder.encode(value, StandardCharsets.UTF_8);
        String html =
                value.replace("&", "&amp;")
                        .replace("<", "&lt;")
                        .replace(">", "&gt;")
                        .replace("\"", "&quot;");
        return Stream.of(
                value,
                json,
                json.replace("/", "\\/"),
                html,
                html.replace("'", "&#39;"),
                encoded,
                encoded.replace("+", "%20"));
    }

    private static String masked(List<String> values, String text) {
        String masked = text;
        for (String value : values) {
            if (masked.contains(value)) {
                masked = masked.replace(value, MASK);
            }
        }
        return masked;
    }

    /** A body that was cut may end in the first part of a value. */
    private static String withoutStart(List<String> values, String body) {
        for (String value : values) {
            for (int length = value.length() - 1; length >= LEAST_LENGTH; length--) {
                if (body.endsWith(value.substring(0, length))) {
                    return body.substring(0, body.length() - length) + MASK;
                }
            }
        }
        return body;
    }
}
