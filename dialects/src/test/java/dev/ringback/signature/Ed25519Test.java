package dev.ringback.signature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.EdECPoint;
import java.security.spec.EdECPublicKeySpec;
import java.security.spec.NamedParameterSpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Ed25519Test {
    private static final byte[] MESSAGE = "שלום".getBytes(StandardCharsets.UTF_8);

    /** RFC 8032, section 7.1, tests 1 to 3. */
    @ParameterizedTest
    @CsvSource({
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60,"
                + "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a,'',"
                + "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb,"
                + "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c,72,"
                + "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7,"
                + "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025,af82,"
                + "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
    })
    void sign_meetsTheVectorsOfTheRfc(String seed, String publicKey, String message, String signed)
            throws GeneralSecurityException {
        String secret = "whsk_" + base64(HexFormat.of().parseHex(seed));
        assertThat(Ed25519.publicKey(secret))
                .isEqualTo("whpk_" + base64(HexFormat.of().parseHex(publicKey)));
        Signature signer = Ed25519.signer(secret).orElseThrow();
        signer.update(HexFormat.of().parseHex(message));
        assertThat(HexFormat.of().formatHex(signer.sign())).isEqualTo(signed);
    }

    @Test
    void publicKey_ofSvixsExample_isTheOneItShows() {
        assertThat(
                        Ed25519.publicKey(
                                "whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg=="))
                .isEqualTo("whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=");
    }

    @Test
    void newSecret_signsWhatItsPublicKeyVerifies() throws GeneralSecurityException {
        for (int seed = 0; seed < 20; seed++) {
            String secret = Ed25519.newSecret(new Random(seed));
            assertThat(Ed25519.faultIn(secret)).isEmpty();
            Signature signer = Ed25519.signer(secret).orElseThrow();
            signer.update(MESSAGE);
            Signature verifier = Signature.getInstance("Ed25519");
            verifier.initVerify(publicKey(Ed25519.publicKey(secret)));
            verifier.update(MESSAGE);
            assertThat(verifier.verify(signer.sign())).as("seed %d", seed).isTrue();
        }
    }

    @Test
    void newSecret_holdsBothHalves() {
        byte[] both = Base64.getDecoder().decode(Ed25519.newSecret(new Random(1)).substring(5));
        assertThat(both).hasSize(64);
        assertThat(Ed25519.publicKey("whsk_" + base64(java.util.Arrays.copyOf(both, 32))))
                .isEqualTo("whpk_" + base64(java.util.Arrays.copyOfRange(both, 32, 64)));
    }

    @Test
    void publicKey_ofSomethingElse_isRefusedWithoutRepeatingIt() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Ed25519.publicKey("whsk_SECRET"))
                .withMessageNotContaining("SECRET");
    }

    /** RFC 8032, section 5.1.2: the point's y, little endian, and the lowest bit of its x. */
    static PublicKey publicKey(String text) throws GeneralSecurityException {
        byte[] key = Base64.getDecoder().decode(text.substring("whpk_".length()));
        boolean xOdd = (key[31] & 0x80) != 0;
        key[31] &= 0x7f;
        byte[] y = new byte[32];
        for (int i = 0; i < 32; i++) {
            y[i] = key[31 - i];
        }
        return KeyFactory.getInstance("Ed25519")
                .generatePublic(
                        new EdECPublicKeySpec(
                                NamedParameterSpec.ED25519,
                                new EdECPoint(xOdd, new BigInteger(1, y))));
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }
}
