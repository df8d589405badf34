package dev.ringback.dialect;

import dev.ringback.schemas.SignatureScheme;
import dev.ringback.schemas.SignatureScheme.SecretForm;
import dev.ringback.signature.Ed25519;
import java.util.Base64;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The secrets of endpoints: what is wrong with one that a subscriber brings, and new ones. No
 * reason ever repeats the secret.
 */
public final class Secrets {
    private static final String PREFIX = "whsec_";
    private static final int NEW_BYTES = 32;
    private static final int LEAST_BYTES = 24;
    private static final int MOST_BYTES = 64;

    private Secrets() {}

    /**
     * What is wrong with a secret, if anything.
     *
     * @param override how the endpoint signs; null: as its dialect does
     */
    public static Optional<String> fault(
            Dialect dialect, @Nullable SignatureScheme override, String secret) {
        if (override == null) {
            return dialect.faultIn(secret);
        }
        int most = dialect.rules().mostSecret();
        if (secret.length() > most) {
            return tooLong(most);
        }
        return switch (override.algorithm()) {
            case ED25519 -> Ed25519.faultIn(secret);
            case HMAC_SHA256, HMAC_SHA512, HMAC_SHA1 -> faultInKey(override.secret(), secret, most);
        };
    }

    /**
     * A new secret.
     *
     * @param override how the endpoint signs; null: as its dialect does
     */
    public static String make(
            Dialect dialect, @Nullable SignatureScheme override, RandomGenerator random) {
        if (override == null) {
            return dialect.newSecret(random);
        }
        return switch (override.algorithm()) {
            case ED25519 -> Ed25519.newSecret(random);
            case HMAC_SHA256, HMAC_SHA512, HMAC_SHA1 ->
                    switch (override.secret()) {
                        case utf8 -> text(random);
                        case base64 -> base64(random);
                    };
        };
    }

    private static Optional<String> faultInKey(SecretForm form, String secret, int most) {
        return switch (form) {
            case utf8 -> faultInText(secret, most);
            case base64 -> {
                if (Ed25519.isKey(secret)) {
                    yield Ed25519.faultIn(secret);
                }
                if (secret.startsWith(PREFIX)) {
                    yield faultInWhsec(secret);
                }
                boolean isKey = decoded(secret).filter(key -> key.length > 0).isPresent();
                yield isKey
                        ? Optional.empty()
                        : Optional.of("is not base64, alone or after a prefix such as whsec_");
            }
        };
    }

    /** What is wrong with a secret as Standard Webhooks 1.0.0 writes it. */
    static Optional<String> faultInWhsec(String secret) {
        String form = "is not whsec_ and the base64 of 24 to 64 bytes";
        Optional<byte[]> key = secret.startsWith(PREFIX) ? decoded(secret) : Optional.empty();
        if (key.isEmpty()) {
            return Optional.of(form);
        }
        int bytes = key.get().length;
        boolean fits = bytes >= LEAST_BYTES && bytes <= MOST_BYTES;
        return fits ? Optional.empty() : Optional.of(form + "; it has " + bytes);
    }

    /** What is wrong with a secret whose characters are the key. */
    public static Optional<String> faultInText(String secret, int most) {
        if (secret.isBlank()) {
            return Optional.of("is blank");
        }
        if (secret.length() > most) {
            return tooLong(most);
        }
        if (!secret.codePoints().allMatch(Secrets::isPrintable)) {
            return Optional.of("has a character that cannot be printed");
        }
        return Ed25519.isKey(secret)
                ? Optional.of("is an ed25519 key, but the signature is not made with one")
                : Optional.empty();
    }

    private static boolean isPrintable(int codePoint) {
        return !Character.isISOControl(codePoint)
                && Character.getType(codePoint) != Character.SURROGATE;
    }

    private static Optional<String> tooLong(int most) {
        return Optional.of("is longer than " + most + " characters");
    }

    /** What the base64 after a secret's prefix, if it has one, decodes to. */
    static Optional<byte[]> decoded(String secret) {
        try {
            String base64 = secret.substring(secret.indexOf('_') + 1);
            return Optional.of(Base64.getDecoder().decode(base64));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** A new secret whose characters are the key. */
    static String text(RandomGenerator random) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes(random));
    }

    /** A new secret as Standard Webhooks writes it. */
    static String base64(RandomGenerator random) {
        return PREFIX + Base64.getEncoder().encodeToString(bytes(random));
    }

    private static byte[] bytes(RandomGenerator random) {
        byte[] bytes = new byte[NEW_BYTES];
        random.nextBytes(bytes);
        return bytes;
    }
}
