package dev.ringback.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsTest {
    @Test
    void load_unknownKey_namesIt() {
        assertThatThrownBy(() -> Settings.load(Map.of("RINGBACK_PARTITION", "3")))
                .isInstanceOf(Settings.Invalid.class)
                .hasMessage("RINGBACK_PARTITION is not a setting of Ringback");
    }

    @ParameterizedTest
    @CsvSource({
        "RINGBACK_PARTITIONS,many",
        "RINGBACK_PARTITIONS,0",
        "RINGBACK_INGEST_PORT,65536",
        "RINGBACK_INGEST_DEADLINE,10",
        "RINGBACK_INGEST_BUFFER,64KB",
        "RINGBACK_INGEST_RATE,0/s",
        "RINGBACK_ALLOW_HTTP,maybe",
        "RINGBACK_EGRESS_ALLOW,10.0.0.1/8",
        "RINGBACK_RETRY_RUNGS,4s 1s",
        "RINGBACK_LOG_FORMAT,xml"
    })
    void load_badValue_namesKeyAndValue(String key, String value) {
        assertThatThrownBy(() -> Settings.load(Map.of(key, value)))
                .isInstanceOf(Settings.Invalid.class)
                .hasMessageStartingWith(key + ": ");
    }

    @Test
    void load_fileAndEnvironment_environmentWins(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("ringback.env");
        Files.writeString(
                file,
                """
                # a comment
                RINGBACK_PARTITIONS=5
                RINGBACK_API_KEYS='a=*@*:it'\\''s'
                """);
        Settings settings =
                Settings.load(
                        Map.of("RINGBACK_CONFIG", file.toString(), "RINGBACK_PARTITIONS", "7"));
        assertThat(settings.get(Setting.PARTITIONS)).isEqualTo(7);
        assertThat(settings.get(Setting.API_KEYS)).isEqualTo("a=*@*:it's");
        assertThat(settings.get(Setting.INGEST_DEADLINE)).isEqualTo(Duration.ofSeconds(10));
    }

    @Test
    void load_fileOfOtherForm_namesTheLine(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("bad.env");
        Files.writeString(file, "RINGBACK_PARTITIONS=5\nPARTITIONS=5\n");
        assertThatThrownBy(() -> Settings.load(Map.of("RINGBACK_CONFIG", file.toString())))
                .hasMessageContaining("line 2");
        assertThatThrownBy(() -> Settings.load(Map.of("RINGBACK_CONFIG", "/nowhere")))
                .hasMessageContaining("/nowhere");
    }

    @Test
    void table_secrets_areMasked() {
        Settings settings =
                Settings.load(
                        Map.of(
                                "RINGBACK_API_KEYS", "a=*@*:hush",
                                "RINGBACK_KAFKA_PROP_SASL_JAAS_CONFIG", "password hush",
                                "RINGBACK_KAFKA_PROP_SECURITY_PROTOCOL", "SASL_SSL"));
        assertThat(settings.table())
                .doesNotContain("hush")
                .contains("RINGBACK_PARTITIONS", "SASL_SSL");
        assertThat(settings.kafkaProperties()).containsEntry("security.protocol", "SASL_SSL");
    }

    @Test
    void require_notSet_saysWhatToDo() {
        assertThatThrownBy(() -> Settings.load(Map.of()).require(Setting.API_KEYS, "make some"))
                .hasMessage("RINGBACK_API_KEYS is not set: make some");
    }
}
