package dev.ringback.dispatch;

import dev.ringback.answer.Answering;
import dev.ringback.answer.Fallback;
import dev.ringback.answer.Instruction;
import dev.ringback.answer.Late;
import dev.ringback.dispatch.Dispatch.Exchange;
import dev.ringback.dispatch.Dispatch.Judgement;
import dev.ringback.flow.Sign;
import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.Reason;
import dev.ringback.send.Reply;
import dev.ringback.voxml.Finding;
import dev.ringback.voxml.Report;
import dev.ringback.voxml.Voxml;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Asks what a call does next: the reply has to be VoxML, which is published for the call; where
 * there is none the fallback is asked, and at last the call is told that nobody answers.
 */
final class Asking implements Dispatch.Purpose {
    private static final byte[] NOTHING = {};

    /** So many errors of a document are told in the log. */
    private static final int MOST_ERRORS = 10;

    private final Answering answering;
    private final Voxml voxml;
    private final Journal journal;

    /**
     * Asks and publishes.
     *
     * @param answering knows what is answered
     * @param voxml says what an answer must be
     */
    Asking(Answering answering, Voxml voxml, Journal journal) {
        this.answering = answering;
        this.voxml = voxml;
        this.journal = journal;
    }

    /** Something to write, by what becomes of a delivery. */
    private interface Records {
        List<ProducerRecord<byte[], byte[]>> of(Outcome fate);
    }

    /** A later question of a call does not wait for the answer to an earlier one. */
    @Override
    public String line(ConsumerRecord<byte[], byte[]> record) {
        return record.topic() + " " + record.partition() + " " + record.offset();
    }

    @Override
    public boolean isKnown(ConsumerRecord<byte[], byte[]> record) {
        return Answering.isNotice(record);
    }

    @Override
    public boolean isServed(DeliveryHeader delivery) {
        return true;
    }

    @Override
    public Optional<Late> lateness(Delivery delivery) {
        return answering.lateness(delivery.record().partition(), delivery.header());
    }

    @Override
    public Judgement judge(Delivery delivery, Target target, Exchange exchange) {
        Report report =
                exchange.reply() instanceof Reply.Answered(_, _, _, _, byte[] whole)
                        ? voxml.read(whole)
                        : voxml.read(NOTHING);
        Optional<String> fault = Optional.of(fault(report)).filter(text -> !text.isEmpty());
        Outcome outcome =
                Verdict.asked(exchange.reply(), fault, delivery.header(), target, exchange.now());
        return outcome instanceof Outcome.Delivered
                ? new Judgement(
                        outcome, Optional.of(Sign.success), Optional.ofNullable(report.document()))
                : new Judgement(outcome, Optional.empty(), Optional.empty());
    }

    /** The first errors in one line, each with its pointer. */
    private static String fault(Report report) {
        int more = report.errors().size() - MOST_ERRORS;
        return report.errors().stream()
                        .limit(MOST_ERRORS)
                        .map(Finding::text)
                        .collect(Collectors.joining("; "))
                + (more > 0 ? "; and " + more + " more" : "");
    }

    @Override
    public CompletableFuture<Void> record(
            Delivery delivery, Target target, Exchange exchange, Judgement judgement) {
        Records records = fate -> journal.afterAttempt(delivery, exchange, fate);
        return switch (judgement.outcome()) {
            case Outcome.Delivered delivered -> {
                Instruction answer =
                        Instruction.accepted(delivery.header(), judgement.answer().orElseThrow());
                yield publish(delivery, answer, delivered, records);
            }
            case Outcome.Dead dead -> {
                // The call may have ended while somebody was asked.
                Optional<Late> late = lateness(delivery);
                yield late.isPresent()
                        ? journal.write(records.of(Verdict.late(late.get())))
                        : unanswered(delivery, dead, records, exchange.now());
            }
            case Outcome.Retry retry -> {
                Optional<Late> late = lateness(delivery);
                yield journal.write(records.of(late.map(Verdict::late).orElse(retry)));
            }
            case Outcome.Late late -> journal.write(records.of(late));
            case Outcome.Deferred deferred -> journal.write(records.of(deferred));
        };
    }

    @Override
    public CompletableFuture<Void> untried(Delivery delivery, Outcome outcome, Instant now) {
        Records records = fate -> journal.withoutAttempt(delivery, fate, now);
        return outcome instanceof Outcome.Dead dead && dead.reason() != Reason.late
                ? unanswered(delivery, dead, records, now)
                : journal.write(records.of(outcome));
    }

    /** A question that has no answer here: it is put to the fallback, or the call is told. */
    private CompletableFuture<Void> unanswered(
            Delivery delivery, Outcome.Dead dead, Records records, Instant now) {
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
        return answering
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
}
