package dev.ringback.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.schemas.Attempt;
import dev.ringback.schemas.Attempt.Result;
import dev.ringback.schemas.Reason;
import dev.ringback.subscribers.Arrival;
import dev.ringback.subscribers.Behaviour;
import dev.ringback.subscribers.Behaviour.Trouble;
import dev.ringback.subscribers.Subscriber;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A check that never finds anything would be worth nothing. */
class ReportTest {
    private static final Instant START = Instant.parse("2026-11-23T09:00:00Z");

    private final Subscriber good = subscriber(0, Trouble.none, 0);
    private final Subscriber hopeless = subscriber(1, Trouble.error, Behaviour.ALWAYS);
    private final Expected first = new Expected("call-1", "evt-1", 1, good, "ep_1");
    private final Expected second = new Expected("call-1", "evt-2", 2, good, "ep_1");
    private final Expected doomed = new Expected("call-1", "evt-1", 1, hopeless, "ep_2");
    private final Ledger ledger = new Ledger();
    private final Windows windows = new Windows();

    @BeforeEach
    void begin() {
        ledger.begin(2, List.of(first, second, doomed));
        ledger.accepted(2);
    }

    @Test
    void everything_asItShouldBe_holds() {
        allWell();
        assertThat(broken()).isEmpty();
    }

    @Test
    void delivery_neitherDeliveredNorDead_isLost() {
        deliver(first, 1, at(1));
        die(doomed, Reason.exhausted, at(1));
        assertThat(broken()).containsExactly("delivered or dead", "the ledger closes");
        assertThat(report().pending()).isEqualTo(1);
    }

    @Test
    void delivery_deliveredAndDead_hasTwoOutcomes() {
        allWell();
        die(first, Reason.exhausted, at(9));
        assertThat(broken()).contains("one outcome", "the ledger closes");
    }

    @Test
    void delivery_deadAfterAnAnswerThatNobodyHeard_hasOneOutcome() {
        allWell();
        hear(doomed, 1, at(1), 200, 7, null);
        tried(doomed, 1, Result.retry, at(1), at(2));
        assertThat(broken()).isEmpty();
        assertThat(report().unheard()).isEqualTo(1);
    }

    @Test
    void attempt_beforeItsScheduleAllows_isEarly() {
        deliver(second, 1, at(9));
        die(doomed, Reason.exhausted, at(9));
        hear(first, 1, at(4), 500, 7, null);
        tried(first, 1, Result.retry, at(4), at(4));
        deliver(first, 2, at(4).plusMillis(900));
        assertThat(broken()).containsExactly("never early");
    }

    @Test
    void attempt_afterOneThatNobodySaw_isNotEarlyWhenThatIsRepeatedLater() {
        deliver(second, 1, at(9));
        die(doomed, Reason.exhausted, at(9));
        tried(first, 1, Result.retry, at(1), at(2));
        deliver(first, 2, at(3));
        hear(first, 1, at(20), 500, 7, null);
        assertThat(broken()).isEmpty();
    }

    @Test
    void attempt_tooSoonAfterOneThatNobodySaw_isEarly() {
        deliver(second, 1, at(9));
        die(doomed, Reason.exhausted, at(9));
        tried(first, 1, Result.retry, at(1), at(2));
        deliver(first, 2, at(1).plusMillis(900));
        hear(first, 1, at(20), 500, 7, null);
        assertThat(broken()).containsExactly("never early");
    }

    @Test
    void attempt_beforeItsReceiverAllows_isHurried() {
        Expected busy =
                new Expected("call-2", "evt-9", 1, subscriber(3, Trouble.later_seconds, 1), "ep_3");
        ledger.begin(0, List.of(busy));
        hear(busy, 1, at(1), 429, 7, null);
        tried(busy, 1, Result.retry, at(1), at(2));
        deliver(busy, 2, at(2));
        assertThat(broken()).contains("Retry-After kept").doesNotContain("never early");
    }

    @Test
    void delivery_givenUpBeforeItsLastAttempt_isFound() {
        deliver(first, 1, at(1));
        deliver(second, 1, at(2));
        tried(doomed, 1, Result.dead, at(3), null);
        ledger.died(doomed.deliveryId(), Reason.exhausted, at(3));
        assertThat(broken()).containsExactly("the outcome its endpoint deserves");
    }

    @Test
    void delivery_thatWaitsInATopic_isNeitherButTheLedgerCloses() {
        allWell();
        Expected waiting = new Expected("call-2", "evt-9", 1, good, "ep_1");
        ledger.begin(0, List.of(waiting));
        ledger.waiting(Set.of(waiting.deliveryId()));
        assertThat(broken()).contains("delivered or dead").doesNotContain("the ledger closes");
    }

    @Test
    void event_thatRoutingDropped_doesNotCloseTheLedger() {
        allWell();
        ledger.dropped();
        assertThat(broken()).containsExactly("the ledger closes");
    }

    @Test
    void copy_withNothingLost_isRoutedTooOften() {
        allWell();
        ledger.copied(first.deliveryId(), at(20));
        ledger.copied(first.deliveryId(), at(21));
        assertThat(broken()).containsExactly("routed again only after a loss");
    }

    @Test
    void attempt_notInTheLog_isFound() {
        deliver(first, 1, at(1));
        deliver(second, 1, at(2));
        hear(doomed, 1, at(1), 500, 7, null);
        tried(doomed, 2, Result.dead, at(3), null);
        ledger.died(doomed.deliveryId(), Reason.exhausted, at(3));
        assertThat(broken()).containsExactly("every attempt logged");
    }

    @Test
    void attempt_withOtherBytes_isFound() {
        allWell();
        hear(doomed, 1, at(1), 500, 7, null);
        hear(doomed, 1, at(2), 500, 8, null);
        tried(doomed, 1, Result.dead, at(2), null);
        assertThat(broken()).containsExactly("same bytes, valid signature, same id");
    }

    @Test
    void attempt_wronglySigned_isFound() {
        allWell();
        hear(doomed, 1, at(1), 500, 7, "the signature is not of this secret and body");
        tried(doomed, 1, Result.dead, at(2), null);
        assertThat(broken()).containsExactly("same bytes, valid signature, same id");
    }

    @Test
    void laterEvent_beforeTheOneAheadIsSettled_breaksOrder() {
        deliver(second, 1, at(1));
        deliver(first, 1, at(2));
        die(doomed, Reason.exhausted, at(1));
        assertThat(broken()).containsExactly("order per call and ordered endpoint");
    }

    @Test
    void request_thatNobodyAskedFor_isFound() {
        allWell();
        ledger.heard(arrival(hopeless, first.deliveryId(), 1, at(1), 500, 7, null));
        assertThat(broken()).containsExactly("nobody gets what it did not ask for");
    }

    @Test
    void repeat_withNothingLost_isTooMany() {
        allWell();
        deliver(first, 1, at(9));
        assertThat(broken()).containsExactly("bounded repeats");
    }

    @Test
    void repeat_ofWhatWasDoneJustBeforeALoss_isAllowed() {
        allWell();
        windows.lost(at(2));
        deliver(first, 1, at(9));
        assertThat(broken()).isEmpty();
        assertThat(report().repeats()).isEqualTo(1);
    }

    @Test
    void repeat_ofWhatRoutingWroteTwice_isAllowed() {
        allWell();
        windows.lost(at(21));
        ledger.copied(first.deliveryId(), at(20));
        ledger.copied(first.deliveryId(), at(22));
        deliver(first, 1, at(9));
        assertThat(broken()).isEmpty();
    }

    @Test
    void connection_insideTheGuard_isFound() {
        allWell();
        Report report = Report.of(ledger, windows, 1, List.of());
        assertThat(report.broken()).hasSize(1).first().asString().contains("inside the guard");
    }

    @Test
    void ledger_withAnEventThatWasNotAccepted_doesNotClose() {
        ledger.begin(3, List.of());
        assertThat(broken()).containsExactly("the ledger closes");
    }

    private void allWell() {
        deliver(first, 1, at(1));
        deliver(second, 1, at(2));
        die(doomed, Reason.exhausted, at(3));
    }

    private Report report() {
        return Report.of(ledger, windows, 0, List.of());
    }

    private List<String> broken() {
        return report().guarantees().stream()
                .filter(guarantee -> !guarantee.held())
                .map(Guarantee::promise)
                .toList();
    }

    private void deliver(Expected expected, int attempt, Instant at) {
        hear(expected, attempt, at, 200, 7, null);
        tried(expected, attempt, Result.delivered, at, null);
    }

    private void hear(
            Expected expected, int attempt, Instant at, int status, long body, String fault) {
        Subscriber to = expected.subscriber();
        ledger.heard(arrival(to, expected.deliveryId(), attempt, at, status, body, fault));
    }

    private static Arrival arrival(
            Subscriber to,
            String delivery,
            int attempt,
            Instant at,
            int status,
            long body,
            String fault) {
        return new Arrival(to, delivery, attempt, at, at, status, body, 0, fault);
    }

    private void die(Expected expected, Reason reason, Instant at) {
        tried(expected, 1, Result.retry, at.minusSeconds(1), at);
        tried(expected, 2, Result.dead, at, null);
        ledger.died(expected.deliveryId(), reason, at);
    }

    private static void tried(
            Expected expected, int attempt, Result outcome, Instant at, Instant due) {
        expected.tried(
                new Attempt(
                        "att_1",
                        expected.deliveryId(),
                        "evt",
                        "call.ended",
                        expected.callId(),
                        "acc_1",
                        "ep",
                        "standard",
                        attempt,
                        Attempt.Trigger.scheduled,
                        at,
                        1,
                        null,
                        Map.of(),
                        null,
                        Map.of(),
                        null,
                        false,
                        outcome,
                        null,
                        due));
    }

    private static Instant at(int second) {
        return START.plusSeconds(second);
    }

    private static Subscriber subscriber(int number, Trouble trouble, int mostFailed) {
        return new Subscriber(
                number,
                "acc_1",
                "standard",
                Set.of("call.started", "call.ended"),
                null,
                true,
                "4s",
                List.of("1s"),
                null,
                "whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
                new Behaviour(trouble, mostFailed));
    }
}
