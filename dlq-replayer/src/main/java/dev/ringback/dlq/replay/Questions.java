package dev.ringback.dlq.replay;

import dev.ringback.dlq.scan.DeadRecord;
import dev.ringback.dlq.scan.IdTable;
import dev.ringback.dlq.scan.TopicReader;
import dev.ringback.runtime.KafkaClients;
import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Knows of dead answer requests whether anybody still waits for the answer. Which calls have ended
 * is read once for each partition that has a question, and no further back than a question may be
 * old. For one thread.
 */
final class Questions implements AutoCloseable {
    /** What is older is not answered: whether its call goes on is not remembered. */
    private static final Duration WINDOW = Duration.ofMinutes(15);

    private final KafkaClients clients;
    private final Clock clock;
    private final Map<Integer, IdTable> ended = new HashMap<>();
    private @Nullable TopicReader reader;

    Questions(KafkaClients clients, Clock clock) {
        this.clients = clients;
        this.clock = clock;
    }

    /** Whether this asks what a call does next, and the call is over or forgotten. */
    boolean areOver(DeadRecord.Delivery dead) {
        DeliveryHeader header = dead.header();
        if (header.kind() != DeliveryHeader.Kind.control) {
            return false;
        }
        Instant oldest = clock.instant().minus(WINDOW);
        return header.createdAt().isBefore(oldest)
                || ended.computeIfAbsent(dead.place().partition(), p -> read(p, oldest))
                        .has(header.subjectId());
    }

    /** A call's questions and its end have one partition number. */
    private IdTable read(int partition, Instant from) {
        TopicReader mine = reader == null ? new TopicReader(clients) : reader;
        reader = mine;
        IdTable calls = new IdTable();
        mine.read(
                mine.stretches(
                        mine.partitions(Topics.ANSWERS).stream()
                                .filter(one -> one.partition() == partition)
                                .toList(),
                        Optional.of(from)),
                next -> {
                    if (next.key() != null && isEnd(next)) {
                        calls.put(new String(next.key(), StandardCharsets.UTF_8), 0);
                    }
                });
        return calls;
    }

    private static boolean isEnd(ConsumerRecord<byte[], byte[]> next) {
        return next.headers().lastHeader(Topics.HEADER_ENDED) != null;
    }

    @Override
    public void close() {
        if (reader != null) {
            reader.close();
        }
    }
}
