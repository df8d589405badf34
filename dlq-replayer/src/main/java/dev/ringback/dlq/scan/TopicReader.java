package dev.ringback.dlq.scan;

import dev.ringback.dlq.terminal.Closing;
import dev.ringback.dlq.terminal.Failure;
import dev.ringback.runtime.KafkaClients;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
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
import org.apache.kafka.common.utils.Utils;

/**
 * Reads stretches of topics from one end to the other, record by record, keeping none. Nothing is
 * committed and no group is joined. For one thread.
 */
public final class TopicReader implements AutoCloseable {
    private static final Duration POLL = Duration.ofMillis(500);

    /** After this many polls without progress Kafka counts as gone: about ten seconds. */
    private static final int IDLE_POLLS = 20;

    private final Consumer<byte[], byte[]> consumer;

    /** Reads with a consumer of its own. */
    public TopicReader(KafkaClients clients) {
        this.consumer =
                clients.consumer(
                        "ringback-dlq",
                        Map.of(
                                "default.api.timeout.ms", "8000",
                                "request.timeout.ms", "5000",
                                // the next stretch waits for the fetch that found no more of this
                                "fetch.max.wait.ms", "20",
                                // a poll hands out copies: few at a time, bodies may be large
                                "max.poll.records", "100"));
    }

    /**
     * Offsets of one partition.
     *
     * @param from the first to read
     * @param to the first not to read
     */
    public record Stretch(long from, long to) {}

    /** Takes one record at a time. */
    public interface Each {
        /** Takes the next. */
        void take(ConsumerRecord<byte[], byte[]> next);
    }

    /** Kafka's own default partition of a key. */
    public static int home(String key, int partitions) {
        return Utils.toPositive(Utils.murmur2(key.getBytes(StandardCharsets.UTF_8))) % partitions;
    }

    /**
     * The partitions of a topic.
     *
     * @throws Failure when there is no such topic
     */
    public List<TopicPartition> partitions(String topic) {
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
    public Map<TopicPartition, Long> ends(Collection<TopicPartition> partitions) {
        return consumer.endOffsets(partitions);
    }

    /** Reads a topic to where it ends now, from its beginning or from the first record so old. */
    public void read(String topic, Optional<Instant> from, Each each) {
        read(stretches(partitions(topic), from), each);
    }

    /** What these partitions hold now, from their beginning or from the first record so old. */
    public Map<TopicPartition, Stretch> stretches(
            Collection<TopicPartition> partitions, Optional<Instant> from) {
        Map<TopicPartition, Long> ends = ends(partitions);
        Map<TopicPartition, Long> begins =
                from.isEmpty() ? consumer.beginningOffsets(partitions) : at(partitions, from.get());
        Map<TopicPartition, Stretch> stretches = new HashMap<>();
        begins.forEach(
                (partition, begin) -> {
                    long end = ends.getOrDefault(partition, 0L);
                    if (begin < end) {
                        stretches.put(partition, new Stretch(begin, end));
                    }
                });
        return stretches;
    }

    /** The first offset of each partition that Kafka took then or later, where there is one. */
    public Map<TopicPartition, Long> at(Collection<TopicPartition> partitions, Instant time) {
        Map<TopicPartition, Long> times = new HashMap<>();
        long millis = Math.max(0, time.toEpochMilli());
        partitions.forEach(partition -> times.put(partition, millis));
        Map<TopicPartition, Long> offsets = new HashMap<>();
        for (Map.Entry<TopicPartition, OffsetAndTimestamp> found :
                consumer.offsetsForTimes(times).entrySet()) {
            if (found.getValue() != null) {
                offsets.put(found.getKey(), found.getValue().offset());
            }
        }
        return offsets;
    }

    /** Reads each partition's stretch; offsets that are no longer there are passed over. */
    public void read(Map<TopicPartition, Stretch> stretches, Each each) {
        read(stretches, each, () -> true);
    }

    /** Reads each partition's stretch for as long as the condition asks for more. */
    public void read(Map<TopicPartition, Stretch> stretches, Each each, BooleanSupplier more) {
        Map<TopicPartition, Stretch> left =
                new TreeMap<>(Comparator.comparing(TopicPartition::toString));
        left.putAll(stretches);
        consumer.assign(left.keySet());
        consumer.resume(left.keySet());
        left.forEach((partition, stretch) -> consumer.seek(partition, stretch.from()));
        int idle = 0;
        long before = -1;
        while (!left.isEmpty() && more.getAsBoolean()) {
            deliver(consumer.poll(POLL), left, each, more);
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
    public void follow(Map<TopicPartition, Long> from, Each each, BooleanSupplier more) {
        consumer.assign(from.keySet());
        consumer.resume(from.keySet());
        from.forEach(consumer::seek);
        while (more.getAsBoolean()) {
            consumer.poll(POLL).forEach(each::take);
        }
    }

    private static void deliver(
            ConsumerRecords<byte[], byte[]> records,
            Map<TopicPartition, Stretch> left,
            Each each,
            BooleanSupplier more) {
        for (ConsumerRecord<byte[], byte[]> next : records) {
            Stretch stretch = left.get(new TopicPartition(next.topic(), next.partition()));
            if (stretch != null && next.offset() < stretch.to() && more.getAsBoolean()) {
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
        Closing.calmly(() -> consumer.close(CloseOptions.timeout(Duration.ofSeconds(1))));
    }
}
