package dev.ringback.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.chaos.Plan;
import dev.ringback.chaos.Run;
import dev.ringback.evidence.Report;
import dev.ringback.processes.Installation;
import dev.ringback.runtime.Logs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

/**
 * Every guarantee, with brokers, dispatchers and ingest killed and paused. A run that fails leaves
 * data and logs in {@code target/chaos}; {@code -Dchaos.seed=} repeats one, {@code -Pchaos} makes
 * it long.
 */
class GuaranteesTest {
    @Test
    void guarantees_hold_whateverIsKilled() throws Exception {
        Logs.configure("plain", "warn");
        long seed = Long.getLong("chaos.seed", ThreadLocalRandom.current().nextInt(1, 1_000_000));
        int minutes = Integer.getInteger("chaos.minutes", 0);
        Plan plan = minutes == 0 ? Plan.shortRun(seed) : Plan.of(seed, Duration.ofMinutes(minutes));
        Path target = Files.createDirectories(Path.of("target", "chaos"));
        Path folder = Files.createTempDirectory(target, "seed-" + seed + "-");
        say("chaos.seed=" + seed + ", data and logs in " + folder);
        try (Run run = new Run(plan, folder, Clock.systemUTC(), GuaranteesTest::say)) {
            Report report = run.run();
            assertThat(report.broken()).as("broken with -Dchaos.seed=%s", seed).isEmpty();
        }
        Installation.delete(folder);
    }

    private static void say(String line) {
        System.err.println(line);
    }
}
