package dev.ringback.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.embedded.EmbeddedKafka;
import dev.ringback.runtime.SecretBox;
import dev.ringback.runtime.Setting;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class MainTest {
    @Test
    void main_withoutKeys_isOneLineAndTwo() throws Exception {
        Process process = start(Map.of());
        List<String> lines = process.errorReader(StandardCharsets.UTF_8).lines().toList();
        assertThat(process.waitFor()).isEqualTo(2);
        assertThat(lines).singleElement().asString().startsWith("ringback: RINGBACK_API_KEYS");
    }

    @Test
    void main_kafkaAway_showsItsSettingsAndEndsWhenTold() throws Exception {
        Process process =
                start(
                        Map.of(
                                Setting.KAFKA.name(),
                                "127.0.0.1:" + EmbeddedKafka.freePort(),
                                Setting.INGEST_PORT.name(),
                                "0",
                                Setting.API_KEYS.name(),
                                "a=*@*:very-secret",
                                Setting.MASTER_KEY.name(),
                                SecretBox.newKey("m", new SecureRandom())));
        String shown = upTo(process.errorReader(StandardCharsets.UTF_8), "waits for Kafka");
        assertThat(shown).contains("RINGBACK_INGEST_DEADLINE").doesNotContain("very-secret");
        assertThat(shown).containsOnlyOnce("WARN");
        process.destroy();
        assertThat(process.waitFor(10, TimeUnit.SECONDS)).isTrue();
    }

    private static Process start(Map<String, String> environment) throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(
                        System.getProperty("java.home") + "/bin/java",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "--enable-native-access=ALL-UNNAMED",
                        "--sun-misc-unsafe-memory-access=allow",
                        Main.class.getName());
        builder.environment().keySet().removeIf(name -> name.startsWith("RINGBACK_"));
        builder.environment().putAll(environment);
        return builder.start();
    }

    private static String upTo(BufferedReader lines, String end) throws IOException {
        StringBuilder all = new StringBuilder();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            all.append(line).append('\n');
            if (line.contains(end)) {
                break;
            }
        }
        return all.toString();
    }
}
