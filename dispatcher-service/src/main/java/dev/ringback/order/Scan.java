package dev.ringback.order;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/**
 * One reading of what waits in a unit, as the unit sees it: it begins, finds, and ends, or begins
 * again after a failure. All on the scan's thread.
 */
public interface Scan {
    /**
     * The scan begins, or begins anew. Only then may be asked what is done and how far the
     * partitions reach: from here on, the unit remembers what happens meanwhile.
     *
     * @return the unit's partitions and where reading began in each; empty when the unit has gone
     */
    Optional<Map<TopicPartition, OffsetAndMetadata>> begin();

    /** How far the partitions reach; false when the unit has gone. */
    boolean reach(Map<TopicPartition, Long> ends);

    /** Whether an endpoint's deliveries count; always the same answer during one scan. */
    boolean wants(String endpointId);

    /** Copies of wanted endpoints that were not done a moment ago; false when the unit has gone. */
    boolean found(List<Copy> copies);

    /** Everything has been read. */
    void end();
}
