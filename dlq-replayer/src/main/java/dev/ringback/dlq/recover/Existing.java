package dev.ringback.dlq.recover;

import dev.ringback.dlq.scan.DeadRecord;
import dev.ringback.dlq.scan.Filter;
import dev.ringback.dlq.scan.IdTable;
import dev.ringback.dlq.scan.TopicReader;
import dev.ringback.dlq.terminal.Failure;
import dev.ringback.runtime.KafkaClients;
import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** What there is already: the events that were routed, and the deliveries that came of them. */
final class Existing {
    private Existing() {}

    /** Up to where routing has taken the events of each partition. */
    static Map<TopicPartition, Long> routed(KafkaClients clients) {
        try (Admin admin = clients.impatient().admin("ringback-dlq")) {
            Map<TopicPartition, Long> routed = new HashMap<>();
            admin.listConsumerGroupOffsets(Topics.ROUTING_GROUP)
                    .partitionsToOffsetAndMetadata()
                    .get()
                    .forEach(
                            (partition, committed) -> {
                                if (committed != null && partition.topic().equals(Topics.EVENTS)) {
                                    routed.put(partition, committed.offset());
                                }
                            });
            return routed;
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new Failure("cannot see how far events are routed: " + Failure.words(cause));
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    /**
     * The deliveries to an endpoint of events that came then or later: each was put into one of
     * these topics when it was made, and all of them keep it for as long as its event is kept.
     */
    static IdTable ids(TopicReader reader, String endpoint, Instant since) {
        byte[] prefix = (endpoint + ":").getBytes(StandardCharsets.UTF_8);
        IdTable ids = new IdTable();
        for (String topic : List.of(Topics.DELIVERIES, Topics.REPLAY, Topics.DEAD)) {
            reader.read(
                    topic,
                    Optional.of(since.minus(Filter.CLOCKS_APART)),
                    next -> {
                        if (startsWith(next.key(), prefix)) {
                            id(next).ifPresent(id -> ids.put(id, 1));
                        }
                    });
        }
        return ids;
    }

    private static boolean startsWith(byte @Nullable [] key, byte[] prefix) {
        return key != null
                && key.length >= prefix.length
                && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
    }

    private static Optional<String> id(ConsumerRecord<byte[], byte[]> next) {
        Header header = next.headers().lastHeader(DeliveryHeader.NAME);
        return header == null || header.value() == null
                ? Optional.empty()
                : DeadRecord.header(header.value()).map(DeliveryHeader::deliveryId);
    }
}
