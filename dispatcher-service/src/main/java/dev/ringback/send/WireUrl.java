package dev.ringback.send;

import java.util.Objects;
import okhttp3.HttpUrl;

/**
 * The URL of a GET whose fields are its query, letter by letter as it goes out, so that it can be
 * signed.
 *
 * @param query the whole query, that which the URL has itself included
 */
public record WireUrl(String url, String query) {
    /**
     * Adds fields to the query of a URL.
     *
     * @param fields as {@code application/x-www-form-urlencoded}
     */
    public static WireUrl of(String url, String fields) {
        boolean open = url.endsWith("?") || url.endsWith("&");
        String joint = open ? "" : url.contains("?") ? "&" : "?";
        String whole = url + joint + fields;
        HttpUrl parsed = HttpUrl.parse(whole);
        return parsed == null
                ? new WireUrl(whole, fields)
                : new WireUrl(
                        parsed.toString(), Objects.requireNonNullElse(parsed.encodedQuery(), ""));
    }
}
