package dev.ringback.dlq.replay;

import dev.ringback.dlq.scan.DeadRecord;
import dev.ringback.dlq.scan.Mark;
import dev.ringback.dlq.scan.TopicReader;
import dev.ringback.dlq.terminal.Failure;
import dev.ringback.runtime.KafkaClients;
import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.Topics;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * Puts dead deliveries into {@code webhook.deliveries.replay}: the same key, the same bytes and the
 * same partition, in the order in which they died in it. Only the header moves.
 */
final class Replayer {
    private static final Map<String, Object> PRODUCER =
            Map.of(
                    "max.block.ms", "15000",
                    "request.timeout.ms", "10000",
                    "delivery.timeout.ms", "30000");
    private static final Duration CLOSE = Duration.ofSeconds(5);

    private final KafkaClients clients;
    private final TopicReader reader;
    private final Clock clock;
    private final Pace pace;

    /** What Kafka has taken and nothing is marked of yet. */
    private final Queue<DeadRecord.Delivery> unmarked = new ConcurrentLinkedQueue<>();

    Replayer(KafkaClients clients, TopicReader reader, Clock clock, Pace pace) {
        this.clients = clients;
        this.reader = reader;
        this.clock = clock;
        this.pace = pace;
    }

    /** How a replay ended. */
    sealed interface End {
        /** How many deliveries Kafka has acknowledged. */
        int done();

        /** All of them. */
        record Complete(int done) implements End {}

        /** Fewer. */
        record Failed(int done, String why) implements End {}

        /** Somebody wanted it to stop. */
        record Interrupted(int done) implements End {}
    }

    /** Replays these deliveries under one replay id. */
    End replay(List<DeadRecord.Delivery> chosen, String replayId) {
        Map<TopicPartition, Map<Long, DeadRecord.Delivery>> wanted = wanted(chosen);
        AtomicInteger done = new AtomicInteger();
        AtomicReference<@Nullable Exception> failure = new AtomicReference<>();
        Producer<byte[], byte[]> producer = clients.producer("ringback-dlq", PRODUCER);
        try {
            checkPartitions(wanted);
            reader.read(
                    stretches(wanted),
                    next -> {
                        DeadRecord.Delivery dead = find(wanted, next);
                        if (dead != null) {
                            pace.await();
                            mark(producer, replayId);
                            move(producer, next, dead, replayId, done, failure);
                        }
                    },
                    () -> failure.get() == null);
            settle(producer, replayId);
        } catch (InterruptException e) {
            Thread.interrupted();
            settle(producer, replayId);
            producer.close(CLOSE);
            return new End.Interrupted(done.get());
        } catch (KafkaException | Failure e) {
            failure.compareAndSet(null, e);
            settle(producer, replayId);
        }
        producer.close(CLOSE);
        return end(chosen.size(), done.get(), failure.get());
    }

    private void move(
            Producer<byte[], byte[]> producer,
            ConsumerRecord<byte[], byte[]> record,
            DeadRecord.Delivery dead,
            String replayId,
            AtomicInteger done,
            AtomicReference<@Nullable Exception> failure) {
        producer.send(
                living(record, dead, replayId),
                (sent, problem) -> {
                    if (problem == null) {
                        done.incrementAndGet();
                        unmarked.add(dead);
                    } else {
                        failure.compareAndSet(null, problem);
                    }
                });
    }

    /** Waits until Kafka has taken or refused everything, and marks what it has taken. */
    private void settle(Producer<byte[], byte[]> producer, String replayId) {
        producer.flush();
        mark(producer, replayId);
        producer.flush();
    }

    /** A mark before its replay is safe could outlive it: the delivery would never be replayed. */
    private void mark(Producer<byte[], byte[]> producer, String replayId) {
        for (DeadRecord.Delivery dead = unmarked.poll(); dead != null; dead = unmarked.poll()) {
            producer.send(mark(dead, replayId));
        }
    }

    private static End end(int wanted, int done, @Nullable Exception failure) {
        if (failure != null) {
            return new End.Failed(done, Failure.words(failure));
        }
        return done == wanted
                ? new End.Complete(done)
                : new End.Failed(done, "the others are no longer in " + Topics.DEAD);
    }

    private static Map<TopicPartition, Map<Long, DeadRecord.Delivery>> wanted(
            List<DeadRecord.Delivery> chosen) {
        Map<TopicPartition, Map<Long, DeadRecord.Delivery>> wanted = new HashMap<>();
        for (DeadRecord.Delivery dead : chosen) {
            wanted.computeIfAbsent(
                            new TopicPartition(Topics.DEAD, dead.place().partition()),
                            partition -> new HashMap<>())
                    .put(dead.place().offset(), dead);
        }
        return wanted;
    }

    /** The same partition must be there, or deliveries of one call would part ways. */
    private void checkPartitions(Map<TopicPartition, ?> wanted) {
        int there = reader.partitions(Topics.REPLAY).size();
        for (TopicPartition partition : wanted.keySet()) {
            if (partition.partition() >= there) {
                throw new Failure(
                        Topics.REPLAY
                                + " has "
                                + there
                                + " partitions and needs as many as "
                                + Topics.DEAD
                                + ": see ringback topics --check");
            }
        }
    }

    private static Map<TopicPartition, TopicReader.Stretch> stretches(
            Map<TopicPartition, Map<Long, DeadRecord.Delivery>> wanted) {
        Map<TopicPartition, TopicReader.Stretch> stretches = new HashMap<>();
        wanted.forEach(
                (partition, offsets) -> {
                    long first = Long.MAX_VALUE;
                    long last = 0;
                    for (long offset : offsets.keySet()) {
                        first = Math.min(first, offset);
                        last = Math.max(last, offset);
                    }
                    stretches.put(partition, new TopicReader.Stretch(first, last + 1));
                });
        return stretches;
    }

    private static DeadRecord.@Nullable Delivery find(
            Map<TopicPartition, Map<Long, DeadRecord.Delivery>> wanted,
            ConsumerRecord<byte[], byte[]> next) {
        return wanted.getOrDefault(new TopicPartition(next.topic(), next.partition()), Map.of())
                .get(next.offset());
    }

    private ProducerRecord<byte[], byte[]> mark(DeadRecord.Delivery dead, String replayId) {
        int times = dead.replays() - dead.replaysBefore() + 1;
        DeadRecord.Place place = dead.place();
        return new Mark(replayId, clock.instant(), times)
                .record(Topics.REPLAYED, place.partition(), place.offset());
    }

    private ProducerRecord<byte[], byte[]> living(
            ConsumerRecord<byte[], byte[]> record, DeadRecord.Delivery dead, String replayId) {
        ProducerRecord<byte[], byte[]> living =
                new ProducerRecord<>(
                        Topics.REPLAY, record.partition(), record.key(), record.value());
        for (Header header : record.headers()) {
            if (!header.key().equals(DeliveryHeader.NAME)) {
                living.headers().add(header);
            }
        }
        DeliveryHeader header = dead.header().replayed(replayId, dead.replays(), clock.instant());
        living.headers().add(DeliveryHeader.NAME, header.bytes());
        return living;
    }
}
