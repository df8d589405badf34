package dev.ringback.dlq;

import static dev.ringback.dlq.DeadLetters.dead;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.Topics;
import dev.ringback.testkit.Await;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A replay is a job: however it is stopped, it goes on where it was. */
class ReplayJobTest {
    private static final int DELIVERIES = Integer.getInteger("ringback.dlq.killed", 20_000);
    private static final int KILLS = 5;
    private static final int AT_ONCE = 5_000;
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private static DeadLetters letters;
    private static Admin admin;

    @TempDir private Path folder;

    @BeforeAll
    static void start() {
        letters = new DeadLetters();
        admin = letters.kafka().clients().admin("moved");
    }

    @AfterAll
    static void stop() {
        admin.close();
        letters.close();
    }

    @BeforeEach
    void clear() throws Exception {
        letters.clear();
    }

    @Test
    void replay_killedFiveTimes_movesEachOnceAndInOrder() throws Exception {
        died(DELIVERIES);
        long seed = new Random().nextLong();
        long[] moments = new Random(seed).longs(KILLS, 1, DELIVERIES * 9L / 10).sorted().toArray();
        String rate = DELIVERIES / 4 + "/s";
        long before = moved();

        for (long moment : moments) {
            Child child = replay("killed", "--rate", rate);
            Await.until("moved", LIMIT, () -> moved() - before >= moment || !child.isAlive());
            child.kill();
        }
        DeadLetters.Ran last = replay("killed").ran();

        assertThat(last.code()).as("seed %d: %s", seed, last.err()).isZero();
        assertEachOnce("seed " + seed);
    }

    @Test
    void replay_interrupted_saysHowToGoOn() throws Exception {
        died(300);
        long before = moved();
        Child child = replay("stopped", "--rate", "20/s");
        Await.until("moved", LIMIT, () -> moved() - before >= 10);

        child.interrupt();

        DeadLetters.Ran ran = child.ran();
        assertThat(ran.code()).isEqualTo(130);
        assertThat(ran.err())
                .containsPattern("interrupted: \\d+ of 300 replayed")
                .contains("resume with: ringback dlq replay --job stopped --yes --rate 20/s")
                .hasLineCount(2);
        assertThat(letters.run("replay", "--job", "stopped", "--yes").code()).isZero();
        assertEachOnce("interrupted");
    }

    @Test
    void replay_runElsewhere_isRefused() throws Exception {
        died(300);
        long before = moved();
        Child child = replay("busy", "--rate", "10/s");
        Await.until("moved", LIMIT, () -> moved() > before);

        DeadLetters.Ran second = letters.run("replay", "--job", "busy", "--yes");

        child.kill();
        assertThat(second.code()).isEqualTo(1);
        assertThat(second.err()).contains("job busy is being run by ");
    }

    @Test
    void replay_stoodStillMeanwhile_learnsThatItIsNoLongerItsJob() throws Exception {
        died(3_000);
        long before = moved();
        Child first = replay("stood", "--rate", "500/s");
        Await.until("moved", LIMIT, () -> moved() - before >= 500);
        first.signal("STOP");

        DeadLetters.Ran second = letters.run("replay", "--job", "stood", "--yes");
        first.signal("CONT");

        assertThat(second.code()).as(second.err()).isZero();
        DeadLetters.Ran ended = first.ran();
        assertThat(ended.code()).isEqualTo(1);
        assertThat(ended.err()).contains("job stood was taken over").hasLineCount(1);
        assertThat(Set.copyOf(ids(Topics.REPLAY))).isEqualTo(Set.copyOf(ids(Topics.DEAD)));
        // no more than it had sent already when it stood still
        assertThat(ids(Topics.REPLAY).size()).isBetween(3_000, 3_250);
        assertThat(letters.run("jobs", "stood", "--format", "json").out())
                .contains("\"state\":\"done\"");
    }

    @Test
    void replay_rate_isKeptOverALongRun() throws Exception {
        died(4_000);

        assertThat(letters.run("replay", "--all", "--yes", "--rate", "1000/s").code()).isZero();

        // a record's time is when the broker took it; how exact a rate is, PaceTest says
        long[] times =
                letters.kafka().records(Topics.REPLAY).stream()
                        .mapToLong(ConsumerRecord::timestamp)
                        .sorted()
                        .toArray();
        double perSecond = 3_999_000.0 / (times[3_999] - times[0]);
        System.out.printf("asked for 1000/s, got %.1f/s%n", perSecond);
        assertThat(perSecond).isLessThan(1_050);
    }

    @Test
    void replay_resumedWithOtherFilters_isRefused() {
        died(2);
        assertThat(letters.run("replay", "--account", "acc_1", "--job", "one", "--yes").code())
                .isZero();

        DeadLetters.Ran other =
                letters.run("replay", "--call", "call-1", "--max", "3", "--job", "one", "--yes");

        assertThat(other.code()).isEqualTo(2);
        assertThat(other.err()).contains("--account --call --max").hasLineCount(1);
    }

    @Test
    void replay_doneAndNamedAgain_movesNothing() {
        died(2);
        assertThat(letters.run("replay", "--all", "--job", "done", "--yes").code()).isZero();
        died(2);

        DeadLetters.Ran again = letters.run("replay", "--all", "--job", "done", "--yes");

        assertThat(again.code()).isZero();
        assertThat(again.err()).isEqualTo("job done is done: 2 deliveries replayed\n");
        assertThat(letters.kafka().records(Topics.REPLAY)).hasSize(2);
    }

    @Test
    void replay_oneEndpointHasMost_othersGoBy() throws Exception {
        List<DeadLetters.Dead> dead = new ArrayList<>();
        for (int i = 0; i < 12_000; i++) {
            dead.add(dead("dlv_big_" + i).endpoint("ep_big").call("call-" + i));
        }
        for (int i = 0; i < 90; i++) {
            dead.add(dead("dlv_" + i).endpoint("ep_" + i % 3).call("call-" + i));
        }
        letters.died(dead.toArray(DeadLetters.Dead[]::new));

        DeadLetters.Ran ran = letters.run("replay", "--all", "--yes", "--endpoint-rate", "2000/s");

        assertThat(ran.code()).isZero();
        long[] big = times("ep_big");
        assertThat(times("ep_1")[29])
                .as("behind all of the other's in the dead topic, before the last of them here")
                .isLessThan(big[big.length - 1]);
        assertThat(big[big.length - 1] - big[0]).isGreaterThan(5_700L);
        assertThat(ids(Topics.REPLAY)).containsExactlyInAnyOrderElementsOf(ids(Topics.DEAD));
    }

    private static long[] times(String endpoint) {
        return letters.kafka().records(Topics.REPLAY).stream()
                .filter(next -> header(next).endpointId().equals(endpoint))
                .mapToLong(ConsumerRecord::timestamp)
                .sorted()
                .toArray();
    }

    private Child replay(String job, String... more) throws Exception {
        List<String> args = new ArrayList<>(List.of("replay", "--all", "--yes", "--job", job));
        args.addAll(Arrays.asList(more));
        return Child.start(letters, folder, args.toArray(String[]::new));
    }

    private static void died(int count) {
        for (int i = 0; i < count; i += AT_ONCE) {
            List<DeadLetters.Dead> some = new ArrayList<>();
            for (int k = i; k < Math.min(count, i + AT_ONCE); k++) {
                some.add(dead("dlv_" + k).endpoint("ep_" + k % 50).call("call-" + k % 997));
            }
            letters.died(some.toArray(DeadLetters.Dead[]::new));
        }
    }

    /** How many records the replay topic has ever had. */
    private static long moved() throws Exception {
        Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
        for (int i = 0; i < 3; i++) {
            ends.put(new TopicPartition(Topics.REPLAY, i), OffsetSpec.latest());
        }
        return admin.listOffsets(ends).all().get().values().stream()
                .mapToLong(end -> end.offset())
                .sum();
    }

    private static void assertEachOnce(String why) {
        List<ConsumerRecord<byte[], byte[]>> was = letters.kafka().records(Topics.DEAD);
        List<ConsumerRecord<byte[], byte[]>> is = letters.kafka().records(Topics.REPLAY);
        assertThat(ids(Topics.REPLAY)).as(why).isEqualTo(ids(Topics.DEAD));
        for (int i = 0; i < was.size(); i++) {
            assertThat(is.get(i).partition()).isEqualTo(was.get(i).partition());
            assertThat(is.get(i).key()).isEqualTo(was.get(i).key());
            assertThat(is.get(i).value()).isEqualTo(was.get(i).value());
            assertThat(is.get(i).headers().lastHeader("traceparent"))
                    .isEqualTo(was.get(i).headers().lastHeader("traceparent"));
        }
        assertThat(letters.kafka().records(Topics.REPLAYED).stream().map(m -> text(m.key())))
                .as(why)
                .containsAll(was.stream().map(d -> d.partition() + ":" + d.offset()).toList());
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static List<String> ids(String topic) {
        return letters.kafka().records(topic).stream()
                .map(next -> header(next).deliveryId())
                .toList();
    }

    private static DeliveryHeader header(ConsumerRecord<byte[], byte[]> next) {
        return DeadLetters.header(next.headers());
    }
}
