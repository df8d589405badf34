package dev.ringback.console.topology;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.kafka.common.utils.Utils;

/**
 * The keys of the stores. One store holds documents under their ids and, under other first bytes,
 * what finds them in the order of time: every list is a walk over neighbouring keys.
 */
public final class Keys {
    /** Of everybody; an account has no such id. */
    public static final String ALL = "";

    private static final char DOCUMENT = 'd';
    private static final char ATTEMPT = 'a';
    private static final char INDEX = 'i';
    private static final char DUE = 'u';
    private static final char ODD = 'y';
    private static final int TIME_BYTES = Long.BYTES;

    private Keys() {}

    /** Whose lists something is in. */
    public enum Scope {
        everybody,
        account,
        endpoint,
        subject
    }

    /** The document of an id. */
    public static byte[] document(String id) {
        byte[] text = utf8(id);
        return ByteBuffer.allocate(1 + text.length).put((byte) DOCUMENT).put(text).array();
    }

    /** What the attempts at a delivery begin with. */
    public static byte[] attempts(String deliveryId) {
        return parts(ATTEMPT, deliveryId);
    }

    /** One attempt, in the order of time. */
    public static byte[] attempt(String deliveryId, long atMillis, String attemptId) {
        return with(attempts(deliveryId), atMillis, attemptId);
    }

    /**
     * A list.
     *
     * @param of whose, or of what
     * @param facet which of theirs; {@link #ALL}: all
     */
    public static byte[] list(Scope scope, String of, String facet) {
        return parts(INDEX, scope.name(), of, facet);
    }

    /** A place in a list, the newest first. */
    public static byte[] place(byte[] list, long atMillis, String id) {
        return with(list, Long.MAX_VALUE - atMillis, id);
    }

    /** What an account awaits, the earliest first; {@link #ALL}: what is awaited at all. */
    public static byte[] due(String account) {
        return parts(DUE, account);
    }

    /** What does not fit together, the earliest first. */
    public static byte[] odd(String account) {
        return parts(ODD, account);
    }

    /** A place in an ascending list. */
    public static byte[] ascending(byte[] list, long atMillis, String id) {
        return with(list, atMillis, id);
    }

    /** A key of these parts, which no other parts make. */
    public static byte[] parts(char kind, String... parts) {
        byte[][] texts = new byte[parts.length][];
        int length = 1;
        for (int i = 0; i < parts.length; i++) {
            texts[i] = utf8(parts[i]);
            length += Short.BYTES + texts[i].length;
        }
        ByteBuffer key = ByteBuffer.allocate(length).put((byte) kind);
        for (byte[] text : texts) {
            key.putShort((short) text.length).put(text);
        }
        return key.array();
    }

    /** The parts of a key that {@link #parts} has made. */
    public static String[] read(byte[] key, int count) {
        ByteBuffer in = ByteBuffer.wrap(key, 1, key.length - 1);
        String[] parts = new String[count];
        for (int i = 0; i < count; i++) {
            byte[] text = new byte[Short.toUnsignedInt(in.getShort())];
            in.get(text);
            parts[i] = new String(text, StandardCharsets.UTF_8);
        }
        return parts;
    }

    /** A key followed by a number. */
    public static byte[] numbered(byte[] prefix, long number) {
        return ByteBuffer.allocate(prefix.length + TIME_BYTES).put(prefix).putLong(number).array();
    }

    /** The number at the end of a key. */
    public static long number(byte[] key) {
        return ByteBuffer.wrap(key, key.length - TIME_BYTES, TIME_BYTES).getLong();
    }

    /** What stands behind the list in a key: its place, which is the same in every list. */
    public static byte[] token(byte[] key, int listLength) {
        return Arrays.copyOfRange(key, listLength, key.length);
    }

    /** The id in a place. */
    public static String id(byte[] token) {
        return new String(token, TIME_BYTES, token.length - TIME_BYTES, StandardCharsets.UTF_8);
    }

    /** The first number of a place. */
    public static long time(byte[] token) {
        return ByteBuffer.wrap(token).getLong();
    }

    /** One key behind another. */
    public static byte[] join(byte[] first, byte[] second) {
        return ByteBuffer.allocate(first.length + second.length).put(first).put(second).array();
    }

    /** The first key that does not begin so. */
    public static byte[] after(byte[] prefix) {
        byte[] after = prefix.clone();
        int last = after.length - 1;
        while (after[last] == (byte) 0xff) {
            last--;
        }
        after[last]++;
        return Arrays.copyOf(after, last + 1);
    }

    /** The first key behind this one. */
    public static byte[] next(byte[] key) {
        return Arrays.copyOf(key, key.length + 1);
    }

    /** The partition where Kafka puts a key. */
    public static int home(String key, int partitions) {
        return Utils.toPositive(Utils.murmur2(utf8(key))) % partitions;
    }

    private static byte[] with(byte[] prefix, long number, String id) {
        byte[] text = utf8(id);
        return ByteBuffer.allocate(prefix.length + TIME_BYTES + text.length)
                .put(prefix)
                .putLong(number)
                .put(text)
                .array();
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
