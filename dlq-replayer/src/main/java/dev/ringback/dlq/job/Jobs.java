package dev.ringback.dlq.job;

import dev.ringback.dlq.scan.TopicReader;
import dev.ringback.schemas.Json;
import dev.ringback.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.node.ObjectNode;

/** The records of {@code ringback-replay-jobs}. */
public final class Jobs {
    private final Map<String, ObjectNode> latest = new LinkedHashMap<>();

    private Jobs() {}

    /** Reads what is known of every job now. */
    public static Jobs read(TopicReader reader) {
        Jobs jobs = new Jobs();
        reader.read(Topics.REPLAY_JOBS, Optional.empty(), jobs::take);
        return jobs;
    }

    private void take(ConsumerRecord<byte[], byte[]> next) {
        if (next.key() == null) {
            return;
        }
        String name = new String(next.key(), StandardCharsets.UTF_8);
        latest.remove(name);
        if (next.value() != null) {
            try {
                if (Json.parse(next.value()) instanceof ObjectNode whole) {
                    latest.put(name, whole);
                }
            } catch (JacksonException e) {
                // not written by us: nothing is known of such a job
            }
        }
    }

    /** Everything there is to say of each job, the last to be written last. */
    public Map<String, ObjectNode> whole() {
        return latest;
    }

    /** One job, if there is one of that name that can be read. */
    public Optional<Job> named(String name) {
        return Optional.ofNullable(latest.get(name)).flatMap(Jobs::job);
    }

    /** The job in a record, if it is one. */
    public static Optional<Job> job(ObjectNode whole) {
        try {
            return Optional.of(Json.read(Json.bytes(whole), Job.class));
        } catch (JacksonException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** What records a job as it is now. */
    public static ProducerRecord<byte[], byte[]> record(Job job) {
        byte[] key = job.name().getBytes(StandardCharsets.UTF_8);
        return new ProducerRecord<>(Topics.REPLAY_JOBS, key, Json.bytes(job));
    }
}
