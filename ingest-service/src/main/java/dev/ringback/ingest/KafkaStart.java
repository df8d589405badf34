package dev.ringback.ingest;

import dev.ringback.ingest.registry.Registry;
import dev.ringback.ingest.registry.Resealing;
import dev.ringback.runtime.KafkaClients;
import dev.ringback.runtime.Lifecycle;
import dev.ringback.runtime.Settings;
import dev.ringback.runtime.TopicSetup;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts what needs Kafka, and tries again every second as long as Kafka is away: the topics, the
 * publisher, the registry. A thread of its own tries; it rests when all has started.
 */
final class KafkaStart implements Lifecycle.Part {
    private static final Logger LOG = LoggerFactory.getLogger(KafkaStart.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final Settings settings;
    private final EventPublisher publisher;
    private final Registry registry;
    private final Resealing resealing;
    private final KafkaPulse pulse;
    private final Lifecycle started = new Lifecycle();
    private final CountDownLatch tried = new CountDownLatch(1);
    private final ScheduledExecutorService tries =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().name("kafka-start").factory());

    // Touched by the thread that tries alone.
    private String trouble = "";

    KafkaStart(
            Settings settings,
            EventPublisher publisher,
            Registry registry,
            Resealing resealing,
            KafkaPulse pulse) {
        this.settings = settings;
        this.publisher = publisher;
        this.registry = registry;
        this.resealing = resealing;
        this.pulse = pulse;
    }

    /** Returns after the first try, whether it has succeeded or not. */
    @Override
    public void start() {
        tries.execute(this::tryOnce);
        try {
            tried.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void stop() {
        tries.shutdownNow();
        tries.close();
        started.close();
    }

    private void tryOnce() {
        try {
            startAll();
            if (!trouble.isEmpty()) {
                LOG.info("Kafka has been reached");
            }
        } catch (RuntimeException e) {
            started.close();
            report(String.valueOf(e.getMessage()));
            again();
        } catch (InterruptedException e) {
            LOG.debug("stopped before Kafka was reached");
        } finally {
            tried.countDown();
        }
    }

    private void report(String message) {
        if (!message.equals(trouble)) {
            LOG.warn("ingest waits for Kafka: {}", message);
            trouble = message;
        }
    }

    private void again() {
        try {
            Future<?> _ = tries.schedule(this::tryOnce, PAUSE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("stopped before Kafka was reached");
        }
    }

    private void startAll() throws InterruptedException {
        int replication = createTopics();
        started.start(publisher);
        registry.start(replication);
        started.closing(registry::stop);
        started.start(resealing);
        started.start(pulse);
    }

    /** Returns how many copies of each partition this cluster keeps. */
    private int createTopics() throws InterruptedException {
        try (Admin admin = KafkaClients.of(settings).impatient().admin("ingest-topics")) {
            TopicSetup topics = new TopicSetup(admin, settings);
            topics.create();
            return topics.replication();
        }
    }
}
