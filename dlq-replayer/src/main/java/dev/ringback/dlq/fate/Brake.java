package dev.ringback.dlq.fate;

import dev.ringback.dlq.scan.TopicReader;
import dev.ringback.runtime.KafkaClients;
import dev.ringback.schemas.Topics;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;

/**
 * Stops a job when too much of what it replays fails again. What is not known yet is bounded too: a
 * job without a rate must not be done before its first outcome comes. Only what this process
 * replays counts, so a job that was stopped can go on once its receivers are well. Follows the
 * outcomes in a thread of its own.
 */
public final class Brake implements AutoCloseable {
    /** So many may be under way without an outcome. */
    public static final int MOST_UNKNOWN = 100;

    private static final long CLOSE_MILLIS = 3_000;

    private final TopicReader reader;
    private final Tally tally = new Tally();
    private final double share;
    private final Thread thread;
    private volatile boolean closed;
    private volatile @Nullable RuntimeException trouble;

    /**
     * Watches from now on what a job replays.
     *
     * @param share of the outcomes that failures must not reach: more than 0, at most 1
     */
    public Brake(KafkaClients clients, String job, double share) {
        this.share = share;
        this.reader = new TopicReader(clients);
        List<TopicPartition> partitions = new ArrayList<>(reader.partitions(Topics.ATTEMPTS));
        partitions.addAll(reader.partitions(Topics.DEAD));
        Map<TopicPartition, Long> from = new HashMap<>(reader.ends(partitions));
        this.thread = Thread.ofPlatform().name("brake").daemon().start(() -> follow(from, job));
    }

    /** That too much has failed. */
    public static final class Pulled extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private Pulled(String message) {
            super(message, null, false, false);
        }
    }

    private void follow(Map<TopicPartition, Long> from, String job) {
        try (reader) {
            reader.follow(
                    from,
                    record -> Sighting.of(record, job, tally::isOpen).ifPresent(tally::note),
                    () -> !closed);
        } catch (InterruptException e) {
            Thread.interrupted();
        } catch (RuntimeException e) {
            trouble = e;
        }
    }

    /** One is about to be replayed. */
    public void going(String deliveryId) {
        tally.going(deliveryId);
    }

    /**
     * Whether another one may go now.
     *
     * @throws Pulled when none may go any more
     */
    public boolean allows() {
        RuntimeException why = trouble;
        if (why != null) {
            throw why;
        }
        tally.reaching(share)
                .ifPresent(
                        words -> {
                            throw new Pulled(words);
                        });
        return tally.unknown() < MOST_UNKNOWN;
    }

    @Override
    public void close() {
        closed = true;
        try {
            thread.join(CLOSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
