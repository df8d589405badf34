package dev.ringback.dlq.scan;

import dev.ringback.schemas.Json;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;
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
        byte[] key = key(partition, offset).getBytes(StandardCharsets.UTF_8);
        return new ProducerRecord<>(topic, partition, key, Json.bytes(this));
    }

    private static String key(int partition, long offset) {
        return partition + ":" + offset;
    }

    /** The marks of a few dead records, where they have some. */
    public static Map<DeadRecord.Place, Mark> of(
            TopicReader reader, String topic, List<DeadRecord.Place> places) {
        Map<String, DeadRecord.Place> wanted = new HashMap<>();
        places.forEach(place -> wanted.put(key(place.partition(), place.offset()), place));
        Map<DeadRecord.Place, Mark> found = new HashMap<>();
        reader.read(
                topic,
                places.stream().map(DeadRecord.Place::at).min(Comparator.naturalOrder()),
                next -> {
                    DeadRecord.Place place = wanted.get(text(next.key()));
                    if (place != null && next.value() != null) {
                        read(next.value()).ifPresent(mark -> found.put(place, mark));
                    }
                });
        return found;
    }

    private static String text(byte @Nullable [] key) {
        return key == null ? "" : new String(key, StandardCharsets.UTF_8);
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
