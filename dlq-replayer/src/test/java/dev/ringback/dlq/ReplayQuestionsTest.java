package dev.ringback.dlq;

import static dev.ringback.dlq.DeadLetters.dead;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.Json;
import dev.ringback.schemas.Topics;
import dev.ringback.testkit.BulkWriter;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

/** Nobody waits for the answer to a question of a call that is over. */
class ReplayQuestionsTest {
    private static DeadLetters letters;
    private static BulkWriter writer;

    @BeforeAll
    static void start() {
        letters = new DeadLetters();
        writer = new BulkWriter(letters.kafka().clients(), "answers");
    }

    @AfterAll
    static void stop() {
        writer.close();
        letters.close();
    }

    @BeforeEach
    void clear() throws Exception {
        letters.clear();
    }

    /** A question that died, asked so long ago by the clock of the wall. */
    private static void asked(String id, String call, Duration ago) {
        DeadLetters.Dead one = dead(id).call(call);
        ObjectNode header = (ObjectNode) Json.parse(one.header().bytes());
        header.put("kind", "control").put("created_at", Instant.now().minus(ago).toString());
        writer.send(
                new ProducerRecord<>(
                        Topics.DEAD,
                        null,
                        utf8(call),
                        utf8("{}"),
                        List.of(new RecordHeader(DeliveryHeader.NAME, Json.bytes(header)))));
        writer.flush();
    }

    private static void ended(String call) {
        ProducerRecord<byte[], byte[]> end = new ProducerRecord<>(Topics.ANSWERS, utf8(call), null);
        end.headers().add(Topics.HEADER_ENDED, new byte[0]);
        writer.send(end);
        writer.flush();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static DeadLetters.Ran replay(String... filters) {
        String[] args = new String[filters.length + 2];
        args[0] = "replay";
        args[1] = "--yes";
        System.arraycopy(filters, 0, args, 2, filters.length);
        return DeadLetters.run(Clock.systemUTC(), letters.kafka().settings(Map.of()), "", args);
    }

    @Test
    void replay_questionOfAnEndedCall_isLeftOut() {
        asked("dlv_over", "call-over", Duration.ofMinutes(2));
        asked("dlv_on", "call-on", Duration.ofMinutes(2));
        ended("call-over");
        letters.died(dead("dlv_told").call("call-over").ago(Duration.ofHours(1)));

        DeadLetters.Ran ran = replay("--all");

        assertThat(ran.code()).as(ran.err()).isZero();
        assertThat(ran.err())
                .startsWith(
                        "1 delivery left out, questions of calls that are over or were asked over 15m");
        assertThat(ids()).containsExactlyInAnyOrder("dlv_on", "dlv_told");
    }

    @Test
    void replay_onlyAnEndedCallsQuestion_movesNothing() {
        asked("dlv_over", "call-done", Duration.ofMinutes(2));
        ended("call-done");

        DeadLetters.Ran ran = replay("--delivery", "dlv_over");

        assertThat(ran.code()).isEqualTo(3);
        assertThat(ran.err()).contains("calls that are over", "nothing left to replay");
        assertThat(ids()).isEmpty();
    }

    @Test
    void replay_questionOfLongAgo_isLeftOut() {
        asked("dlv_old", "call-old", Duration.ofMinutes(16));

        assertThat(replay("--all").code()).isEqualTo(3);
        assertThat(ids()).isEmpty();
    }

    private static List<String> ids() {
        return letters.kafka().records(Topics.REPLAY).stream()
                .map(one -> DeadLetters.header(one.headers()).deliveryId())
                .toList();
    }
}
