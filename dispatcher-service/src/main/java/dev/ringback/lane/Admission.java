package dev.ringback.lane;

import dev.ringback.lock.BriefLock;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Bounds the records a lane holds under way, in number and in bytes. Thread-safe. */
final class Admission {
    /** Headers and objects. */
    private static final int OVERHEAD_BYTES = 1_024;

    private final int maxRecords;
    private final long maxBytes;
    private final BriefLock lock = new BriefLock();
    private final Condition empty = lock.condition();
    private int records;
    private long bytes;

    Admission(int maxRecords, long maxBytes) {
        this.maxRecords = maxRecords;
        this.maxBytes = maxBytes;
    }

    /** What a record takes in memory, roughly. */
    static int size(ConsumerRecord<byte[], byte[]> record) {
        return Math.max(0, record.serializedKeySize())
                + Math.max(0, record.serializedValueSize())
                + OVERHEAD_BYTES;
    }

    /** Takes a record in if there is room; one alone always fits. */
    boolean admit(int size) {
        try (var _ = lock.hold()) {
            if (records > 0 && (records >= maxRecords || bytes + size > maxBytes)) {
                return false;
            }
            records++;
            bytes += size;
            return true;
        }
    }

    /** How many further records there is room for, by their number and by the usual size. */
    int free() {
        try (var _ = lock.hold()) {
            long byBytes = Math.max(0, maxBytes - bytes) * maxRecords / maxBytes;
            return (int) Math.min(Math.max(0, maxRecords - records), byBytes);
        }
    }

    int records() {
        try (var _ = lock.hold()) {
            return records;
        }
    }

    /** Lets an admitted record go. */
    void release(int size) {
        try (var _ = lock.hold()) {
            records--;
            bytes -= size;
            if (records == 0) {
                empty.signalAll();
            }
        }
    }

    /** Waits until nothing is under way; false when something still is after the limit. */
    boolean awaitEmpty(Duration limit) {
        try (var _ = lock.hold()) {
            long left = limit.toNanos();
            while (records > 0 && left > 0) {
                left = empty.awaitNanos(left);
            }
            return records == 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
