package dev.ringback.route;

import dev.ringback.schemas.Topics;
import java.util.Arrays;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.streams.processor.api.Record;
import org.jspecify.annotations.Nullable;

/** Records that may be small on the way here, compressed, and are too large to be written again. */
final class Oversize {
    private static final int CUT_KEY_BYTES = 1 << 10;
    private static final int HEADER_OVERHEAD_BYTES = 10;
    private static final byte[] NOTHING = {};

    private Oversize() {}

    /** Whether a record is too large to be kept whole. */
    static boolean is(Record<byte[], byte[]> record) {
        long size = length(record.key()) + length(record.value());
        for (Header header : record.headers()) {
            size += HEADER_OVERHEAD_BYTES + header.key().length() * 3L + length(header.value());
        }
        return size > Topics.MAX_BODY_BYTES;
    }

    /** What can be kept of it: the beginning of key and value. */
    static Record<byte[], byte[]> cut(Record<byte[], byte[]> record) {
        return new Record<>(
                cut(record.key(), CUT_KEY_BYTES),
                cut(record.value(), Topics.MAX_EVENT_BYTES),
                record.timestamp());
    }

    private static byte[] cut(byte @Nullable [] bytes, int most) {
        return bytes == null ? NOTHING : Arrays.copyOf(bytes, Math.min(bytes.length, most));
    }

    private static long length(byte @Nullable [] bytes) {
        return bytes == null ? 0 : bytes.length;
    }
}
