package dev.ringback.dlq.fate;

import dev.ringback.dlq.scan.Attempts;
import dev.ringback.dlq.scan.DeadRecord;
import dev.ringback.schemas.Attempt;
import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * What a record of the log of attempts, or of the dead topic, tells of a replayed delivery.
 *
 * @param reason why, where it did not arrive
 */
record Sighting(String deliveryId, Attempt.Result outcome, @Nullable String reason) {
    /**
     * What a record tells; nothing when it is not about a replay.
     *
     * @param job who replayed: the dead say so themselves
     * @param wanted the deliveries it may be about
     */
    static Optional<Sighting> of(
            ConsumerRecord<byte[], byte[]> record, String job, Predicate<String> wanted) {
        return record.topic().equals(Topics.DEAD) ? death(record, job) : attempt(record, wanted);
    }

    private static Optional<Sighting> death(ConsumerRecord<byte[], byte[]> record, String job) {
        if (DeadRecord.of(record) instanceof DeadRecord.Delivery dead) {
            DeliveryHeader header = dead.header();
            DeliveryHeader.Replay replay = header.replay();
            if (replay != null && replay.id().equals(job)) {
                String reason = header.reason() == null ? null : header.reason().name();
                return Optional.of(new Sighting(header.deliveryId(), Attempt.Result.dead, reason));
            }
        }
        return Optional.empty();
    }

    private static Optional<Sighting> attempt(
            ConsumerRecord<byte[], byte[]> record, Predicate<String> wanted) {
        if (record.key() == null || record.value() == null) {
            return Optional.empty();
        }
        String id = new String(record.key(), StandardCharsets.UTF_8);
        return wanted.test(id)
                ? Attempts.read(record.value())
                        .filter(Sighting::isOfAReplay)
                        .map(seen -> new Sighting(id, seen.outcome(), seen.reason()))
                : Optional.empty();
    }

    private static boolean isOfAReplay(Attempt attempt) {
        return switch (attempt.trigger()) {
            case replay, probe -> true;
            case scheduled, test -> false;
        };
    }
}
