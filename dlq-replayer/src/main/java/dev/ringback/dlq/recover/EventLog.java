package dev.ringback.dlq.recover;

import dev.ringback.dialect.CallTargets;
import dev.ringback.dlq.scan.TopicReader;
import dev.ringback.schemas.CallEvent;
import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.EventSchema;
import dev.ringback.schemas.Topics;
import java.time.Instant;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/** Reads the events that routing took, by the rules by which it took them. */
final class EventLog {
    private final TopicReader reader;
    private final EventSchema schema = new EventSchema();
    private final boolean allowHttp;

    /**
     * Reads with this reader.
     *
     * @param allowHttp whether a call's URLs may be http
     */
    EventLog(TopicReader reader, boolean allowHttp) {
        this.reader = reader;
        this.allowHttp = allowHttp;
    }

    /** Takes one event after the other. */
    interface Each {
        void take(Located event);
    }

    /**
     * A valid event where its subject's events belong.
     *
     * @param at when it reached {@code call.events}
     */
    record Located(CallEvent event, int partition, long offset, Instant at) {
        DeliveryHeader.Origin origin() {
            return new DeliveryHeader.Origin(Topics.EVENTS, partition, offset);
        }
    }

    /**
     * Reads a stretch of one partition.
     *
     * @param partitions how many there are
     */
    void read(TopicPartition partition, TopicReader.Stretch stretch, int partitions, Each each) {
        reader.read(Map.of(partition, stretch), next -> take(next, partitions, each));
    }

    private void take(ConsumerRecord<byte[], byte[]> next, int partitions, Each each) {
        if (next.value() == null || next.value().length > Topics.MAX_BODY_BYTES) {
            return;
        }
        String made = CallEvent.madeId(next.partition(), next.offset());
        switch (schema.read(next.value(), made)) {
            case EventSchema.Reading.Invalid invalid -> {}
            case EventSchema.Reading.Valid(CallEvent event) -> {
                if (TopicReader.home(event.subjectId(), partitions) == next.partition()
                        && CallTargets.faults(event.webhooks(), allowHttp, true).isEmpty()) {
                    Instant at = Instant.ofEpochMilli(next.timestamp());
                    each.take(new Located(event, next.partition(), next.offset(), at));
                }
            }
        }
    }
}
