package dev.ringback.dlq;

import static dev.ringback.dlq.DeadLetters.dead;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.schemas.Attempt;
import dev.ringback.schemas.Reason;
import dev.ringback.schemas.Topics;
import dev.ringback.testkit.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A replay that goes wrong stops before all of it has gone wrong. */
class StopAtFailuresTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final int DELIVERIES = 300;
    private static final int AHEAD = 100;

    private static DeadLetters letters;

    /** Of which deliveries the test has said what became of them. */
    private final Set<String> told = new HashSet<>();

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
    void replay_someFailAgain_stopsAndGoesOnWhenTold() throws Exception {
        died(DELIVERIES);
        CompletableFuture<DeadLetters.Ran> ran = replay("guarded", "20%");
        Await.until("as many as may be unknown", LIMIT, () -> replayed().size() == AHEAD);

        outcomes(20, Attempt.Result.delivered);
        Await.until("as many more", LIMIT, () -> replayed().size() == AHEAD + 20);
        outcomes(30, Attempt.Result.retry);

        assertThat(ran.get().code()).isEqualTo(4);
        assertThat(ran.get().err())
                .containsPattern("stopped: \\d+ of \\d\\d with an outcome failed again; ")
                .contains(replayed().size() + " of 300 replayed")
                .contains(
                        "resume with: ringback dlq replay --job guarded --yes --stop-at-failures 20%");
        assertThat(replayed().size()).isLessThanOrEqualTo(AHEAD + 50);
        assertThat(letters.run("jobs", "guarded", "--format", "json").out())
                .contains("\"state\":\"stopped\"", "with an outcome failed again");

        assertThat(letters.run("replay", "--job", "guarded", "--yes").code()).isZero();
        assertThat(ids(replayed())).isEqualTo(ids(letters.kafka().records(Topics.DEAD)));
    }

    @Test
    void replay_allArrive_isDone() throws Exception {
        died(DELIVERIES);
        CompletableFuture<DeadLetters.Ran> ran = replay("well", "1%");

        for (int done = 0; done < DELIVERIES; done += AHEAD) {
            int all = done + AHEAD;
            Await.until("the next", LIMIT, () -> replayed().size() == all);
            outcomes(AHEAD, Attempt.Result.delivered);
        }

        assertThat(ran.get().code()).isZero();
        assertThat(ran.get().err()).isEqualTo("replayed 300 deliveries as well\n");
    }

    @Test
    void replay_dieAgainUntried_stops() throws Exception {
        died(DELIVERIES);
        CompletableFuture<DeadLetters.Ran> ran = replay("disabled", "100%");
        Await.until("as many as may be unknown", LIMIT, () -> replayed().size() == AHEAD);

        for (ConsumerRecord<byte[], byte[]> one : replayed()) {
            letters.diedWithHeader(
                    dead(DeadLetters.header(one.headers()).deliveryId()),
                    DeadLetters.header(one.headers())
                            .deadUntried(Reason.endpoint_disabled, DeadLetters.NOW)
                            .bytes());
        }

        assertThat(ran.get().code()).isEqualTo(4);
        assertThat(replayed().size()).isLessThan(2 * AHEAD);
    }

    @Test
    void replay_fewerThanTwenty_isNeverStopped() {
        died(19);

        assertThat(replay("few", "1%").join().code()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"20", "0%", "101%", "x%", "-5%", "%", "0.2"})
    void replay_noShare_isRefused(String share) {
        DeadLetters.Ran ran =
                letters.run("replay", "--all", "--yes", "--stop-at-failures=" + share);

        assertThat(ran.code()).isEqualTo(2);
        assertThat(ran.err())
                .contains("--stop-at-failures: '" + share + "' is not a share such as 20%")
                .hasLineCount(1);
    }

    private static CompletableFuture<DeadLetters.Ran> replay(String job, String share) {
        return CompletableFuture.supplyAsync(
                () ->
                        letters.run(
                                "replay",
                                "--all",
                                "--yes",
                                "--job",
                                job,
                                "--stop-at-failures",
                                share));
    }

    private static void died(int count) {
        List<DeadLetters.Dead> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            all.add(dead("dlv_" + i).call("call-" + i % 17));
        }
        letters.died(all.toArray(DeadLetters.Dead[]::new));
    }

    /** What a dispatcher says of some of those that were replayed so far, once of each. */
    private void outcomes(int count, Attempt.Result outcome) {
        replayed().stream()
                .map(one -> DeadLetters.header(one.headers()).deliveryId())
                .filter(id -> !told.contains(id))
                .limit(count)
                .toList()
                .forEach(
                        id -> {
                            told.add(id);
                            letters.attempted(dead(id), 1, Attempt.Trigger.replay, outcome);
                        });
    }

    private static List<ConsumerRecord<byte[], byte[]>> replayed() {
        return letters.kafka().records(Topics.REPLAY);
    }

    private static List<String> ids(List<ConsumerRecord<byte[], byte[]>> records) {
        return records.stream().map(r -> DeadLetters.header(r.headers()).deliveryId()).toList();
    }
}
