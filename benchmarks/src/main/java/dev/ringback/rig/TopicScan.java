package dev.ringback.rig;

import dev.ringback.runtime.KafkaClients;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** Reads whole topics, and what the dispatcher has committed of them. */
record TopicScan(KafkaClients clients) {
    private static final List<String> GROUPS = List.of("ringback-dispatch", "ringback-answers");
    private static final Duration POLL = Duration.ofMillis(200);

    static TopicScan of(KafkaClients clients) {
        return new TopicScan(clients);
    }

    /** Shows every record that the topics have now, in no order across partitions. */
    void each(Predicate<String> topics, Consumer<ConsumerRecord<byte[], byte[]>> reader) {
        Map<String, Object> whole =
                Map.of("isolation.level", "read_committed", "max.poll.records", "5000");
        try (var consumer = clients.consumer("bench-scan", whole)) {
            List<TopicPartition> partitions =
                    consumer.listTopics().entrySet().stream()
                            .filter(topic -> topics.test(topic.getKey()))
                            .flatMap(topic -> topic.getValue().stream())
                            .map(p -> new TopicPartition(p.topic(), p.partition()))
                            .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream()
                    .anyMatch(p -> consumer.position(p) < ends.getOrDefault(p, 0L))) {
                consumer.poll(POLL).forEach(reader);
            }
        }
    }

    /** Below these offsets everything is done. */
    Map<TopicPartition, Long> committed() {
        Map<TopicPartition, Long> committed = new HashMap<>();
        try (Admin admin = clients.admin("bench-scan")) {
            for (GroupListing group : admin.listGroups().all().get()) {
                if (GROUPS.contains(group.groupId())) {
                    Map<TopicPartition, OffsetAndMetadata> offsets =
                            admin.listConsumerGroupOffsets(group.groupId())
                                    .partitionsToOffsetAndMetadata()
                                    .get();
                    offsets.forEach((p, at) -> committed.merge(p, at.offset(), Math::max));
                }
            }
            return committed;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("cannot read what was committed", e);
        }
    }
}
