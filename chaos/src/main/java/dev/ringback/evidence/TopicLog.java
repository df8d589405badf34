package dev.ringback.evidence;

import dev.ringback.runtime.KafkaClients;
import dev.ringback.schemas.Attempt;
import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.Json;
import dev.ringback.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.header.Header;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;

/**
 * Reads the topics of deliveries and attempts into a ledger, records of aborted transactions
 * included. A thread of its own.
 */
public final class TopicLog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TopicLog.class);
    private static final Duration POLL = Duration.ofMillis(200);

    private final Consumer<byte[], byte[]> consumer;
    private final List<TopicPartition> partitions;
    private final Ledger ledger;
    private final Clock clock;
    private final Map<TopicPartition, Long> last = new ConcurrentHashMap<>();
    private final Map<TopicPartition, Long> positions = new ConcurrentHashMap<>();
    private final Map<TopicPartition, NavigableMap<Long, String>> ids = new ConcurrentHashMap<>();
    private final Thread thread = Thread.ofPlatform().name("topic-log").unstarted(this::read);
    private volatile boolean closing;

    /** A log that {@link #start} begins to read. */
    public TopicLog(
            KafkaClients clients, List<TopicPartition> partitions, Ledger ledger, Clock clock) {
        this.clock = clock;
        this.consumer =
                clients.consumer("chaos-log", Map.of("isolation.level", "read_uncommitted"));
        this.partitions = List.copyOf(partitions);
        this.ledger = ledger;
    }

    /** Begins to read, from the beginning. */
    public void start() {
        thread.start();
    }

    /** The offset of the last record of each partition that has been read. */
    public Map<TopicPartition, Long> last() {
        return Map.copyOf(last);
    }

    /** The next offset of each partition to be read. */
    public Map<TopicPartition, Long> positions() {
        return Map.copyOf(positions);
    }

    /** The deliveries of records beyond what has been committed; forgets what is not. */
    public Set<String> beyond(Map<TopicPartition, Long> committed) {
        Set<String> waiting = new HashSet<>();
        ids.forEach(
                (partition, records) -> {
                    records.headMap(committed.getOrDefault(partition, 0L), false).clear();
                    waiting.addAll(records.values());
                });
        return waiting;
    }

    private void read() {
        try {
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            while (!closing) {
                poll();
            }
        } catch (WakeupException e) {
            LOG.debug("the log of topics ends");
        } finally {
            consumer.close();
        }
    }

    private void poll() {
        try {
            ConsumerRecords<byte[], byte[]> records = consumer.poll(POLL);
            for (ConsumerRecord<byte[], byte[]> record : records) {
                note(record);
                last.put(new TopicPartition(record.topic(), record.partition()), record.offset());
            }
            for (TopicPartition partition : partitions) {
                positions.put(partition, consumer.position(partition, POLL));
            }
        } catch (WakeupException e) {
            throw e;
        } catch (KafkaException e) {
            LOG.debug("the log of topics waits for Kafka", e);
        }
    }

    private void note(ConsumerRecord<byte[], byte[]> record) {
        try {
            if (record.topic().equals(Topics.EVENTS_INVALID)) {
                ledger.dropped();
                return;
            }
            if (record.topic().equals(Topics.ATTEMPTS)) {
                ledger.tried(Json.read(record.value(), Attempt.class));
                return;
            }
            Header header = record.headers().lastHeader(DeliveryHeader.NAME);
            if (header == null) {
                ledger.unreadable(where(record) + " has no " + DeliveryHeader.NAME);
                return;
            }
            note(record, DeliveryHeader.read(header.value()));
        } catch (JacksonException e) {
            ledger.unreadable(where(record) + " cannot be read: " + e.getOriginalMessage());
        }
    }

    private void note(ConsumerRecord<byte[], byte[]> record, DeliveryHeader header) {
        if (record.topic().equals(Topics.DEAD)) {
            ledger.died(header);
            return;
        }
        ids.computeIfAbsent(
                        new TopicPartition(record.topic(), record.partition()),
                        partition -> new ConcurrentSkipListMap<>())
                .put(record.offset(), header.deliveryId());
        if (record.topic().equals(Topics.DELIVERIES)) {
            ledger.copied(header.deliveryId(), clock.instant());
        } else {
            Instant written = Instant.ofEpochMilli(record.timestamp());
            ledger.waits(header, Objects.requireNonNullElse(header.putAt(), written));
        }
    }

    private static String where(ConsumerRecord<byte[], byte[]> record) {
        String key =
                record.key() == null ? "" : " " + new String(record.key(), StandardCharsets.UTF_8);
        return record.topic() + "-" + record.partition() + "@" + record.offset() + key;
    }

    @Override
    public void close() {
        closing = true;
        consumer.wakeup();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
