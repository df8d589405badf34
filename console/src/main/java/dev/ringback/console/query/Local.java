package dev.ringback.console.query;

import dev.ringback.console.topology.Keys;
import dev.ringback.console.topology.Shelf;
import dev.ringback.schemas.Json;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.errors.InvalidStateStoreException;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.ReadOnlyKeyValueStore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers from the stores of this instance, and only from those that are whole. Thread-safe. */
public final class Local {
    private static final Logger LOG = LoggerFactory.getLogger(Local.class);

    /** So many documents are looked at for one page; where more would have to be, it ends. */
    public static final int BUDGET = 5_000;

    private static final int MOST_STREAMS = 50;
    private static final int MOST_ATTEMPTS = 500;

    private final Shelf shelf;
    private final int budget;

    /**
     * Answers from these stores.
     *
     * @param budget usually {@link #BUDGET}
     */
    public Local(Shelf shelf, int budget) {
        this.shelf = shelf;
        this.budget = budget;
    }

    /** What is known here; a partition that is elsewhere is not in the answer. */
    public List<Stretch> ask(Question question) {
        Map<Integer, ReadOnlyKeyValueStore<Bytes, byte[]>> stores = new TreeMap<>();
        Integer only = question.partition();
        if (only == null) {
            stores.putAll(shelf.of(question.store()));
        } else {
            shelf.of(question.store(), only).ifPresent(store -> stores.put(only, store));
        }
        int streams = Math.max(1, stores.size() * question.spans().size());
        int each = Math.max(1, budget / Math.min(streams, MOST_STREAMS));
        List<Stretch> all = new ArrayList<>();
        stores.forEach(
                (partition, store) -> {
                    try {
                        List<Stretch> mine = new ArrayList<>();
                        for (int span = 0; span < question.spans().size(); span++) {
                            mine.add(new Walk(question, store, each).of(partition, span));
                        }
                        all.addAll(mine);
                    } catch (InvalidStateStoreException e) {
                        LOG.debug("partition {} has just been given away", partition);
                    }
                });
        return all;
    }

    /** One walk over neighbouring keys. */
    private record Walk(Question question, ReadOnlyKeyValueStore<Bytes, byte[]> store, int budget) {

        private Stretch of(int partition, int number) {
            Question.Span span = question.spans().get(number);
            List<Stretch.Row> rows = new ArrayList<>();
            byte[] last = null;
            if (Arrays.compareUnsigned(span.from(), span.to()) >= 0) {
                return new Stretch(partition, number, rows, null);
            }
            try (KeyValueIterator<Bytes, byte[]> entries = entries(span)) {
                int looked = 0;
                while (entries.hasNext()) {
                    if (rows.size() == question.limit() || looked == budget(rows.size())) {
                        return new Stretch(partition, number, rows, last);
                    }
                    KeyValue<Bytes, byte[]> entry = entries.next();
                    byte[] key = entry.key.get();
                    if (Arrays.compareUnsigned(key, span.to()) >= 0) {
                        // the last key of a range of the store is in it
                        continue;
                    }
                    looked++;
                    last = key;
                    row(key, entry.value, span).ifPresent(rows::add);
                }
            }
            return new Stretch(partition, number, rows, null);
        }

        /** Where nothing is sieved out, every look is a row. */
        private int budget(int rows) {
            return question.sieve().isOpen() ? Integer.MAX_VALUE : Math.max(budget, rows);
        }

        private KeyValueIterator<Bytes, byte[]> entries(Question.Span span) {
            Bytes from = Bytes.wrap(span.from());
            Bytes to = Bytes.wrap(span.to());
            return question.descending() ? store.reverseRange(from, to) : store.range(from, to);
        }

        private Optional<Stretch.Row> row(byte[] key, byte[] value, Question.Span span) {
            if (question.fetch() == Question.Fetch.value) {
                return Optional.of(new Stretch.Row(key, value));
            }
            String id = Keys.id(Keys.token(key, span.prefix()));
            byte[] document = store.get(Bytes.wrap(Keys.document(id)));
            if (document == null
                    || (!question.sieve().isOpen()
                            && !question.sieve().passes(Json.parse(document)))) {
                return Optional.empty();
            }
            boolean whole = question.fetch() == Question.Fetch.attempts;
            return Optional.of(new Stretch.Row(key, whole ? withAttempts(id, document) : document));
        }

        private byte[] withAttempts(String id, byte[] document) {
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            out.write('[');
            out.writeBytes(document);
            byte[] prefix = Keys.attempts(id);
            try (KeyValueIterator<Bytes, byte[]> attempts =
                    store.range(Bytes.wrap(prefix), Bytes.wrap(Keys.after(prefix)))) {
                for (int i = 0; i < MOST_ATTEMPTS && attempts.hasNext(); i++) {
                    out.write(',');
                    out.writeBytes(attempts.next().value);
                }
            }
            out.write(']');
            return out.toByteArray();
        }
    }
}
