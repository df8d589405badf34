package dev.ringback.dialect;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Map;

/**
 * How an attempt is signed, as data that can express every vendor's way.
 *
 * @param headers by name, their values as templates over {@code {id} {timestamp} {signature}}
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
        iso8601;

        private static final DateTimeFormatter MICROS =
                DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'")
                        .withZone(ZoneOffset.UTC);

        String text(Instant at) {
            return switch (this) {
                case unix_seconds -> Long.toString(at.getEpochSecond());
                case unix_millis -> Long.toString(at.toEpochMilli());
                case iso8601 -> MICROS.format(at);
            };
        }
    }

    /** What makes the signature. */
    public enum Algorithm {
        @JsonProperty("hmac-sha256")
        HMAC_SHA256("HmacSHA256"),
        @JsonProperty("hmac-sha512")
        HMAC_SHA512("HmacSHA512"),
        @JsonProperty("hmac-sha1")
        HMAC_SHA1("HmacSHA1");

        private final String jca;

        Algorithm(String jca) {
            this.jca = jca;
        }

        String jca() {
            return jca;
        }
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

    /** Copies the headers. */
    public SignatureScheme {
        headers = Map.copyOf(headers);
    }
}
