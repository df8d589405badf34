package dev.ringback.dispatch;

import dev.ringback.answer.Answering;
import dev.ringback.answer.Fallback;
import dev.ringback.answer.Instruction;
import dev.ringback.answer.Late;
import dev.ringback.dialect.EffectivePolicy;
import dev.ringback.flow.Sign;
import dev.ringback.lane.Lanes;
import dev.ringback.lane.Recent;
import dev.ringback.lane.Turn;
import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.Reason;
import dev.ringback.schemas.RetryLadder;
import dev.ringback.schemas.Topics;
import dev.ringback.schemas.Units;
import dev.ringback.send.OwnSide;
import dev.ringback.send.Reply;
import dev.ringback.send.Sender;
import dev.ringback.send.SignedRequest;
import dev.ringback.voxml.Finding;
import dev.ringback.voxml.Report;
import dev.ringback.voxml.Voxml;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * What a lane does with a delivery: sign, send, judge, record. Runs on virtual threads; everything
 * that follows is in Kafka before a record counts as done.
 */
final class Dispatch implements Lanes.Task {
    private static final String UNREADABLE = "its endpoint cannot be read";
    private static final String UNSIGNABLE = "its secrets do not fit its signature";

    private static final byte[] NOTHING = {};

    /** More steps than are taken between two commits. */
    private static final int REMEMBERED = 65_536;

    private final Targets targets;
    private final Sender sender;
    private final OwnSide ownSide = new OwnSide();
    private final Journal journal;
    private final Reports reports;
    private final Ordering ordering;
    private final RetryLadder ladder;
    private final Clock clock;
    private final String userAgent;
    private final Optional<Questions> questions;
    private final Recent done = new Recent(REMEMBERED);
    private volatile boolean stopped;

    Dispatch(
            Targets targets,
            Sender sender,
            Journal journal,
            Reports reports,
            Ordering ordering,
            RetryLadder ladder,
            Clock clock,
            String userAgent,
            Optional<Questions> questions) {
        this.targets = targets;
        this.sender = sender;
        this.journal = journal;
        this.reports = reports;
        this.ordering = ordering;
        this.ladder = ladder;
        this.clock = clock;
        this.userAgent = userAgent;
        this.questions = questions;
    }

    /**
     * What is different where deliveries ask: who publishes the answers, and what these must be.
     *
     * @param answering knows what is answered
     */
    record Questions(Answering answering, Voxml voxml) {}

    /** Nothing that ends from now on is recorded: it was cut off and will come again. */
    void stop() {
        stopped = true;
    }

    @Override
    public Instant readyAt(ConsumerRecord<byte[], byte[]> record) {
        if (!onRung(record)) {
            return Instant.MIN;
        }
        try {
            DeliveryHeader header = Delivery.read(record).header();
            Instant putAt = header.putAt();
            return RetryLadder.leaves(
                    Units.duration(Topics.rung(record.topic()).orElse("")),
                    putAt == null ? Instant.ofEpochMilli(record.timestamp()) : putAt,
                    header.dueAt());
        } catch (Delivery.Unreadable | IllegalArgumentException e) {
            return Instant.MIN;
        }
    }

    @Override
    public String flow(ConsumerRecord<byte[], byte[]> record) {
        return Delivery.flow(record);
    }

    @Override
    public CompletableFuture<Void> run(ConsumerRecord<byte[], byte[]> record, Turn turn) {
        if (questions.isPresent() && Answering.isNotice(record)) {
            return CompletableFuture.completedFuture(null);
        }
        Delivery delivery;
        try {
            delivery = Delivery.read(record);
        } catch (Delivery.Unreadable e) {
            return journal.unreadable(record, e.getMessage());
        }
        if (stopped) {
            throw new CancellationException("stopping");
        }
        if (questions.isEmpty() && delivery.header().kind() == DeliveryHeader.Kind.control) {
            claim(turn);
            return journal.toAnswers(delivery);
        }
        Instant now = clock.instant();
        Instant due = delivery.header().dueAt();
        if (onRung(record) && due.isAfter(now)) {
            claim(turn);
            return journal.climbDown(delivery, ladder.rung(now, due), now);
        }
        String step = step(delivery.header());
        if (done.has(step)) {
            return journal.repeated();
        }
        return handle(delivery, now, turn, step);
    }

    /**
     * What tells one step of a delivery from all others. The same step may lie in Kafka twice:
     * routing writes it again when the transaction that wrote it was aborted, and so does a
     * dispatcher that was stopped between moving a delivery on and committing that it had.
     */
    private static String step(DeliveryHeader header) {
        int replay = header.replay() == null ? 0 : header.replay().count();
        return header.deliveryId()
                + header.origin().partition()
                + "@"
                + header.origin().offset()
                + "/"
                + replay
                + "/"
                + header.attempt();
    }

    private CompletableFuture<Void> handle(Delivery delivery, Instant now, Turn turn, String step) {
        Optional<Target> target;
        try {
            target = targets.of(delivery.header());
        } catch (Targets.Unreadable e) {
            return untried(delivery, Verdict.fault(UNREADABLE, now), now, turn, step);
        }
        Optional<Late> late = lateness(delivery);
        if (late.equals(Optional.of(Late.SETTLED))) {
            return journal.repeated();
        }
        Optional<Outcome> untried =
                late.map(Verdict::late)
                        .or(() -> Verdict.before(delivery.header(), target, now))
                        .or(() -> target.flatMap(found -> waits(delivery, found, turn, now)));
        if (untried.isPresent() || target.isEmpty()) {
            return untried(delivery, untried.orElseThrow(), now, turn, step);
        }
        SignedRequest request;
        try {
            request = Signing.sign(delivery, target.get(), now, userAgent);
        } catch (IllegalArgumentException | IllegalStateException e) {
            // What it says could show a part of the secret.
            return untried(delivery, Verdict.fault(UNSIGNABLE, now), now, turn, step);
        }
        return attempt(delivery, target.get(), request, now, turn, step);
    }

    /** Whether others go first: an earlier delivery of its call, or those that have a slot. */
    private Optional<Outcome> waits(Delivery delivery, Target target, Turn turn, Instant now) {
        EffectivePolicy policy = target.policy();
        return ordering.waitUntil(delivery, policy)
                .map(until -> Verdict.behind(delivery.header(), policy, until, now))
                .or(
                        () ->
                                turn.deferral()
                                        .map(
                                                none ->
                                                        Verdict.noRoom(
                                                                delivery.header(),
                                                                policy,
                                                                none,
                                                                ladder,
                                                                now)));
    }

    private CompletableFuture<Void> untried(
            Delivery delivery, Outcome outcome, Instant now, Turn turn, String step) {
        claim(turn);
        CompletableFuture<Void> written =
                questions.isPresent() && outcome instanceof Outcome.Dead dead
                        ? unanswered(
                                delivery,
                                dead,
                                fate -> journal.withoutAttempt(delivery, fate, now),
                                now)
                        : journal.untried(delivery, outcome, now);
        boolean comesAgain = outcome instanceof Outcome.Deferred;
        return comesAgain ? written : written.thenRun(() -> done.add(step));
    }

    /** The waist. */
    private CompletableFuture<Void> attempt(
            Delivery delivery,
            Target target,
            SignedRequest request,
            Instant at,
            Turn turn,
            String step) {
        if (!turn.isOurs().getAsBoolean()) {
            throw new CancellationException("no longer ours");
        }
        DeliveryHeader header = delivery.header();
        Reply reply = sender.send(request);
        Instant now = clock.instant();
        if (questions.isPresent()) {
            return answer(
                            questions.get(),
                            delivery,
                            target,
                            new Exchange(request, reply, at, now),
                            turn)
                    .thenRun(() -> done.add(step));
        }
        Optional<Duration> ownPause = ownSide.note(header.endpointId(), reply, now);
        Outcome outcome = Verdict.on(reply, header, target, now, ownPause);
        if (outcome instanceof Outcome.Deferred) {
            return untried(delivery, outcome, now, turn, step);
        }
        Verdict.sign(reply).ifPresent(turn.sign());
        claim(turn);
        return journal.tried(delivery, request, reply, outcome, at, now)
                .thenRun(() -> done.add(step))
                .thenRun(() -> reports.note(header, target, outcome, now));
    }

    /** What went out and what came back, and when. */
    private record Exchange(SignedRequest request, Reply reply, Instant at, Instant now) {}

    /** Something to write, by what becomes of a delivery. */
    private interface Records {
        List<ProducerRecord<byte[], byte[]>> of(Outcome fate);
    }

    /** The waist, where the reply says what a call does next. */
    private CompletableFuture<Void> answer(
            Questions asked, Delivery delivery, Target target, Exchange exchange, Turn turn) {
        DeliveryHeader header = delivery.header();
        Report voxml =
                exchange.reply() instanceof Reply.Answered(_, _, _, _, byte[] whole)
                        ? asked.voxml().read(whole)
                        : asked.voxml().read(NOTHING);
        Optional<String> fault = voxml.errors().stream().map(Finding::text).findFirst();
        Outcome outcome = Verdict.asked(exchange.reply(), fault, header, target, exchange.now());
        Records records =
                fate ->
                        journal.afterAttempt(
                                delivery,
                                exchange.request(),
                                exchange.reply(),
                                fate,
                                exchange.at(),
                                exchange.now());
        if (outcome instanceof Outcome.Delivered) {
            turn.sign().accept(Sign.success);
        }
        claim(turn);
        return switch (outcome) {
            case Outcome.Delivered delivered ->
                    publish(
                            delivery,
                            Instruction.accepted(header, Objects.requireNonNull(voxml.document())),
                            delivered,
                            records);
            case Outcome.Dead dead -> unanswered(delivery, dead, records, exchange.now());
            case Outcome.Retry retry -> {
                Optional<Late> late = lateness(delivery);
                yield journal.write(records.of(late.map(Verdict::late).orElse(retry)));
            }
            case Outcome.Late late -> journal.write(records.of(late));
            case Outcome.Deferred deferred -> journal.write(records.of(deferred));
        };
    }

    /** A question that has no answer here: it is put to the fallback, or the call is told. */
    private CompletableFuture<Void> unanswered(
            Delivery delivery, Outcome.Dead dead, Records records, Instant now) {
        if (dead.reason() == Reason.late) {
            return journal.write(records.of(dead));
        }
        Optional<Late> late = lateness(delivery);
        if (late.isPresent()) {
            return journal.write(records.of(Verdict.late(late.get())));
        }
        Optional<DeliveryHeader> fallback =
                dead.reason() == Reason.expired
                        ? Optional.empty()
                        : Fallback.of(delivery.header(), now);
        if (fallback.isPresent()) {
            List<ProducerRecord<byte[], byte[]>> all = new ArrayList<>(records.of(dead));
            all.add(delivery.toAnswers(fallback.get()));
            return journal.write(all);
        }
        Instruction none = Instruction.failed(delivery.header(), dead.detail());
        return publish(delivery, none, dead, records);
    }

    /** In one transaction with what is written of the delivery; or else that it is too late. */
    private CompletableFuture<Void> publish(
            Delivery delivery, Instruction instruction, Outcome fate, Records records) {
        return questions
                .orElseThrow()
                .answering()
                .publish(
                        delivery.record().partition(),
                        delivery.header(),
                        instruction,
                        () -> records.of(fate))
                .thenCompose(
                        late ->
                                late.map(why -> tooLate(fate, why, records))
                                        .orElseGet(() -> CompletableFuture.completedFuture(null)));
    }

    private CompletableFuture<Void> tooLate(Outcome fate, Late why, Records records) {
        boolean answered = fate instanceof Outcome.Delivered;
        Outcome instead = answered ? new Outcome.Late(why.text()) : Verdict.late(why);
        return journal.write(records.of(instead));
    }

    private Optional<Late> lateness(Delivery delivery) {
        return questions.flatMap(
                asked ->
                        asked.answering()
                                .lateness(delivery.record().partition(), delivery.header()));
    }

    /** Whoever has the partition next sends it again and moves it on; two must not. */
    private void claim(Turn turn) {
        if (stopped || !turn.claim().getAsBoolean()) {
            throw new CancellationException("no longer ours");
        }
    }

    private static boolean onRung(ConsumerRecord<byte[], byte[]> record) {
        return Topics.rung(record.topic()).isPresent();
    }
}
