package dev.ringback.console.answer;

import dev.ringback.runtime.KafkaClients;
import dev.ringback.schemas.Topics;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How many events lie before routing; asks Kafka once a second at most. Thread-safe. */
public final class Unrouted implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Unrouted.class);
    private static final Duration FRESH = Duration.ofSeconds(1);

    private final KafkaClients clients;
    private final Clock clock;
    private @Nullable Admin admin;
    private Instant asked = Instant.EPOCH;
    private long known;

    /** Asks this Kafka. */
    public Unrouted(KafkaClients clients, Clock clock) {
        this.clients = clients.impatient();
        this.clock = clock;
    }

    /** How many records; 0 when nobody may know. */
    synchronized long events() {
        if (asked.plus(FRESH).isAfter(clock.instant())) {
            return known;
        }
        asked = clock.instant();
        try {
            Admin mine = admin == null ? clients.admin("ringback-console-lag") : admin;
            admin = mine;
            known = ask(mine);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            LOG.debug("how far routing is cannot be seen: {}", e.getMessage());
            known = 0;
        }
        return known;
    }

    private static long ask(Admin admin) throws InterruptedException, ExecutionException {
        Map<TopicPartition, OffsetAndMetadata> done = new HashMap<>();
        admin.listConsumerGroupOffsets(Topics.ROUTING_GROUP)
                .partitionsToOffsetAndMetadata()
                .get()
                .forEach(
                        (partition, offset) -> {
                            if (offset != null && partition.topic().equals(Topics.EVENTS)) {
                                done.put(partition, offset);
                            }
                        });
        Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
        done.keySet().forEach(partition -> wanted.put(partition, OffsetSpec.latest()));
        Map<TopicPartition, ListOffsetsResultInfo> ends = admin.listOffsets(wanted).all().get();
        long left = 0;
        for (Map.Entry<TopicPartition, OffsetAndMetadata> one : done.entrySet()) {
            ListOffsetsResultInfo end = ends.get(one.getKey());
            left += end == null ? 0 : Math.max(0, end.offset() - one.getValue().offset());
        }
        return left;
    }

    @Override
    public synchronized void close() {
        if (admin != null) {
            admin.close(Duration.ofSeconds(1));
        }
    }
}
