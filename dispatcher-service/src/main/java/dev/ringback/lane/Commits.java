package dev.ringback.lane;

import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells Kafka what is done, twice a second. Used by the lanes' own thread alone. */
final class Commits {
    private static final Logger LOG = LoggerFactory.getLogger(Commits.class);
    private static final Duration INTERVAL = Duration.ofMillis(500);
    private static final Duration LIMIT = Duration.ofSeconds(2);

    private final InFlightTracker tracker;
    private long nextNanos = System.nanoTime();
    private boolean fail;

    Commits(InFlightTracker tracker) {
        this.tracker = tracker;
    }

    /** Commits what has been done since the last time, if it is time. */
    void inTime(Consumer<byte[], byte[]> consumer) {
        long now = System.nanoTime();
        if (now - nextNanos < 0) {
            return;
        }
        nextNanos = now + INTERVAL.toNanos();
        Map<TopicPartition, OffsetAndMetadata> commits = tracker.commits();
        if (!commits.isEmpty()) {
            consumer.commitAsync(commits, this::committed);
        }
    }

    /** Runs inside poll. A commit that is not taken is part of the next. */
    private void committed(
            Map<TopicPartition, OffsetAndMetadata> commits, @Nullable Exception error) {
        if (error == null) {
            tracker.committed(commits);
        } else if (!fail) {
            LOG.warn("the lanes commit later: {}", error.toString());
        }
        fail = error != null;
    }

    /** Commits at once and waits for it; when that fails, records come again. */
    void now(Consumer<byte[], byte[]> consumer, Map<TopicPartition, OffsetAndMetadata> commits) {
        if (commits.isEmpty()) {
            return;
        }
        try {
            consumer.commitSync(commits, LIMIT);
            tracker.committed(commits);
        } catch (WakeupException e) {
            now(consumer, commits);
        } catch (KafkaException e) {
            LOG.warn("the lanes could not commit: {}", e.toString());
        }
    }
}
