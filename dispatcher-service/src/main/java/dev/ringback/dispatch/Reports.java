package dev.ringback.dispatch;

import dev.ringback.outbox.Outbox;
import dev.ringback.runtime.Lifecycle;
import dev.ringback.schemas.Attempt;
import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.Endpoint;
import dev.ringback.schemas.Reason;
import dev.ringback.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the registry how attempts go where they fail, or succeed after they failed: adds up what
 * happened at each endpoint and sends it twice a second, from a thread of its own. An endpoint at
 * which all is well costs a look into a map, and nothing is sent. Thread-safe.
 */
final class Reports implements Lifecycle.Part {
    private static final Logger LOG = LoggerFactory.getLogger(Reports.class);
    private static final long EVERY_MILLIS = 500;

    /** How often the registry hears of an endpoint that it knows to be unhealthy, at the most. */
    private static final Duration LONGEST_QUIET = Duration.ofSeconds(10);

    private static final int QUIET_PARTS = 10;

    /** How long a success still matters before the registry is known to have our last report. */
    private static final Duration REMEMBERED = Duration.ofMinutes(1);

    private final Outbox outbox;
    private final Clock clock;
    private final Duration quiet;
    private final Map<String, Sightings> endpoints = new ConcurrentHashMap<>();
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().name("reports").daemon().factory());
    private volatile CompletableFuture<Void> underWay = CompletableFuture.completedFuture(null);

    /**
     * Reports that {@link #start} begins to send.
     *
     * @param disableAfter how long an endpoint may fail before the registry disables it
     */
    Reports(Outbox outbox, Clock clock, Duration disableAfter) {
        this.outbox = outbox;
        this.clock = clock;
        Duration part = disableAfter.dividedBy(QUIET_PARTS);
        this.quiet = part.compareTo(LONGEST_QUIET) < 0 ? part : LONGEST_QUIET;
    }

    @Override
    public void start() {
        timer.scheduleWithFixedDelay(
                this::tellInTime, EVERY_MILLIS, EVERY_MILLIS, TimeUnit.MILLISECONDS);
    }

    /** Sends what is left; whatever is noted later is lost. */
    @Override
    public void stop() {
        timer.shutdown();
        tell(true);
    }

    /** Notes an attempt; tests and a call's own URLs say nothing of an endpoint. */
    void note(DeliveryHeader header, Target target, Outcome outcome, Instant at) {
        DeliveryHeader.Via via = header.via();
        if (via != null && (via.test() || via.url() != null)) {
            return;
        }
        switch (outcome) {
            case Outcome.Delivered delivered -> succeeded(target.endpoint());
            case Outcome.Late late -> succeeded(target.endpoint());
            case Outcome.Retry(Instant due, String why, boolean asked) ->
                    failed(
                            target.endpoint(),
                            new Endpoint.Failure(at.truncatedTo(ChronoUnit.MILLIS), why),
                            false);
            case Outcome.Dead(Reason reason, String why) ->
                    failed(
                            target.endpoint(),
                            new Endpoint.Failure(at.truncatedTo(ChronoUnit.MILLIS), why),
                            reason == Reason.gone);
            case Outcome.Deferred deferred -> {}
        }
    }

    private void succeeded(Endpoint endpoint) {
        Endpoint.State state = endpoint.state();
        boolean known = state.failedInRow() > 0 || state.status() == Endpoint.Status.unhealthy;
        if (known || endpoints.containsKey(endpoint.id())) {
            endpoints.compute(
                    endpoint.id(), (id, before) -> Sightings.of(before, endpoint).afterSuccess());
        }
    }

    private void failed(Endpoint endpoint, Endpoint.Failure failure, boolean gone) {
        endpoints.compute(
                endpoint.id(),
                (id, before) -> Sightings.of(before, endpoint).afterFailure(failure, gone));
    }

    private void tellInTime() {
        try {
            if (underWay.isDone()) {
                tell(false);
            }
        } catch (RuntimeException e) {
            LOG.error("reports of endpoints were not sent", e);
        }
    }

    /**
     * Sends what is to be told.
     *
     * @param all also what could wait
     */
    void tell(boolean all) {
        Instant now = clock.instant();
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
        for (String id : endpoints.keySet()) {
            endpoints.computeIfPresent(
                    id,
                    (key, seen) -> {
                        if (!seen.isNews()) {
                            return seen.toldBefore(now.minus(REMEMBERED)) ? null : seen;
                        }
                        if (!all && !seen.isDue(now.minus(quiet))) {
                            return seen;
                        }
                        records.add(record(seen.report(id)));
                        return seen.isFailing() ? seen.told(now) : null;
                    });
        }
        if (!records.isEmpty()) {
            underWay = outbox.write(records);
        }
    }

    private static ProducerRecord<byte[], byte[]> record(Attempt.Report report) {
        return new ProducerRecord<>(
                Topics.REGISTRY_COMMANDS,
                report.accountId().getBytes(StandardCharsets.UTF_8),
                report.command("rep_" + UUID.randomUUID()));
    }
}
