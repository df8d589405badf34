package dev.ringback.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.embedded.EmbeddedKafka;
import dev.ringback.runtime.Setting;
import dev.ringback.schemas.Topics;
import dev.ringback.testkit.Await;
import dev.ringback.testkit.TestKafka;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class TopicsMainTest {
    private static TestKafka kafka;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @BeforeAll
    static void start() {
        kafka = TestKafka.start();
    }

    @AfterAll
    static void stop() {
        kafka.close();
    }

    @Test
    void create_someMissing_saysWhichWereMade() throws Exception {
        try (Admin admin = kafka.clients().admin("test")) {
            admin.deleteTopics(List.of(Topics.REPLAY)).all().get();
            Await.until(
                    "the topic is gone",
                    Duration.ofSeconds(10),
                    () -> !admin.listTopics().names().get().contains(Topics.REPLAY));
        }
        assertThat(run(environment())).isZero();
        assertThat(lines(out)).contains("created " + Topics.REPLAY, "exists " + Topics.EVENTS);
        assertThat(lines(err)).isEmpty();
    }

    @Test
    void create_otherPartitions_warns() {
        assertThat(run(environment(Setting.PARTITIONS.name(), "4"))).isZero();
        assertThat(lines(err)).contains("warning: call.events has 3 partitions, wanted 4");
    }

    @Test
    void check_asItShouldBe_isZero() {
        run(environment());
        out.reset();
        assertThat(run(environment(), "--check")).isZero();
        assertThat(lines(out))
                .singleElement()
                .asString()
                .matches("all \\d+ topics are as they should be");
    }

    @Test
    void check_differences_areListedAndOne() {
        assertThat(run(environment(Setting.RETRY_RUNGS.name(), "1s 5s"), "--check")).isOne();
        assertThat(lines(out)).containsExactly("webhook.deliveries.retry.5s is missing");
    }

    @Test
    void kafkaAway_isOneLineAndOne() {
        String nowhere = "127.0.0.1:" + EmbeddedKafka.freePort();
        long before = System.nanoTime();
        assertThat(run(Map.of(Setting.KAFKA.name(), nowhere), "--check")).isOne();
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(15));
        assertThat(lines(err))
                .singleElement()
                .asString()
                .startsWith("ringback: cannot use Kafka at " + nowhere);
    }

    @Test
    void unknownArgument_isTwo() {
        assertThat(run(Map.of(), "--chekc")).isEqualTo(2);
        assertThat(run(Map.of(), "--check", "--check")).isEqualTo(2);
    }

    @Test
    void badSetting_isTwo() {
        assertThat(run(Map.of("RINGBACK_NONSENSE", "1"))).isEqualTo(2);
        assertThat(lines(err)).singleElement().asString().contains("RINGBACK_NONSENSE");
    }

    private int run(Map<String, String> environment, String... arguments) {
        return TopicsMain.run(
                List.of(arguments),
                environment,
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8));
    }

    private static Map<String, String> environment(String... more) {
        Map<String, String> all = new HashMap<>();
        all.put(Setting.KAFKA.name(), kafka.broker().bootstrapServers());
        all.put(Setting.PARTITIONS.name(), "3");
        for (int i = 0; i < more.length; i += 2) {
            all.put(more[i], more[i + 1]);
        }
        return all;
    }

    private static List<String> lines(ByteArrayOutputStream bytes) {
        return bytes.toString(StandardCharsets.UTF_8).lines().toList();
    }
}
