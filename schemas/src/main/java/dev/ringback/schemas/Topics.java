package dev.ringback.schemas;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The names of the topics and how each is set up. */
public final class Topics {
    public static final String EVENTS = "call.events";
    public static final String EVENTS_INVALID = "call.events.invalid";
    public static final String SNAPSHOTS = "call.snapshots";
    public static final String INSTRUCTIONS = "call.instructions";
    public static final String ENDPOINTS = "webhook.endpoints";
    public static final String DELIVERIES = "webhook.deliveries";
    public static final String RETRY_PREFIX = DELIVERIES + ".retry.";
    public static final String REPLAY = DELIVERIES + ".replay";
    public static final String DEAD = DELIVERIES + ".dead";
    public static final String ATTEMPTS = "webhook.attempts";
    public static final String ANSWERS = "webhook.answers";
    public static final String ANSWERS_RETRY_PREFIX = ANSWERS + ".retry.";
    public static final String REGISTRY_COMMANDS = "ringback-registry-commands";
    public static final String REGISTRY_ANSWERS = "ringback-registry-answers";

    /** What was done to dead deliveries, by whom, and how far it got. */
    public static final String REPLAY_JOBS = "ringback-replay-jobs";

    /** Which dead records have been replayed. */
    public static final String REPLAYED = "ringback-replayed";

    /** Which dead records have been purged. */
    public static final String PURGED = "ringback-purged";

    /** The consumer group that routes {@link #EVENTS}. */
    public static final String ROUTING_GROUP = "ringback-route";

    /** On records of {@link #EVENTS_INVALID}: one line that says why. */
    public static final String HEADER_REASON = "ringback-reason";

    /** On records of {@link #EVENTS_INVALID}: the {@link Violation}s, as a JSON array. */
    public static final String HEADER_ERRORS = "ringback-errors";

    /** On records of {@link #ANSWERS} without a value: the call whose id is the key is over. */
    public static final String HEADER_ENDED = "ringback-ended";

    /** The largest event, in bytes of JSON. */
    public static final int MAX_EVENT_BYTES = 1 << 20;

    /** The largest Call and the largest body of a delivery, in bytes of JSON. */
    public static final int MAX_BODY_BYTES = 4 << 20;

    /** The largest record of any topic, in bytes: a body and its headers. */
    public static final int MAX_RECORD_BYTES = MAX_BODY_BYTES + (1 << 20);

    private static final Duration DAY = Duration.ofDays(1);

    private Topics() {}

    /**
     * How one topic is set up.
     *
     * @param partitions number of partitions
     * @param config topic settings by their Kafka names
     */
    public record Topic(String name, int partitions, Map<String, String> config) {
        /** Copies the settings. */
        public Topic {
            config = Map.copyOf(config);
        }
    }

    /**
     * Every topic of an installation.
     *
     * @param partitions of every topic whose records belong to a call; the registry is small and
     *     wants one order, so its topics have one
     * @param replication copies of each partition
     */
    public static List<Topic> all(int partitions, int replication, RetryLadder ladder) {
        List<Topic> topics = new ArrayList<>();
        topics.add(kept(EVENTS, partitions, DAY.multipliedBy(7), replication));
        topics.add(kept(EVENTS_INVALID, partitions, DAY.multipliedBy(30), replication));
        topics.add(compacted(SNAPSHOTS, partitions, replication, DAY.multipliedBy(30)));
        topics.add(kept(INSTRUCTIONS, partitions, DAY, replication));
        topics.add(compacted(ENDPOINTS, 1, replication, Duration.ZERO));
        topics.add(kept(DELIVERIES, partitions, DAY.multipliedBy(7), replication));
        for (Duration rung : ladder.rungs()) {
            Duration kept = DAY.multipliedBy(7).plus(rung);
            topics.add(kept(RetryLadder.topic(rung), partitions, kept, replication));
        }
        topics.add(kept(REPLAY, partitions, DAY.multipliedBy(7), replication));
        topics.add(kept(DEAD, partitions, DAY.multipliedBy(30), replication));
        topics.add(kept(ATTEMPTS, partitions, DAY.multipliedBy(30), replication));
        topics.add(kept(ANSWERS, partitions, DAY, replication));
        for (Duration rung : RetryLadder.ANSWERS.rungs()) {
            topics.add(kept(ANSWERS_RETRY_PREFIX + Units.text(rung), partitions, DAY, replication));
        }
        topics.add(compacted(REPLAY_JOBS, 1, replication, Duration.ZERO));
        // marks outlive what they mark
        topics.add(compacted(REPLAYED, partitions, replication, DAY.multipliedBy(31)));
        topics.add(compacted(PURGED, partitions, replication, DAY.multipliedBy(31)));
        topics.add(kept(REGISTRY_COMMANDS, 1, DAY, replication));
        topics.add(kept(REGISTRY_ANSWERS, 1, Duration.ofHours(1), replication));
        return topics;
    }

    /** What follows the name of a ladder in the name of its rung; empty when it is no rung. */
    public static Optional<String> rung(String topic) {
        return Stream.of(RETRY_PREFIX, ANSWERS_RETRY_PREFIX)
                .filter(topic::startsWith)
                .map(prefix -> topic.substring(prefix.length()))
                .findFirst();
    }

    private static Topic kept(String name, int partitions, Duration kept, int replication) {
        Map<String, String> config = common(replication);
        config.put("cleanup.policy", "delete");
        config.put("retention.ms", Long.toString(kept.toMillis()));
        return new Topic(name, partitions, config);
    }

    private static Topic compacted(String name, int partitions, int replication, Duration kept) {
        Map<String, String> config = common(replication);
        if (kept.isZero()) {
            config.put("cleanup.policy", "compact");
        } else {
            config.put("cleanup.policy", "compact,delete");
            config.put("retention.ms", Long.toString(kept.toMillis()));
        }
        return new Topic(name, partitions, config);
    }

    /**
     * The broker's own clock stamps every record: retention and rungs must not depend on what a
     * producer believes the time to be.
     */
    private static Map<String, String> common(int replication) {
        Map<String, String> config = new TreeMap<>();
        config.put("message.timestamp.type", "LogAppendTime");
        config.put("max.message.bytes", Integer.toString(MAX_RECORD_BYTES));
        config.put("min.insync.replicas", replication >= 3 ? "2" : "1");
        return config;
    }
}
