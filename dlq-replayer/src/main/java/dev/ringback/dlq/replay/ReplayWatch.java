package dev.ringback.dlq.replay;

import dev.ringback.dlq.scan.Attempts;
import dev.ringback.dlq.scan.DeadRecord;
import dev.ringback.dlq.scan.IdTable;
import dev.ringback.dlq.scan.TopicReader;
import dev.ringback.schemas.Attempt;
import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.Topics;
import java.nio.charset.StandardCharsets;
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
final class ReplayWatch {
    /** The clocks of two brokers, each of which says when it took a record. */
    private static final Duration BROKERS_APART = Duration.ofSeconds(2);

    private final TopicReader reader;
    private final String job;
    private final IdTable waiting = new IdTable();
    private long firstMovedMillis = Long.MAX_VALUE;
    private long delivered;
    private long diedAgain;

    ReplayWatch(TopicReader reader, String job) {
        this.reader = reader;
        this.job = job;
    }

    /**
     * What became of them.
     *
     * @param underWay neither delivered nor dead yet, because somebody stopped the wait
     */
    record Fates(long delivered, long diedAgain, long underWay) {}

    /** Waits until each delivery that the job has moved is delivered or dead again. */
    Fates await(Tail tail) {
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
        if (record.topic().equals(Topics.DEAD)) {
            takeDeath(record);
        } else {
            takeAttempt(record);
        }
    }

    private void takeDeath(ConsumerRecord<byte[], byte[]> record) {
        if (DeadRecord.of(record) instanceof DeadRecord.Delivery dead) {
            DeliveryHeader.Replay replay = dead.header().replay();
            if (replay != null && replay.id().equals(job)) {
                settle(dead.header().deliveryId(), Attempt.Result.dead);
            }
        }
    }

    private void takeAttempt(ConsumerRecord<byte[], byte[]> record) {
        if (record.key() == null || record.value() == null) {
            return;
        }
        String id = new String(record.key(), StandardCharsets.UTF_8);
        if (waiting.has(id)) {
            Attempts.read(record.value())
                    .filter(ReplayWatch::isOfAReplay)
                    .ifPresent(attempt -> settle(id, attempt.outcome()));
        }
    }

    private static boolean isOfAReplay(Attempt attempt) {
        return switch (attempt.trigger()) {
            case replay, probe -> true;
            case scheduled, test -> false;
        };
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
