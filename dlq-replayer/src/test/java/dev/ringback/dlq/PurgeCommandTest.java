package dev.ringback.dlq;

import static dev.ringback.dlq.DeadLetters.dead;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.schemas.Reason;
import dev.ringback.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class PurgeCommandTest {
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
    void purge_filter_hidesExactlyWhatMatches() {
        letters.died(dead("dlv_1"), dead("dlv_2").reason(Reason.gone), dead("dlv_3"));

        DeadLetters.Ran ran = letters.run("purge", "--reason", "gone", "--yes");

        assertThat(ran.code()).isZero();
        assertThat(ran.err()).matches("purged 1 delivery as prg_[0-9a-f-]{36}\n");
        assertThat(ids("list")).containsExactlyInAnyOrder("dlv_1", "dlv_3");
        assertThat(letters.run("list", "--reason", "gone").code()).isEqualTo(3);
        assertThat(
                        letters.run("stats", "--format", "json")
                                .lines()
                                .getLast()
                                .at("/total/deliveries")
                                .intValue())
                .isEqualTo(2);
    }

    @Test
    void purge_earlierDeaths_goWithTheLatest() {
        letters.died(
                dead("dlv_1"), dead("dlv_2"), dead("dlv_1").reason(Reason.gone).replayedBefore(1));

        assertThat(letters.run("purge", "--reason", "gone", "--yes").code()).isZero();

        assertThat(ids("list")).containsExactly("dlv_2");
        assertThat(letters.kafka().records(Topics.PURGED)).hasSize(2);
    }

    @Test
    void purge_purgedDelivery_isNotReplayed() {
        letters.died(dead("dlv_1"), dead("dlv_2").endpoint("ep_2"));
        assertThat(letters.run("purge", "--endpoint", "ep_2", "--yes").code()).isZero();

        assertThat(letters.run("replay", "--endpoint", "ep_2", "--yes").code()).isEqualTo(3);
        assertThat(letters.run("replay", "--all", "--yes").code()).isZero();
        assertThat(letters.kafka().records(Topics.REPLAY)).hasSize(1);
    }

    @Test
    void purge_diedAgainLater_isThereAgain() {
        letters.died(dead("dlv_1"));
        assertThat(letters.run("purge", "--all", "--yes").code()).isZero();
        letters.died(dead("dlv_1").replayedBefore(1));

        assertThat(ids("list")).containsExactly("dlv_1");
    }

    @Test
    void purge_beginningOfAPartition_isDeletedUpToTheFirstThatStays() {
        letters.died(dead("dlv_1"), dead("dlv_2"), dead("dlv_3"), dead("dlv_4"));
        for (String id : new String[] {"dlv_1", "dlv_2", "dlv_4"}) {
            assertThat(letters.run("purge", "--delivery", id, "--yes").code()).isZero();
        }

        assertThat(letters.kafka().records(Topics.DEAD))
                .extracting(record -> DeadLetters.header(record.headers()).deliveryId())
                .containsExactly("dlv_3", "dlv_4");
        assertThat(ids("list")).containsExactly("dlv_3");
    }

    @Test
    void purge_limit_takesNoMore() {
        letters.died(dead("dlv_1"), dead("dlv_2"), dead("dlv_3"), dead("dlv_1").replayedBefore(1));

        assertThat(letters.run("purge", "--endpoint", "ep_1", "--limit", "2", "--yes").err())
                .startsWith("purged 2 deliveries ");

        assertThat(ids("list")).containsExactly("dlv_1");
    }

    @Test
    void purge_all_takesUnreadableOnesToo() {
        letters.died(dead("dlv_1"));
        letters.diedWithHeader(dead("a"), "{".getBytes(StandardCharsets.UTF_8));

        assertThat(letters.run("purge", "--all", "--yes").code()).isZero();

        assertThat(letters.run("list").err()).isEqualTo("no dead delivery matches\n");
        assertThat(letters.kafka().records(Topics.DEAD)).isEmpty();
    }

    @Test
    void purge_filterOnUnreadable_leavesThem() {
        letters.died(dead("dlv_1"));
        letters.diedWithHeader(dead("a"), "{".getBytes(StandardCharsets.UTF_8));

        assertThat(letters.run("purge", "--endpoint", "ep_1", "--yes").code()).isZero();

        assertThat(letters.run("list").err()).isEqualTo("1 unreadable record in the dead topic\n");
    }

    @Test
    void purge_dryRunOrNo_movesNothing() {
        letters.died(dead("dlv_1"));

        DeadLetters.Ran dry = letters.run("purge", "--all", "--dry-run");
        DeadLetters.Ran no = letters.answering("n\n", "purge", "--all");

        assertThat(dry.code()).isZero();
        assertThat(dry.err()).isEqualTo("dry run: 1 delivery would be purged\n");
        assertThat(no.code()).isEqualTo(1);
        assertThat(no.err())
                .isEqualTo("Purge 1 delivery? There is no way back. [y/N] nothing was purged\n");
        assertThat(ids("list")).containsExactly("dlv_1");
        assertThat(letters.kafka().records(Topics.PURGED)).isEmpty();
    }

    @Test
    void show_purged_saysByWhom() {
        letters.died(dead("dlv_1"), dead("dlv_2"));
        assertThat(letters.run("purge", "--delivery", "dlv_2", "--yes", "--by", "ada").code())
                .isZero();

        DeadLetters.Ran ran = letters.run("show", "dlv_2");

        assertThat(ran.code()).isEqualTo(3);
        assertThat(ran.out()).isEmpty();
        assertThat(ran.err())
                .matches("dlv_2 was purged by ada at 2026-11-23T12:00:00Z, job prg_[0-9a-f-]+\n");
    }

    @Test
    void jobs_afterAPurge_sayWhoDidWhat() {
        letters.died(dead("dlv_1"), dead("dlv_2").endpoint("ep_2"));
        String name =
                letters.run(
                                "purge",
                                "--endpoint",
                                "ep_2",
                                "--yes",
                                "--by",
                                "ada",
                                "--format",
                                "json")
                        .lines()
                        .getLast()
                        .at("/result/job")
                        .stringValue();

        DeadLetters.Ran whole = letters.run("jobs", name, "--format", "json");

        JsonNode job = whole.lines().getFirst();
        assertThat(whole.lines()).hasSize(1);
        assertThat(job.path("kind").stringValue()).isEqualTo("purge");
        assertThat(job.path("by").stringValue()).isEqualTo("ada");
        assertThat(job.path("state").stringValue()).isEqualTo("done");
        assertThat(job.at("/filters/endpoint").stringValue()).isEqualTo("ep_2");
        assertThat(job.at("/counts/moved").intValue()).isEqualTo(1);
        assertThat(job.at("/counts/total").intValue()).isEqualTo(1);
        assertThat(letters.run("jobs").out()).contains(name + " done ");
        assertThat(letters.run("jobs", "none").code()).isEqualTo(3);
    }

    private static List<String> ids(String command) {
        return letters.run(command, "--format", "json").ids();
    }
}
