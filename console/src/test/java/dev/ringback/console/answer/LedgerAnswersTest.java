package dev.ringback.console.answer;

import static dev.ringback.console.query.Driven.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.console.Records;
import dev.ringback.console.query.Driven;
import dev.ringback.console.query.Gather;
import dev.ringback.console.query.Local;
import dev.ringback.console.read.View;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

class LedgerAnswersTest {
    private static final View ALL = new View("all", null);
    private static final Optional<Lag.Behind> NOTHING = Optional.of(new Lag.Behind(0, 0));
    private static final Optional<Lag.Behind> YOUNG = Optional.of(new Lag.Behind(7, 0));
    private static final Optional<Lag.Behind> LATE = Optional.of(new Lag.Behind(7, 3));

    @TempDir Path folder;

    private Driven driven;
    private Optional<Lag.Behind> routing = NOTHING;
    private Optional<Lag.Behind> own = NOTHING;
    private LedgerAnswers answers;

    @BeforeEach
    void start() {
        driven = new Driven(folder);
        Gather gather = driven.gather(Local.BUDGET);
        answers =
                new LedgerAnswers(
                        gather,
                        new SumAnswers(gather),
                        () -> routing,
                        () -> own,
                        Clock.fixed(NOW, ZoneOffset.UTC));
    }

    @AfterEach
    void stop() {
        driven.close();
    }

    @Test
    void overdue_whileTheConsoleCatchesUp_isNotHeldAgainstAnybody() {
        driven.made(Records.header("a", "c1", "ep_1", NOW.minus(Duration.ofHours(1))));
        own = LATE;
        isCatchingUp();
        own = Optional.empty();
        isCatchingUp();
        own = YOUNG;
        ObjectNode ledger = answers.ledger(ALL);
        assertThat(ledger.has("catching_up")).isFalse();
        assertThat(ledger.path("unexplained").intValue()).isEqualTo(1);
        assertThat(answers.open(ALL, null, 10).items()).hasSize(1);
    }

    private void isCatchingUp() {
        ObjectNode ledger = answers.ledger(ALL);
        assertThat(ledger.path("catching_up").booleanValue()).isTrue();
        assertThat(ledger.path("balanced").booleanValue()).isFalse();
        assertThat(ledger.path("unexplained").intValue()).isZero();
        assertThat(answers.open(ALL, null, 10).items()).isEmpty();
        assertThat(answers.open(ALL, null, 10).partial()).isTrue();
    }

    @Test
    void balanced_withEventsUnroutedForLong_isFalse() {
        assertThat(isBalanced()).isTrue();
        routing = YOUNG;
        assertThat(isBalanced()).isTrue();
        assertThat(answers.ledger(ALL).path("unrouted_events").longValue()).isEqualTo(7);
        routing = LATE;
        assertThat(isBalanced()).isFalse();
        routing = Optional.empty();
        assertThat(isBalanced()).isFalse();
        assertThat(answers.ledger(ALL).path("unrouted_events").isNull()).isTrue();
    }

    private boolean isBalanced() {
        return answers.ledger(ALL).path("balanced").booleanValue();
    }
}
