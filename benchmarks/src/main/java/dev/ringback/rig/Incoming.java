package dev.ringback.rig;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What has come on one connection so far: enough of HTTP/1.1 to find where a request ends, which
 * endpoint it is for and which event it brings. Used by the receiver's thread alone.
 */
final class Incoming {
    private static final byte[] HEAD_END = ascii("\r\n\r\n");
    private static final byte[] LENGTH = ascii("\r\ncontent-length:");
    private static final byte[] PATH = ascii(" /e/");
    private static final int FIRST_BYTES = 4_096;
    private static final int NONE = -1;

    private byte[] bytes = new byte[FIRST_BYTES];
    private int length;

    /** The number of the endpoint, or -1; and that of the event, or -1. */
    record Request(int endpoint, int event) {}

    void add(ByteBuffer more) {
        int size = more.remaining();
        if (length + size > bytes.length) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + size));
        }
        more.get(bytes, length, size);
        length += size;
    }

    /** Takes the next whole request; null when it has not come yet. */
    @Nullable Request take() {
        int head = find(HEAD_END, 0, length);
        if (head == NONE) {
            return null;
        }
        int body = head + HEAD_END.length;
        int lengthAt = find(LENGTH, 0, head + 2);
        int end = body + (lengthAt == NONE ? 0 : number(lengthAt + LENGTH.length));
        if (end > length) {
            return null;
        }
        int path = find(PATH, 0, head);
        int mark = find(Traffic.EVENT_MARK, body, end);
        Request request =
                new Request(
                        path == NONE ? NONE : number(path + PATH.length),
                        mark == NONE ? NONE : number(mark + Traffic.EVENT_MARK.length));
        System.arraycopy(bytes, end, bytes, 0, length - end);
        length -= end;
        return request;
    }

    /** Where a text begins, letters of any case. */
    private int find(byte[] text, int from, int to) {
        for (int at = from; at <= to - text.length; at++) {
            int same = 0;
            while (same < text.length && lower(bytes[at + same]) == text[same]) {
                same++;
            }
            if (same == text.length) {
                return at;
            }
        }
        return NONE;
    }

    private int number(int from) {
        int at = from;
        while (bytes[at] == ' ') {
            at++;
        }
        int value = 0;
        for (; at < length && bytes[at] >= '0' && bytes[at] <= '9'; at++) {
            value = value * 10 + bytes[at] - '0';
        }
        return value;
    }

    private static byte lower(byte c) {
        return c >= 'A' && c <= 'Z' ? (byte) (c + 32) : c;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
