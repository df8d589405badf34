package dev.ringback.dlq;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.dlq.scan.TopicReader;
import dev.ringback.schemas.Topics;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Ctrl-C while a command only reads: one line, and no complaint of Kafka's clients. */
class InterruptedTest {
    @Test
    void run_interrupted_saysOneWord() {
        PrintStream was = System.err;
        ByteArrayOutputStream seen = new ByteArrayOutputStream();
        try (DeadLetters letters = new DeadLetters()) {
            letters.died(DeadLetters.dead("dlv_1"));
            System.setErr(new PrintStream(seen, true, StandardCharsets.UTF_8));
            Thread.currentThread().interrupt();

            DeadLetters.Ran ran = letters.run("replay", "--all", "--yes");

            System.setErr(was);
            assertThat(Thread.interrupted()).isFalse();
            assertThat(ran.code()).isEqualTo(130);
            assertThat(ran.err()).isEqualTo("interrupted\n");
            assertThat(letters.kafka().records(Topics.REPLAY)).isEmpty();
        } finally {
            System.setErr(was);
        }
        assertThat(seen.toString(StandardCharsets.UTF_8)).doesNotContain("Exception", "ERROR");
    }

    @Test
    void close_interrupted_leavesTheThreadInterrupted() {
        try (DeadLetters letters = new DeadLetters()) {
            TopicReader reader = new TopicReader(letters.kafka().clients());
            Thread.currentThread().interrupt();

            reader.close();

            assertThat(Thread.interrupted()).isTrue();
        }
    }
}
