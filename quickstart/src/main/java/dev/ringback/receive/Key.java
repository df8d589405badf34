package dev.ringback.receive;

import dev.ringback.schemas.SignatureScheme;
import dev.ringback.schemas.SignatureScheme.Algorithm;
import dev.ringback.schemas.SignatureScheme.SecretForm;
import dev.ringback.signature.Ed25519;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** What a receiver has of a secret: enough to tell a right signature from a wrong one. */
sealed interface Key {
    /** What a public key begins with. */
    String PUBLIC_PREFIX = "whpk_";

    /** Whether this signature was made of this message, found in constant time. */
    boolean made(byte[] signature, byte[] message);

    /** The secret itself, which signs as well. */
    record Shared(String algorithm, byte[] bytes) implements Key {
        @Override
        public boolean made(byte[] signature, byte[] message) {
            try {
                Mac mac = Mac.getInstance(algorithm);
                mac.init(new SecretKeySpec(bytes, algorithm));
                return MessageDigest.isEqual(mac.doFinal(message), signature);
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("every JDK has " + algorithm, e);
            }
        }
    }

    /** The public half of an ed25519 key. */
    record Public(PublicKey key) implements Key {
        /** What stands before the 32 bytes of a key in its X.509 form (RFC 8410). */
        private static final byte[] X509 = HexFormat.of().parseHex("302a300506032b6570032100");

        static Public of(byte[] bytes) {
            ByteArrayOutputStream encoded = new ByteArrayOutputStream();
            encoded.writeBytes(X509);
            encoded.writeBytes(bytes);
            try {
                return new Public(
                        KeyFactory.getInstance("Ed25519")
                                .generatePublic(new X509EncodedKeySpec(encoded.toByteArray())));
            } catch (GeneralSecurityException e) {
                throw new IllegalArgumentException("is not an ed25519 public key", e);
            }
        }

        @Override
        public boolean made(byte[] signature, byte[] message) {
            try {
                Signature verifier = Signature.getInstance("Ed25519");
                verifier.initVerify(key);
                verifier.update(message);
                return verifier.verify(signature);
            } catch (SignatureException e) {
                return false;
            } catch (GeneralSecurityException e) {
                throw new IllegalStateException("every JDK has Ed25519", e);
            }
        }
    }

    /** Whether a secret is the public half of a pair of keys under this scheme. */
    static boolean isPublic(SignatureScheme scheme, String secret) {
        return mayBePair(scheme) && secret.startsWith(PUBLIC_PREFIX);
    }

    private static boolean mayBePair(SignatureScheme scheme) {
        return scheme.secret() == SecretForm.base64 || scheme.algorithm() == Algorithm.ED25519;
    }

    /** What is wrong with a public key, if anything. */
    static Optional<String> faultInPublic(String secret) {
        try {
            Public.of(decoded(secret));
            return Optional.empty();
        } catch (IllegalArgumentException e) {
            return Optional.of("is not whpk_ and the base64 of an ed25519 public key");
        }
    }

    /** The key that a secret gives under this scheme. */
    static Key of(SignatureScheme scheme, String secret) {
        if (isPublic(scheme, secret)) {
            return Public.of(decoded(secret));
        }
        if (mayBePair(scheme) && Ed25519.isKey(secret)) {
            return Public.of(decoded(Ed25519.publicKey(secret)));
        }
        byte[] bytes =
                switch (scheme.secret()) {
                    case utf8 -> secret.getBytes(StandardCharsets.UTF_8);
                    case base64 -> decoded(secret);
                };
        return switch (scheme.algorithm()) {
            case HMAC_SHA256 -> new Shared("HmacSHA256", bytes);
            case HMAC_SHA512 -> new Shared("HmacSHA512", bytes);
            case HMAC_SHA1 -> new Shared("HmacSHA1", bytes);
            case ED25519 -> throw new IllegalArgumentException("is not an ed25519 key");
        };
    }

    private static byte[] decoded(String secret) {
        return Base64.getDecoder().decode(secret.substring(secret.indexOf('_') + 1));
    }
}
