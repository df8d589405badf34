package dev.ringback.console.answer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.console.Records;
import dev.ringback.schemas.CallEvent;
import dev.ringback.schemas.EventType;
import dev.ringback.schemas.Topics;
import dev.ringback.testkit.TestKafka;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** How far a group is, over a real broker on which three events lie. */
class LagTest {
    private static final Clock NOW = Clock.systemUTC();
    private static final Clock TOMORROW = Clock.offset(NOW, Duration.ofDays(1));

    private static TestKafka kafka;

    @BeforeAll
    static void start() {
        kafka = TestKafka.start();
        try (Records records = new Records(kafka.clients())) {
            for (int i = 0; i < 3; i++) {
                records.event(
                        CallEvent.of("e" + i, EventType.CALL_ENDED, Instant.now(), "a", "c" + i));
            }
        }
    }

    @AfterAll
    static void stop() {
        kafka.close();
    }

    @Test
    void behind_nothingCommitted_isAllThereIs() {
        assertThat(behind(NOW, "nobody", Topics.EVENTS)).contains(new Lag.Behind(3, 0));
        assertThat(behind(TOMORROW, "nobody", Topics.EVENTS)).contains(new Lag.Behind(3, 3));
    }

    @Test
    void behind_allCommitted_isNothing() throws Exception {
        Map<TopicPartition, OffsetAndMetadata> ends = new HashMap<>();
        kafka.records(Topics.EVENTS)
                .forEach(
                        one ->
                                ends.merge(
                                        new TopicPartition(one.topic(), one.partition()),
                                        new OffsetAndMetadata(one.offset() + 1),
                                        (a, b) -> a.offset() > b.offset() ? a : b));
        try (Admin admin = kafka.clients().admin("test")) {
            admin.alterConsumerGroupOffsets("somebody", ends).all().get();
        }
        assertThat(behind(TOMORROW, "somebody", Topics.EVENTS)).contains(new Lag.Behind(0, 0));
    }

    @Test
    void behind_topicThatIsNotThere_isNotKnown() {
        assertThat(behind(NOW, "nobody", "no-such-topic")).isEmpty();
    }

    private static Optional<Lag.Behind> behind(Clock clock, String group, String topic) {
        try (Lag lag =
                new Lag(kafka.clients(), clock, group, List.of(topic), Duration.ofHours(1))) {
            return lag.behind();
        }
    }
}
