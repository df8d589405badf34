package dev.ringback.answer;

import dev.ringback.lane.Watch;
import dev.ringback.runtime.KafkaClients;
import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.Topics;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * The partitions of answer requests that are ours, each with its {@link Owned publisher}: says
 * whether it is too late for an answer, and publishes one for each question. Thread-safe.
 */
public final class Answering implements Watch {
    private final KafkaClients clients;
    private final Clock clock;
    private final Runnable asked;
    private final Map<Integer, Owned> partitions = new ConcurrentHashMap<>();

    /**
     * Nothing is ours yet.
     *
     * @param asked is told of each question that comes; must not block
     */
    public Answering(KafkaClients clients, Clock clock, Runnable asked) {
        this.clients = clients;
        this.clock = clock;
        this.asked = asked;
    }

    @Override
    public void assigned(Map<TopicPartition, OffsetAndMetadata> from) {
        for (TopicPartition partition : from.keySet()) {
            if (partition.topic().equals(Topics.ANSWERS)) {
                Owned ours = new Owned(partition.partition(), clients, clock);
                Owned before = partitions.put(partition.partition(), ours);
                if (before != null) {
                    before.end();
                }
                Thread.ofPlatform().name("answers-" + partition.partition()).daemon().start(ours);
            }
        }
    }

    @Override
    public void gone(Collection<TopicPartition> lost) {
        for (TopicPartition partition : lost) {
            Owned ours =
                    partition.topic().equals(Topics.ANSWERS)
                            ? partitions.remove(partition.partition())
                            : null;
            if (ours != null) {
                ours.end();
            }
        }
    }

    /** That a call is over counts as soon as it is read, whatever of the call stands in line. */
    @Override
    public boolean entered(ConsumerRecord<byte[], byte[]> record) {
        Owned ours = partitions.get(record.partition());
        if (!isNotice(record)) {
            asked.run();
        } else if (ours != null) {
            ours.over(Recall.callId(record), Recall.at(record));
        }
        return false;
    }

    @Override
    public void left(ConsumerRecord<byte[], byte[]> record) {}

    @Override
    public Collection<TopicPartition> awaited() {
        return List.of();
    }

    @Override
    public void reached(TopicPartition partition, long offset) {}

    /** Whether a record says no more than that a call is over. */
    public static boolean isNotice(ConsumerRecord<byte[], byte[]> record) {
        return Recall.isNotice(record);
    }

    /**
     * Why it is too late for an answer to this question; empty when it is not. Blocks until what
     * was published before is known.
     */
    public Optional<Late> lateness(int partition, DeliveryHeader asked) {
        return ours(partition).lateness(asked);
    }

    /**
     * Publishes what a call does next, unless it is too late by then.
     *
     * @param records what is committed together with it
     * @return completes when it is committed, or with why it is not published
     */
    public CompletableFuture<Optional<Late>> publish(
            int partition,
            DeliveryHeader asked,
            Instruction instruction,
            Supplier<List<ProducerRecord<byte[], byte[]>>> records) {
        return ours(partition).publish(asked, instruction, records);
    }

    /** What keeps answers from being published, if anything. */
    public Optional<String> trouble() {
        return partitions.values().stream()
                .map(Owned::trouble)
                .filter(text -> !text.isEmpty())
                .findFirst();
    }

    private Owned ours(int partition) {
        Owned ours = partitions.get(partition);
        if (ours == null) {
            throw new IllegalStateException(Topics.ANSWERS + "-" + partition + " is not ours yet");
        }
        return ours;
    }
}
