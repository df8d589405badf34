package dev.ringback.dlq;

import static dev.ringback.dlq.DeadLetters.NOW;
import static dev.ringback.dlq.DeadLetters.dead;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.schemas.Attempt;
import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.Reason;
import dev.ringback.schemas.Topics;
import dev.ringback.testkit.Await;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.header.Headers;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class ReplayCommandTest {
    private static DeadLetters letters;

    @BeforeAll
    static void start() {
        letters = new DeadLetters();
    }

    @AfterAll
    static void stop() {
        letters.close();
    }

    @BeforeEach
    void clear() throws Exception {
        letters.clear();
    }

    @Test
    void replay_delivery_movesOnlyItsHeader() {
        letters.died(dead("dlv_1"), dead("dlv_2").call("call-2"));

        DeadLetters.Ran ran = letters.run("replay", "--delivery", "dlv_2", "--yes");

        assertThat(ran.code()).isZero();
        assertThat(ran.err()).matches("replayed 1 delivery as rpl_[0-9a-f-]{36}\n");
        ConsumerRecord<byte[], byte[]> was = records(Topics.DEAD, "dlv_2").getFirst();
        assertThat(replayed()).hasSize(1);
        ConsumerRecord<byte[], byte[]> is = replayed().getFirst();
        assertThat(is.key()).isEqualTo(was.key());
        assertThat(is.value()).isEqualTo(was.value());
        assertThat(is.partition()).isEqualTo(was.partition());
        assertThat(is.headers().lastHeader("traceparent"))
                .isEqualTo(was.headers().lastHeader("traceparent"));
        assertThat(is.headers().headers(DeliveryHeader.NAME)).hasSize(1);
        DeliveryHeader header = DeadLetters.header(is.headers());
        String replayId = header.replay().id();
        assertThat(ran.err()).contains(replayId);
        DeliveryHeader.From from = new DeliveryHeader.From(was.partition(), was.offset(), 1);
        assertThat(header)
                .isEqualTo(
                        dead("dlv_2")
                                .call("call-2")
                                .header()
                                .replayed(new DeliveryHeader.Replay(replayId, 1, NOW, from)));
        assertThat(header.attempt()).isEqualTo(1);
    }

    @Test
    void replay_endpoint_takesAllOfItsDeliveriesInTheirOrder() {
        for (int i = 0; i < 50; i++) {
            letters.died(
                    dead("dlv_a" + i).call("call-" + i % 5), dead("dlv_b" + i).endpoint("ep_2"));
        }

        DeadLetters.Ran ran = letters.run("replay", "--endpoint", "ep_1", "--yes");

        assertThat(ran.code()).isZero();
        assertThat(ran.out().lines()).last().asString().matches("total +50");
        assertThat(ids(replayed())).isEqualTo(idsOf(Topics.DEAD, "ep_1"));
        assertThat(replayed())
                .extracting(record -> replayId(record.headers()))
                .containsOnly(replayId(replayed().getFirst().headers()));
    }

    @Test
    void replay_dryRun_movesNothing() {
        letters.died(dead("dlv_1"), dead("dlv_2").reason(Reason.gone), dead("dlv_3"));

        DeadLetters.Ran ran = letters.run("replay", "--all", "--dry-run", "--format", "json");

        assertThat(ran.code()).isZero();
        assertThat(ran.err()).isEqualTo("dry run: 3 deliveries would be replayed\n");
        assertThat(ran.lines()).hasSize(2);
        assertThat(ran.lines().getFirst().at("/plan/deliveries").intValue()).isEqualTo(2);
        assertThat(ran.lines().getLast().at("/plan/reason").stringValue()).isEqualTo("gone");
        assertThat(replayed()).isEmpty();
    }

    @Test
    void replay_onATerminal_asks() {
        letters.died(dead("dlv_1"));

        DeadLetters.Ran no = letters.answering("\n", "replay", "--all");
        assertThat(no.err()).isEqualTo("Replay 1 delivery? [y/N] nothing was replayed\n");
        assertThat(no.code()).isEqualTo(1);
        assertThat(replayed()).isEmpty();

        assertThat(letters.answering("y\n", "replay", "--all").code()).isZero();
        assertThat(replayed()).hasSize(1);
    }

    @Test
    void replay_replayedBefore_isLeftOutWithoutAgain() {
        letters.died(dead("dlv_1"));
        assertThat(letters.run("replay", "--all", "--yes").code()).isZero();

        DeadLetters.Ran left = letters.run("replay", "--all", "--yes");
        assertThat(left.code()).isEqualTo(3);
        assertThat(left.err())
                .contains("1 delivery left out, replayed since they died", "nothing left");
        assertThat(replayed()).hasSize(1);

        assertThat(letters.run("replay", "--all", "--yes", "--again").code()).isZero();
        assertThat(replayed())
                .extracting(record -> DeadLetters.header(record.headers()).replay().count())
                .containsExactly(1, 2);
    }

    @Test
    void replay_tooLargeToBeKept_isLeftOutAlsoWithAgain() {
        letters.died(dead("dlv_large").reason(Reason.too_large), dead("dlv_1"));

        DeadLetters.Ran ran = letters.run("replay", "--all", "--yes", "--again");
        assertThat(ran.code()).isZero();
        assertThat(ran.err())
                .startsWith(
                        "1 delivery left out, too large to have been kept: there is nothing to send\n");
        assertThat(replayed()).hasSize(1);

        DeadLetters.Ran alone = letters.run("replay", "--reason", "too_large", "--yes");
        assertThat(alone.code()).isEqualTo(3);
        assertThat(alone.err()).contains("too large", "nothing left to replay");
        assertThat(replayed()).hasSize(1);
    }

    @Test
    void replay_diedAgainAfterItsReplay_isReplayedOnce() {
        letters.died(dead("dlv_1"));
        assertThat(letters.run("replay", "--all", "--yes").code()).isZero();
        letters.died(dead("dlv_1").replayedBefore(1));

        assertThat(letters.run("replay", "--all", "--yes").code()).isZero();
        assertThat(letters.run("replay", "--all", "--yes").code()).isEqualTo(3);

        assertThat(replayed())
                .extracting(record -> DeadLetters.header(record.headers()).replay().count())
                .containsExactly(1, 2);
    }

    @Test
    void replay_max_takesTheFirstToDie() {
        letters.died(
                dead("dlv_1").ago(Duration.ofMinutes(1)),
                dead("dlv_3").ago(Duration.ofMinutes(3)),
                dead("dlv_2").ago(Duration.ofMinutes(2)));

        DeadLetters.Ran ran = letters.run("replay", "--all", "--yes", "--max", "1");

        assertThat(ids(replayed())).containsExactly("dlv_3");
        assertThat(ran.err()).contains("1 of 3, the first to die");
    }

    @Test
    void replay_limit_isAnotherWordForMax() {
        letters.died(dead("dlv_1"), dead("dlv_2"));

        assertThat(letters.run("replay", "--all", "--yes", "--limit", "1").code()).isZero();

        assertThat(replayed()).hasSize(1);
    }

    @Test
    void replay_unreadable_isLeftOut() {
        letters.died(dead("dlv_1"));
        letters.diedWithHeader(dead("a"), "{".getBytes(StandardCharsets.UTF_8));

        DeadLetters.Ran ran = letters.run("replay", "--all", "--yes");

        assertThat(ran.code()).isZero();
        assertThat(ran.err()).startsWith("1 unreadable record left out\n");
        assertThat(ids(replayed())).containsExactly("dlv_1");
    }

    @Test
    void replay_oneCannotBeSent_saysHowManyWere() throws Exception {
        letters.died(dead("dlv_1"), dead("dlv_big").account(incompressible()).call("call-2"));
        largestReplay("2000");
        try {
            DeadLetters.Ran ran = letters.run("replay", "--all", "--yes");

            assertThat(ran.code()).isEqualTo(1);
            assertThat(ran.err())
                    .matches("ringback: " + replayed().size() + " of 2 replayed: .*\n");
            assertThat(ids(replayed())).doesNotContain("dlv_big");
        } finally {
            largestReplay("5242880");
        }
    }

    @Test
    void replay_replayedTooOften_isLeftOut() {
        letters.died(
                dead("dlv_1").replayedBefore(5), dead("dlv_2").call("call-2").replayedBefore(4));

        DeadLetters.Ran ran = letters.run("replay", "--all", "--yes");
        DeadLetters.Ran more = letters.run("replay", "--all", "--yes", "--max-replays", "6");

        assertThat(ran.code()).isZero();
        assertThat(ran.err()).startsWith("1 delivery left out, replayed 5 times or more");
        assertThat(more.code()).isZero();
        assertThat(ids(replayed())).containsExactlyInAnyOrder("dlv_1", "dlv_2");
    }

    @Test
    void replay_ended_isRecordedAsAJob() {
        letters.died(dead("dlv_1"), dead("dlv_2"));

        letters.run("replay", "--endpoint", "ep_1", "--yes", "--by", "ann");

        String name = replayId(replayed().getFirst().headers());
        JsonNode job = letters.run("jobs", name, "--format", "json").lines().getFirst();
        assertThat(job.path("kind").stringValue()).isEqualTo("replay");
        assertThat(job.path("by").stringValue()).isEqualTo("ann");
        assertThat(job.path("state").stringValue()).isEqualTo("done");
        assertThat(job.at("/filters/endpoint").stringValue()).isEqualTo("ep_1");
        assertThat(job.at("/counts/moved").intValue()).isEqualTo(2);
    }

    private static String incompressible() {
        Random random = new Random(7);
        return random.ints(5_000, 'a', 'z').mapToObj(Character::toString).collect(joining());
    }

    private static void largestReplay(String bytes) throws Exception {
        ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, Topics.REPLAY);
        AlterConfigOp set =
                new AlterConfigOp(
                        new ConfigEntry("max.message.bytes", bytes), AlterConfigOp.OpType.SET);
        try (Admin admin = letters.kafka().clients().admin("alter")) {
            admin.incrementalAlterConfigs(Map.of(topic, List.of(set))).all().get();
        }
    }

    @Test
    void replay_waitAllDelivered_endsWell() throws Exception {
        letters.died(dead("dlv_1"), dead("dlv_2"));
        letters.attempted(dead("dlv_1"), 1, Attempt.Trigger.scheduled, Attempt.Result.dead);

        CompletableFuture<DeadLetters.Ran> ran = replayAndWait(2);
        letters.attempted(dead("dlv_1"), 1, Attempt.Trigger.replay, Attempt.Result.retry);
        letters.attempted(dead("dlv_1"), 2, Attempt.Trigger.replay, Attempt.Result.delivered);
        letters.attempted(dead("dlv_2"), 1, Attempt.Trigger.replay, Attempt.Result.delivered);

        assertThat(ran.get().code()).isZero();
        assertThat(ran.get().lines().getLast().at("/result/delivered").intValue()).isEqualTo(2);
        assertThat(ran.get().err()).contains("2 deliveries replayed: 2 delivered, 0 died again");
    }

    @Test
    void replay_waitSomeDiedAgain_saysHowMany() throws Exception {
        letters.died(dead("dlv_1"), dead("dlv_2"), dead("dlv_3"));

        CompletableFuture<DeadLetters.Ran> ran = replayAndWait(3);
        letters.attempted(dead("dlv_1"), 1, Attempt.Trigger.replay, Attempt.Result.delivered);
        letters.attempted(dead("dlv_2"), 1, Attempt.Trigger.replay, Attempt.Result.dead);
        DeliveryHeader untried =
                DeadLetters.header(replayed().getLast().headers())
                        .deadUntried(Reason.endpoint_disabled, NOW);
        assertThat(untried.deliveryId()).isEqualTo("dlv_3");
        letters.diedWithHeader(dead("dlv_3"), untried.bytes());

        assertThat(ran.get().code()).isEqualTo(4);
        assertThat(ran.get().err()).contains("3 deliveries replayed: 1 delivered, 2 died again");
        String name = replayId(replayed().getFirst().headers());
        JsonNode job = letters.run("jobs", name, "--format", "json").lines().getFirst();
        assertThat(job.at("/counts/delivered").intValue()).isEqualTo(1);
        assertThat(job.at("/counts/died_again").intValue()).isEqualTo(2);
        assertThat(job.path("state").stringValue()).isEqualTo("done");
    }

    @Test
    void replay_interruptedWait_saysHowManyAreUnderWay() throws Exception {
        letters.died(dead("dlv_1"));
        CompletableFuture<DeadLetters.Ran> ran = new CompletableFuture<>();
        Thread waiting =
                Thread.ofPlatform()
                        .start(
                                () ->
                                        ran.complete(
                                                letters.run("replay", "--all", "--yes", "--wait")));
        Await.until("replayed", Duration.ofSeconds(20), () -> replayed().size() == 1);

        waiting.interrupt();

        assertThat(ran.get().code()).isEqualTo(130);
        assertThat(ran.get().err()).contains("interrupted");
    }

    private static CompletableFuture<DeadLetters.Ran> replayAndWait(int count) {
        CompletableFuture<DeadLetters.Ran> ran =
                CompletableFuture.supplyAsync(
                        () ->
                                letters.run(
                                        "replay", "--all", "--yes", "--wait", "--format", "json"));
        Await.until("replayed", Duration.ofSeconds(20), () -> replayed().size() == count);
        return ran;
    }

    private static List<ConsumerRecord<byte[], byte[]>> replayed() {
        return letters.kafka().records(Topics.REPLAY);
    }

    private static List<ConsumerRecord<byte[], byte[]>> records(String topic, String id) {
        return letters.kafka().records(topic).stream()
                .filter(record -> DeadLetters.header(record.headers()).deliveryId().equals(id))
                .toList();
    }

    private static List<String> idsOf(String topic, String endpoint) {
        return ids(
                letters.kafka().records(topic).stream()
                        .filter(
                                record ->
                                        DeadLetters.header(record.headers())
                                                .endpointId()
                                                .equals(endpoint))
                        .toList());
    }

    private static List<String> ids(List<ConsumerRecord<byte[], byte[]>> records) {
        return records.stream()
                .map(record -> DeadLetters.header(record.headers()).deliveryId())
                .toList();
    }

    private static String replayId(Headers headers) {
        return DeadLetters.header(headers).replay().id();
    }
}
