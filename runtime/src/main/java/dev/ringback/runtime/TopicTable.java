package dev.ringback.runtime;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.IsolationLevel;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The latest value of every key of a compacted topic with one partition, in memory and in groups. A
 * thread of its own reads the topic (committed records only); everything else may be called from
 * any thread.
 *
 * @param <V> what a record holds
 */
public final class TopicTable<V> implements Lifecycle.Part {
    private static final Logger LOG = LoggerFactory.getLogger(TopicTable.class);
    private static final Duration POLL = Duration.ofSeconds(1);
    private static final Duration SILENCE = Duration.ofSeconds(5);
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(1);

    private final TopicPartition partition;
    private final KafkaClients clients;
    private final Function<byte[], V> reader;
    private final Function<V, String> group;
    private final Map<String, V> values = new ConcurrentHashMap<>();
    private final Map<String, Map<String, V>> groups = new ConcurrentHashMap<>();
    private final Thread thread;

    private @Nullable Admin admin;
    private @Nullable Consumer<byte[], byte[]> consumer;
    private volatile boolean stopping;
    private volatile boolean caughtUp;
    private volatile long lastContactNanos = System.nanoTime();
    private final Set<String> unreadable = ConcurrentHashMap.newKeySet();

    // Guarded by this.
    private long position;
    private @Nullable Barrier running;
    private @Nullable Barrier next;

    /** A wish to have read as far as the topic reached when the wish was made. */
    private static final class Barrier {
        final CompletableFuture<Void> reached = new CompletableFuture<>();
        long end = Long.MAX_VALUE;
    }

    /**
     * A table that {@link #start} begins to read.
     *
     * @param reader turns a record's value into what it holds
     * @param group what {@link #in} finds it by
     */
    public TopicTable(
            String topic,
            KafkaClients clients,
            Function<byte[], V> reader,
            Function<V, String> group) {
        this.partition = new TopicPartition(topic, 0);
        this.clients = clients;
        this.reader = reader;
        this.group = group;
        this.thread = Thread.ofPlatform().name("table-" + topic).unstarted(this::read);
    }

    @Override
    public void start() {
        admin = clients.admin("table-" + partition.topic());
        consumer =
                clients.consumer(
                        "table-" + partition.topic(),
                        Map.of("isolation.level", "read_committed", "fetch.max.wait.ms", "500"));
        thread.start();
        current();
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
        if (admin != null) {
            admin.close(Duration.ofSeconds(1));
        }
    }

    /** The value of a key. */
    public Optional<V> get(String key) {
        return Optional.ofNullable(values.get(key));
    }

    /** The values of one group, in no order. A live view; safe to walk while it changes. */
    public Collection<V> in(String name) {
        Map<String, V> members = groups.get(name);
        return members == null ? List.of() : members.values();
    }

    /** All values, in no order. A live view; safe to walk while it changes. */
    public Collection<V> all() {
        return values.values();
    }

    /**
     * Whether the latest record of a key could not be read; its value is the one before, if any.
     */
    public boolean isUnreadable(String key) {
        return unreadable.contains(key);
    }

    /** What keeps the table from being as new as it should be, if anything. */
    public Optional<String> trouble() {
        if (!thread.isAlive()) {
            return Optional.of("is not being read");
        }
        if (!caughtUp) {
            return Optional.of("has not been read to its end yet");
        }
        boolean silent = System.nanoTime() - lastContactNanos > SILENCE.toNanos();
        return silent ? Optional.of("Kafka does not answer") : Optional.empty();
    }

    /** Whether the table has once read all that there was. */
    public boolean caughtUp() {
        return caughtUp;
    }

    /**
     * Completes when the table has read at least as far as the topic reached when this was called.
     * Calls at the same time share one question to the broker. Fails when the broker cannot be
     * asked.
     */
    public synchronized CompletableFuture<Void> current() {
        if (next == null) {
            next = new Barrier();
        }
        CompletableFuture<Void> reached = next.reached;
        if (running == null) {
            ask();
        }
        return reached;
    }

    private synchronized void ask() {
        Barrier barrier = next;
        running = barrier;
        next = null;
        if (barrier == null || admin == null) {
            return;
        }
        admin.listOffsets(
                        Map.of(partition, OffsetSpec.latest()),
                        new ListOffsetsOptions(IsolationLevel.READ_COMMITTED))
                .partitionResult(partition)
                .whenComplete(
                        (result, error) ->
                                answered(barrier, result == null ? -1 : result.offset(), error));
    }

    private void answered(Barrier barrier, long end, @Nullable Throwable error) {
        if (error != null) {
            finish(barrier, error);
            return;
        }
        lastContactNanos = System.nanoTime();
        synchronized (this) {
            barrier.end = end;
        }
        reach();
    }

    /** Completes what the position has reached. */
    private void reach() {
        Barrier barrier;
        synchronized (this) {
            barrier = running;
            if (barrier == null || position < barrier.end) {
                return;
            }
            caughtUp = true;
        }
        finish(barrier, null);
    }

    private void finish(Barrier barrier, @Nullable Throwable error) {
        synchronized (this) {
            if (running != barrier) {
                return;
            }
            running = null;
            if (next != null) {
                ask();
            }
        }
        if (error == null) {
            barrier.reached.complete(null);
        } else {
            barrier.reached.completeExceptionally(error);
        }
    }

    private void read() {
        Consumer<byte[], byte[]> mine = consumer();
        try {
            mine.assign(List.of(partition));
            mine.seekToBeginning(List.of(partition));
            while (!stopping) {
                poll(mine);
                current();
            }
        } catch (WakeupException e) {
            LOG.debug("table of {} stops", partition.topic());
        } finally {
            mine.close(CloseOptions.timeout(CLOSE_LIMIT));
        }
    }

    private void poll(Consumer<byte[], byte[]> mine) {
        try {
            ConsumerRecords<byte[], byte[]> records = mine.poll(POLL);
            for (ConsumerRecord<byte[], byte[]> record : records) {
                apply(record);
            }
            long reached = mine.position(partition, POLL);
            synchronized (this) {
                position = reached;
            }
            reach();
        } catch (WakeupException e) {
            throw e;
        } catch (KafkaException e) {
            LOG.warn("table of {} waits for Kafka: {}", partition.topic(), e.getMessage());
        }
    }

    private void apply(ConsumerRecord<byte[], byte[]> record) {
        String key = record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
        try {
            V value = record.value() == null ? null : reader.apply(record.value());
            String name = value == null ? "" : group.apply(value);
            replace(key, value, name);
            unreadable.remove(key);
        } catch (RuntimeException e) {
            unreadable.add(key);
            LOG.error("{} of {} cannot be read and stays as it was", key, partition.topic(), e);
        }
    }

    private void replace(String key, @Nullable V value, String name) {
        V before = value == null ? values.remove(key) : values.put(key, value);
        if (before != null && (value == null || !group.apply(before).equals(name))) {
            groups.computeIfPresent(
                    group.apply(before),
                    (old, members) -> {
                        members.remove(key);
                        return members.isEmpty() ? null : members;
                    });
        }
        if (value != null) {
            groups.computeIfAbsent(name, n -> new ConcurrentHashMap<>()).put(key, value);
        }
    }

    private Consumer<byte[], byte[]> consumer() {
        if (consumer == null) {
            throw new IllegalStateException("not started");
        }
        return consumer;
    }
}
