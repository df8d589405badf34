package dev.ringback.console.topology;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.processor.PunctuationType;
import org.apache.kafka.streams.processor.Punctuator;
import org.apache.kafka.streams.processor.api.ProcessorContext;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/**
 * Drops what is older than is kept, so that disks do not fill. Looks at a bounded number of things
 * at a time, because it runs on the thread that also reads the topics.
 */
final class Sweep {
    static final Duration PERIOD = Duration.ofSeconds(10);

    private static final int BATCH = 2_000;

    private Sweep() {}

    /**
     * Forgets by a list in which everything stands at its time, the newest first.
     *
     * @param forget drops what has this id, and its place in the list
     */
    static void schedule(
            ProcessorContext<?, ?> context,
            Duration kept,
            KeyValueStore<Bytes, byte[]> store,
            byte[] list,
            Consumer<String> forget) {
        schedule(
                context,
                now -> {
                    long oldest = now - kept.toMillis();
                    byte[] from = Keys.place(list, oldest, "");
                    List<String> old = new ArrayList<>();
                    try (KeyValueIterator<Bytes, byte[]> entries =
                            store.range(Bytes.wrap(from), Bytes.wrap(Keys.after(list)))) {
                        while (old.size() < BATCH && entries.hasNext()) {
                            byte[] key = entries.next().key.get();
                            if (key.length > list.length + Long.BYTES) {
                                old.add(Keys.id(Keys.token(key, list.length)));
                            }
                        }
                    }
                    old.forEach(forget);
                });
    }

    /** Forgets what sums say of times long past, a stretch of keys at a time. */
    static void scheduleOfTimes(
            ProcessorContext<?, ?> context, Duration kept, KeyValueStore<Bytes, byte[]> sums) {
        Round round = new Round(sums, kept);
        schedule(context, round);
    }

    /** Forgets what has not been touched, where the value says when it was. */
    private record Round(KeyValueStore<Bytes, byte[]> sums, Duration kept, Bytes[] next)
            implements Punctuator {
        private Round(KeyValueStore<Bytes, byte[]> sums, Duration kept) {
            this(sums, kept, new Bytes[1]);
        }

        @Override
        public void punctuate(long now) {
            List<Bytes> old = new ArrayList<>();
            @Nullable Bytes from = next[0];
            try (KeyValueIterator<Bytes, byte[]> entries = sums.range(from, null)) {
                for (int seen = 0; seen < BATCH && entries.hasNext(); seen++) {
                    Bytes key = entries.next().key;
                    if (Sums.isTime(key.get()) && Keys.number(key.get()) < oldest(key, now)) {
                        old.add(key);
                    }
                }
                next[0] = entries.hasNext() ? entries.peekNextKey() : null;
            }
            old.forEach(sums::delete);
        }

        private long oldest(Bytes key, long now) {
            Duration age = Sums.isMinute(key.get()) ? Sums.MINUTES_KEPT : kept;
            return now - age.toMillis();
        }
    }

    private static void schedule(ProcessorContext<?, ?> context, Punctuator punctuator) {
        context.schedule(PERIOD, PunctuationType.WALL_CLOCK_TIME, punctuator);
    }
}
