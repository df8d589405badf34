package dev.ringback.dlq;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.runtime.Logs;
import dev.ringback.runtime.Setting;
import dev.ringback.runtime.Settings;
import dev.ringback.schemas.Topics;
import dev.ringback.testkit.Await;
import dev.ringback.testkit.TestKafka;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MainTest {
    private static final Settings NO_KAFKA =
            Settings.load(Map.of(Setting.KAFKA.name(), "127.0.0.1:1"));

    @BeforeAll
    static void quiet() {
        Logs.configure("plain", "warn");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "burn",
                "show",
                "list --limit 0",
                "list --limit x",
                "list --since tomorrow",
                "list --since 2026-11-24T12:00:00Z",
                "list --since 1h --until 1h",
                "list --since 1h --until 2026-11-23T09:00:00Z",
                "list --since 999999999999999d",
                "list --reason bored",
                "list --status 99",
                "list --endpoint=",
                "list --endpoint a --endpoint b",
                "list --format xml",
                "replay",
                "replay --yes",
                "replay --max 3 --yes",
                "replay --all",
                "replay --all --endpoint ep_1 --yes",
                "replay --all --max 0 --yes"
            })
    void run_wrongUsage_saysSoInOneLine(String line) {
        String[] args = line.isEmpty() ? new String[0] : line.split(" ");

        DeadLetters.Ran ran = DeadLetters.run(NO_KAFKA, "", args);

        assertThat(ran.code()).isEqualTo(2);
        assertThat(ran.out()).isEmpty();
        assertThat(ran.err()).startsWith("ringback: ").hasLineCount(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"list", "replay --all --yes"})
    void run_kafkaAway_saysSoInTime(String line) {
        Instant began = Instant.now();

        DeadLetters.Ran ran = DeadLetters.run(NO_KAFKA, "", line.split(" "));

        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.out()).isEmpty();
        assertThat(ran.err()).startsWith("ringback: Kafka at 127.0.0.1:1: ").hasLineCount(1);
        assertThat(Duration.between(began, Instant.now())).isLessThan(Duration.ofSeconds(12));
    }

    @Test
    void run_noSuchHost_saysSo() {
        Settings nowhere = Settings.load(Map.of(Setting.KAFKA.name(), "no-such-host.invalid:1"));

        DeadLetters.Ran ran = DeadLetters.run(nowhere, "", "list");

        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.err())
                .startsWith("ringback: Kafka at no-such-host.invalid:1: ")
                .hasLineCount(1);
    }

    @Test
    void run_topicMissing_saysWhichInOneLine() throws Exception {
        try (TestKafka kafka = TestKafka.start()) {
            try (Admin admin = kafka.clients().admin("delete")) {
                admin.deleteTopics(List.of(Topics.DEAD)).all().get();
                Await.until(
                        "deleted",
                        Duration.ofSeconds(10),
                        () -> !admin.listTopics().names().get().contains(Topics.DEAD));
            }

            DeadLetters.Ran ran = DeadLetters.run(kafka.settings(Map.of()), "", "list");

            assertThat(ran.code()).isEqualTo(1);
            assertThat(ran.err())
                    .startsWith("ringback: topic webhook.deliveries.dead is not there")
                    .hasLineCount(1);
        }
    }

    @Test
    void run_topicToWriteMissing_saysWhichAndMovesNothing() throws Exception {
        try (DeadLetters letters = new DeadLetters();
                Admin admin = letters.kafka().clients().admin("delete")) {
            letters.died(DeadLetters.dead("dlv_1"));
            admin.deleteTopics(List.of(Topics.REPLAY)).all().get();
            Await.until(
                    "deleted",
                    Duration.ofSeconds(10),
                    () -> !admin.listTopics().names().get().contains(Topics.REPLAY));

            DeadLetters.Ran ran = letters.run("replay", "--all", "--yes");

            assertThat(ran.code()).isEqualTo(1);
            assertThat(ran.err())
                    .isEqualTo(
                            "ringback: topic webhook.deliveries.replay is not there: create it"
                                    + " with ringback topics\n");
            assertThat(letters.kafka().records(Topics.REPLAY_JOBS)).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"--help", "list --help", "show --help", "replay --help"})
    void run_help_goesToStdoutAndFits(String line) {
        DeadLetters.Ran ran = DeadLetters.run(NO_KAFKA, "", line.split(" "));

        assertThat(ran.code()).isZero();
        assertThat(ran.err()).isEmpty();
        assertThat(ran.out()).startsWith("Usage: ringback dlq");
        assertThat(ran.out().lines()).allMatch(text -> text.length() <= 80);
    }
}
