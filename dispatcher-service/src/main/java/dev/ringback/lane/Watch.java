package dev.ringback.lane;

import java.util.Collection;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** What has to know which records are ours and how far they have been read; must not block. */
public interface Watch {
    /** Partitions are read from here on. */
    void assigned(Map<TopicPartition, OffsetAndMetadata> from);

    /** Nothing of these partitions is ours any more. */
    void gone(Collection<TopicPartition> partitions);

    /**
     * A record stands in line, those of one partition in the order in which they may start.
     *
     * @return whether the next of its line must wait until it has {@link #left}
     */
    boolean entered(ConsumerRecord<byte[], byte[]> record);

    /**
     * A record that had entered counts as done. What is dropped never leaves: its partition goes
     * elsewhere, or the process ends, and whoever comes next has to find it undone.
     */
    void left(ConsumerRecord<byte[], byte[]> record);

    /** The partitions of which it wants to know how far they have been read; mostly none. */
    Collection<TopicPartition> awaited();

    /** Every record below has entered. */
    void reached(TopicPartition partition, long offset);
}
