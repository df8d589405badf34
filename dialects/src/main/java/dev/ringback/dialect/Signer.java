package dev.ringback.dialect;

import dev.ringback.schemas.SignatureScheme;
import dev.ringback.schemas.SignatureScheme.Algorithm;
import dev.ringback.schemas.SignatureScheme.Encoding;
import dev.ringback.schemas.SignatureScheme.SecretForm;
import dev.ringback.signature.Ed25519;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.SignatureException;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs attempts as a {@link SignatureScheme} says. A secret that is an ed25519 key signs with it
 * where the scheme's algorithm is ed25519 or its secrets are base64; anywhere else a secret is the
 * key of an HMAC. Stateless and thread-safe.
 */
public final class Signer {
    private static final String BODY = "{body}";
    private static final String ID = "{id}";
    private static final String TIMESTAMP = "{timestamp}";
    private static final String EVENT = "{event}";
    private static final String VERSION = "{version}";
    private static final String SIGNATURE = "{signature}";

    private Signer() {}

    /** A signature as text, and what says how it was made. */
    private record Signed(String version, String signature) {}

    /** Takes what is signed, piece by piece. */
    private interface Sink {
        void take(byte[] piece) throws SignatureException;
    }

    /**
     * The signature headers of one attempt.
     *
     * @param id the delivery id
     * @param event the event's name in the dialect
     * @param at when it is signed
     * @param secrets the live ones, oldest first; one that is not of the scheme's form does not
     *     sign. When none signs, the headers that carry a signature or its time are left out
     */
    public static Map<String, String> sign(
            SignatureScheme scheme,
            String id,
            String event,
            Instant at,
            byte[] body,
            List<String> secrets) {
        String timestamp = scheme.timestamp().text(at);
        List<Signed> signatures = signatures(scheme, id, timestamp, body, secrets);
        Map<String, String> headers = new LinkedHashMap<>();
        scheme.headers()
                .forEach(
                        (name, template) -> {
                            if (!signatures.isEmpty() || !needsSecret(template)) {
                                String value = fill(template, id, timestamp).replace(EVENT, event);
                                headers.put(name, joined(value, signatures, scheme.separator()));
                            }
                        });
        return headers;
    }

    /** Compares a received signature header with the right one, in constant time. */
    public static boolean same(String received, String right) {
        return MessageDigest.isEqual(
                received.getBytes(StandardCharsets.UTF_8), right.getBytes(StandardCharsets.UTF_8));
    }

    private static boolean needsSecret(String template) {
        return carriesSignature(template) || template.contains(TIMESTAMP);
    }

    private static boolean carriesSignature(String template) {
        return template.contains(SIGNATURE) || template.contains(VERSION);
    }

    private static String joined(String value, List<Signed> signatures, String separator) {
        if (!carriesSignature(value)) {
            return value;
        }
        return signatures.stream()
                .map(
                        signed ->
                                value.replace(VERSION, signed.version())
                                        .replace(SIGNATURE, signed.signature()))
                .collect(Collectors.joining(separator));
    }

    private static List<Signed> signatures(
            SignatureScheme scheme,
            String id,
            String timestamp,
            byte[] body,
            List<String> secrets) {
        if (scheme.separator().isEmpty()) {
            return secrets.reversed().stream()
                    .flatMap(secret -> signature(scheme, id, timestamp, body, secret).stream())
                    .limit(1)
                    .toList();
        }
        return secrets.stream()
                .flatMap(secret -> signature(scheme, id, timestamp, body, secret).stream())
                .toList();
    }

    private static Optional<Signed> signature(
            SignatureScheme scheme, String id, String timestamp, byte[] body, String secret) {
        boolean keys = scheme.algorithm() == Algorithm.ED25519;
        boolean isKey = scheme.secret() == SecretForm.base64 && Ed25519.isKey(secret);
        try {
            if (keys || isKey) {
                Optional<Signature> signer = Ed25519.signer(secret);
                if (signer.isEmpty()) {
                    return Optional.empty();
                }
                write(scheme.message(), id, timestamp, body, signer.get()::update);
                return Optional.of(signed("v1a", scheme, signer.get().sign()));
            }
            Optional<byte[]> key = key(scheme.secret(), secret);
            if (key.isEmpty()) {
                return Optional.empty();
            }
            Mac mac = mac(scheme.algorithm(), key.get());
            write(scheme.message(), id, timestamp, body, mac::update);
            return Optional.of(signed("v1", scheme, mac.doFinal()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + scheme.algorithm(), e);
        }
    }

    /** Hands over the message without making a copy of the body. */
    private static void write(String message, String id, String timestamp, byte[] body, Sink sink)
            throws SignatureException {
        int from = 0;
        for (int at = message.indexOf(BODY); at >= 0; at = message.indexOf(BODY, from)) {
            sink.take(utf8(fill(message.substring(from, at), id, timestamp)));
            sink.take(body);
            from = at + BODY.length();
        }
        sink.take(utf8(fill(message.substring(from), id, timestamp)));
    }

    private static Mac mac(Algorithm algorithm, byte[] key) throws GeneralSecurityException {
        String name =
                switch (algorithm) {
                    case HMAC_SHA256 -> "HmacSHA256";
                    case HMAC_SHA512 -> "HmacSHA512";
                    case HMAC_SHA1 -> "HmacSHA1";
                    case ED25519 -> throw new IllegalArgumentException("ed25519 is no HMAC");
                };
        Mac mac = Mac.getInstance(name);
        mac.init(new SecretKeySpec(key, name));
        return mac;
    }

    private static Signed signed(String version, SignatureScheme scheme, byte[] bytes) {
        return new Signed(version, text(scheme.encoding(), bytes));
    }

    private static String text(Encoding encoding, byte[] bytes) {
        return switch (encoding) {
            case hex -> HexFormat.of().formatHex(bytes);
            case base64 -> Base64.getEncoder().encodeToString(bytes);
        };
    }

    private static Optional<byte[]> key(SecretForm form, String secret) {
        Optional<byte[]> key =
                switch (form) {
                    case utf8 -> Optional.of(utf8(secret));
                    case base64 -> Secrets.decoded(secret);
                };
        return key.filter(bytes -> bytes.length > 0);
    }

    private static String fill(String template, String id, String timestamp) {
        return template.replace(ID, id).replace(TIMESTAMP, timestamp);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
