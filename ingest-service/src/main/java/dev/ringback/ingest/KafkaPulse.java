package dev.ringback.ingest;

import dev.ringback.runtime.Lifecycle;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks Kafka something small every second, to know without traffic whether it answers. */
final class KafkaPulse implements Lifecycle.Part {
    private static final Logger LOG = LoggerFactory.getLogger(KafkaPulse.class);
    private static final Duration EVERY = Duration.ofSeconds(1);
    private static final Duration RECENT = Duration.ofSeconds(5);

    private final Supplier<CompletableFuture<Void>> question;
    private final Supplier<Instant> otherSign;
    private final InstantSource clock;
    private final ScheduledExecutorService beats =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofVirtual().name("kafka-pulse").factory());
    private volatile Instant last = Instant.EPOCH;

    /**
     * A pulse that {@link #start} sets going.
     *
     * @param question completes when Kafka has answered
     * @param otherSign when Kafka last answered somebody else
     */
    KafkaPulse(
            Supplier<CompletableFuture<Void>> question,
            Supplier<Instant> otherSign,
            InstantSource clock) {
        this.question = question;
        this.otherSign = otherSign;
        this.clock = clock;
    }

    @Override
    public void start() {
        Future<?> _ =
                beats.scheduleWithFixedDelay(this::ask, 0, EVERY.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void stop() {
        beats.shutdownNow();
        beats.close();
    }

    /** Says so when Kafka has not answered for some seconds. */
    Optional<String> problem() {
        Instant other = otherSign.get();
        Instant newest = other.isAfter(last) ? other : last;
        return newest.plus(RECENT).isBefore(clock.instant())
                ? Optional.of("Kafka does not answer")
                : Optional.empty();
    }

    private void ask() {
        try {
            question.get().get(RECENT.toMillis(), TimeUnit.MILLISECONDS);
            last = clock.instant();
        } catch (ExecutionException | TimeoutException e) {
            LOG.debug("Kafka does not answer", e);
        } catch (InterruptedException e) {
            LOG.debug("the pulse stops");
        } catch (RuntimeException e) {
            // Thrown on, it would end the schedule, and with it every later sign of life.
            LOG.error("Kafka could not be asked", e);
        }
    }
}
