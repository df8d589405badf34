package dev.ringback.signature;

import java.io.Serial;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Ed25519 keys in the text forms of Standard Webhooks: {@code whsk_} and the base64 of the private
 * key, {@code whpk_} and that of the public one. A private key is its seed of 32 bytes, or the seed
 * and the public key after it, as Svix writes it.
 */
public final class Ed25519 {
    private static final String SECRET_PREFIX = "whsk_";
    private static final String PUBLIC_PREFIX = "whpk_";
    private static final String ALGORITHM = "Ed25519";
    private static final int KEY_BYTES = 32;

    private Ed25519() {}

    /** Whether a secret says that it is such a key. */
    public static boolean isKey(String secret) {
        return secret.startsWith(SECRET_PREFIX);
    }

    /** What is wrong with a secret that should be such a key, if anything. */
    public static Optional<String> faultIn(String secret) {
        Optional<byte[]> key = key(secret);
        if (key.isEmpty()) {
            return Optional.of("is not whsk_ and the base64 of an ed25519 key of 32 or 64 bytes");
        }
        byte[] bytes = key.get();
        boolean halvesFit =
                bytes.length == KEY_BYTES
                        || Arrays.equals(publicHalf(seed(bytes)), 0, KEY_BYTES, bytes, 32, 64);
        return halvesFit
                ? Optional.empty()
                : Optional.of("is a key whose public half is not that of its private half");
    }

    /**
     * The {@code whpk_} that verifies what this secret signs.
     *
     * @throws IllegalArgumentException when the secret has a fault
     */
    public static String publicKey(String secret) {
        byte[] key = key(secret).orElseThrow(() -> new IllegalArgumentException("not a whsk_ key"));
        return PUBLIC_PREFIX + Base64.getEncoder().encodeToString(publicHalf(seed(key)));
    }

    /** A new key, in the form that holds both halves: every library takes that one. */
    public static String newSecret(RandomGenerator random) {
        byte[] seed = new byte[KEY_BYTES];
        random.nextBytes(seed);
        byte[] both = Arrays.copyOf(seed, 2 * KEY_BYTES);
        System.arraycopy(publicHalf(seed), 0, both, KEY_BYTES, KEY_BYTES);
        return SECRET_PREFIX + Base64.getEncoder().encodeToString(both);
    }

    /** What signs with a secret; empty when the secret is no such key. */
    public static Optional<Signature> signer(String secret) {
        return key(secret).map(key -> signer(seed(key)));
    }

    private static Signature signer(byte[] seed) {
        try {
            Signature signature = Signature.getInstance(ALGORITHM);
            signature.initSign(
                    KeyFactory.getInstance(ALGORITHM)
                            .generatePrivate(
                                    new EdECPrivateKeySpec(NamedParameterSpec.ED25519, seed)));
            return signature;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + ALGORITHM, e);
        }
    }

    private static Optional<byte[]> key(String secret) {
        if (!isKey(secret)) {
            return Optional.empty();
        }
        try {
            byte[] key = Base64.getDecoder().decode(secret.substring(SECRET_PREFIX.length()));
            return key.length == KEY_BYTES || key.length == 2 * KEY_BYTES
                    ? Optional.of(key)
                    : Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static byte[] seed(byte[] key) {
        return Arrays.copyOf(key, KEY_BYTES);
    }

    /** The JDK makes public keys of random bytes only; here the seed is what comes up. */
    private static byte[] publicHalf(byte[] seed) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(ALGORITHM);
            generator.initialize(NamedParameterSpec.ED25519, new Fixed(seed));
            byte[] encoded = generator.generateKeyPair().getPublic().getEncoded();
            return Arrays.copyOfRange(encoded, encoded.length - KEY_BYTES, encoded.length);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + ALGORITHM, e);
        }
    }

    /** A source of randomness that holds these bytes and no others. */
    private static final class Fixed extends SecureRandom {
        @Serial private static final long serialVersionUID = 1L;

        private final byte[] bytes;

        Fixed(byte[] bytes) {
            this.bytes = bytes.clone();
        }

        @Override
        public void nextBytes(byte[] into) {
            if (into.length != bytes.length) {
                throw new IllegalStateException(into.length + " bytes asked of " + bytes.length);
            }
            System.arraycopy(bytes, 0, into, 0, bytes.length);
        }
    }
}
