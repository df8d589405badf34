package dev.ringback.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class BenchMainTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--scenario none",
                "--duration soon",
                "--rate many",
                "--rate 0",
                "--endpoints -1",
                "--unknown",
                "hung"
            })
    void bench_askedWrongly_saysHowItIsUsed(String arguments) {
        assertThat(run(arguments.split(" "))).isEqualTo(2);
        assertThat(err.toString()).contains("Usage: ringback bench");
    }

    @Test
    void bench_help_namesTheScenarios() {
        assertThat(run("--help")).isZero();
        assertThat(out.toString())
                .containsSubsequence(
                        "backlog", "path", "steady", "hung", "drain", "answer", "replay", "heap");
    }

    private int run(String... arguments) {
        CommandLine command = BenchMain.command();
        command.setOut(new PrintWriter(out, true)).setErr(new PrintWriter(err, true));
        return command.execute(arguments);
    }
}
