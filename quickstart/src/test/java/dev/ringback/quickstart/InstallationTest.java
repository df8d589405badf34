package dev.ringback.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringback.quickstart.Ringback.Surroundings;
import dev.ringback.runtime.ApiKeys;
import dev.ringback.runtime.Setting;
import dev.ringback.runtime.Settings;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InstallationTest {
    private static final Map<String, String> ANY_PORTS =
            Map.of(
                    Setting.KAFKA_PORT.name(), "0",
                    Setting.INGEST_PORT.name(), "0",
                    Setting.CONSOLE_PORT.name(), "0",
                    Setting.DISPATCHER_PORT.name(), "0");

    @TempDir Path folder;

    @Test
    void open_anyPorts_writesTheRealOnes() {
        try (Installation installation = open(folder, Map.of())) {
            Settings settings = installation.settings();
            int ingest = settings.get(Setting.INGEST_PORT);
            assertThat(ingest).isPositive();
            assertThat(settings.get(Setting.INGEST_URL)).isEqualTo("http://127.0.0.1:" + ingest);
            assertThat(settings.get(Setting.KAFKA))
                    .isEqualTo("127.0.0.1:" + settings.get(Setting.KAFKA_PORT));
            assertThat(written().texts()).containsAllEntriesOf(notEmpty(settings));
        }
    }

    @Test
    void open_again_keepsTheMadeKeys() throws Exception {
        Settings first;
        try (Installation installation = open(folder, Map.of())) {
            first = installation.settings();
        }
        try (Installation installation = open(folder, Map.of())) {
            Settings second = installation.settings();
            assertThat(second.get(Setting.API_KEY)).isEqualTo(first.get(Setting.API_KEY));
            assertThat(second.get(Setting.MASTER_KEY)).isEqualTo(first.get(Setting.MASTER_KEY));
        }
        ApiKeys keys = ApiKeys.parse(first.get(Setting.API_KEYS));
        assertThat(keys.caller("Bearer " + first.get(Setting.API_KEY)).name()).isEqualTo("local");
        for (String file : new String[] {"api.key", "master.key", EnvFile.NAME}) {
            assertThat(Files.getPosixFilePermissions(folder.resolve(file))).hasSize(2);
        }
    }

    @Test
    void open_keysOfTheUser_takesTheFirstThatIsPlain() {
        String hashed = "a=*@*:sha256:" + "0".repeat(64);
        assertThat(apiKey("a=*@*:K1; b=read@*:K2", "")).isEqualTo("K1");
        assertThat(apiKey(hashed, "")).isEmpty();
        assertThat(apiKey(hashed, "K3")).isEqualTo("K3");
    }

    @Test
    void open_folderInUse_isRefused() {
        try (Installation installation = open(folder, Map.of())) {
            assertThat(installation.envFile()).exists();
            assertThatThrownBy(() -> open(folder, Map.of()))
                    .isInstanceOf(Ringback.Refused.class)
                    .hasMessage(folder + " is in use by another ringback");
        }
    }

    @Test
    void open_portTwice_isRefused() {
        Map<String, String> same =
                Map.of(Setting.INGEST_PORT.name(), "18080", Setting.CONSOLE_PORT.name(), "18080");
        assertThatThrownBy(() -> open(folder, same))
                .hasMessage("RINGBACK_INGEST_PORT and RINGBACK_CONSOLE_PORT are both 18080");
        open(folder, Map.of()).close();
    }

    @Test
    void open_stateOfAnotherInstallation_isRefused(@TempDir Path other) {
        try (Installation first = open(folder, Map.of())) {
            Map<String, String> exported =
                    Map.of(
                            Setting.STATE_DIR.name(),
                            first.settings().get(Setting.STATE_DIR).toString());
            assertThatThrownBy(() -> open(other, exported))
                    .hasMessageContaining("RINGBACK_STATE_DIR is the state of " + folder);
        }
    }

    @Test
    void open_kafkaElsewhere_needsNoPortForIt() {
        Map<String, String> elsewhere =
                Map.of(Setting.KAFKA.name(), "kafka.example:9092", Setting.KAFKA_PORT.name(), "1");
        try (Installation installation = open(folder, elsewhere)) {
            assertThat(installation.settings().get(Setting.KAFKA)).isEqualTo("kafka.example:9092");
        }
    }

    private String apiKey(String keys, String own) {
        Map<String, String> set = new HashMap<>(Map.of(Setting.API_KEYS.name(), keys));
        set.put(Setting.API_KEY.name(), own);
        try (Installation installation = open(folder, set)) {
            return installation.settings().get(Setting.API_KEY);
        }
    }

    private Settings written() {
        return Settings.load(
                Map.of(Setting.CONFIG.name(), folder.resolve(EnvFile.NAME).toString()));
    }

    private static Map<String, String> notEmpty(Settings settings) {
        Map<String, String> texts = new HashMap<>(settings.texts());
        texts.values().removeIf(String::isEmpty);
        texts.remove(Setting.TTY.name());
        return texts;
    }

    private static Installation open(Path folder, Map<String, String> environment) {
        Map<String, String> all = new HashMap<>(ANY_PORTS);
        all.putAll(environment);
        PrintStream nowhere = new PrintStream(PrintStream.nullOutputStream());
        Surroundings surroundings =
                new Surroundings(
                        all,
                        Clock.fixed(Instant.EPOCH, ZoneOffset.UTC),
                        new SecureRandom(),
                        InputStream.nullInputStream(),
                        nowhere,
                        nowhere,
                        new StopSignal());
        return Installation.open(folder, Settings.load(all), surroundings);
    }
}
