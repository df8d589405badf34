package dev.ringback.dispatch;

import dev.ringback.answer.Late;
import dev.ringback.dialect.EffectivePolicy;
import dev.ringback.flow.Deferral;
import dev.ringback.flow.Sign;
import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.Endpoint;
import dev.ringback.schemas.Reason;
import dev.ringback.schemas.RetryLadder;
import dev.ringback.send.Fault;
import dev.ringback.send.Reply;
import dev.ringback.send.RetryAfter;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The one place where a delivery's fate is decided. Pure: time is an argument. */
final class Verdict {
    /** What a receiver answers that has too much to do. */
    private static final Set<Integer> OVERLOADED = Set.of(429, 502, 504);

    /** How long a delivery waits when we ourselves cannot sign it. */
    private static final Duration FAULT_PAUSE = Duration.ofMinutes(1);

    /** The longest wait that a receiver may ask for with {@code Retry-After}. */
    private static final Duration LONGEST_RETRY_AFTER = Duration.ofHours(24);

    /** How long a delivery may still wait after the time that its receiver asked for. */
    private static final Duration AFTER_ASKED = Duration.ofHours(1);

    /** How long a delivery waits for room, at least and at most, before it is looked at again. */
    private static final Duration LEAST_PAUSE = Duration.ofSeconds(1);

    private static final Duration LEAST_PAUSE_FAILING = Duration.ofSeconds(4);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(30);

    /** What a delivery waits for whose call has an earlier one under way. */
    static final String BEHIND = "order";

    /** The longest wait that a receiver may ask for while a caller is on the line. */
    private static final Duration LONGEST_ON_THE_LINE = Duration.ofMinutes(1);

    /** How long somebody may be asked what a call does next. */
    private static final Duration ANSWER_MAX_AGE = Duration.ofMinutes(5);

    private static final String CUT_OFF = "cut off: ";

    private Verdict() {}

    /** What is decided before anything is sent; empty when it should be sent. */
    static Optional<Outcome> before(DeliveryHeader delivery, Optional<Target> target, Instant now) {
        if (target.isEmpty()) {
            return dead(Reason.endpoint_deleted);
        }
        if (target.get().endpoint().status() == Endpoint.Status.disabled) {
            return dead(Reason.endpoint_disabled);
        }
        if (!isFirst(delivery) && isExpired(delivery, target.get().policy(), now)) {
            return dead(Reason.expired);
        }
        return target.get().fault().map(fault -> fault(fault, now));
    }

    /** What becomes of a delivery that we ourselves cannot sign, until somebody puts it right. */
    static Outcome fault(String fault, Instant now) {
        return new Outcome.Deferred(now.plus(FAULT_PAUSE), fault, true);
    }

    /**
     * What becomes of a delivery for which there is no room: it waits as long as it takes until
     * there is, or when nobody knows as long as the largest rung that it has waited already, since
     * each further hop costs as much as a delivery; never much longer than it may live.
     */
    static Outcome noRoom(
            DeliveryHeader delivery,
            EffectivePolicy policy,
            Deferral deferral,
            RetryLadder ladder,
            Instant now) {
        Duration wait = deferral.pause();
        if (!wait.isPositive()) {
            Duration age = delivery.age(now);
            boolean failing = deferral.cause() == Deferral.Cause.breaker_open;
            Duration least = failing ? LEAST_PAUSE_FAILING : LEAST_PAUSE;
            wait = ladder.rung(now, now.plus(age.compareTo(least) < 0 ? least : age));
        }
        return waits(delivery, policy, now.plus(wait), deferral.cause().name(), now);
    }

    /** What becomes of a delivery while an earlier one of its call is not done. */
    static Outcome behind(
            DeliveryHeader delivery, EffectivePolicy policy, Instant until, Instant now) {
        return waits(delivery, policy, until, BEHIND, now);
    }

    private static Outcome waits(
            DeliveryHeader delivery,
            EffectivePolicy policy,
            Instant until,
            String reason,
            Instant now) {
        Instant latest = now.plus(LONGEST_PAUSE);
        Instant end = endOfLife(delivery, policy, now).plus(LEAST_PAUSE);
        Instant due = Stream.of(until, latest, end).min(Instant::compareTo).orElse(latest);
        Instant earliest = now.plus(LEAST_PAUSE);
        return new Outcome.Deferred(due.isBefore(earliest) ? earliest : due, reason, false);
    }

    /**
     * Whether nobody has looked at it before, as after an outage of ours: that is tried once,
     * however old it is. A question is not, since its caller has not waited.
     */
    private static boolean isFirst(DeliveryHeader delivery) {
        return delivery.attempt() == 1
                && delivery.waitsFor() == null
                && delivery.putAt() == null
                && !isQuestion(delivery);
    }

    /** Whether it has waited too long, other than because its receiver asked for it. */
    private static boolean isExpired(DeliveryHeader delivery, EffectivePolicy policy, Instant now) {
        return now.isAfter(endOfLife(delivery, policy, now));
    }

    private static Instant endOfLife(DeliveryHeader delivery, EffectivePolicy policy, Instant now) {
        if (isQuestion(delivery)) {
            return now.minus(delivery.age(now)).plus(ANSWER_MAX_AGE);
        }
        Instant end = now.minus(delivery.age(now)).plus(policy.maxAge());
        Instant asked = delivery.askedUntil();
        Instant afterAsked = asked == null ? end : asked.plus(AFTER_ASKED);
        return afterAsked.isAfter(end) ? afterAsked : end;
    }

    /**
     * What a reply means for a delivery.
     *
     * @param ownPause how long it should wait since it is we who are cut off; empty when not
     */
    static Outcome on(
            Reply reply,
            DeliveryHeader delivery,
            Target target,
            Instant now,
            Optional<Duration> ownPause) {
        return switch (reply) {
            case Reply.Answered answered -> answered(answered, delivery, target, now);
            case Reply.TimedOut timedOut -> unanswered("timeout", delivery, target, now, ownPause);
            case Reply.Unreachable(Fault fault) ->
                    unanswered(fault.name(), delivery, target, now, ownPause);
            case Reply.Blocked(String what) ->
                    new Outcome.Dead(Reason.blocked_address, "blocked " + what);
            case Reply.InvalidTarget(String reason) ->
                    new Outcome.Dead(Reason.invalid_target, reason);
        };
    }

    private static Outcome unanswered(
            String reason,
            DeliveryHeader delivery,
            Target target,
            Instant now,
            Optional<Duration> ownPause) {
        return ownPause.isPresent() && !isTest(delivery)
                ? new Outcome.Deferred(now.plus(ownPause.get()), CUT_OFF + reason, false)
                : again(reason, delivery, target, now, Duration.ZERO);
    }

    /**
     * What a reply to an answer request means: 200 with VoxML is an answer, all else is none.
     *
     * @param fault what is wrong with the VoxML; empty when it is valid
     */
    static Outcome asked(
            Reply reply,
            Optional<String> fault,
            DeliveryHeader delivery,
            Target target,
            Instant now) {
        boolean isOk = reply instanceof Reply.Answered answered && answered.status() == 200;
        if (isOk && fault.isPresent()) {
            return again("VoxML: " + fault.get(), delivery, target, now, Duration.ZERO);
        }
        if (!isOk && reply instanceof Reply.Answered answered) {
            return failed(answered, "status " + answered.status(), delivery, target, now);
        }
        return on(reply, delivery, target, now, Optional.empty());
    }

    /** What becomes of a question that nobody needs an answer to any more. */
    static Outcome late(Late late) {
        return new Outcome.Dead(Reason.late, late.text());
    }

    private static boolean isQuestion(DeliveryHeader delivery) {
        return delivery.kind() == DeliveryHeader.Kind.control;
    }

    /** What a reply says about its endpoint's strength; empty when it was not asked. */
    static Optional<Sign> sign(Reply reply) {
        return switch (reply) {
            case Reply.Answered answered -> Optional.of(sign(answered.status()));
            case Reply.TimedOut timedOut -> Optional.of(Sign.overload);
            case Reply.Unreachable unreachable -> Optional.of(Sign.failure);
            case Reply.Blocked blocked -> Optional.empty();
            case Reply.InvalidTarget invalid -> Optional.empty();
        };
    }

    private static Sign sign(int status) {
        if (status >= 200 && status < 300) {
            return Sign.success;
        }
        return OVERLOADED.contains(status) ? Sign.overload : Sign.failure;
    }

    private static Outcome answered(
            Reply.Answered reply, DeliveryHeader delivery, Target target, Instant now) {
        int status = reply.status();
        if (status >= 200 && status < 300) {
            return new Outcome.Delivered();
        }
        String reason = "status " + status;
        if (status == 410 && target.dialect().goneIsFinal() && !isTest(delivery)) {
            return new Outcome.Dead(Reason.gone, reason);
        }
        return failed(reply, reason, delivery, target, now);
    }

    private static Outcome failed(
            Reply.Answered reply,
            String reason,
            DeliveryHeader delivery,
            Target target,
            Instant now) {
        boolean mayAsk = reply.status() == 429 || reply.status() == 503;
        Duration asked = mayAsk ? asked(reply.headers(), now) : Duration.ZERO;
        boolean tooLong = isQuestion(delivery) && asked.compareTo(LONGEST_ON_THE_LINE) > 0;
        return again(reason, delivery, target, now, tooLong ? LONGEST_ON_THE_LINE : asked);
    }

    /** A failed attempt: the schedule's next wait, or the wait asked for if that is longer. */
    private static Outcome again(
            String reason, DeliveryHeader delivery, Target target, Instant now, Duration asked) {
        if (isTest(delivery)) {
            return new Outcome.Dead(Reason.no_retry, reason);
        }
        EffectivePolicy policy = target.policy();
        int failed = delivery.attempt();
        if (failed > policy.schedule().size()) {
            boolean never = policy.schedule().isEmpty();
            return new Outcome.Dead(never ? Reason.no_retry : Reason.exhausted, reason);
        }
        Duration wait = policy.schedule().get(failed - 1);
        if (asked.compareTo(wait) > 0) {
            return new Outcome.Retry(now.plus(asked), reason, true);
        }
        Instant due = now.plus(wait);
        // It would be found too old when it is due, and nobody should wait for that.
        return due.isAfter(endOfLife(delivery, policy, now))
                ? new Outcome.Dead(Reason.expired, reason)
                : new Outcome.Retry(due, reason, false);
    }

    /** Somebody looks at the answer; it is tried once and changes nothing else. */
    private static boolean isTest(DeliveryHeader delivery) {
        return delivery.via() != null && delivery.via().test();
    }

    private static Duration asked(Map<String, String> headers, Instant now) {
        Duration asked = RetryAfter.asked(headers, now);
        return asked.compareTo(LONGEST_RETRY_AFTER) > 0 ? LONGEST_RETRY_AFTER : asked;
    }

    private static Optional<Outcome> dead(Reason reason) {
        return Optional.of(new Outcome.Dead(reason, reason.name()));
    }
}
