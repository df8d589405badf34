package dev.ringback.schemas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UnitsTest {
    @ParameterizedTest
    @ValueSource(strings = {"500ms", "1s", "30s", "1m", "90s", "2h", "7d", "0s"})
    void text_ofDuration_isReadBack(String text) {
        assertThat(Units.text(Units.duration(text))).isEqualTo(text);
    }

    @Test
    void duration_otherForm_namesTheText() {
        assertThatThrownBy(() -> Units.duration("5")).hasMessageContaining("'5'");
        assertThatThrownBy(() -> Units.duration("999999999999999d")).hasMessageContaining("long");
    }

    @Test
    void bytesAndRates_carryUnits() {
        assertThat(Units.bytes("64KiB")).isEqualTo(65_536);
        assertThat(Units.perSecond("600/m")).isEqualTo(10.0);
        assertThatThrownBy(() -> Units.perSecond("0/s")).hasMessageContaining("0/s");
        assertThat(Units.duration("1m")).isEqualTo(Duration.ofMinutes(1));
    }
}
