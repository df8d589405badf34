package dev.ringback.dlq.scan;

import dev.ringback.dlq.terminal.Failure;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Which dead records of one partition carry a {@link Mark}. One bit a record, however many are
 * marked; more only for those that have been marked more than once.
 */
public final class Marks {
    private final long base;
    private final BitSet marked = new BitSet();
    private final Map<Long, Integer> repeated = new HashMap<>();

    private Marks(long base) {
        this.base = base;
    }

    /**
     * Reads the marks of one partition.
     *
     * @param topic of marks
     * @param base no mark of an earlier dead record is wanted
     * @param from none was made before
     */
    public static Marks read(
            TopicReader reader, String topic, int partition, long base, Optional<Instant> from) {
        Marks marks = new Marks(base);
        TopicPartition one = new TopicPartition(topic, partition);
        if (!reader.partitions(topic).contains(one)) {
            throw new Failure(
                    "topic %s has no partition %d: see ringback topics --check"
                            .formatted(topic, partition));
        }
        String prefix = partition + ":";
        reader.read(reader.stretches(List.of(one), from), next -> marks.take(prefix, next));
        return marks;
    }

    private void take(String prefix, ConsumerRecord<byte[], byte[]> next) {
        offset(prefix, next.key())
                .filter(offset -> offset >= base && offset - base < Integer.MAX_VALUE)
                .ifPresent(offset -> take(offset, next.value()));
    }

    private void take(long offset, byte @Nullable [] value) {
        int bit = (int) (offset - base);
        if (value == null) {
            marked.clear(bit);
            return;
        }
        Mark.read(value)
                .ifPresent(
                        mark -> {
                            marked.set(bit);
                            if (mark.times() > 1) {
                                repeated.merge(offset, mark.times(), Math::max);
                            }
                        });
    }

    private static Optional<Long> offset(String prefix, byte @Nullable [] key) {
        if (key == null) {
            return Optional.empty();
        }
        String text = new String(key, StandardCharsets.UTF_8);
        return text.startsWith(prefix) && text.substring(prefix.length()).matches("\\d{1,18}")
                ? Optional.of(Long.parseLong(text.substring(prefix.length())))
                : Optional.empty();
    }

    /** How often the dead record at this offset has been marked. */
    public int times(long offset) {
        return has(offset) ? repeated.getOrDefault(offset, 1) : 0;
    }

    /** Whether the dead record at this offset has been marked. */
    public boolean has(long offset) {
        long bit = offset - base;
        return bit >= 0 && bit < Integer.MAX_VALUE && marked.get((int) bit);
    }
}
