package dev.ringback.dlq;

import static dev.ringback.dlq.DeadLetters.dead;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.schemas.Reason;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ListCommandTest {
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

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    --endpoint ep_2              | dlv_endpoint
                    --account acc_2              | dlv_account
                    --call call-2                | dlv_call
                    --event-type call.created    | dlv_type
                    --reason gone                | dlv_gone
                    --status 410                 | dlv_gone
                    --status 4xx                 | dlv_gone
                    --status none                | dlv_timeout
                    --delivery dlv_call          | dlv_call
                    --until 2h                   | dlv_old
                    --until 2026-11-23T11:00:00+01:00                             | dlv_old
                    --since 2026-11-23T11:59:00Z --endpoint ep_2 --account acc_1  | dlv_endpoint
                    """)
    void list_filter_listsOnlyWhatMatches(String filter, String expected) {
        letters.died(
                dead("dlv_endpoint").endpoint("ep_2"),
                dead("dlv_account").account("acc_2"),
                dead("dlv_call").call("call-2"),
                dead("dlv_type").type("call.created"),
                dead("dlv_gone").reason(Reason.gone).status(410),
                dead("dlv_timeout").status(null),
                dead("dlv_old").ago(Duration.ofDays(3)));

        DeadLetters.Ran ran = letters.run(("list --format json " + filter).split(" +"));

        assertThat(ran.err()).isEmpty();
        assertThat(ran.ids()).containsExactly(expected);
        assertThat(ran.code()).isZero();
    }

    @Test
    void list_since_startsThere() {
        letters.died(dead("dlv_old").ago(Duration.ofHours(3)), dead("dlv_new"));

        assertThat(letters.run("list", "--since", "2h", "--format", "json").ids())
                .containsExactly("dlv_new");
    }

    @Test
    void list_sinceAllWereKept_matchesNothing() throws Exception {
        letters.died(dead("dlv_old").ago(Duration.ofDays(9)));

        DeadLetters.Ran ran = letters.run("list", "--since", "1s", "--format", "json");

        assertThat(ran.code()).isEqualTo(3);
        assertThat(ran.err()).isEqualTo("no dead delivery matches\n");
    }

    @Test
    void list_limit_keepsTheLastToDie() {
        letters.died(
                dead("dlv_1").ago(Duration.ofMinutes(1)),
                dead("dlv_3").ago(Duration.ofMinutes(3)),
                dead("dlv_2").ago(Duration.ofMinutes(2)));

        DeadLetters.Ran ran = letters.run("list", "--limit", "2", "--format", "json");

        assertThat(ran.ids()).containsExactly("dlv_1", "dlv_2");
        assertThat(ran.err()).isEqualTo("2 of 3 shown: --limit takes more\n");
    }

    @Test
    void list_deadTwice_showsItsLatestDeathOnly() {
        letters.died(
                dead("dlv_1").ago(Duration.ofHours(2)),
                dead("dlv_1").reason(Reason.gone).replayedBefore(1));

        DeadLetters.Ran all = letters.run("list", "--format", "json");
        DeadLetters.Ran first = letters.run("list", "--reason", "exhausted");

        assertThat(all.lines()).hasSize(1);
        assertThat(all.lines().getFirst().path("reason").stringValue()).isEqualTo("gone");
        assertThat(all.lines().getFirst().at("/replay/count").intValue()).isEqualTo(1);
        assertThat(all.lines().getFirst().path("replayed").booleanValue()).isFalse();
        assertThat(first.code()).isEqualTo(3);
    }

    @Test
    void list_replayedSince_saysSo() {
        letters.died(dead("dlv_1"), dead("dlv_2"));
        assertThat(letters.run("replay", "--delivery", "dlv_1", "--yes").code()).isZero();

        DeadLetters.Ran ran = letters.run("list", "--delivery", "dlv_1", "--format", "json");
        DeadLetters.Ran table = letters.run("list");

        assertThat(ran.lines().getFirst().path("replayed").booleanValue()).isTrue();
        assertThat(ran.lines().getFirst().path("replays").intValue()).isEqualTo(1);
        assertThat(table.out().lines()).anyMatch(line -> line.matches("dlv_1 .* yes .*"));
        assertThat(table.out().lines()).anyMatch(line -> line.matches("dlv_2 .* no .*"));
    }

    @Test
    void list_table_fitsTheTerminal() {
        letters.died(
                dead("dlv_0123456789012345678901")
                        .endpoint("ep_01JD5K2V9WQ3X8Y7Z6A5B4C3D2")
                        .type("call.tool_invoked")
                        .reason(Reason.endpoint_disabled));

        DeadLetters.Ran ran = letters.run("list");

        assertThat(ran.out().lines()).hasSize(2).allMatch(line -> line.length() <= 80);
        assertThat(ran.out())
                .contains(
                        "dlv_0123456789012345678901",
                        "endpoint_disabled",
                        "ep_01JD5K2V9WQ3X8Y7Z6A5B4C3D2");
    }

    @Test
    void list_unreadableRecords_areListedAndBreakNothing() {
        letters.died(dead("dlv_1"));
        letters.diedWithHeader(dead("a"), "{".getBytes(StandardCharsets.UTF_8));
        letters.diedWithHeader(dead("b"), "{\"attempt\":1}".getBytes(StandardCharsets.UTF_8));
        letters.diedWithHeader(dead("c"), null);

        DeadLetters.Ran table = letters.run("list");
        DeadLetters.Ran json = letters.run("list", "--format", "json");
        DeadLetters.Ran filtered = letters.run("list", "--endpoint", "ep_1", "--format", "json");

        assertThat(table.out().lines().filter(line -> line.startsWith("unreadable"))).hasSize(3);
        assertThat(json.lines().stream().filter(line -> line.has("unreadable"))).hasSize(3);
        assertThat(json.err()).isEqualTo("3 unreadable records in the dead topic\n");
        assertThat(filtered.ids()).containsExactly("dlv_1");
        assertThat(json.code()).isZero();
    }

    @Test
    void list_controlCharacters_doNotReachTheTerminal() {
        letters.died(dead("dlv_1").account("\u001b[2J").endpoint("ep\u001b[2J"));

        assertThat(letters.run("list").out()).doesNotContain("\u001b");
        assertThat(letters.run("show", "dlv_1").out()).doesNotContain("\u001b");
    }
}
