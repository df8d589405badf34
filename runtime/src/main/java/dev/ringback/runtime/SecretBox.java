package dev.ringback.runtime;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.spec.AlgorithmParameterSpec;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.crypto.Cipher;
import javax.crypto.KDF;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Seals secrets at rest with AES-256-GCM (NIST SP 800-38D): one version byte, the key's id, a
 * random 96-bit nonce, the text and its tag. Thread-safe.
 */
public final class SecretBox {
    private static final byte VERSION = 1;
    private static final int ID_BYTES = 4;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final int KEY_BYTES = 32;

    private final Map<Integer, SecretKeySpec> keys = new LinkedHashMap<>();
    private final int primary;
    private final SecureRandom random;

    /**
     * Reads the master keys.
     *
     * @param text {@code id:base64} of 32 bytes, comma separated; the first seals, all open
     * @throws Settings.Invalid when there is none or one is malformed
     */
    public SecretBox(String text, SecureRandom random) {
        this.random = random;
        for (String part : text.split(",", -1)) {
            add(part.strip());
        }
        this.primary = keys.keySet().iterator().next();
    }

    private SecretBox(Map<Integer, SecretKeySpec> keys, int primary, SecureRandom random) {
        this.keys.putAll(keys);
        this.primary = primary;
        this.random = random;
    }

    /**
     * A box for another purpose, whose keys are derived from these (HKDF-SHA256, RFC 5869), so that
     * neither opens what the other sealed.
     */
    public SecretBox derived(String purpose) {
        Map<Integer, SecretKeySpec> others = new LinkedHashMap<>();
        keys.forEach((id, key) -> others.put(id, derived(key, purpose)));
        return new SecretBox(others, primary, random);
    }

    private static SecretKeySpec derived(SecretKeySpec key, String purpose) {
        try {
            AlgorithmParameterSpec parameters =
                    HKDFParameterSpec.ofExtract()
                            .addIKM(key)
                            .thenExpand(purpose.getBytes(StandardCharsets.UTF_8), KEY_BYTES);
            byte[] bytes = KDF.getInstance("HKDF-SHA256").deriveData(parameters);
            return new SecretKeySpec(bytes, "AES");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has HKDF-SHA256", e);
        }
    }

    /** Reads master keys only to see that they can be. */
    static void check(String text) {
        new SecretBox(text, new SecureRandom()).keys.clear();
    }

    /** A new master key, in the form that the constructor reads. */
    public static String newKey(String id, SecureRandom random) {
        byte[] key = new byte[KEY_BYTES];
        random.nextBytes(key);
        return id + ":" + Base64.getEncoder().encodeToString(key);
    }

    /**
     * Seals a text.
     *
     * @param owner whose it is; {@link #open} needs the same
     */
    public String seal(String text, String owner) {
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        try {
            Cipher cipher = cipher(Cipher.ENCRYPT_MODE, primary, nonce, owner);
            byte[] sealed = cipher.doFinal(text.getBytes(StandardCharsets.UTF_8));
            ByteBuffer out = ByteBuffer.allocate(1 + ID_BYTES + NONCE_BYTES + sealed.length);
            out.put(VERSION).putInt(primary).put(nonce).put(sealed);
            return Base64.getEncoder().encodeToString(out.array());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has AES/GCM", e);
        }
    }

    /**
     * Opens what {@link #seal} made.
     *
     * @throws IllegalStateException when its key is not among the master keys, or it was changed,
     *     or it belongs to another owner
     */
    public String open(String sealed, String owner) {
        ByteBuffer in = ByteBuffer.wrap(Base64.getDecoder().decode(sealed));
        if (in.remaining() < 1 + ID_BYTES + NONCE_BYTES || in.get() != VERSION) {
            throw new IllegalStateException("not a sealed secret");
        }
        int id = in.getInt();
        if (!keys.containsKey(id)) {
            throw new IllegalStateException(
                    "sealed by a key that is not in " + Setting.MASTER_KEY.name());
        }
        byte[] nonce = new byte[NONCE_BYTES];
        in.get(nonce);
        byte[] text = new byte[in.remaining()];
        in.get(text);
        try {
            return new String(
                    cipher(Cipher.DECRYPT_MODE, id, nonce, owner).doFinal(text),
                    StandardCharsets.UTF_8);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a sealed secret does not open", e);
        }
    }

    /** Whether the first of the master keys has sealed this, so that the others may go. */
    public boolean isSealedByFirst(String sealed) {
        ByteBuffer in = ByteBuffer.wrap(Base64.getDecoder().decode(sealed));
        return in.remaining() > 1 + ID_BYTES && in.get() == VERSION && in.getInt() == primary;
    }

    private Cipher cipher(int mode, int id, byte[] nonce, String owner)
            throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, keys.get(id), new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(owner.getBytes(StandardCharsets.UTF_8));
        return cipher;
    }

    private void add(String part) {
        int colon = part.indexOf(':');
        try {
            byte[] key = Base64.getDecoder().decode(part.substring(colon + 1));
            if (colon < 1 || key.length != KEY_BYTES) {
                throw malformed();
            }
            String id = part.substring(0, colon);
            if (keys.put(idOf(id), new SecretKeySpec(key, "AES")) != null) {
                throw new Settings.Invalid(
                        "RINGBACK_MASTER_KEY has two keys of the id " + id + "; name each anew");
            }
        } catch (IllegalArgumentException e) {
            throw malformed();
        }
    }

    private static Settings.Invalid malformed() {
        return new Settings.Invalid(
                "RINGBACK_MASTER_KEY is not id:base64 of 32 bytes, comma separated");
    }

    private static int idOf(String name) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256")
                            .digest(name.getBytes(StandardCharsets.UTF_8));
            return ByteBuffer.wrap(digest).getInt();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
