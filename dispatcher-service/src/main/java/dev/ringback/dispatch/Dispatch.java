package dev.ringback.dispatch;

import dev.ringback.answer.Late;
import dev.ringback.dialect.EffectivePolicy;
import dev.ringback.flow.Sign;
import dev.ringback.lane.Lanes;
import dev.ringback.lane.Recent;
import dev.ringback.lane.Turn;
import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.RetryLadder;
import dev.ringback.schemas.Topics;
import dev.ringback.schemas.Units;
import dev.ringback.send.OwnSide;
import dev.ringback.send.Reply;
import dev.ringback.send.Sender;
import dev.ringback.send.SignedRequest;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a lane does with a delivery: sign, send, judge, record. Runs on virtual threads; everything
 * that follows is in Kafka before a record counts as done.
 */
final class Dispatch implements Lanes.Task {
    private static final String UNREADABLE = "its endpoint cannot be read";
    private static final String UNSIGNABLE = "its secrets do not fit its signature";

    /** More steps than are taken between two commits. */
    private static final int REMEMBERED = 65_536;

    private final Targets targets;
    private final Sender sender;
    private final Journal journal;
    private final Ordering ordering;
    private final RetryLadder ladder;
    private final Clock clock;
    private final String userAgent;
    private final Purpose purpose;
    private final Recent done = new Recent(REMEMBERED);
    private volatile boolean stopped;

    Dispatch(
            Targets targets,
            Sender sender,
            Journal journal,
            Ordering ordering,
            RetryLadder ladder,
            Clock clock,
            String userAgent,
            Purpose purpose) {
        this.targets = targets;
        this.sender = sender;
        this.journal = journal;
        this.ordering = ordering;
        this.ladder = ladder;
        this.clock = clock;
        this.userAgent = userAgent;
        this.purpose = purpose;
    }

    /** What it is for that something is sent: {@link Telling} somebody, or {@link Asking}. */
    interface Purpose {
        /** Records of one line and one flow are sent one after another. */
        String line(ConsumerRecord<byte[], byte[]> record);

        /** Whether a record says no more than what is known since it was read. */
        boolean isKnown(ConsumerRecord<byte[], byte[]> record);

        /** Whether a delivery has come the right way. */
        boolean isServed(DeliveryHeader delivery);

        /** Why nobody needs it any more; empty when somebody does. */
        Optional<Late> lateness(Delivery delivery);

        /** What a reply means. */
        Judgement judge(Delivery delivery, Target target, Exchange exchange);

        /** Writes down what became of it; completes when Kafka has all of it. */
        CompletableFuture<Void> record(
                Delivery delivery, Target target, Exchange exchange, Judgement judgement);

        /** The same without an attempt. */
        CompletableFuture<Void> untried(Delivery delivery, Outcome outcome, Instant now);
    }

    /** What went out and what came back, and when. */
    record Exchange(SignedRequest request, Reply reply, Instant at, Instant now) {}

    /**
     * What a reply means.
     *
     * @param sign what it says of its endpoint's strength; empty when nothing
     * @param answer what the call does next; empty when the reply does not say
     */
    record Judgement(Outcome outcome, Optional<Sign> sign, Optional<ObjectNode> answer) {}

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
    public String line(ConsumerRecord<byte[], byte[]> record) {
        return purpose.line(record);
    }

    @Override
    public CompletableFuture<Void> run(ConsumerRecord<byte[], byte[]> record, Turn turn) {
        if (purpose.isKnown(record)) {
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
        if (!purpose.isServed(delivery.header())) {
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
        Optional<Late> late = purpose.lateness(delivery);
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
        return noted(step, outcome, purpose.untried(delivery, outcome, now));
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
        Reply reply = sender.send(request);
        Exchange exchange = new Exchange(request, reply, at, clock.instant());
        Judgement judgement = purpose.judge(delivery, target, exchange);
        judgement.sign().ifPresent(turn.sign());
        claim(turn);
        CompletableFuture<Void> written = purpose.record(delivery, target, exchange, judgement);
        return noted(step, judgement.outcome(), written);
    }

    /** A step that is done is not taken twice; one that was put off comes again as the same. */
    private CompletableFuture<Void> noted(
            String step, Outcome outcome, CompletableFuture<Void> written) {
        return outcome instanceof Outcome.Deferred
                ? written
                : written.thenRun(() -> done.add(step));
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

    /** Tells an endpoint what has happened. */
    static final class Telling implements Purpose {
        private final Journal journal;
        private final Reports reports;
        private final OwnSide ownSide = new OwnSide();

        Telling(Journal journal, Reports reports) {
            this.journal = journal;
            this.reports = reports;
        }

        @Override
        public String line(ConsumerRecord<byte[], byte[]> record) {
            byte[] key = record.key();
            return key == null ? "" : new String(key, StandardCharsets.UTF_8);
        }

        @Override
        public boolean isKnown(ConsumerRecord<byte[], byte[]> record) {
            return false;
        }

        @Override
        public boolean isServed(DeliveryHeader delivery) {
            return delivery.kind() != DeliveryHeader.Kind.control;
        }

        @Override
        public Optional<Late> lateness(Delivery delivery) {
            return Optional.empty();
        }

        @Override
        public Judgement judge(Delivery delivery, Target target, Exchange exchange) {
            DeliveryHeader header = delivery.header();
            Instant now = exchange.now();
            Optional<Duration> ownPause = ownSide.note(header.endpointId(), exchange.reply(), now);
            Outcome outcome = Verdict.on(exchange.reply(), header, target, now, ownPause);
            Optional<Sign> sign =
                    outcome instanceof Outcome.Deferred
                            ? Optional.empty()
                            : Verdict.sign(exchange.reply());
            return new Judgement(outcome, sign, Optional.empty());
        }

        @Override
        public CompletableFuture<Void> record(
                Delivery delivery, Target target, Exchange exchange, Judgement judgement) {
            Outcome outcome = judgement.outcome();
            if (outcome instanceof Outcome.Deferred) {
                return untried(delivery, outcome, exchange.now());
            }
            return journal.write(journal.afterAttempt(delivery, exchange, outcome))
                    .thenRun(
                            () -> reports.note(delivery.header(), target, outcome, exchange.now()));
        }

        @Override
        public CompletableFuture<Void> untried(Delivery delivery, Outcome outcome, Instant now) {
            return journal.write(journal.withoutAttempt(delivery, outcome, now));
        }
    }
}
