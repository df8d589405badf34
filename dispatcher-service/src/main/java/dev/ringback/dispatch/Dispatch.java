package dev.ringback.dispatch;

import dev.ringback.lane.Lane;
import dev.ringback.lane.Recent;
import dev.ringback.runtime.TopicTable;
import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.RetryLadder;
import dev.ringback.schemas.Topics;
import dev.ringback.schemas.Units;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * What a lane does with a delivery: sign, send, judge, record. Runs on virtual threads; everything
 * that follows is in Kafka before a record counts as done.
 */
final class Dispatch implements Lane.Task {
    private static final long TABLE_SECONDS = 10;

    /** More than routing writes in one transaction. */
    private static final int REMEMBERED = 65_536;

    private final TopicTable<Target> targets;
    private final Sender sender;
    private final Journal journal;
    private final RetryLadder ladder;
    private final Clock clock;
    private final String userAgent;
    private final Recent done = new Recent(REMEMBERED);
    private volatile boolean stopped;

    Dispatch(
            TopicTable<Target> targets,
            Sender sender,
            Journal journal,
            RetryLadder ladder,
            Clock clock,
            String userAgent) {
        this.targets = targets;
        this.sender = sender;
        this.journal = journal;
        this.ladder = ladder;
        this.clock = clock;
        this.userAgent = userAgent;
    }

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
            Instant putAt = Instant.ofEpochMilli(record.timestamp());
            String rung = record.topic().substring(Topics.RETRY_PREFIX.length());
            Instant dueAt = Delivery.read(record).header().dueAt();
            return RetryLadder.leaves(Units.duration(rung), putAt, dueAt);
        } catch (Delivery.Unreadable e) {
            return Instant.MIN;
        }
    }

    @Override
    public CompletableFuture<Void> run(ConsumerRecord<byte[], byte[]> record) {
        Delivery delivery;
        try {
            delivery = Delivery.read(record);
        } catch (Delivery.Unreadable e) {
            return journal.unreadable(record, e.getMessage());
        }
        if (stopped) {
            throw new CancellationException("stopping");
        }
        if (!onFirstTry(record)) {
            return handle(delivery);
        }
        DeliveryHeader header = delivery.header();
        String name =
                header.deliveryId() + header.origin().partition() + "@" + header.origin().offset();
        if (done.has(name)) {
            return journal.repeated();
        }
        return handle(delivery).thenRun(() -> done.add(name));
    }

    private CompletableFuture<Void> handle(Delivery delivery) {
        ConsumerRecord<byte[], byte[]> record = delivery.record();
        Instant now = clock.instant();
        if (onRung(record) && delivery.header().dueAt().isAfter(now)) {
            return journal.climbDown(delivery, ladder.rung(now, delivery.header().dueAt()));
        }
        Optional<Target> target = target(delivery.header());
        Optional<Outcome> untried = Verdict.before(delivery.header(), target, now);
        if (untried.isPresent() || target.isEmpty()) {
            return journal.untried(delivery, untried.orElseThrow(), now);
        }
        return attempt(delivery, target.get(), now);
    }

    /** The waist. */
    private CompletableFuture<Void> attempt(Delivery delivery, Target target, Instant at) {
        SignedRequest request = SignedRequest.sign(delivery, target, at, userAgent);
        Reply reply = sender.send(request);
        Instant now = clock.instant();
        Outcome outcome = Verdict.on(reply, delivery.header(), target, now);
        if (stopped) {
            throw new CancellationException("stopping");
        }
        return journal.tried(delivery, request, reply, outcome, at, now);
    }

    /** The endpoint as known; asked for once more before it counts as deleted. */
    private Optional<Target> target(DeliveryHeader header) {
        Optional<Target> known = targets.get(header.endpointId());
        if (known.isPresent()) {
            return known;
        }
        try {
            targets.current().get(TABLE_SECONDS, TimeUnit.SECONDS);
            return targets.get(header.endpointId());
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("the registry cannot be read now", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CancellationException("stopping");
        }
    }

    /**
     * Only here can a delivery of one and the same record of {@code call.events} lie twice: routing
     * writes it again when the transaction that wrote it first was aborted.
     */
    private static boolean onFirstTry(ConsumerRecord<byte[], byte[]> record) {
        return record.topic().equals(Topics.DELIVERIES);
    }

    private static boolean onRung(ConsumerRecord<byte[], byte[]> record) {
        return record.topic().startsWith(Topics.RETRY_PREFIX);
    }
}
