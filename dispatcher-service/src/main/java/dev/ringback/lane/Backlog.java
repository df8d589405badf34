package dev.ringback.lane;

import dev.ringback.runtime.Metrics;
import dev.ringback.schemas.Topics;
import dev.ringback.schemas.Units;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * How much waits in each topic and since when, for an operator to see. The lanes' thread looks,
 * once a second; any thread reads what it last saw.
 */
final class Backlog {
    private static final Duration INTERVAL = Duration.ofSeconds(1);
    private static final Amount NOTHING = new Amount(0, null);

    private final InFlightTracker tracker;
    private final List<Lane> lanes;
    private final Metrics metrics;
    private final Clock clock;
    private final Map<String, Boolean> shown = new HashMap<>();
    private long nextNanos = System.nanoTime();
    private volatile Map<String, Amount> topics = Map.of();

    /**
     * Of one topic, in the partitions that are ours.
     *
     * @param lag records from the first that is not done to the end
     * @param oldest when the oldest of those under way was put there; null when none is
     */
    private record Amount(long lag, @Nullable Instant oldest) {
        Amount and(Amount other) {
            Instant first = oldest;
            if (first == null || (other.oldest != null && other.oldest.isBefore(first))) {
                first = other.oldest;
            }
            return new Amount(lag + other.lag, first);
        }
    }

    Backlog(InFlightTracker tracker, List<Lane> lanes, Metrics metrics, Clock clock) {
        this.tracker = tracker;
        this.lanes = lanes;
        this.metrics = metrics;
        this.clock = clock;
    }

    /** Looks again if it is time. */
    void look(Consumer<byte[], byte[]> consumer) {
        long now = System.nanoTime();
        if (now - nextNanos < 0) {
            return;
        }
        nextNanos = now + INTERVAL.toNanos();
        Map<String, Amount> seen = new HashMap<>();
        for (TopicPartition partition : consumer.assignment()) {
            long unread = consumer.currentLag(partition).orElse(0);
            InFlightTracker.Reading reading = tracker.reading(partition);
            Instant oldest =
                    reading.oldestMillis() == null
                            ? null
                            : Instant.ofEpochMilli(reading.oldestMillis());
            seen.merge(partition.topic(), new Amount(unread + reading.open(), oldest), Amount::and);
        }
        topics = Map.copyOf(seen);
        seen.keySet().forEach(topic -> shown.computeIfAbsent(topic, this::show));
    }

    private boolean show(String topic) {
        String rung = Topics.rung(topic).orElse("0s");
        String lane =
                lanes.stream()
                        .filter(one -> one.topics().matcher(topic).matches())
                        .map(Lane::name)
                        .findFirst()
                        .orElse("");
        Duration delay = Units.duration(rung);
        gauge("ringback_lane_lag", "records that are not done", lane, rung, topic, Amount::lag);
        gauge(
                "ringback_lane_oldest_seconds",
                "how long the oldest delivery under way has been there",
                lane,
                rung,
                topic,
                this::age);
        gauge(
                "ringback_lane_overdue_seconds",
                "how long ago the oldest delivery under way should have been looked at",
                lane,
                rung,
                topic,
                amount -> Math.max(0, age(amount) - delay.toMillis() / 1_000.0));
        return true;
    }

    private double age(Amount amount) {
        return amount.oldest() == null
                ? 0
                : Math.max(
                        0, Duration.between(amount.oldest(), clock.instant()).toMillis() / 1_000.0);
    }

    private void gauge(
            String name,
            String help,
            String lane,
            String rung,
            String topic,
            Function<Amount, Number> value) {
        metrics.gauge(
                name,
                help,
                () -> value.apply(topics.getOrDefault(topic, NOTHING)),
                "lane",
                lane,
                "rung",
                rung);
    }
}
