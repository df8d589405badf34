package dev.ringback.outbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.schemas.Topics;
import dev.ringback.testkit.Await;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class OutboxTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String AWAY = "away";
    private static final byte[] BYTES = "x".getBytes(StandardCharsets.UTF_8);

    @Test
    void write_topicsThatAreAwayBlock_retriesOfOthersGoOn() {
        Kafka kafka = new Kafka();
        try (Outbox outbox = new Outbox(kafka)) {
            int blocking = Runtime.getRuntime().availableProcessors() + 1;
            for (int i = 0; i < blocking; i++) {
                assertThat(outbox.write(List.of(record(AWAY + i, BYTES)))).isNotDone();
            }
            Await.until("they block", LIMIT, () -> kafka.blocked.get() == blocking);
            CompletableFuture<Void> other = outbox.write(List.of(record("other", BYTES)));
            Await.until("the other is taken", LIMIT, other::isDone);
            assertThat(kafka.taken).extracting(ProducerRecord::topic).containsExactly("other");
            kafka.back.countDown();
        }
    }

    @Test
    void write_tooLargeAndWithoutKey_isKeptWithTheDead() {
        Kafka kafka = new Kafka();
        try (Outbox outbox = new Outbox(kafka)) {
            byte[] large = new byte[Topics.MAX_RECORD_BYTES];
            CompletableFuture<Void> written = outbox.write(List.of(record("large", large, null)));
            Await.until("it is taken", LIMIT, written::isDone);
            assertThat(kafka.taken)
                    .singleElement()
                    .satisfies(
                            dead -> {
                                assertThat(dead.topic()).isEqualTo(Topics.DEAD);
                                assertThat(dead.key()).isNull();
                                assertThat(dead.value()).hasSize(Topics.MAX_EVENT_BYTES);
                            });
        }
    }

    @Test
    void producer_topicIsAway_blocksForSeconds() {
        assertThat(Outbox.PRODUCER).containsEntry("max.block.ms", Outbox.MAX_BLOCK);
        assertThat(Long.parseLong(Outbox.MAX_BLOCK)).isBetween(500L, 5_000L);
    }

    private static ProducerRecord<byte[], byte[]> record(String topic, byte[] value) {
        return record(topic, value, BYTES);
    }

    private static ProducerRecord<byte[], byte[]> record(
            String topic, byte[] value, byte @Nullable [] key) {
        return new ProducerRecord<>(topic, 0, null, key, value);
    }

    /** Takes nothing at first; then blocks for topics that are away, and takes what is small. */
    private static final class Kafka extends MockProducer<byte[], byte[]> {
        private final Set<String> refused = ConcurrentHashMap.newKeySet();
        private final AtomicInteger blocked = new AtomicInteger();
        private final CountDownLatch back = new CountDownLatch(1);
        private final Queue<ProducerRecord<byte[], byte[]>> taken = new ConcurrentLinkedQueue<>();

        Kafka() {
            super(true, null, new ByteArraySerializer(), new ByteArraySerializer());
        }

        /** One that blocks must not keep others out. */
        @Override
        @SuppressWarnings("UnsynchronizedOverridesSynchronized")
        public Future<RecordMetadata> send(
                ProducerRecord<byte[], byte[]> record, Callback callback) {
            if (record.value().length > Topics.MAX_EVENT_BYTES) {
                throw new RecordTooLargeException("too large");
            }
            if (refused.add(record.topic()) && !record.topic().equals(Topics.DEAD)) {
                throw new KafkaException("not now");
            }
            if (record.topic().startsWith(AWAY)) {
                blocked.incrementAndGet();
                awaitReturn();
            }
            taken.add(record);
            callback.onCompletion(null, null);
            return CompletableFuture.completedFuture(null);
        }

        private void awaitReturn() {
            try {
                back.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
