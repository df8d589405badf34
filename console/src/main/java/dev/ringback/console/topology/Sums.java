package dev.ringback.console.topology;

import java.nio.ByteBuffer;
import java.time.Duration;
import org.apache.kafka.common.utils.Bytes;
import org.apache.kafka.streams.state.KeyValueStore;
import org.jspecify.annotations.Nullable;

/** The sums of one partition. For the thread that owns the store. */
public final class Sums {
    /** Minutes are kept so long; hours as long as everything else. */
    public static final Duration MINUTES_KEPT = Duration.ofHours(26);

    private static final char STATE = 'c';
    private static final char WAITING = 'w';
    private static final char DEAD = 'g';
    private static final char REPLAY = 'r';
    private static final char MINUTE = 'm';
    private static final char HOUR = 'h';
    private static final long MILLIS = 60_000;
    private static final long HOUR_MILLIS = 60 * MILLIS;

    private final KeyValueStore<Bytes, byte[]> store;

    Sums(KeyValueStore<Bytes, byte[]> store) {
        this.store = store;
    }

    /** How many things of an account are in a state; {@link Keys#ALL}: of all accounts. */
    public static byte[] states(String account) {
        return Keys.parts(STATE, account);
    }

    /** How many wait on each rung. */
    public static byte[] waiting(String account) {
        return Keys.parts(WAITING, account);
    }

    /** How many are dead, by account, endpoint and reason. */
    public static byte[] dead(String... parts) {
        return Keys.parts(DEAD, parts);
    }

    /** In which state the deliveries are that a replay moved. */
    public static byte[] replay(String id) {
        return Keys.parts(REPLAY, id);
    }

    /** What a minute, or an hour, of somebody is kept under. */
    public static byte[] times(boolean hours, Keys.Scope scope, String of) {
        return Keys.parts(hours ? HOUR : MINUTE, scope.name(), of);
    }

    /** Where the times begin, and their kind, to be forgotten. */
    static boolean isTime(byte[] key) {
        return key[0] == MINUTE || key[0] == HOUR;
    }

    static boolean isMinute(byte[] key) {
        return key[0] == MINUTE;
    }

    /** The beginning of the minute, or of the hour, that a time is in. */
    public static long floor(boolean hours, long millis) {
        long length = hours ? HOUR_MILLIS : MILLIS;
        return Math.floorDiv(millis, length) * length;
    }

    void state(String account, String state, long more) {
        count(Keys.parts(STATE, account, state), more);
        count(Keys.parts(STATE, Keys.ALL, state), more);
    }

    void replay(String id, String state, long more) {
        count(Keys.parts(REPLAY, id, state), more);
    }

    /** Of something that belongs to nobody. */
    void state(String state, long more) {
        count(Keys.parts(STATE, Keys.ALL, state), more);
    }

    void waiting(String account, String rung, long more) {
        count(Keys.parts(WAITING, account, rung), more);
        count(Keys.parts(WAITING, Keys.ALL, rung), more);
    }

    void dead(String account, String endpoint, String reason, long more) {
        count(dead(account, endpoint, reason), more);
    }

    void happened(String account, long at, Bucket.Fate fate) {
        happened(Keys.Scope.everybody, Keys.ALL, at, fate, null);
        happened(Keys.Scope.account, account, at, fate, null);
    }

    void happened(Keys.Scope scope, String of, long at, Bucket.Fate fate, @Nullable Long millis) {
        for (boolean hours : new boolean[] {false, true}) {
            Bytes key = Bytes.wrap(Keys.numbered(times(hours, scope, of), floor(hours, at)));
            Bucket bucket = Bucket.read(store.get(key)).add(fate);
            store.put(key, (millis == null ? bucket : bucket.answered(millis)).bytes());
        }
    }

    private void count(byte[] name, long more) {
        Bytes key = Bytes.wrap(name);
        long sum = number(store.get(key)) + more;
        if (sum == 0) {
            store.delete(key);
        } else {
            store.put(key, ByteBuffer.allocate(Long.BYTES).putLong(sum).array());
        }
    }

    /** A sum as it is stored. */
    public static long number(byte @Nullable [] value) {
        return value == null ? 0 : ByteBuffer.wrap(value).getLong();
    }
}
