package dev.ringback.send;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * One attempt as it goes out: where, with which headers and body, and how long it may take in all.
 *
 * @param method {@code POST}, or {@code GET} without a body
 * @param shownHeaders the headers as the log may show them: the endpoint's own values and
 *     signatures masked
 */
public record SignedRequest(
        String method,
        String url,
        Map<String, String> headers,
        Map<String, String> shownHeaders,
        byte[] body,
        Duration timeout) {
    /** The URL as the log may show it: without a user name and a password. */
    public String shownUrl() {
        return url.contains("@") ? url.replaceFirst("^([^:/?#]+://)[^/?#]*@", "$1") : url;
    }

    /** The header values that the log may not show. */
    List<String> secrets() {
        return headers.entrySet().stream()
                .filter(header -> isMasked(header.getKey(), header.getValue()))
                .map(Map.Entry::getValue)
                .toList();
    }

    private boolean isMasked(String name, String value) {
        return !value.equals(shownHeaders.get(name.toLowerCase(Locale.ROOT)));
    }

    /** Shows no header's value. */
    @Override
    public String toString() {
        return method + " " + shownUrl();
    }
}
