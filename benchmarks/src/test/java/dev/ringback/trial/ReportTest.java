package dev.ringback.trial;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.rig.Ledger;
import org.junit.jupiter.api.Test;

class ReportTest {
    private final Report report = new Report("hung", true);

    @Test
    void counts_ledgerCloses_isTrue() {
        report.ledger(new Ledger(1, 1, 1, 0, 0, 0, 0, 0));

        assertThat(report.counts()).isTrue();
        assertThat(report.json().at("/ledger/balanced").asBoolean()).isTrue();
    }

    @Test
    void counts_ledgerDoesNotClose_isFalse() {
        report.ledger(new Ledger(2, 1, 1, 0, 0, 0, 0, 0));

        assertThat(report.counts()).isFalse();
        assertThat(report.table()).contains("DOES NOT CLOSE");
    }

    @Test
    void bar_oneMissed_isSaidForAll() {
        report.bar("first", false).bar("second", true);

        assertThat(report.json().path("bar_met").asBoolean()).isFalse();
        assertThat(report.counts()).isTrue();
    }
}
