package dev.ringback.answer;

import dev.ringback.runtime.KafkaClients;
import dev.ringback.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;

/** Reads from Kafka what became of the calls of one partition within the {@link Calls#WINDOW}. */
record Recall(KafkaClients clients, Clock clock) {
    private static final Logger LOG = LoggerFactory.getLogger(Recall.class);
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration CLOSE_LIMIT = Duration.ofSeconds(1);

    /** What is done with a record. */
    private interface Reader {
        void read(ConsumerRecord<byte[], byte[]> record);
    }

    /**
     * Reads both topics to their ends. Published is what was committed, and promised what was not;
     * that a call is over counts as soon as it is written, as it does for who reads on from there.
     */
    void into(Calls calls, int partition, BooleanSupplier stopped) {
        TopicPartition instructions = new TopicPartition(Topics.INSTRUCTIONS, partition);
        read(
                instructions,
                "read_committed",
                stopped,
                record -> note(record, published -> calls.settled(published, at(record))));
        read(
                instructions,
                "read_uncommitted",
                stopped,
                record -> note(record, written -> calls.promised(written, at(record))));
        TopicPartition answers = new TopicPartition(Topics.ANSWERS, partition);
        read(answers, "read_uncommitted", stopped, record -> over(calls, record));
    }

    private static void note(ConsumerRecord<byte[], byte[]> record, Consumer<Instruction> reader) {
        try {
            reader.accept(Instruction.read(record.value()));
        } catch (JacksonException | NullPointerException e) {
            LOG.error("{} offset {} is none of ours", record.topic(), record.offset());
        }
    }

    private static void over(Calls calls, ConsumerRecord<byte[], byte[]> record) {
        if (isNotice(record)) {
            calls.over(callId(record), at(record));
        }
    }

    /** Whether it says that a call is over. */
    static boolean isNotice(ConsumerRecord<byte[], byte[]> record) {
        return record.headers().lastHeader(Topics.HEADER_ENDED) != null && record.key() != null;
    }

    static String callId(ConsumerRecord<byte[], byte[]> record) {
        return new String(Objects.requireNonNull(record.key()), StandardCharsets.UTF_8);
    }

    static Instant at(ConsumerRecord<byte[], byte[]> record) {
        return Instant.ofEpochMilli(record.timestamp());
    }

    private void read(
            TopicPartition partition, String isolation, BooleanSupplier stopped, Reader reader) {
        try (var consumer =
                clients.consumer("answers-recall", Map.of("isolation.level", isolation))) {
            long end = consumer.endOffsets(List.of(partition)).getOrDefault(partition, 0L);
            long from = clock.instant().minus(Calls.WINDOW).toEpochMilli();
            OffsetAndTimestamp first =
                    consumer.offsetsForTimes(Map.of(partition, from)).get(partition);
            if (first != null) {
                consumer.assign(List.of(partition));
                consumer.seek(partition, first.offset());
                while (!stopped.getAsBoolean() && consumer.position(partition) < end) {
                    consumer.poll(POLL).forEach(reader::read);
                }
            }
            consumer.close(CloseOptions.timeout(CLOSE_LIMIT));
        }
    }
}
