package dev.ringback.schemas;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * How an attempt is signed, as data that can express every vendor's way.
 *
 * @param headers by name, in the order in which they are sent; values as templates over {@code {id}
 *     {timestamp} {event} {version} {signature}}; {@code {version}} is {@code v1}, or {@code v1a}
 *     where the secret is an ed25519 key
 * @param message what is signed, as a template over {@code {id} {timestamp} {body}}
 * @param separator between the values of several live secrets; empty: the newest secret alone signs
 */
public record SignatureScheme(
        Map<String, String> headers,
        String message,
        String separator,
        Timestamp timestamp,
        Algorithm algorithm,
        Encoding encoding,
        SecretForm secret) {

    /** How the time of signing is written. */
    public enum Timestamp {
        unix_seconds,
        unix_millis,
        /** UTC with microseconds and no offset, as Ultravox's own samples want it. */
        iso8601,
        /** The same, ending in {@code Z}. */
        iso8601_z,
        /** The same, ending in {@code +00:00}. */
        iso8601_offset;

        private static final DateTimeFormatter MICROS =
                DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS")
                        .withZone(ZoneOffset.UTC);

        /** A time in this form. */
        public String text(Instant at) {
            return switch (this) {
                case unix_seconds -> Long.toString(at.getEpochSecond());
                case unix_millis -> Long.toString(at.toEpochMilli());
                case iso8601 -> MICROS.format(at);
                case iso8601_z -> MICROS.format(at) + "Z";
                case iso8601_offset -> MICROS.format(at) + "+00:00";
            };
        }
    }

    /** What makes the signature. */
    public enum Algorithm {
        @JsonProperty("hmac-sha256")
        HMAC_SHA256,
        @JsonProperty("hmac-sha512")
        HMAC_SHA512,
        @JsonProperty("hmac-sha1")
        HMAC_SHA1,
        @JsonProperty("ed25519")
        ED25519
    }

    /** How the signature's bytes are written. */
    public enum Encoding {
        hex,
        base64
    }

    /** What of the secret is the key: its UTF-8 bytes, or what its base64 decodes to. */
    public enum SecretForm {
        utf8,
        base64
    }

    /** Checks that nothing is missing, and copies the headers in their order. */
    public SignatureScheme {
        Stream.of(message, separator, timestamp, algorithm, encoding, secret)
                .forEach(Objects::requireNonNull);
        headers = Collections.unmodifiableMap(new LinkedHashMap<>(headers));
    }

    /** Reads a whole scheme, in the form in which the API takes and shows them. */
    public static SignatureScheme parse(String json) {
        return Json.read(Json.parse(json.getBytes(StandardCharsets.UTF_8)), SignatureScheme.class);
    }
}
