package dev.ringback.rig;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LedgerTest {
    @Test
    void balanced_everythingAccountedForOnce() {
        assertThat(new Ledger(10, 9, 6, 2, 1, 1, 0, 0).balanced()).isTrue();
    }

    @Test
    void balanced_lostOrTwiceOrMissing_isFalse() {
        assertThat(new Ledger(10, 10, 6, 2, 1, 0, 1, 0).balanced()).isFalse();
        assertThat(new Ledger(10, 10, 7, 2, 1, 0, 0, 1).balanced()).isFalse();
        assertThat(new Ledger(10, 9, 6, 2, 1, 0, 0, 0).balanced()).isFalse();
    }
}
