package dev.ringback.order;

import dev.ringback.lane.Holes;
import dev.ringback.runtime.KafkaClients;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads what waits in a unit from Kafka: the rungs to their ends, and of the front topics what was
 * read and is not done. One scan after another, on a platform thread and with a consumer that are
 * there only while there is something to scan; a scan that fails is tried again.
 */
public final class UnitScan implements OrderGate.Scanner, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(UnitScan.class);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration ANSWER = Duration.ofSeconds(10);
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(1);
    private static final OffsetAndMetadata NOWHERE = new OffsetAndMetadata(0);
    private static final long AGAIN_MILLIS = 1_000;
    private static final long IDLE_SECONDS = 5;

    private final KafkaClients clients;
    private final Function<Set<TopicPartition>, Map<TopicPartition, OffsetAndMetadata>> done;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final ThreadPoolExecutor thread =
            new ThreadPoolExecutor(
                    1,
                    1,
                    IDLE_SECONDS,
                    TimeUnit.SECONDS,
                    new LinkedBlockingQueue<>(),
                    Thread.ofPlatform().name("order-scan").factory(),
                    new ThreadPoolExecutor.DiscardPolicy());
    private volatile @Nullable Consumer<byte[], byte[]> consumer;
    private volatile String trouble = "";

    /**
     * Scans when asked to.
     *
     * @param done what of assigned partitions is done at this moment, as a commit would say it
     */
    public UnitScan(
            KafkaClients clients,
            Function<Set<TopicPartition>, Map<TopicPartition, OffsetAndMetadata>> done) {
        this.clients = clients;
        this.done = done;
        thread.allowCoreThreadTimeOut(true);
    }

    @Override
    public void request(Scan scan) {
        thread.execute(() -> perform(scan));
    }

    @Override
    public void close() {
        stopping.countDown();
        thread.shutdownNow();
        Consumer<byte[], byte[]> mine = consumer;
        if (mine != null) {
            mine.wakeup();
        }
        try {
            if (!thread.awaitTermination(ANSWER.toMillis(), TimeUnit.MILLISECONDS)) {
                LOG.warn("the scan of a unit does not stop");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** What keeps ordered deliveries from being let go, if anything. */
    public Optional<String> trouble() {
        return Optional.of(trouble).filter(text -> !text.isEmpty());
    }

    private void perform(Scan scan) {
        try {
            Consumer<byte[], byte[]> mine = consumer();
            if (stopping.getCount() > 0) {
                read(mine, scan);
                trouble = "";
            }
            if (thread.getQueue().isEmpty()) {
                closeConsumer();
            }
        } catch (WakeupException | InterruptException e) {
            closeConsumer();
        } catch (RuntimeException e) {
            trouble = "what waits cannot be read: " + e;
            LOG.warn("what waits in a unit is read again: {}", e.toString());
            closeConsumer();
            pause();
            request(scan);
        }
    }

    private void pause() {
        try {
            if (stopping.await(AGAIN_MILLIS, TimeUnit.MILLISECONDS)) {
                LOG.debug("scans stop");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Consumer<byte[], byte[]> consumer() {
        Consumer<byte[], byte[]> mine = consumer;
        if (mine == null) {
            mine =
                    clients.consumer(
                            "order-scan",
                            Map.of(
                                    "isolation.level",
                                    "read_uncommitted",
                                    "max.poll.records",
                                    "64",
                                    "fetch.max.bytes",
                                    Integer.toString(8 << 20),
                                    "max.partition.fetch.bytes",
                                    Integer.toString(512 << 10)));
            consumer = mine;
        }
        return mine;
    }

    private void closeConsumer() {
        Consumer<byte[], byte[]> mine = consumer;
        consumer = null;
        if (mine != null) {
            boolean interrupted = Thread.interrupted();
            mine.close(CloseOptions.timeout(CLOSE_LIMIT));
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void read(Consumer<byte[], byte[]> mine, Scan scan) {
        Optional<Map<TopicPartition, OffsetAndMetadata>> begun = scan.begin();
        if (begun.isEmpty()) {
            return;
        }
        Map<TopicPartition, OffsetAndMetadata> from = new HashMap<>(begun.get());
        from.putAll(done.apply(from.keySet()));
        Map<TopicPartition, Long> ends = mine.endOffsets(from.keySet(), ANSWER);
        if (!scan.reach(ends)) {
            return;
        }
        Map<TopicPartition, Long> left = left(from, ends);
        mine.assign(left.keySet());
        left.keySet().forEach(p -> mine.seek(p, from.getOrDefault(p, NOWHERE).offset()));
        while (!left.isEmpty()) {
            ConsumerRecords<byte[], byte[]> records = mine.poll(POLL);
            if (!scan.found(copies(records, from, left, scan))) {
                return;
            }
            if (left.entrySet().removeIf(p -> mine.position(p.getKey(), ANSWER) >= p.getValue())) {
                mine.assign(left.keySet());
            }
        }
        scan.end();
    }

    /** How far each partition has to be read; those that are read already left out. */
    private static Map<TopicPartition, Long> left(
            Map<TopicPartition, OffsetAndMetadata> from, Map<TopicPartition, Long> ends) {
        Map<TopicPartition, Long> left = new HashMap<>();
        from.forEach(
                (partition, begin) -> {
                    long end = ends.getOrDefault(partition, 0L);
                    if (!Copy.isRung(partition.topic())) {
                        end = Math.min(end, begin.offset() + holes(begin).span());
                    }
                    if (begin.offset() < end) {
                        left.put(partition, end);
                    }
                });
        return left;
    }

    private static Holes holes(OffsetAndMetadata at) {
        return Holes.decode(at.metadata()).orElse(Holes.NONE);
    }

    /** What was polled, is wanted and is not done: asked once more, since it goes on meanwhile. */
    private List<Copy> copies(
            ConsumerRecords<byte[], byte[]> records,
            Map<TopicPartition, OffsetAndMetadata> from,
            Map<TopicPartition, Long> left,
            Scan scan) {
        List<Copy> copies = new ArrayList<>();
        Map<TopicPartition, OffsetAndMetadata> now = done.apply(records.partitions());
        for (TopicPartition partition : records.partitions()) {
            OffsetAndMetadata at =
                    now.getOrDefault(partition, from.getOrDefault(partition, NOWHERE));
            Holes holes = holes(at);
            long end = left.getOrDefault(partition, 0L);
            for (ConsumerRecord<byte[], byte[]> record : records.records(partition)) {
                long offset = record.offset();
                boolean over = offset < at.offset() || holes.done(offset - at.offset());
                if (!over && offset < end && scan.wants(Copy.endpointId(record))) {
                    Copy.read(record).ifPresent(copies::add);
                }
            }
        }
        return copies;
    }
}
