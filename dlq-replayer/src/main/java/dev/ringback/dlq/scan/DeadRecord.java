package dev.ringback.dlq.scan;

import dev.ringback.schemas.DeliveryHeader;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import tools.jackson.core.JacksonException;

/** One record of {@code webhook.deliveries.dead}, without its body. */
public sealed interface DeadRecord {
    /** Where it is. */
    Place place();

    /**
     * Where a record is, and since when.
     *
     * @param at when the broker took it
     */
    record Place(int partition, long offset, Instant at) {
        static Place of(ConsumerRecord<byte[], byte[]> record) {
            return new Place(
                    record.partition(), record.offset(), Instant.ofEpochMilli(record.timestamp()));
        }
    }

    /**
     * A dead delivery.
     *
     * @param replays how often it has been replayed so far
     */
    record Delivery(DeliveryHeader header, Place place, int replays) implements DeadRecord {

        /** When it died; when the broker took it where the header does not say. */
        public Instant diedAt() {
            Instant died = header.diedAt();
            return died == null ? place.at() : died;
        }

        /** How often it had been replayed when it died. */
        public int replaysBefore() {
            DeliveryHeader.Replay replay = header.replay();
            return replay == null ? 0 : replay.count();
        }

        /** Whether it has been replayed since it died. */
        public boolean replayed() {
            return replays > replaysBefore();
        }

        /** The same, knowing of so many replays. */
        public Delivery withReplays(int known) {
            return new Delivery(header, place, Math.max(known, replays));
        }
    }

    /**
     * A record that cannot be understood.
     *
     * @param problem why not
     */
    record Unreadable(Place place, String problem) implements DeadRecord {}

    /** What a record of the topic is. */
    static DeadRecord of(ConsumerRecord<byte[], byte[]> record) {
        Place place = Place.of(record);
        Header found = record.headers().lastHeader(DeliveryHeader.NAME);
        if (found == null || found.value() == null) {
            return new Unreadable(place, "no header " + DeliveryHeader.NAME);
        }
        return header(found.value())
                .<DeadRecord>map(
                        header -> {
                            DeliveryHeader.Replay replay = header.replay();
                            return new Delivery(header, place, replay == null ? 0 : replay.count());
                        })
                .orElseGet(
                        () ->
                                new Unreadable(
                                        place,
                                        "header "
                                                + DeliveryHeader.NAME
                                                + " is not that of a delivery"));
    }

    /** The header in these bytes, if it is whole. */
    static Optional<DeliveryHeader> header(byte[] bytes) {
        try {
            return Optional.of(DeliveryHeader.read(bytes)).filter(DeadRecord::isWhole);
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }

    /** JSON can leave out what a header must have. */
    private static boolean isWhole(DeliveryHeader header) {
        return Stream.of(
                        header.deliveryId(),
                        header.eventId(),
                        header.eventType(),
                        header.subjectId(),
                        header.accountId(),
                        header.endpointId(),
                        header.createdAt())
                .allMatch(Objects::nonNull);
    }
}
