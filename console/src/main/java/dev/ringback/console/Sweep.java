package dev.ringback.console;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.Punctuator;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.TimestampedKeyValueStore;
import org.apache.kafka.streams.state.ValueAndTimestamp;
import org.jspecify.annotations.Nullable;

/**
 * Drops from a store what has not changed for as long as the topics keep it, so that disks do not
 * fill with what Kafka itself has forgotten. Looks at a batch of entries at a time, because it runs
 * on the thread that also reads the topics.
 */
final class Sweep implements Punctuator {
    static final Duration KEPT = Duration.ofDays(30);
    static final Duration PERIOD = Duration.ofMinutes(1);

    private static final int BATCH = 10_000;

    private final TimestampedKeyValueStore<String, byte[]> store;
    private @Nullable String next;

    private Sweep(TimestampedKeyValueStore<String, byte[]> store) {
        this.store = store;
    }

    static void schedule(
            ProcessorContext<?, ?> context, TimestampedKeyValueStore<String, byte[]> store) {
        context.schedule(PERIOD, PunctuationType.WALL_CLOCK_TIME, new Sweep(store));
    }

    @Override
    public void punctuate(long nowMillis) {
        long oldest = nowMillis - KEPT.toMillis();
        List<String> old = new ArrayList<>();
        try (KeyValueIterator<String, ValueAndTimestamp<byte[]>> entries =
                store.range(next, null)) {
            for (int seen = 0; seen < BATCH && entries.hasNext(); seen++) {
                KeyValue<String, ValueAndTimestamp<byte[]>> entry = entries.next();
                if (entry.value.timestamp() < oldest) {
                    old.add(entry.key);
                }
            }
            next = entries.hasNext() ? entries.peekNextKey() : null;
        }
        old.forEach(store::delete);
    }
}
