package dev.ringback.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.runtime.Setting;
import dev.ringback.runtime.Settings;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnvFileTest {
    private static final String KEYS = "local=*@*:it's; other=read@acc_1:$HOME `x` \"q\" \\";

    @TempDir Path folder;

    private final Settings settings =
            Settings.load(
                    Map.of(
                            Setting.API_KEYS.name(),
                            KEYS,
                            Setting.TTY.name(),
                            "1",
                            Setting.EGRESS_ALLOW.name(),
                            "127.0.0.0/8, 10.0.0.0/8",
                            "RINGBACK_KAFKA_PROP_SASL_MECHANISM",
                            "PLAIN"));

    @Test
    void text_readAsConfig_isTheSameSettings() {
        Settings read = Settings.load(Map.of(Setting.CONFIG.name(), write().toString()));
        Map<String, String> expected = new TreeMap<>(settings.texts());
        Map<String, String> actual = new TreeMap<>(read.texts());
        for (String own : new String[] {Setting.CONFIG.name(), Setting.TTY.name()}) {
            expected.remove(own);
            actual.remove(own);
        }
        assertThat(actual).isEqualTo(expected);
        assertThat(read.kafkaProperties()).isEqualTo(settings.kafkaProperties());
    }

    @Test
    void text_readByAShell_isTheSameSettings() throws Exception {
        String script = ". \"$1\"; printf '%s|%s' \"$RINGBACK_API_KEYS\" \"$RINGBACK_RETRY_RUNGS\"";
        Process shell =
                new ProcessBuilder("sh", "-c", script, "sh", write().toString())
                        .redirectErrorStream(true)
                        .start();
        String printed = new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(printed)
                .isEqualTo(KEYS + "|" + settings.texts().get(Setting.RETRY_RUNGS.name()));
    }

    @Test
    void text_emptyAndOwn_isLeftOut() {
        assertThat(EnvFile.text(settings))
                .doesNotContain("RINGBACK_TTY=", "RINGBACK_CONFIG=", "RINGBACK_REPLICATION=");
    }

    @Test
    void write_file_isForItsOwnerAlone() throws Exception {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(write())))
                .isEqualTo("rw-------");
    }

    private Path write() {
        try (DataFolder data = DataFolder.open(folder)) {
            return data.write(EnvFile.NAME, EnvFile.text(settings));
        }
    }
}
