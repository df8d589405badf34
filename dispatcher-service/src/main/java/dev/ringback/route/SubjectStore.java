package dev.ringback.route;

import dev.ringback.fanout.Subject;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.KeyValueStore;

/**
 * What is remembered of a partition's subjects, in one key-value store: the subject, the ids of its
 * events, and an index by the time of its last event from which the oldest are forgotten. Time is
 * kept in buckets of 1/128 of the retention, so that a busy call does not move in the index with
 * each event; a bucket is known by the millisecond it begins with, whatever the retention is later.
 */
final class SubjectStore {
    private static final byte SUBJECT = 'S';
    private static final byte EVENT = 'E';
    private static final byte INDEX = 'T';
    private static final byte END = 0;
    private static final byte[] PRESENT = {1};
    private static final int BUCKETS = 128;

    private final KeyValueStore<Bytes, byte[]> store;
    private final long bucketMillis;

    /** Every subject of an earlier bucket has been forgotten; none may get there any more. */
    private long firstBucket;

    SubjectStore(KeyValueStore<Bytes, byte[]> store, Duration retention) {
        this.store = store;
        this.bucketMillis = Math.max(1, retention.toMillis() / BUCKETS);
    }

    Optional<Subject> find(String name) {
        return Optional.ofNullable(store.get(key(SUBJECT, name))).map(Subject::read);
    }

    boolean hasSeen(String name, String eventId) {
        return store.get(eventKey(name, eventId)) != null;
    }

    /** The stretch of time that a moment belongs to, or the oldest one that is still kept. */
    long bucket(long atMillis) {
        return Math.max(firstBucket, atMillis - atMillis % bucketMillis);
    }

    /** Remembers a subject after an event, in place of what was remembered before. */
    void put(String name, Subject before, Subject after, String eventId) {
        store.put(key(SUBJECT, name), after.bytes());
        store.put(eventKey(name, eventId), PRESENT);
        if (before.bucket() != after.bucket()) {
            if (before.bucket() >= 0) {
                store.delete(indexKey(before.bucket(), name));
            }
            store.put(indexKey(after.bucket(), name), PRESENT);
        }
    }

    /**
     * Forgets subjects whose last event is older than a moment.
     *
     * @param most how many at the most, so that it never takes long
     * @return how many were forgotten
     */
    int forget(Instant before, int most) {
        long end = Math.max(firstBucket, before.toEpochMilli() - bucketMillis);
        List<Bytes> due = new ArrayList<>();
        try (KeyValueIterator<Bytes, byte[]> index =
                store.range(indexKey(firstBucket, ""), indexKey(end, ""))) {
            while (index.hasNext() && due.size() < most) {
                due.add(index.next().key);
            }
        }
        due.forEach(this::forgetOne);
        if (due.size() < most) {
            firstBucket = end;
        }
        return due.size();
    }

    private void forgetOne(Bytes indexKey) {
        byte[] bytes = indexKey.get();
        int from = 1 + Long.BYTES;
        String name = new String(bytes, from, bytes.length - from, StandardCharsets.UTF_8);
        List<Bytes> gone = new ArrayList<>();
        Bytes first = eventKey(name, "");
        byte[] past = first.get().clone();
        past[past.length - 1] = END + 1;
        try (KeyValueIterator<Bytes, byte[]> events = store.range(first, Bytes.wrap(past))) {
            while (events.hasNext()) {
                KeyValue<Bytes, byte[]> event = events.next();
                gone.add(event.key);
            }
        }
        gone.forEach(store::delete);
        store.delete(key(SUBJECT, name));
        store.delete(indexKey);
    }

    private static Bytes key(byte kind, String name) {
        byte[] text = utf8(name);
        return Bytes.wrap(ByteBuffer.allocate(1 + text.length).put(kind).put(text).array());
    }

    /** Names hold no control characters, so a zero ends them. */
    private static Bytes eventKey(String name, String eventId) {
        byte[] text = utf8(name);
        byte[] id = utf8(eventId);
        return Bytes.wrap(
                ByteBuffer.allocate(2 + text.length + id.length)
                        .put(EVENT)
                        .put(text)
                        .put(END)
                        .put(id)
                        .array());
    }

    private static Bytes indexKey(long bucket, String name) {
        byte[] text = utf8(name);
        return Bytes.wrap(
                ByteBuffer.allocate(1 + Long.BYTES + text.length)
                        .put(INDEX)
                        .putLong(bucket)
                        .put(text)
                        .array());
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
