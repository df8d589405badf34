package dev.ringback.dlq.scan;

import dev.ringback.schemas.Json;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;
import tools.jackson.core.JacksonException;

/**
 * What has been done to one dead record: the value in {@code ringback-replayed} and {@code
 * ringback-purged}, where it stands under {@code PARTITION:OFFSET} of the dead record, in the
 * partition of the same number.
 *
 * @param job the name of the job that did it
 * @param at when
 * @param times how often the record has been replayed by now, this time included; 1 when purged
 */
public record Mark(String job, Instant at, int times) {

    /** The record that marks the dead record at this place. */
    public ProducerRecord<byte[], byte[]> record(String topic, int partition, long offset) {
        byte[] key = (partition + ":" + offset).getBytes(StandardCharsets.UTF_8);
        return new ProducerRecord<>(topic, partition, key, Json.bytes(this));
    }

    /** The mark in these bytes, if it is one. */
    static Optional<Mark> read(byte[] bytes) {
        try {
            Mark mark = Json.read(bytes, Mark.class);
            return mark.job == null || mark.at == null ? Optional.empty() : Optional.of(mark);
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }
}
