package dev.ringback.dlq.replay;

import dev.ringback.dlq.scan.DeadRecord;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Dead records that have been read ahead and wait for their endpoint's rate, so that one endpoint's
 * rate does not hold up the others. Those of one endpoint leave in their order. An endpoint that
 * fills most of the room is left behind for the next pass. Not thread-safe.
 */
final class Held {
    private static final int MOST_RECORDS = 10_000;
    private static final long MOST_BYTES = 64L << 20;

    /** Of the room, when an endpoint counts as what fills it. */
    private static final int CROWD = 8;

    /** Beyond so many endpoints those that need no pace any more are forgotten. */
    private static final int MOST_IDLE = 10_000;

    private final double perSecond;
    private final long mostBytes;
    private final Map<String, Line> lines = new HashMap<>();
    private final PriorityQueue<Line> next = new PriorityQueue<>();
    private final Set<String> behind = new HashSet<>();
    private int records;
    private long bytes;
    private long turns;

    /** Holds records for as long as the rate of their endpoint demands. */
    Held(double perSecond, long heapBytes) {
        this.perSecond = perSecond;
        this.mostBytes = Math.min(MOST_BYTES, heapBytes / 8);
    }

    /** A dead record with all that a replay of it needs. */
    record One(DeadRecord.Delivery dead, ConsumerRecord<byte[], byte[]> record) {
        long bytes() {
            return Math.max(0, record.serializedKeySize())
                    + Math.max(0, record.serializedValueSize())
                    + 1_024L;
        }
    }

    /** The records of one endpoint. */
    private static final class Line implements Comparable<Line> {
        private final ArrayDeque<One> records = new ArrayDeque<>();
        private final Pace pace;
        private long bytes;
        private long atNanos;
        private long turn;

        private Line(Pace pace) {
            this.pace = pace;
        }

        @Override
        public int compareTo(Line that) {
            long apart = atNanos - that.atNanos;
            return apart == 0 ? Long.compare(turn, that.turn) : Long.signum(apart);
        }
    }

    /** A pass begins: nobody is left behind. */
    void begin() {
        behind.clear();
    }

    /** Whether there is room for another record. */
    boolean hasRoom() {
        return records == 0 || (records < MOST_RECORDS && bytes < mostBytes);
    }

    /** Whether what fills the room is mostly this endpoint's; it is left behind from now on. */
    boolean leavesBehind(String endpoint) {
        Line line = lines.get(endpoint);
        if (line == null
                || (line.records.size() < MOST_RECORDS / CROWD && line.bytes < mostBytes / CROWD)) {
            return false;
        }
        behind.add(endpoint);
        return true;
    }

    /** Whether this endpoint is left behind in this pass: a later record must not overtake. */
    boolean isBehind(String endpoint) {
        return behind.contains(endpoint);
    }

    /** Adds a record at the end of its endpoint's. */
    void add(One one, long nowNanos) {
        String endpoint = one.dead().header().endpointId();
        Line line =
                lines.computeIfAbsent(endpoint, name -> new Line(new Pace(perSecond, nowNanos)));
        line.records.add(one);
        line.bytes += one.bytes();
        records++;
        bytes += one.bytes();
        if (line.records.size() == 1) {
            enqueue(line, nowNanos);
        }
        if (lines.size() > MOST_IDLE) {
            lines.values().removeIf(idle -> idle.records.isEmpty() && idle.pace.allows(nowNanos));
        }
    }

    private void enqueue(Line line, long nowNanos) {
        // whoever may go takes turns with the others that may
        line.atNanos = Math.max(line.pace.nextNanos(), nowNanos);
        line.turn = turns++;
        next.add(line);
    }

    /** When the next record may go, if there is one. */
    Optional<Long> nextNanos() {
        return Optional.ofNullable(next.peek()).map(line -> line.atNanos);
    }

    /** Takes the next record, which {@link #nextNanos} must allow. */
    One take(long nowNanos) {
        Line line = next.remove();
        One one = line.records.remove();
        line.pace.go(nowNanos);
        line.bytes -= one.bytes();
        records--;
        bytes -= one.bytes();
        if (!line.records.isEmpty()) {
            enqueue(line, nowNanos);
        }
        return one;
    }

    /** Whether nothing waits. */
    boolean isEmpty() {
        return records == 0;
    }

    /** Forgets what waits: it is still in the dead topic. */
    void clear() {
        lines.clear();
        next.clear();
        records = 0;
        bytes = 0;
    }
}
