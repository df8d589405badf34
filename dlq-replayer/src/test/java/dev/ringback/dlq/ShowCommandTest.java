package dev.ringback.dlq;

import static dev.ringback.dlq.DeadLetters.dead;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.schemas.Attempt;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class ShowCommandTest {
    private static DeadLetters letters;

    @BeforeAll
    static void start() {
        letters = new DeadLetters();
        letters.died(dead("dlv_1"), dead("dlv_2"));
        letters.attempted(dead("dlv_1"), 2, Attempt.Trigger.scheduled, Attempt.Result.dead);
        letters.attempted(dead("dlv_1"), 1, Attempt.Trigger.scheduled, Attempt.Result.retry);
        letters.attempted(dead("dlv_2"), 1, Attempt.Trigger.scheduled, Attempt.Result.retry);
    }

    @AfterAll
    static void stop() {
        letters.close();
    }

    @Test
    void show_table_hasHeaderPrettyBodyAndAttempts() {
        DeadLetters.Ran ran = letters.run("show", "dlv_1");

        assertThat(ran.code()).isZero();
        assertThat(ran.err()).isEmpty();
        assertThat(ran.out())
                .containsPattern("(?m)^endpoint_id +ep_1$")
                .containsPattern("(?m)^reason +exhausted$")
                .contains("{\n  \"n\" : ")
                .contains("scheduled retry", "scheduled dead");
    }

    @Test
    void show_json_hasTheBodyAsItIsAndAttemptsInOrder() {
        DeadLetters.Ran ran = letters.run("show", "dlv_1", "--format", "json");

        JsonNode shown = ran.lines().getFirst();
        assertThat(ran.lines()).hasSize(1);
        assertThat(shown.path("body").stringValue()).isEqualTo(dead("dlv_1").body());
        assertThat(shown.path("attempts")).hasSize(2);
        assertThat(shown.at("/attempts/0/attempt").intValue()).isEqualTo(1);
        assertThat(shown.at("/attempts/1/outcome").stringValue()).isEqualTo("dead");
        assertThat(shown.path("replayed").booleanValue()).isFalse();
    }

    @Test
    void show_unknownId_matchesNothing() {
        DeadLetters.Ran ran = letters.run("show", "dlv_none");

        assertThat(ran.code()).isEqualTo(3);
        assertThat(ran.out()).isEmpty();
        assertThat(ran.err()).isEqualTo("no dead delivery dlv_none\n");
    }
}
