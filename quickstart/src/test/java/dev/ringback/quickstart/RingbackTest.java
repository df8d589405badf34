package dev.ringback.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.quickstart.Ringback.Surroundings;
import dev.ringback.runtime.Setting;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RingbackTest {
    private static final List<Setting<Integer>> PORTS =
            List.of(
                    Setting.KAFKA_PORT,
                    Setting.INGEST_PORT,
                    Setting.CONSOLE_PORT,
                    Setting.DISPATCHER_PORT);

    @TempDir Path folder;

    private final Map<String, String> environment = new HashMap<>();
    private InputStream in = InputStream.nullInputStream();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void play_withoutAKey_saysWhatItNeeds() {
        assertThat(run("play")).isEqualTo(2);
        assertThat(err()).startsWith("ringback: RINGBACK_API_KEY is not set: ").hasLineCount(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "RINGBACK_KAFKA_PORT",
                "RINGBACK_INGEST_PORT",
                "RINGBACK_CONSOLE_PORT",
                "RINGBACK_DISPATCHER_PORT"
            })
    void up_portTaken_saysWhichAndStartsNothing(String setting) throws Exception {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            PORTS.forEach(port -> environment.put(port.name(), "0"));
            environment.put(setting, Integer.toString(other.getLocalPort()));
            assertThat(run("up", "--data", folder.toString())).isEqualTo(1);
            assertThat(err())
                    .isEqualTo(
                            "ringback: port "
                                    + other.getLocalPort()
                                    + " is taken: stop what listens there, or set "
                                    + setting
                                    + System.lineSeparator());
        }
        assertThat(Files.exists(folder.resolve("kafka"))).isFalse();
    }

    @Test
    void up_dataFolderIsAFile_saysSo() throws Exception {
        Path file = Files.createFile(folder.resolve("file"));
        assertThat(run("up", "--data", file.toString())).isEqualTo(1);
        assertThat(err()).startsWith("ringback: cannot use " + file + " as the data folder");
    }

    @Test
    void up_unknownSetting_isNamed() {
        environment.put("RINGBACK_COLOUR", "blue");
        assertThat(run("up", "--data", folder.toString())).isEqualTo(2);
        assertThat(err()).startsWith("ringback: RINGBACK_COLOUR is not a setting of Ringback");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "demo --colour        | Unknown option: '--colour'",
                "up extra             | Unmatched argument at index 1: 'extra'",
                "listen --delay 5x    | '5x' is not a duration such as",
                "listen --port 70000  | 70000 is not a port",
                "listen --status 99   | 99 is not from 200 to 599",
                "listen --dialect x   | 'x' is none of standard",
                "listen --secret x    | --secret: is not whsec_",
                "listen --secret whpk_x | --secret: is not whpk_",
                "voxml                | say what to do: voxml validate FILE",
                "voxml validate       | Missing required parameter: 'FILE'",
                "voxml validate /none | cannot read /none",
                "dance                | Unmatched argument at index 0: 'dance'"
            })
    void execute_misused_isAUsageError(String line, String message) {
        assertThat(run(line.split(" "))).isEqualTo(2);
        assertThat(err()).startsWith("ringback: ").contains(message).doesNotContain("Exception");
    }

    @ParameterizedTest
    @ValueSource(strings = {"demo", "up", "listen"})
    void execute_help_isShown(String command) {
        assertThat(run(command, "--help")).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8)).startsWith("Usage: ringback " + command);
    }

    @Test
    void voxmlValidate_valid_exitsWith0() throws Exception {
        Path file = folder.resolve("menu.json");
        Files.writeString(
                file, "{\"voxml_version\":\"1.0\",\"instructions\":[{\"verb\":\"Hangup\"}]}");
        assertThat(run("voxml", "validate", file.toString())).isZero();
        assertThat(out.toString(StandardCharsets.UTF_8).strip()).isEqualTo("valid");
    }

    @Test
    void voxmlValidate_standardInputNotValid_saysWhereAndExitsWith1() {
        pipe("{\"voxml_version\":\"1.0\",\n \"instructions\":[{\"verb\":\"Play\",\"url\":\"x\"}]}");
        assertThat(run("voxml", "validate", "-")).isEqualTo(1);
        assertThat(out.toString(StandardCharsets.UTF_8).lines())
                .containsExactly(
                        "standard input:2:39: error: /instructions/0/url is not an https URL",
                        "not valid");
    }

    @Test
    void voxmlValidate_json_isOneObject() {
        pipe("<Response/>");
        assertThat(run("voxml", "validate", "-", "--format", "json")).isEqualTo(1);
        assertThat(out.toString(StandardCharsets.UTF_8))
                .startsWith("{\"valid\":false,\"errors\":[{");
    }

    private void pipe(String text) {
        in = new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    private int run(String... arguments) {
        return Ringback.execute(
                new Surroundings(
                        environment,
                        Clock.fixed(Instant.EPOCH, ZoneOffset.UTC),
                        new SecureRandom(),
                        in,
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8),
                        new StopSignal()),
                arguments);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }
}
