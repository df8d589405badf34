package dev.ringback.order;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.Topics;
import dev.ringback.testkit.Await;
import dev.ringback.testkit.TestKafka;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class UnitScanTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final TopicPartition LIVE = new TopicPartition(Topics.DELIVERIES, 1);
    private static final TopicPartition RUNG = new TopicPartition(Topics.RETRY_PREFIX + "1s", 1);
    private static final TopicPartition EMPTY = new TopicPartition(Topics.RETRY_PREFIX + "1m", 1);

    private final TestKafka kafka = TestKafka.start();
    private final Map<TopicPartition, OffsetAndMetadata> done = new HashMap<>();
    private final UnitScan scan =
            new UnitScan(
                    kafka.clients(),
                    asked -> {
                        Map<TopicPartition, OffsetAndMetadata> answer = new HashMap<>(done);
                        answer.keySet().retainAll(asked);
                        return answer;
                    });

    @AfterEach
    void stop() {
        scan.close();
        kafka.close();
    }

    @Test
    void request_rungsWithHolesAndOthersBetween_findsWhatIsOrderedAndNotDone() {
        for (int sequence = 0; sequence < 6; sequence++) {
            produce(RUNG, waiting("ep", sequence));
            produce(RUNG, waiting("unordered", sequence));
            produce(LIVE, Deliveries.of("ep", "live", sequence));
        }
        // Offsets 0 and 1 are done, of the next three all but the first.
        done.put(RUNG, new OffsetAndMetadata(2, "h1:3:g:AA"));
        // Of the live topic three were read, and the first is not done.
        done.put(LIVE, new OffsetAndMetadata(1, "h1:3:g:AA"));
        Noted noted = new Noted();
        scan.request(noted);
        Await.until("the scan ends", LIMIT, () -> noted.ended);
        assertThat(noted.found)
                .containsExactlyInAnyOrder(
                        Copy.onRung(waiting("ep", 1)),
                        Copy.onRung(waiting("ep", 3)),
                        Copy.onRung(waiting("ep", 4)),
                        Copy.onRung(waiting("ep", 5)),
                        Copy.of(LIVE.topic(), Deliveries.of("ep", "live", 1)));
        assertThat(noted.ends).isEqualTo(Map.of(LIVE, 6L, RUNG, 12L, EMPTY, 0L));
        assertThat(scan.trouble()).isEmpty();
    }

    @Test
    void request_scanFails_isTriedAgain() {
        Noted noted = new Noted();
        noted.failures = 1;
        scan.request(noted);
        Await.until("the trouble is said", LIMIT, () -> scan.trouble().isPresent());
        Await.until("the scan ends", LIMIT, () -> noted.ended);
        assertThat(noted.begun.get()).isEqualTo(2);
    }

    private static DeliveryHeader waiting(String endpointId, long sequence) {
        Instant now = Deliveries.START.plusNanos(123_456_789);
        return Deliveries.failed(
                Deliveries.of(endpointId, "call", sequence), now, now.plusSeconds(1));
    }

    private void produce(TopicPartition to, DeliveryHeader header) {
        try (Producer<byte[], byte[]> producer = kafka.clients().producer("test", Map.of())) {
            byte[] key = header.key().getBytes(StandardCharsets.UTF_8);
            ProducerRecord<byte[], byte[]> record =
                    new ProducerRecord<>(to.topic(), to.partition(), key, new byte[] {'{', '}'});
            record.headers().add(DeliveryHeader.NAME, header.bytes());
            producer.send(record);
        }
    }

    /** A unit that notes what it is told. */
    private static final class Noted implements Scan {
        final List<Copy> found = new CopyOnWriteArrayList<>();
        volatile Map<TopicPartition, Long> ends = Map.of();
        volatile boolean ended;
        final AtomicInteger begun = new AtomicInteger();
        int failures;

        @Override
        public Optional<Map<TopicPartition, OffsetAndMetadata>> begin() {
            begun.incrementAndGet();
            OffsetAndMetadata zero = new OffsetAndMetadata(0);
            return Optional.of(Map.of(LIVE, zero, RUNG, zero, EMPTY, zero));
        }

        @Override
        public boolean reach(Map<TopicPartition, Long> reached) {
            if (begun.get() <= failures) {
                throw new IllegalStateException("fails this once");
            }
            ends = Map.copyOf(reached);
            return true;
        }

        @Override
        public boolean wants(String endpointId) {
            return endpointId.equals("ep");
        }

        @Override
        public boolean found(List<Copy> copies) {
            found.addAll(copies);
            return true;
        }

        @Override
        public void end() {
            ended = true;
        }
    }
}
