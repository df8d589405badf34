package dev.ringback.dlq.fate;

import dev.ringback.dlq.scan.IdTable;
import dev.ringback.dlq.scan.TopicReader;
import dev.ringback.schemas.Attempt;
import dev.ringback.schemas.Topics;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;

/**
 * Watches what becomes of what a job has moved, as the replay topic tells it. Attempts tell who was
 * delivered; the dead topic tells who died again, also without an attempt. Of each delivery no more
 * is kept than {@link IdTable} does.
 */
public final class ReplayWatch {
    /** The clocks of two brokers, each of which says when it took a record. */
    private static final Duration BROKERS_APART = Duration.ofSeconds(2);

    private final TopicReader reader;
    private final String job;
    private final IdTable waiting = new IdTable();
    private long firstMovedMillis = Long.MAX_VALUE;
    private long delivered;
    private long diedAgain;

    /** Watches what this job has moved. */
    public ReplayWatch(TopicReader reader, String job) {
        this.reader = reader;
        this.job = job;
    }

    /**
     * What became of them.
     *
     * @param underWay neither delivered nor dead yet, because somebody stopped the wait
     */
    public record Fates(long delivered, long diedAgain, long underWay) {}

    /** Waits until each delivery that the job has moved is delivered or dead again. */
    public Fates await(Tail tail) {
        try {
            tail.all(
                    (header, record) -> {
                        waiting.put(header.deliveryId(), 0);
                        firstMovedMillis = Math.min(firstMovedMillis, record.timestamp());
                    });
            if (waiting.size() > 0) {
                reader.follow(from(), this::take, () -> waiting.size() > 0);
            }
        } catch (InterruptException e) {
            Thread.interrupted();
        }
        return new Fates(delivered, diedAgain, waiting.size());
    }

    /** Nothing can have become of them before the first was moved. */
    private Map<TopicPartition, Long> from() {
        List<TopicPartition> partitions = new ArrayList<>(reader.partitions(Topics.ATTEMPTS));
        partitions.addAll(reader.partitions(Topics.DEAD));
        Map<TopicPartition, Long> from = new HashMap<>(reader.ends(partitions));
        Instant first = Instant.ofEpochMilli(firstMovedMillis).minus(BROKERS_APART);
        from.putAll(reader.at(partitions, first));
        return from;
    }

    private void take(ConsumerRecord<byte[], byte[]> record) {
        Sighting.of(record, job, waiting::has)
                .ifPresent(seen -> settle(seen.deliveryId(), seen.outcome()));
    }

    private void settle(String id, Attempt.Result outcome) {
        if (!waiting.has(id)) {
            return;
        }
        switch (outcome) {
            case delivered -> {
                waiting.remove(id);
                delivered++;
            }
            case dead -> {
                waiting.remove(id);
                diedAgain++;
            }
            case retry, deferred -> {}
        }
    }
}
