package dev.ringback.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.processes.Fleet;
import dev.ringback.processes.Installation;
import dev.ringback.runtime.KafkaClients;
import dev.ringback.runtime.Logs;
import dev.ringback.runtime.Setting;
import dev.ringback.testkit.Await;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

/**
 * Dispatchers killed and paused while calls ask what they do next, on three brokers: one accepted
 * answer for each call and answer event, and none for a call that has ended. A run that fails
 * leaves data and logs in {@code target/chaos}; {@code -Danswers.seed=} repeats one.
 */
class AnswersSurviveTest {
    private static final Duration START_LIMIT = Duration.ofMinutes(2);
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final int PARTITIONS = 6;
    private static final int EACH_TIME = 60;

    @Test
    void answers_dispatchersKilledAndPaused_areAcceptedOnceAndNeverAfterTheEnd() throws Exception {
        Logs.configure("plain", "warn");
        long seed = Long.getLong("answers.seed", ThreadLocalRandom.current().nextInt(1, 1_000_000));
        Path target = Files.createDirectories(Path.of("target", "chaos"));
        Path folder = Files.createTempDirectory(target, "answers-" + seed + "-");
        System.err.println("answers.seed=" + seed + ", data and logs in " + folder);
        Map<String, String> settings =
                Map.of(Setting.PARTITIONS.name(), Integer.toString(PARTITIONS));
        try (Installation installation = new Installation(folder, settings, new Random())) {
            installation.cluster().start();
            Await.until("the brokers", START_LIMIT, installation.cluster()::isWhole);
            installation.fleet().start();
            Await.until("the services", START_LIMIT, installation.fleet()::isReady);
            KafkaClients clients =
                    new KafkaClients(installation.cluster().bootstrapServers(), Map.of());
            try (AskingCalls calls = new AskingCalls(clients, PARTITIONS)) {
                disturb(installation.fleet(), calls, new Random(seed));
                calls.stop();
                Await.until("all are answered", LIMIT, calls::areAnswered);
                System.err.println(calls);
                assertThat(calls.answeredTwice()).as("twice, seed %s", seed).isEmpty();
                assertThat(calls.answeredAfterTheEnd()).as("after the end, %s", seed).isEmpty();
                assertThat(calls.heldBack()).as("calls that ended first").isPositive();
            }
            assertThat(installation.troubles()).isEmpty();
        }
        Installation.delete(folder);
    }

    private static void disturb(Fleet fleet, AskingCalls calls, Random random) {
        calls.start();
        calls.awaitAnswers(EACH_TIME, LIMIT);
        int killed = random.nextInt(Fleet.DISPATCHERS);
        fleet.kill(killed);
        calls.awaitEveryPartition(LIMIT);
        fleet.start(killed);
        calls.awaitAnswers(EACH_TIME, LIMIT);
        int paused = (killed + 1 + random.nextInt(Fleet.DISPATCHERS - 1)) % Fleet.DISPATCHERS;
        fleet.pause(paused);
        // Only when others have answered on every partition it can be that none is its own.
        calls.awaitEveryPartition(LIMIT);
        fleet.resume(paused);
        calls.awaitAnswers(EACH_TIME, LIMIT);
        Await.until("ready again", LIMIT, () -> fleet.isReady(killed) && fleet.isReady(paused));
        int both = random.nextInt(Fleet.DISPATCHERS);
        fleet.kill(both);
        fleet.pause((both + 1) % Fleet.DISPATCHERS);
        calls.awaitEveryPartition(LIMIT);
        fleet.resume((both + 1) % Fleet.DISPATCHERS);
        fleet.start(both);
        calls.awaitAnswers(EACH_TIME, LIMIT);
    }
}
