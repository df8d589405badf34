package dev.ringback.dlq.replay;

import dev.ringback.dlq.scan.Attempts;
import dev.ringback.dlq.scan.DeadRecord;
import dev.ringback.dlq.scan.TopicReader;
import dev.ringback.schemas.Attempt;
import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;

/**
 * Watches what becomes of replayed deliveries, from before the replay began. Attempts tell who was
 * delivered; the dead topic tells who died again, also without an attempt.
 */
final class ReplayWatch {
    private final TopicReader reader;
    private final Map<TopicPartition, Long> from;

    /** Remembers where attempts and deaths end now. */
    ReplayWatch(TopicReader reader) {
        this.reader = reader;
        List<TopicPartition> partitions = new ArrayList<>(reader.partitions(Topics.ATTEMPTS));
        partitions.addAll(reader.partitions(Topics.DEAD));
        this.from = Map.copyOf(reader.ends(partitions));
    }

    /**
     * What became of them.
     *
     * @param underWay neither delivered nor dead yet, because somebody stopped the wait
     */
    record Fates(int delivered, int diedAgain, int underWay) {}

    /** Waits until each delivery of the replay is delivered or dead again. */
    Fates await(Set<String> deliveryIds, String replayId) {
        Tally tally = new Tally(new HashSet<>(deliveryIds), replayId);
        try {
            reader.follow(from, tally::take, () -> !tally.waiting.isEmpty());
        } catch (InterruptException e) {
            Thread.interrupted();
        }
        return new Fates(tally.delivered, tally.diedAgain, tally.waiting.size());
    }

    private static final class Tally {
        private final Set<String> waiting;
        private final String replayId;
        private int delivered;
        private int diedAgain;

        private Tally(Set<String> waiting, String replayId) {
            this.waiting = waiting;
            this.replayId = replayId;
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
                if (replay != null
                        && replay.id().equals(replayId)
                        && waiting.remove(dead.header().deliveryId())) {
                    diedAgain++;
                }
            }
        }

        private void takeAttempt(ConsumerRecord<byte[], byte[]> record) {
            if (record.key() == null || record.value() == null) {
                return;
            }
            String id = new String(record.key(), StandardCharsets.UTF_8);
            if (!waiting.contains(id)) {
                return;
            }
            Attempts.read(record.value())
                    .filter(attempt -> attempt.trigger() != Attempt.Trigger.test)
                    .ifPresent(attempt -> settle(id, attempt.outcome()));
        }

        private void settle(String id, Attempt.Result outcome) {
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
}
