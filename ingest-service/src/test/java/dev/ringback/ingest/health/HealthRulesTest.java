package dev.ringback.ingest.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.ingest.health.HealthRules.Change;
import dev.ringback.schemas.Attempt.Report;
import dev.ringback.schemas.Endpoint.Failure;
import dev.ringback.schemas.Endpoint.State;
import dev.ringback.schemas.Endpoint.Status;
import dev.ringback.schemas.EventType;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HealthRulesTest {
    private static final Instant MADE = Instant.parse("2026-11-23T09:00:00Z");
    private static final Instant NOW = MADE.plusSeconds(3_600);

    private final HealthRules rules = new HealthRules(10, Duration.ofDays(5));

    @Test
    void after_fewFailures_areCountedAndSilent() {
        Change change = rules.after(failed(3, NOW), State.normal(MADE), NOW);
        assertThat(change.announced()).isNull();
        assertThat(change.state().status()).isEqualTo(Status.normal);
        assertThat(change.state().failedInRow()).isEqualTo(3);
        assertThat(change.state().failingSince()).isEqualTo(NOW);
        assertThat(change.state().recentFailures()).hasSize(3);
        assertThat(change.state().lastStatusChange()).isEqualTo(MADE);
    }

    @Test
    void after_tenFailuresInRow_isUnhealthy() {
        State nine = rules.after(failed(9, MADE), State.normal(MADE), MADE).state();
        Change change = rules.after(failed(1, NOW), nine, NOW);
        assertThat(change.announced()).isEqualTo(EventType.ENDPOINT_UNHEALTHY);
        assertThat(change.reason()).isEqualTo("10 failed attempts in a row");
        assertThat(change.state().status()).isEqualTo(Status.unhealthy);
        assertThat(change.state().lastStatusChange()).isEqualTo(NOW);
        assertThat(change.state().failingSince()).isEqualTo(MADE);
    }

    @Test
    void after_moreFailuresOfAnUnhealthyOne_announceNothingAgain() {
        State ill = rules.after(failed(10, MADE), State.normal(MADE), MADE).state();
        Change change = rules.after(failed(5, NOW), ill, NOW);
        assertThat(change.announced()).isNull();
        assertThat(change.state().failedInRow()).isEqualTo(15);
        assertThat(change.state().lastStatusChange()).isEqualTo(MADE);
    }

    @Test
    void after_success_recovers() {
        State ill = rules.after(failed(12, MADE), State.normal(MADE), MADE).state();
        Change change = rules.after(succeeded(0, null), ill, NOW);
        assertThat(change.announced()).isEqualTo(EventType.ENDPOINT_RECOVERED);
        assertThat(change.state().status()).isEqualTo(Status.normal);
        assertThat(change.state().failedInRow()).isZero();
        assertThat(change.state().failingSince()).isNull();
        assertThat(change.state().recentFailures()).hasSize(10);
    }

    @Test
    void after_successThenFailures_countsFromTheSuccess() {
        State before = rules.after(failed(8, MADE), State.normal(MADE), MADE).state();
        Change change = rules.after(succeeded(2, NOW), before, NOW);
        assertThat(change.announced()).isNull();
        assertThat(change.state().failedInRow()).isEqualTo(2);
        assertThat(change.state().failingSince()).isEqualTo(NOW);
    }

    @Test
    void after_successThenTenFailures_staysUnhealthyWithoutWord() {
        State ill = rules.after(failed(10, MADE), State.normal(MADE), MADE).state();
        Change change = rules.after(succeeded(10, NOW), ill, NOW);
        assertThat(change.announced()).isNull();
        assertThat(change.state().status()).isEqualTo(Status.unhealthy);
    }

    @Test
    void after_fiveDaysWithoutSuccess_isDisabled() {
        State ill = rules.after(failed(10, MADE), State.normal(MADE), MADE).state();
        Instant almost = MADE.plus(Duration.ofDays(5)).minusMillis(1);
        State still = rules.after(failed(1, almost), ill, almost).state();
        assertThat(still.status()).isEqualTo(Status.unhealthy);
        Change change = rules.after(failed(1, NOW), still, almost.plusMillis(1));
        assertThat(change.announced()).isEqualTo(EventType.ENDPOINT_DISABLED);
        assertThat(change.reason()).isEqualTo("no success for 5d");
        assertThat(change.state().status()).isEqualTo(Status.disabled);
    }

    @Test
    void after_gone_isDisabledAtOnce() {
        Report gone = new Report("ep_1", "acc_1", true, 1, NOW, failures(1, NOW), true);
        Change change = rules.after(gone, State.normal(MADE), NOW);
        assertThat(change.announced()).isEqualTo(EventType.ENDPOINT_DISABLED);
        assertThat(change.reason()).isEqualTo("status 410");
    }

    @Test
    void after_reportOfADisabledOne_keepsTheStatus() {
        State disabled = HealthRules.disabled(State.normal(MADE), MADE).state();
        Change failed = rules.after(failed(20, NOW), disabled, NOW);
        Change succeeded = rules.after(succeeded(0, null), disabled, NOW);
        assertThat(failed.state().status()).isEqualTo(Status.disabled);
        assertThat(failed.state().recentFailures()).hasSize(10);
        assertThat(succeeded.state()).isEqualTo(disabled);
        assertThat(List.of(failed.reason(), succeeded.reason())).containsOnly("");
    }

    @Test
    void disabled_byRequest_isAnnouncedOnce() {
        Change once = HealthRules.disabled(State.normal(MADE), NOW);
        assertThat(once.announced()).isEqualTo(EventType.ENDPOINT_DISABLED);
        assertThat(once.reason()).isEqualTo("by request");
        assertThat(HealthRules.disabled(once.state(), NOW.plusSeconds(1)).announced()).isNull();
    }

    @Test
    void enabled_disabledOne_startsAnewWithoutWord() {
        State ill = rules.after(failed(10, MADE), State.normal(MADE), MADE).state();
        Change change = HealthRules.enabled(ill, NOW);
        assertThat(change.announced()).isNull();
        assertThat(change.state())
                .isEqualTo(new State(Status.normal, NOW, 0, null, ill.recentFailures()));
        assertThat(HealthRules.enabled(State.normal(MADE), NOW).state())
                .isEqualTo(State.normal(MADE));
    }

    private static Report failed(int times, Instant since) {
        return new Report("ep_1", "acc_1", false, times, since, failures(times, since), false);
    }

    private static Report succeeded(int failedAfter, Instant since) {
        return new Report(
                "ep_1", "acc_1", true, failedAfter, since, failures(failedAfter, since), false);
    }

    private static List<Failure> failures(int times, Instant at) {
        return IntStream.range(0, Math.min(10, times))
                .mapToObj(i -> new Failure(at.plusMillis(i), "status 500"))
                .toList();
    }
}
