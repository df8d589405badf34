package dev.ringback.dialect;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** What receivers compute with, written here once more, away from the code that is tested. */
public final class Receivers {
    private Receivers() {}

    /** The HMAC of some pieces of text after each other. */
    public static byte[] hmac(String algorithm, byte[] key, String... pieces) {
        try {
            Mac mac = Mac.getInstance(algorithm);
            mac.init(new SecretKeySpec(key, algorithm));
            return mac.doFinal(String.join("", pieces).getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The lower-case hex of HMAC-SHA256, its key a text. */
    public static String hmacHex(String secret, String... pieces) {
        return HexFormat.of()
                .formatHex(hmac("HmacSHA256", secret.getBytes(StandardCharsets.UTF_8), pieces));
    }
}
