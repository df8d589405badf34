package dev.ringback.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.SecureRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretBoxTest {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final String OLD = SecretBox.newKey("k1", RANDOM);
    private static final String NEW = SecretBox.newKey("k2", RANDOM);

    @Test
    void open_sealed_isTheSameText() {
        SecretBox box = new SecretBox(OLD, RANDOM);
        String sealed = box.seal("whsec_שלום", "ep_1");
        assertThat(sealed).doesNotContain("whsec");
        assertThat(box.open(sealed, "ep_1")).isEqualTo("whsec_שלום");
        assertThat(box.seal("whsec_שלום", "ep_1")).isNotEqualTo(sealed);
    }

    @Test
    void open_ofAnotherOwnerOrChanged_fails() {
        SecretBox box = new SecretBox(OLD, RANDOM);
        String sealed = box.seal("secret", "ep_1");
        assertThatThrownBy(() -> box.open(sealed, "ep_2")).hasMessageContaining("does not open");
        char last = sealed.charAt(30) == 'A' ? 'B' : 'A';
        String changed = sealed.substring(0, 30) + last + sealed.substring(31);
        assertThatThrownBy(() -> box.open(changed, "ep_1"))
                .isInstanceOf(IllegalStateException.class);
    }

    @Test
    void rotation_newKeyInFront_opensOldAndSealsWithNew() {
        String sealed = new SecretBox(OLD, RANDOM).seal("secret", "ep_1");
        SecretBox both = new SecretBox(NEW + "," + OLD, RANDOM);
        assertThat(both.open(sealed, "ep_1")).isEqualTo("secret");
        SecretBox onlyNew = new SecretBox(NEW, RANDOM);
        assertThat(onlyNew.open(both.seal("again", "ep_1"), "ep_1")).isEqualTo("again");
        assertThatThrownBy(() -> onlyNew.open(sealed, "ep_1"))
                .hasMessageContaining("RINGBACK_MASTER_KEY");
    }

    @Test
    void derived_opensWhatItsLikeSealedAndNothingElse() {
        SecretBox box = new SecretBox(OLD, RANDOM);
        String sealed = box.derived("sessions").seal("text", "owner");
        assertThat(new SecretBox(OLD, RANDOM).derived("sessions").open(sealed, "owner"))
                .isEqualTo("text");
        assertThatThrownBy(() -> box.open(sealed, "owner"))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> box.derived("others").open(sealed, "owner"))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> box.derived("sessions").open(box.seal("text", "owner"), "owner"))
                .isInstanceOf(IllegalStateException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "k1", "k1:c2hvcnQ=", "k1:not base64", ":c2hvcnQ="})
    void keys_malformed_areRefused(String text) {
        assertThatThrownBy(() -> new SecretBox(text, RANDOM))
                .isInstanceOf(Settings.Invalid.class)
                .hasMessageContaining("RINGBACK_MASTER_KEY");
    }

    @Test
    void keys_ofTheSameId_areRefused() {
        String other = SecretBox.newKey("k1", RANDOM);
        assertThatThrownBy(() -> new SecretBox(other + "," + OLD, RANDOM))
                .isInstanceOf(Settings.Invalid.class)
                .hasMessageContaining("two keys of the id k1");
    }
}
