package dev.ringback.dlq.replay;

import dev.ringback.dlq.job.Job;
import dev.ringback.dlq.scan.TopicReader;
import dev.ringback.schemas.Topics;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.common.TopicPartition;

/**
 * What a job has moved: a bit for each dead record, and how far each partition is done. Safe for
 * the one thread that moves and another that takes snapshots.
 */
final class Progress {
    private final Map<Integer, Partition> partitions = new TreeMap<>();

    /** Goes on where the parts are. */
    Progress(List<Job.Part> parts) {
        parts.forEach(part -> partitions.put(part.partition(), new Partition(part)));
    }

    /** The parts of a job that begins now within these bounds. */
    static List<Job.Part> parts(
            TopicReader reader, Map<TopicPartition, TopicReader.Stretch> bounds) {
        Map<Integer, TopicReader.Stretch> stretches = new TreeMap<>();
        bounds.forEach((partition, stretch) -> stretches.put(partition.partition(), stretch));
        Map<TopicPartition, Long> ends =
                reader.ends(stretches.keySet().stream().map(Progress::replay).toList());
        List<Job.Part> parts = new ArrayList<>();
        stretches.forEach(
                (partition, stretch) -> {
                    long end = ends.getOrDefault(replay(partition), 0L);
                    long from = stretch.from();
                    parts.add(new Job.Part(partition, from, stretch.to(), from, 0, end, end));
                });
        return parts;
    }

    private static TopicPartition replay(int partition) {
        return new TopicPartition(Topics.REPLAY, partition);
    }

    /** Where the next pass over the dead topic has to read. */
    synchronized Map<TopicPartition, TopicReader.Stretch> left() {
        Map<TopicPartition, TopicReader.Stretch> left = new HashMap<>();
        for (Partition one : partitions.values()) {
            if (one.doneTo < one.part.to()) {
                left.put(
                        new TopicPartition(Topics.DEAD, one.part.partition()),
                        new TopicReader.Stretch(one.doneTo, one.part.to()));
            }
        }
        return left;
    }

    /** A pass over what is left begins. */
    synchronized void begin() {
        partitions.values().forEach(Partition::begin);
    }

    /** A pass has seen all of the partitions before this one. */
    synchronized void passed(int partition) {
        for (Partition one : partitions.values()) {
            if (one.part.partition() < partition) {
                one.seenTo = one.part.to();
            }
        }
    }

    /** Whether this dead record has been moved. */
    synchronized boolean isDone(int partition, long offset) {
        return at(partition).isDone(offset);
    }

    /** It will be moved next, or soon. */
    synchronized void hold(int partition, long offset) {
        Partition one = at(partition);
        one.open.set(one.bit(offset));
        one.seenTo = offset + 1;
    }

    /** It is left for the next pass. */
    synchronized void leave(int partition, long offset) {
        Partition one = at(partition);
        one.firstLeft = Math.min(one.firstLeft, offset);
        one.seenTo = offset + 1;
    }

    /** It is not meant. */
    synchronized void skip(int partition, long offset) {
        at(partition).seenTo = offset + 1;
    }

    /** It was moved, to this offset of the replay topic. */
    synchronized void done(int partition, long offset, long replayOffset) {
        at(partition).done(offset, replayOffset);
    }

    /** An earlier process has moved it; returns whether that was news. */
    synchronized boolean found(int partition, long offset) {
        Partition one = partitions.get(partition);
        return one != null && one.found(offset);
    }

    /** How many were moved. */
    synchronized long moved() {
        return partitions.values().stream().mapToLong(one -> one.moved).sum();
    }

    /** Where each partition is now; all of it is in Kafka. */
    synchronized List<Job.Part> parts() {
        return partitions.values().stream().map(Partition::advance).toList();
    }

    private Partition at(int partition) {
        Partition one = partitions.get(partition);
        if (one == null) {
            throw new IllegalArgumentException("partition " + partition);
        }
        return one;
    }

    /** One partition of the dead topic. */
    private static final class Partition {
        private final Job.Part part;
        private final BitSet done = new BitSet();

        /** Held or under way. */
        private final BitSet open = new BitSet();

        private long seenTo;
        private long firstLeft = Long.MAX_VALUE;
        private long doneTo;
        private long moved;
        private long movedBelow;
        private long replayEnd;

        /** Everything moved beyond {@code markSeen} lies in the replay topic from here on. */
        private long replayFrom;

        private long markReplay;
        private long markSeen;

        private Partition(Job.Part part) {
            this.part = part;
            this.doneTo = part.doneTo();
            this.seenTo = part.doneTo();
            this.moved = part.moved();
            this.movedBelow = part.moved();
            this.replayFrom = part.replayFrom();
            this.replayEnd = part.replayFrom();
            this.markReplay = part.replayFrom();
            this.markSeen = part.doneTo();
        }

        private boolean isDone(long offset) {
            return offset < doneTo || done.get(bit(offset));
        }

        private int bit(long offset) {
            return Math.toIntExact(offset - part.from());
        }

        private void begin() {
            advance();
            seenTo = doneTo;
            firstLeft = Long.MAX_VALUE;
        }

        private void done(long offset, long replayOffset) {
            done.set(bit(offset));
            open.clear(bit(offset));
            moved++;
            replayEnd = Math.max(replayEnd, replayOffset + 1);
        }

        private boolean found(long offset) {
            if (offset < part.from() || offset >= part.to() || isDone(offset)) {
                return false;
            }
            done.set(bit(offset));
            moved++;
            return true;
        }

        /** Moves {@code doneTo} as far as it goes. */
        private Job.Part advance() {
            long reached = Math.min(seenTo, firstLeft);
            int waits = open.nextSetBit(bit(doneTo));
            reached = waits < 0 ? reached : Math.min(reached, part.from() + waits);
            if (reached > doneTo) {
                movedBelow += done.get(bit(doneTo), bit(reached)).cardinality();
                doneTo = reached;
            }
            if (doneTo >= markSeen) {
                replayFrom = markReplay;
                markReplay = replayEnd;
                markSeen = highest();
            }
            return new Job.Part(
                    part.partition(),
                    part.from(),
                    part.to(),
                    doneTo,
                    movedBelow,
                    replayFrom,
                    part.replayStart());
        }

        /** Nothing at or beyond this has been moved. */
        private long highest() {
            return Math.max(seenTo, part.from() + done.length());
        }
    }
}
