package dev.ringback.lane;

import java.time.Duration;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Bounds the records a lane holds under way, in number and in bytes. Thread-safe. */
final class Admission {
    /** Headers and objects. */
    private static final int OVERHEAD_BYTES = 1_024;

    private final int maxRecords;
    private final long maxBytes;
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
    synchronized boolean admit(int size) {
        if (records > 0 && (records >= maxRecords || bytes + size > maxBytes)) {
            return false;
        }
        records++;
        bytes += size;
        return true;
    }

    /** How many further records there is room for, by their number and by the usual size. */
    synchronized int free() {
        long byBytes = Math.max(0, maxBytes - bytes) * maxRecords / maxBytes;
        return (int) Math.min(Math.max(0, maxRecords - records), byBytes);
    }

    synchronized int records() {
        return records;
    }

    /** Lets an admitted record go. */
    synchronized void release(int size) {
        records--;
        bytes -= size;
        if (records == 0) {
            notifyAll();
        }
    }

    /** Waits until nothing is under way; false when something still is after the limit. */
    synchronized boolean awaitEmpty(Duration limit) {
        long end = System.nanoTime() + limit.toNanos();
        try {
            while (records > 0) {
                long leftMillis = Duration.ofNanos(end - System.nanoTime()).toMillis();
                if (leftMillis <= 0) {
                    return false;
                }
                wait(leftMillis);
            }
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
