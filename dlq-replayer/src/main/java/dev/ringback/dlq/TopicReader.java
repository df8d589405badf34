package dev.ringback.dlq;

import dev.ringback.runtime.KafkaClients;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads stretches of topics from one end to the other, record by record, keeping none. Nothing is
 * committed and no group is joined. For one thread.
 */
final class TopicReader implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(500);

    /** After this many polls without progress Kafka counts as gone: about ten seconds. */
    private static final int IDLE_POLLS = 20;

    private final Consumer<byte[], byte[]> consumer;

    TopicReader(KafkaClients clients) {
        this.consumer =
                clients.consumer(
                        "ringback-dlq",
                        Map.of(
                                "default.api.timeout.ms", "8000",
                                "request.timeout.ms", "5000",
                                // the next stretch waits for the fetch that found no more of this
                                "fetch.max.wait.ms", "100"));
    }

    /**
     * Offsets of one partition.
     *
     * @param from the first to read
     * @param to the first not to read
     */
    record Stretch(long from, long to) {}

    /** Takes one record at a time. */
    interface Each {
        /** Takes the next. */
        void take(ConsumerRecord<byte[], byte[]> next);
    }

    /**
     * The partitions of a topic.
     *
     * @throws Failure when there is no such topic
     */
    List<TopicPartition> partitions(String topic) {
        List<TopicPartition> partitions =
                consumer.partitionsFor(topic).stream()
                        .map(info -> new TopicPartition(topic, info.partition()))
                        .toList();
        if (partitions.isEmpty()) {
            throw new Failure("topic " + topic + " is not there: create it with ringback topics");
        }
        return partitions;
    }

    /** Where each partition ends now. */
    Map<TopicPartition, Long> ends(Collection<TopicPartition> partitions) {
        return consumer.endOffsets(partitions);
    }

    /** Reads a topic to where it ends now, from its beginning or from the first record so old. */
    void read(String topic, Optional<Instant> from, Each each) {
        List<TopicPartition> partitions = partitions(topic);
        Map<TopicPartition, Long> ends = ends(partitions);
        Map<TopicPartition, Long> begins = begins(partitions, from);
        Map<TopicPartition, Stretch> stretches = new HashMap<>();
        begins.forEach(
                (partition, begin) -> {
                    long end = ends.getOrDefault(partition, 0L);
                    if (begin < end) {
                        stretches.put(partition, new Stretch(begin, end));
                    }
                });
        read(stretches, each);
    }

    /** Reads each partition's stretch; offsets that are no longer there are passed over. */
    void read(Map<TopicPartition, Stretch> stretches, Each each) {
        Map<TopicPartition, Stretch> left =
                new TreeMap<>((a, b) -> Integer.compare(a.partition(), b.partition()));
        left.putAll(stretches);
        consumer.assign(left.keySet());
        left.forEach((partition, stretch) -> consumer.seek(partition, stretch.from()));
        int idle = 0;
        long before = -1;
        while (!left.isEmpty()) {
            deliver(consumer.poll(POLL), left, each);
            finish(left);
            long position = left.keySet().stream().mapToLong(consumer::position).sum();
            idle = position == before ? idle + 1 : 0;
            before = position;
            if (idle == IDLE_POLLS) {
                throw new Failure("Kafka stopped answering while its records were read");
            }
        }
    }

    /** Reads on from these offsets for as long as the condition asks for more. */
    void follow(Map<TopicPartition, Long> from, Each each, BooleanSupplier more) {
        consumer.assign(from.keySet());
        from.forEach(consumer::seek);
        while (more.getAsBoolean()) {
            consumer.poll(POLL).forEach(each::take);
        }
    }

    private Map<TopicPartition, Long> begins(
            List<TopicPartition> partitions, Optional<Instant> from) {
        Map<TopicPartition, Long> begins = new HashMap<>(consumer.beginningOffsets(partitions));
        if (from.isEmpty()) {
            return begins;
        }
        Map<TopicPartition, Long> times = new HashMap<>();
        long millis = Math.max(0, from.get().toEpochMilli());
        partitions.forEach(partition -> times.put(partition, millis));
        Map<TopicPartition, OffsetAndTimestamp> found = consumer.offsetsForTimes(times);
        begins.keySet().retainAll(found.keySet());
        found.forEach(
                (partition, at) -> {
                    if (at == null) {
                        begins.remove(partition);
                    } else {
                        begins.put(partition, at.offset());
                    }
                });
        return begins;
    }

    private static void deliver(
            ConsumerRecords<byte[], byte[]> records, Map<TopicPartition, Stretch> left, Each each) {
        for (ConsumerRecord<byte[], byte[]> next : records) {
            Stretch stretch = left.get(new TopicPartition(next.topic(), next.partition()));
            if (stretch != null && next.offset() < stretch.to()) {
                each.take(next);
            }
        }
    }

    private void finish(Map<TopicPartition, Stretch> left) {
        List<TopicPartition> done =
                left.entrySet().stream()
                        .filter(entry -> consumer.position(entry.getKey()) >= entry.getValue().to())
                        .map(Map.Entry::getKey)
                        .toList();
        left.keySet().removeAll(done);
        consumer.pause(done);
    }

    @Override
    public void close() {
        consumer.close(CloseOptions.timeout(Duration.ofSeconds(1)));
    }
}
