package dev.ringback.runtime;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
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
        try (Consumer<byte[], byte[]> mine = consumer()) {
            mine.assign(List.of(partition));
            mine.seekToBeginning(List.of(partition));
            while (!stopping) {
                poll(mine);
                if (!caughtUp) {
                    current();
                }
            }
        } catch (WakeupException e) {
            LOG.debug("table of {} stops", partition.topic());
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
        String key = new String(record.key(), StandardCharsets.UTF_8);
        V value = record.value() == null ? null : value(key, record.value());
        V before = value == null ? values.remove(key) : values.put(key, value);
        if (before != null && (value == null || !group.apply(before).equals(group.apply(value)))) {
            groups.computeIfPresent(
                    group.apply(before),
                    (name, members) -> {
                        members.remove(key);
                        return members.isEmpty() ? null : members;
                    });
        }
        if (value != null) {
            groups.computeIfAbsent(group.apply(value), name -> new ConcurrentHashMap<>())
                    .put(key, value);
        }
    }

    private @Nullable V value(String key, byte[] bytes) {
        try {
            return reader.apply(bytes);
        } catch (RuntimeException e) {
            LOG.error("{} of {} cannot be read and is passed over", key, partition.topic(), e);
            return null;
        }
    }

    private Consumer<byte[], byte[]> consumer() {
        if (consumer == null) {
            throw new IllegalStateException("not started");
        }
        return consumer;
    }
}
