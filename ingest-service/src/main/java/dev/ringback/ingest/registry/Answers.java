package dev.ringback.ingest.registry;

import dev.ringback.runtime.KafkaClients;
import dev.ringback.runtime.Lifecycle;
import dev.ringback.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;

/**
 * Hands answers to the requests that wait for them. A thread of its own reads the topic from where
 * it ended at the start (committed records only); everything else may be called from any thread.
 */
final class Answers implements Lifecycle.Part {
    private static final Logger LOG = LoggerFactory.getLogger(Answers.class);
    private static final Duration POLL = Duration.ofSeconds(1);
    private static final Duration SEEK = Duration.ofSeconds(10);

    private final TopicPartition partition = new TopicPartition(Topics.REGISTRY_ANSWERS, 0);
    private final KafkaClients clients;
    private final Map<String, CompletableFuture<Answer>> waiting = new ConcurrentHashMap<>();
    private final Thread thread;
    private @Nullable Consumer<byte[], byte[]> consumer;
    private volatile boolean stopping;

    Answers(KafkaClients clients) {
        this.clients = clients;
        this.thread = Thread.ofPlatform().name("registry-answers").unstarted(this::read);
    }

    /** Returns when the place to read from is fixed: no later answer is missed. */
    @Override
    public void start() {
        Consumer<byte[], byte[]> mine =
                clients.consumer(
                        "registry-answers",
                        Map.of("isolation.level", "read_committed", "fetch.max.wait.ms", "500"));
        try {
            mine.assign(List.of(partition));
            mine.seekToEnd(List.of(partition));
            mine.position(partition, SEEK);
        } catch (KafkaException e) {
            mine.close();
            throw e;
        }
        consumer = mine;
        thread.start();
    }

    @Override
    public void stop() {
        stopping = true;
        if (consumer != null) {
            consumer.wakeup();
        }
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The answer to come; {@link #forget} it in the end. */
    CompletableFuture<Answer> expect(String commandId) {
        return waiting.computeIfAbsent(commandId, id -> new CompletableFuture<>());
    }

    /** No longer waits. */
    void forget(String commandId) {
        waiting.remove(commandId);
    }

    private void read() {
        Consumer<byte[], byte[]> mine = consumer;
        if (mine == null) {
            throw new IllegalStateException("not started");
        }
        try (mine) {
            while (!stopping) {
                poll(mine);
            }
        } catch (WakeupException e) {
            LOG.debug("no more answers are read");
        }
    }

    private void poll(Consumer<byte[], byte[]> mine) {
        try {
            mine.poll(POLL).forEach(this::hand);
        } catch (WakeupException e) {
            throw e;
        } catch (KafkaException e) {
            LOG.warn("registry answers wait for Kafka: {}", e.getMessage());
        }
    }

    private void hand(ConsumerRecord<byte[], byte[]> record) {
        CompletableFuture<Answer> future =
                record.key() == null
                        ? null
                        : waiting.get(new String(record.key(), StandardCharsets.UTF_8));
        if (future == null) {
            return;
        }
        try {
            future.complete(Answer.read(record.value()));
        } catch (JacksonException | IllegalArgumentException | NullPointerException e) {
            future.completeExceptionally(e);
        }
    }
}
