package dev.ringback.dlq;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.runtime.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Memory does not grow with the dead topic: a process of its own with hardly any goes over it. */
class SmallHeapTest {
    private static final int DELIVERIES = 200_000;
    private static final int AT_ONCE = 10_000;

    private static DeadLetters letters;

    @TempDir private Path folder;

    @BeforeAll
    static void start() {
        letters = new DeadLetters();
        for (int i = 0; i < DELIVERIES; i += AT_ONCE) {
            List<DeadLetters.Dead> some = new ArrayList<>();
            for (int k = i; k < i + AT_ONCE; k++) {
                some.add(DeadLetters.dead("dlv_" + k).endpoint("ep_" + k % 50).call("call-" + k));
            }
            letters.died(some.toArray(DeadLetters.Dead[]::new));
        }
    }

    @AfterAll
    static void stop() {
        letters.close();
    }

    @Test
    void stats_manyDead_needsLittleMemory() throws Exception {
        assertThat(run("stats", "--by", "endpoint")).containsPattern("(?m)^total +200000 ");
    }

    @Test
    void list_manyDead_needsLittleMemory() throws Exception {
        assertThat(run("list").lines()).hasSize(1_001);
    }

    private String run(String... args) throws IOException, InterruptedException {
        Path out = folder.resolve("out");
        List<String> command = new ArrayList<>();
        command.add(System.getProperty("java.home") + "/bin/java");
        command.addAll(List.of("-Xmx48m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path")));
        command.add("--enable-native-access=ALL-UNNAMED");
        command.add("--sun-misc-unsafe-memory-access=allow");
        command.add(Main.class.getName());
        command.addAll(List.of(args));
        ProcessBuilder builder =
                new ProcessBuilder(command)
                        .redirectOutput(out.toFile())
                        .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().keySet().removeIf(name -> name.startsWith("RINGBACK_"));
        builder.environment()
                .put(Setting.KAFKA.name(), letters.kafka().broker().bootstrapServers());
        Process process = builder.start();
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isZero();
        return Files.readString(out);
    }
}
