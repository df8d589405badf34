package dev.ringback.dlq.fate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.schemas.Attempt;
import org.junit.jupiter.api.Test;

class TallyTest {
    private final Tally tally = new Tally();
    private int ids;

    private String going() {
        String id = "dlv_" + ids++;
        tally.going(id);
        return id;
    }

    private void note(String id, Attempt.Result outcome) {
        tally.note(new Sighting(id, outcome, "status 503"));
    }

    private void note(int count, Attempt.Result outcome) {
        for (int i = 0; i < count; i++) {
            note(going(), outcome);
        }
    }

    @Test
    void reaching_fewerThanTwenty_saysNothing() {
        note(19, Attempt.Result.retry);
        assertThat(tally.reaching(0.2)).isEmpty();

        note(1, Attempt.Result.retry);
        assertThat(tally.reaching(0.2)).contains("20 of 20 with an outcome failed again");
    }

    @Test
    void reaching_exactlyTheShare_isReached() {
        note(16, Attempt.Result.delivered);
        note(3, Attempt.Result.dead);
        assertThat(tally.reaching(0.2)).isEmpty();

        note(1, Attempt.Result.dead);
        assertThat(tally.reaching(0.2)).contains("4 of 20 with an outcome failed again");
        assertThat(tally.reaching(0.21)).isEmpty();
    }

    @Test
    void note_arrivesAtALaterAttempt_hasNotFailed() {
        note(19, Attempt.Result.delivered);
        String late = going();
        note(late, Attempt.Result.retry);
        assertThat(tally.reaching(0.05)).isPresent();

        note(late, Attempt.Result.retry);
        note(late, Attempt.Result.delivered);

        assertThat(tally.reaching(0.05)).isEmpty();
        assertThat(tally.reaching(0)).contains("0 of 20 with an outcome failed again");
    }

    @Test
    void note_failsTwiceAndDies_countsOnce() {
        note(19, Attempt.Result.delivered);
        String dying = going();
        note(dying, Attempt.Result.retry);
        note(dying, Attempt.Result.retry);
        note(dying, Attempt.Result.dead);
        note(dying, Attempt.Result.dead);

        assertThat(tally.reaching(0)).contains("1 of 20 with an outcome failed again");
    }

    @Test
    void note_ofNobodyElse_countsNothing() {
        tally.note(new Sighting("dlv_other", Attempt.Result.dead, null));

        assertThat(tally.unknown()).isZero();
        assertThat(tally.isOpen("dlv_other")).isFalse();
    }

    @Test
    void unknown_deferredForRoom_staysUnknown_butNotBehindAnother() {
        String full = going();
        String behind = going();
        tally.note(new Sighting(full, Attempt.Result.deferred, "breaker_open"));
        tally.note(new Sighting(behind, Attempt.Result.deferred, "order"));
        tally.note(new Sighting(behind, Attempt.Result.deferred, "order"));
        assertThat(tally.unknown()).isEqualTo(1);

        note(behind, Attempt.Result.delivered);
        note(full, Attempt.Result.delivered);

        assertThat(tally.unknown()).isZero();
        assertThat(tally.isOpen(full)).isFalse();
    }
}
