package dev.ringback.dialect;

import dev.ringback.schemas.SignatureScheme;
import dev.ringback.schemas.SignatureScheme.Algorithm;
import dev.ringback.schemas.SignatureScheme.SecretForm;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Signs attempts as a {@link SignatureScheme} says. Stateless and thread-safe. */
public final class Signer {
    private static final String BODY = "{body}";
    private static final String SIGNATURE = "{signature}";

    private Signer() {}

    /**
     * The signature headers of one attempt.
     *
     * @param id the delivery id
     * @param event the event's name in the dialect
     * @param at when it is signed
     * @param secrets the live ones, oldest first; none: the headers that carry a signature are left
     *     out
     */
    public static Map<String, String> sign(
            SignatureScheme scheme,
            String id,
            String event,
            Instant at,
            byte[] body,
            List<String> secrets) {
        String timestamp = scheme.timestamp().text(at);
        Map<String, String> headers = new LinkedHashMap<>();
        scheme.headers()
                .forEach(
                        (name, template) -> {
                            String value = fill(template, id, timestamp).replace("{event}", event);
                            if (!value.contains(SIGNATURE)) {
                                headers.put(name, value);
                            } else if (!secrets.isEmpty()) {
                                headers.put(
                                        name, signed(scheme, value, id, timestamp, body, secrets));
                            }
                        });
        return headers;
    }

    /** Compares a received signature header with the right one, in constant time. */
    public static boolean same(String received, String right) {
        return MessageDigest.isEqual(
                received.getBytes(StandardCharsets.UTF_8), right.getBytes(StandardCharsets.UTF_8));
    }

    private static String signed(
            SignatureScheme scheme,
            String template,
            String id,
            String timestamp,
            byte[] body,
            List<String> secrets) {
        boolean newestAlone = scheme.separator().isEmpty();
        List<String> signing = newestAlone ? List.of(secrets.getLast()) : secrets;
        StringJoiner values = new StringJoiner(scheme.separator());
        for (String secret : signing) {
            values.add(template.replace(SIGNATURE, signature(scheme, id, timestamp, body, secret)));
        }
        return values.toString();
    }

    private static String signature(
            SignatureScheme scheme, String id, String timestamp, byte[] body, String secret) {
        try {
            String algorithm = jca(scheme.algorithm());
            Mac mac = Mac.getInstance(algorithm);
            mac.init(new SecretKeySpec(key(scheme.secret(), secret), algorithm));
            String message = scheme.message();
            int from = 0;
            for (int at = message.indexOf(BODY); at >= 0; at = message.indexOf(BODY, from)) {
                mac.update(utf8(fill(message.substring(from, at), id, timestamp)));
                mac.update(body);
                from = at + BODY.length();
            }
            byte[] bytes = mac.doFinal(utf8(fill(message.substring(from), id, timestamp)));
            return switch (scheme.encoding()) {
                case hex -> HexFormat.of().formatHex(bytes);
                case base64 -> Base64.getEncoder().encodeToString(bytes);
            };
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + scheme.algorithm(), e);
        }
    }

    private static String jca(Algorithm algorithm) {
        return switch (algorithm) {
            case HMAC_SHA256 -> "HmacSHA256";
            case HMAC_SHA512 -> "HmacSHA512";
            case HMAC_SHA1 -> "HmacSHA1";
            case ED25519 -> "Ed25519";
        };
    }

    private static byte[] key(SecretForm form, String secret) {
        return switch (form) {
            case utf8 -> utf8(secret);
            case base64 -> Base64.getDecoder().decode(secret.substring(secret.indexOf('_') + 1));
        };
    }

    private static String fill(String template, String id, String timestamp) {
        return template.replace("{id}", id).replace("{timestamp}", timestamp);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
