package dev.ringback.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.dialect.Dialect;
import dev.ringback.dialect.Dialects;
import dev.ringback.dialect.EffectivePolicy;
import dev.ringback.flow.Deferral;
import dev.ringback.flow.Sign;
import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.Endpoint;
import dev.ringback.schemas.Reason;
import dev.ringback.schemas.RetryLadder;
import dev.ringback.send.Fault;
import dev.ringback.send.Reply;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VerdictTest {
    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");
    private static final Dialect STANDARD = Dialects.named("standard").orElseThrow();
    private static final RetryLadder LADDER = RetryLadder.parse(RetryLadder.DEFAULT);
    private static final List<Duration> SCHEDULE =
            List.of(Duration.ofSeconds(1), Duration.ofSeconds(4));

    @ParameterizedTest
    @ValueSource(ints = {200, 201, 204, 299})
    void on_2xx_isDelivered(int status) {
        assertThat(on(answered(status), 1)).isInstanceOf(Outcome.Delivered.class);
    }

    @ParameterizedTest
    @ValueSource(ints = {100, 199, 301, 304, 400, 401, 404, 429, 500, 503})
    void on_anyOtherStatus_isTriedAgain(int status) {
        assertThat(on(answered(status), 1))
                .isEqualTo(new Outcome.Retry(NOW.plusSeconds(1), "status " + status, false));
        assertThat(on(answered(status), 2))
                .isEqualTo(new Outcome.Retry(NOW.plusSeconds(4), "status " + status, false));
    }

    @Test
    void on_failureAfterTheSchedule_isExhausted() {
        assertThat(on(new Reply.TimedOut(), 3))
                .isEqualTo(new Outcome.Dead(Reason.exhausted, "timeout"));
    }

    @Test
    void on_failureWithoutSchedule_isNoRetry() {
        Outcome outcome =
                Verdict.on(
                        answered(500),
                        header(1),
                        target(List.of(), Endpoint.Status.normal),
                        NOW,
                        Optional.empty());
        assertThat(outcome).isEqualTo(new Outcome.Dead(Reason.no_retry, "status 500"));
    }

    @Test
    void on_gone_isDeadAtOnce() {
        assertThat(on(answered(410), 1)).isEqualTo(new Outcome.Dead(Reason.gone, "status 410"));
    }

    @Test
    void on_blockedAddress_isDeadAtOnce() {
        assertThat(on(new Reply.Blocked("address 10.0.0.1"), 1))
                .isEqualTo(new Outcome.Dead(Reason.blocked_address, "blocked address 10.0.0.1"));
    }

    @Test
    void on_failureOfOurOwnSide_waitsWithoutUsingAnAttempt() {
        Reply dns = new Reply.Unreachable(Fault.dns);
        assertThat(on(dns, 3, Optional.of(Duration.ofSeconds(7))))
                .isEqualTo(new Outcome.Deferred(NOW.plusSeconds(7), "cut off: dns", false));
        assertThat(on(dns, 3)).isEqualTo(new Outcome.Dead(Reason.exhausted, "dns"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    429 | 60                            | 60
                    503 | 60                            | 60
                    500 | 60                            | 1
                    429 | 0                             | 1
                    429 | -5                            | 1
                    429 | soon                          | 1
                    429 | 999999999                     | 86400
                    503 | Mon, 23 Nov 2026 10:02:00 GMT | 120
                    503 | Mon, 23 Nov 2026 09:00:00 GMT | 1
                    503 | Monday, 23-Nov-26 10:02:00 GMT | 120
                    503 | Mon Nov 23 10:02:00 2026      | 120
                    """)
    void on_retryAfter_movesLaterNeverEarlier(int status, String header, long seconds) {
        Reply reply = new Reply.Answered(status, Map.of("retry-after", header), "", false);
        assertThat(on(reply, 1))
                .isEqualTo(
                        new Outcome.Retry(
                                NOW.plusSeconds(seconds), "status " + status, seconds > 1));
    }

    @Test
    void before_endpointGoneOrDisabledOrDeliveryTooOld_isDead() {
        assertThat(Verdict.before(header(1), Optional.empty(), NOW))
                .hasValue(new Outcome.Dead(Reason.endpoint_deleted, "endpoint_deleted"));
        Target disabled = target(SCHEDULE, Endpoint.Status.disabled);
        assertThat(Verdict.before(header(1), Optional.of(disabled), NOW))
                .hasValue(new Outcome.Dead(Reason.endpoint_disabled, "endpoint_disabled"));
        Target fine = target(SCHEDULE, Endpoint.Status.normal);
        assertThat(Verdict.before(header(1), Optional.of(fine), NOW)).isEmpty();
        assertThat(Verdict.before(header(2), Optional.of(fine), NOW.plusSeconds(3_601)))
                .hasValue(new Outcome.Dead(Reason.expired, "expired"));
    }

    @Test
    void before_olderThanItMayBe_isTriedAllTheSameWhenItsReceiverAskedToWait() {
        Instant asked = NOW.plus(Duration.ofHours(20));
        Target fine = target(SCHEDULE, Endpoint.Status.normal);
        DeliveryHeader waiting = header(2).asked(asked);
        assertThat(Verdict.before(waiting, Optional.of(fine), asked.plusSeconds(2))).isEmpty();
        assertThat(Verdict.before(waiting, Optional.of(fine), asked.plusSeconds(3_601)))
                .hasValue(new Outcome.Dead(Reason.expired, "expired"));
    }

    @Test
    void before_firstAttemptAfterALongOutage_isMadeWhateverItsAge() {
        Target fine = target(SCHEDULE, Endpoint.Status.normal);
        Instant late = NOW.plus(Duration.ofDays(6));
        assertThat(Verdict.before(header(1), Optional.of(fine), late)).isEmpty();
    }

    @Test
    void before_firstAttemptThatHasWaited_expires() {
        Target fine = target(SCHEDULE, Endpoint.Status.normal);
        Instant late = NOW.plusSeconds(3_601);
        DeliveryHeader waited = header(1).deferred(NOW.plusSeconds(1), "no_slot").put(NOW);
        assertThat(Verdict.before(waited, Optional.of(fine), late))
                .hasValue(new Outcome.Dead(Reason.expired, "expired"));
    }

    @Test
    void before_question_expiresWhoeverItWaitedFor() {
        Target fine = target(SCHEDULE, Endpoint.Status.normal);
        assertThat(Verdict.before(question(), Optional.of(fine), NOW.plusSeconds(301)))
                .hasValue(new Outcome.Dead(Reason.expired, "expired"));
    }

    @Test
    void on_scheduledWaitBeyondMaxAge_isDeadAtOnce() {
        Target impatient =
                target(
                        List.of(Duration.ofSeconds(1), Duration.ofHours(1)),
                        Duration.ofSeconds(10),
                        Endpoint.Status.normal);
        assertThat(Verdict.on(answered(500), header(1), impatient, NOW, Optional.empty()))
                .isEqualTo(new Outcome.Retry(NOW.plusSeconds(1), "status 500", false));
        assertThat(Verdict.on(answered(500), header(2), impatient, NOW, Optional.empty()))
                .isEqualTo(new Outcome.Dead(Reason.expired, "status 500"));
        Reply asks = new Reply.Answered(503, Map.of("retry-after", "7200"), "", false);
        assertThat(Verdict.on(asks, header(2), impatient, NOW, Optional.empty()))
                .isEqualTo(new Outcome.Retry(NOW.plusSeconds(7_200), "status 503", true));
    }

    @Test
    void on_timeoutOfOurOwnSide_waitsWithoutUsingAnAttempt() {
        assertThat(on(new Reply.TimedOut(true), 3, Optional.of(Duration.ofSeconds(7))))
                .isEqualTo(new Outcome.Deferred(NOW.plusSeconds(7), "cut off: timeout", false));
    }

    @Test
    void before_replayed_ageCountsFromTheReplay() {
        Instant later = NOW.plus(Duration.ofDays(3));
        DeliveryHeader replayed = header(1).replayed("rpl_1", later);
        Target fine = target(SCHEDULE, Endpoint.Status.normal);
        assertThat(Verdict.before(replayed, Optional.of(fine), later.plusSeconds(5))).isEmpty();
    }

    private static Outcome on(Reply reply, int attempt) {
        return on(reply, attempt, Optional.empty());
    }

    private static Outcome on(Reply reply, int attempt, Optional<Duration> ownPause) {
        Target target = target(SCHEDULE, Endpoint.Status.normal);
        return Verdict.on(reply, header(attempt), target, NOW, ownPause);
    }

    private static Reply answered(int status) {
        return new Reply.Answered(status, Map.of(), "", false);
    }

    private static Target target(List<Duration> schedule, Endpoint.Status status) {
        return target(schedule, null, status);
    }

    private static Target target(
            List<Duration> schedule, @Nullable Duration maxAge, Endpoint.Status status) {
        Endpoint endpoint =
                Endpoint.of(
                                "ep_1",
                                "acc_1",
                                Endpoint.Config.of(
                                                "https://example.com",
                                                "standard",
                                                List.of("*"),
                                                Endpoint.Scope.ANY)
                                        .withPolicy(
                                                new Endpoint.Policy(
                                                        null, schedule, null, null, null, maxAge)),
                                null,
                                NOW)
                        .withState(new Endpoint.State(status, NOW, 0, null, List.of()));
        return new Target(
                endpoint,
                STANDARD,
                EffectivePolicy.of(endpoint, STANDARD),
                List.of(),
                Map.of(),
                Optional.empty());
    }

    @Test
    void noRoom_pauseKnown_waitsThatLong() {
        assertThat(noRoom(header(1), Duration.ofSeconds(7), NOW))
                .isEqualTo(new Outcome.Deferred(NOW.plusSeconds(7), "no_slot", false));
    }

    @ParameterizedTest
    @CsvSource({"0,1", "1,1", "5,4", "59,30", "60,60", "700,480", "3000,602"})
    void noRoom_pauseUnknown_waitsOneRungOfItsAge_notBeyondItsLife(long age, long pause) {
        Instant now = NOW.plusSeconds(age);
        assertThat(noRoom(header(1), Duration.ZERO, now).nextDueAt())
                .isBetween(now.plusSeconds(pause - 1), now.plusSeconds(pause));
    }

    @Test
    void noRoom_breakerOpen_waitsLongerAtFirst() {
        assertThat(noRoom(header(1), Duration.ZERO, Deferral.Cause.breaker_open, NOW))
                .isEqualTo(new Outcome.Deferred(NOW.plusSeconds(4), "breaker_open", false));
    }

    @Test
    void noRoom_receiverAskedForLongerThanMaxAge_doesNotLookEverySecond() {
        DeliveryHeader asked = header(1).asked(NOW.plus(Duration.ofHours(2)));
        Instant late = NOW.plus(Duration.ofHours(2));
        assertThat(noRoom(asked, Duration.ZERO, late).nextDueAt())
                .isEqualTo(late.plus(Duration.ofMinutes(30)));
    }

    @Test
    void behind_waitsUntilThen_butNeverLessThanASecond() {
        EffectivePolicy policy = target(SCHEDULE, Endpoint.Status.normal).policy();
        assertThat(Verdict.behind(header(1), policy, NOW.plusSeconds(5), NOW))
                .isEqualTo(new Outcome.Deferred(NOW.plusSeconds(5), "order", false));
        assertThat(Verdict.behind(header(1), policy, NOW, NOW).nextDueAt())
                .isEqualTo(NOW.plusSeconds(1));
    }

    @ParameterizedTest
    @CsvSource({
        "200,success", "299,success", "429,overload", "502,overload", "504,overload",
        "500,failure", "503,failure", "404,failure", "410,failure", "301,failure"
    })
    void sign_ofAnAnswer(int status, Sign sign) {
        assertThat(Verdict.sign(answered(status))).contains(sign);
    }

    @Test
    void sign_ofNoAnswer() {
        assertThat(Verdict.sign(new Reply.TimedOut())).contains(Sign.overload);
        assertThat(Verdict.sign(new Reply.Unreachable(Fault.connection_refused)))
                .contains(Sign.failure);
        assertThat(Verdict.sign(new Reply.Blocked("address 10.0.0.1"))).isEmpty();
        assertThat(Verdict.sign(new Reply.InvalidTarget("no URL"))).isEmpty();
    }

    private static Outcome noRoom(DeliveryHeader header, Duration pause, Instant now) {
        return noRoom(header, pause, Deferral.Cause.no_slot, now);
    }

    private static Outcome noRoom(
            DeliveryHeader header, Duration pause, Deferral.Cause cause, Instant now) {
        return Verdict.noRoom(
                header,
                target(SCHEDULE, Endpoint.Status.normal).policy(),
                new Deferral(pause, cause),
                LADDER,
                now);
    }

    private static DeliveryHeader header(int attempt) {
        return header(attempt, DeliveryHeader.Kind.notify);
    }

    private static DeliveryHeader question() {
        return header(1, DeliveryHeader.Kind.control);
    }

    private static DeliveryHeader header(int attempt, DeliveryHeader.Kind kind) {
        return new DeliveryHeader(
                "dlv_1",
                "e1",
                "call.ended",
                "call.ended",
                "c1",
                "acc_1",
                "ep_1",
                "standard",
                kind,
                "application/json",
                1,
                NOW,
                attempt,
                NOW,
                null,
                null,
                null,
                null,
                new DeliveryHeader.Origin("call.events", 0, 0),
                null,
                null,
                null,
                null,
                null,
                null);
    }
}
