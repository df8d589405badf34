package dev.ringback.dispatch;

import dev.ringback.measure.AttemptCounts;
import dev.ringback.outbox.Outbox;
import dev.ringback.runtime.Metrics;
import dev.ringback.schemas.Attempt;
import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.Reason;
import dev.ringback.schemas.RetryLadder;
import dev.ringback.schemas.Topics;
import dev.ringback.send.Reply;
import dev.ringback.send.SignedRequest;
import io.micrometer.core.instrument.Counter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Writes down what became of a delivery: its attempt, and its next hop if it has one. Each method
 * returns what completes when Kafka has all of it. Thread-safe.
 */
final class Journal {
    private static final Logger LOG = LoggerFactory.getLogger(Journal.class);

    private static final String UNREADABLE = "unreadable";

    private final Outbox outbox;
    private final RetryLadder ladder;
    private final Function<Duration, String> rungs;
    private final Ordering ordering;
    private final AttemptCounts attempts;
    private final Map<String, Counter> dead = new HashMap<>();
    private final Counter repeated;
    private final Counter deferrals;

    /**
     * Writes to where deliveries wait.
     *
     * @param rungs the topic of each of the ladder's rungs
     */
    Journal(
            Outbox outbox,
            RetryLadder ladder,
            Function<Duration, String> rungs,
            Ordering ordering,
            Metrics metrics) {
        this.outbox = outbox;
        this.ladder = ladder;
        this.rungs = rungs;
        this.ordering = ordering;
        attempts = new AttemptCounts(metrics);
        for (Reason reason : Reason.values()) {
            dead.put(reason.name(), deaths(metrics, reason.name()));
        }
        dead.put(UNREADABLE, deaths(metrics, UNREADABLE));
        repeated =
                metrics.counter(
                        "ringback_deliveries_repeated", "deliveries dropped because just done");
        deferrals =
                metrics.counter(
                        "ringback_deliveries_deferred",
                        "times that a delivery was put on a rung without an attempt");
    }

    private static Counter deaths(Metrics metrics, String reason) {
        return metrics.counter(
                "ringback_deliveries_dead", "deliveries that died", "reason", reason);
    }

    /** What there is to write after an attempt. */
    List<ProducerRecord<byte[], byte[]>> afterAttempt(
            Delivery delivery, Dispatch.Exchange exchange, Outcome outcome) {
        Instant at = exchange.at();
        Instant now = exchange.now();
        Reply reply = exchange.reply();
        Attempt attempt = attempt(delivery.header(), exchange.request(), reply, outcome, at, now);
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>(2);
        records.add(delivery.attempted(attempt));
        DeliveryHeader header = delivery.header();
        Instant first = header.firstAttemptAt() == null ? at : header.firstAttemptAt();
        Integer status = status(reply);
        switch (outcome) {
            case Outcome.Delivered delivered -> {}
            case Outcome.Late late -> {}
            case Outcome.Retry(Instant due, String why, boolean asked) -> {
                DeliveryHeader next = header.retry(first, due, status, why);
                records.add(later(delivery, asked ? next.asked(due) : next, now));
            }
            case Outcome.Deferred(Instant due, String why, boolean fault) ->
                    records.add(later(delivery, header.deferred(due, why), now));
            case Outcome.Dead(var reason, String why) ->
                    records.add(dead(delivery, header.dead(reason, now, first, status, why)));
        }
        attempts.count(attempt);
        attempts.made(header, at, now);
        return records;
    }

    /** What there is to write instead of an attempt. */
    List<ProducerRecord<byte[], byte[]>> withoutAttempt(
            Delivery delivery, Outcome outcome, Instant now) {
        DeliveryHeader header = delivery.header();
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>(2);
        switch (outcome) {
            case Outcome.Deferred(Instant due, String why, boolean fault) -> {
                if (header.waitsFor() == null) {
                    Attempt deferred = attempt(header, null, null, outcome, now, now);
                    records.add(delivery.attempted(deferred));
                    attempts.count(deferred);
                    LOG.atLevel(fault ? Level.WARN : Level.DEBUG)
                            .log("{} waits: {}", header.deliveryId(), why);
                }
                deferrals.increment();
                records.add(later(delivery, header.deferred(due, why), now));
            }
            case Outcome.Dead(var reason, String why) -> {
                records.add(delivery.attempted(attempt(header, null, null, outcome, now, now)));
                records.add(dead(delivery, header.deadUntried(reason, now)));
            }
            case Outcome.Delivered d -> throw new IllegalArgumentException("not sent");
            case Outcome.Retry r -> throw new IllegalArgumentException("not sent");
            case Outcome.Late late -> throw new IllegalArgumentException("not sent");
        }
        return records;
    }

    /** What has been put together above, and more. */
    CompletableFuture<Void> write(List<ProducerRecord<byte[], byte[]>> records) {
        return outbox.write(records);
    }

    /** A question that came by way of a replay goes where questions are asked. */
    CompletableFuture<Void> toAnswers(Delivery delivery) {
        return outbox.write(List.of(delivery.toAnswers(delivery.header())));
    }

    /** On its way down the ladder, not due yet. */
    CompletableFuture<Void> climbDown(Delivery delivery, Duration rung, Instant now) {
        return outbox.write(List.of(onto(rung, delivery, delivery.header().put(now))));
    }

    /** A delivery that has just been done and lies in its topic a second time. */
    CompletableFuture<Void> repeated() {
        repeated.increment();
        return CompletableFuture.completedFuture(null);
    }

    /** A record that is no delivery at all: kept with the dead, never passed over in silence. */
    CompletableFuture<Void> unreadable(
            ConsumerRecord<byte[], byte[]> record, @Nullable String reason) {
        LOG.error(
                "{}-{} offset {} is no delivery ({}) and goes to {}",
                record.topic(),
                record.partition(),
                record.offset(),
                reason,
                Topics.DEAD);
        died(UNREADABLE);
        RecordHeaders headers = new RecordHeaders(record.headers());
        headers.add(Topics.HEADER_REASON, String.valueOf(reason).getBytes(StandardCharsets.UTF_8));
        return outbox.write(
                List.of(
                        new ProducerRecord<>(
                                Topics.DEAD,
                                record.partition(),
                                null,
                                record.key(),
                                record.value(),
                                headers)));
    }

    private ProducerRecord<byte[], byte[]> later(
            Delivery delivery, DeliveryHeader moved, Instant now) {
        return onto(ladder.rung(now, moved.dueAt()), delivery, moved.put(now));
    }

    private ProducerRecord<byte[], byte[]> onto(
            Duration rung, Delivery delivery, DeliveryHeader put) {
        ordering.moved(delivery.record(), put);
        return delivery.to(rungs.apply(rung), put);
    }

    private ProducerRecord<byte[], byte[]> dead(Delivery delivery, DeliveryHeader moved) {
        died(String.valueOf(moved.reason()));
        return delivery.toDead(moved);
    }

    private static Attempt attempt(
            DeliveryHeader header,
            @Nullable SignedRequest request,
            @Nullable Reply reply,
            Outcome outcome,
            Instant at,
            Instant now) {
        Reply.Answered answered = reply instanceof Reply.Answered a ? a : null;
        return new Attempt(
                "att_" + UUID.randomUUID(),
                header.deliveryId(),
                header.eventId(),
                header.eventType(),
                header.subjectId(),
                header.accountId(),
                header.endpointId(),
                header.dialect(),
                header.attempt(),
                Delivery.trigger(header),
                at,
                Duration.between(at, now).toMillis(),
                request == null ? null : request.shownUrl(),
                request == null ? Map.of() : request.shownHeaders(),
                status(reply),
                answered == null ? Map.of() : answered.headers(),
                answered == null ? null : answered.body(),
                answered != null && answered.truncated(),
                outcome.result(),
                outcome.said(),
                outcome.nextDueAt());
    }

    private static @Nullable Integer status(@Nullable Reply reply) {
        return reply instanceof Reply.Answered answered ? answered.status() : null;
    }

    private void died(String reason) {
        Counter counter = dead.get(reason);
        if (counter != null) {
            counter.increment();
        }
    }
}
