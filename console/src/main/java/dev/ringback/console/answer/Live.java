package dev.ringback.console.answer;

import dev.ringback.console.read.Updates;
import dev.ringback.console.read.View;
import dev.ringback.runtime.KafkaClients;
import dev.ringback.schemas.Json;
import dev.ringback.schemas.Topics;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiPredicate;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Tells of attempts, calls and replays as they come. Follows the topics themselves, so that every
 * instance tells of everything, and only while somebody listens. Thread-safe.
 */
public final class Live implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Live.class);
    private static final Duration POLL = Duration.ofMillis(500);
    private static final long PAUSE_NANOS = 1_000_000_000L;
    private static final List<String> SOURCES =
            List.of(Topics.ATTEMPTS, Topics.SNAPSHOTS, Topics.REPLAY_JOBS);

    private static final List<String> OF_ATTEMPT =
            List.of(
                    ("attempt_id delivery_id event_type subject_id account_id endpoint_id dialect"
                                    + " attempt trigger at duration_ms response_status outcome"
                                    + " reason next_due_at")
                            .split(" "));
    private static final List<String> OF_CALL =
            List.of("call_id", "account_id", "status", "sequence");

    private final KafkaClients clients;
    private final Function<JsonNode, ObjectNode> replay;
    private final BiPredicate<View, JsonNode> seesReplay;
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();
    private @Nullable Thread thread;
    private volatile boolean closed;

    private record Listener(View view, Updates updates) {}

    /**
     * Follows the topics of this Kafka.
     *
     * @param replay how the record of a replay is shown
     * @param seesReplay whether a view takes in a replay
     */
    public Live(
            KafkaClients clients,
            Function<JsonNode, ObjectNode> replay,
            BiPredicate<View, JsonNode> seesReplay) {
        this.clients = clients;
        this.replay = replay;
        this.seesReplay = seesReplay;
    }

    synchronized Updates.Subscription subscribe(View view, Updates updates) {
        Listener listener = new Listener(view, updates);
        listeners.add(listener);
        if (thread == null && !closed) {
            thread = Thread.ofPlatform().name("live").daemon().start(this::follow);
        }
        return () -> listeners.remove(listener);
    }

    /** Ends with the last listener; the next one begins anew. */
    private synchronized boolean isOver() {
        if (listeners.isEmpty() || closed) {
            thread = null;
            return true;
        }
        return false;
    }

    private void follow() {
        while (!isOver()) {
            try (Consumer<byte[], byte[]> consumer =
                    clients.consumer(
                            "ringback-console-live",
                            Map.of(
                                    "isolation.level", "read_committed",
                                    "auto.offset.reset", "latest"))) {
                read(consumer);
                consumer.close(CloseOptions.timeout(Duration.ZERO));
            } catch (KafkaException e) {
                LOG.warn("live updates wait for Kafka: {}", e.getMessage());
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    private void read(Consumer<byte[], byte[]> consumer) {
        List<TopicPartition> all = new ArrayList<>();
        for (String topic : SOURCES) {
            consumer.partitionsFor(topic)
                    .forEach(one -> all.add(new TopicPartition(topic, one.partition())));
        }
        consumer.assign(all);
        consumer.seekToEnd(all);
        while (!listeners.isEmpty() && !closed) {
            consumer.poll(POLL).forEach(this::tell);
        }
    }

    private void tell(ConsumerRecord<byte[], byte[]> record) {
        if (record.value() == null) {
            return;
        }
        try {
            JsonNode what = Json.parse(record.value());
            switch (record.topic()) {
                case Topics.ATTEMPTS -> tell("attempt", what, Lists.only(what, OF_ATTEMPT));
                case Topics.SNAPSHOTS -> tell("call", what, Lists.only(what, OF_CALL));
                default -> tellReplay(what);
            }
        } catch (JacksonException e) {
            LOG.debug("{} has a record that is not JSON", record.topic());
        }
    }

    private void tell(String name, JsonNode what, ObjectNode shown) {
        for (Listener listener : listeners) {
            if (listener.view.sees(what)) {
                listener.updates.happened(name, shown);
            }
        }
    }

    private void tellReplay(JsonNode job) {
        Optional<ObjectNode> shown =
                job.path("kind").stringValue("").equals("replay")
                        ? Optional.of(replay.apply(job))
                        : Optional.empty();
        for (Listener listener : listeners) {
            if (seesReplay.test(listener.view, job)) {
                shown.ifPresent(one -> listener.updates.happened("replay", one));
            }
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
    }
}
