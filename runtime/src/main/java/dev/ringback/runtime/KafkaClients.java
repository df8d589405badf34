package dev.ringback.runtime;

import dev.ringback.schemas.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Makes the Kafka clients of a service: what every client of ours needs, then what the caller asks
 * for, then what the operator has set.
 *
 * @param bootstrapServers where Kafka is
 * @param properties what the operator has set for every client
 */
public record KafkaClients(String bootstrapServers, Map<String, String> properties) {
    private static final String IMPATIENT_MILLIS = "5000";
    private static final long LEAST_DEADLINE_MILLIS = 100;
    private static final long MOST_MARGIN_MILLIS = 500;

    /** Copies the properties. */
    public KafkaClients {
        properties = Map.copyOf(properties);
    }

    /** The clients that these settings describe. */
    public static KafkaClients of(Settings settings) {
        return new KafkaClients(settings.get(Setting.KAFKA), settings.kafkaProperties());
    }

    /** The same clients, giving up within seconds when Kafka is away. */
    public KafkaClients impatient() {
        Map<String, String> more = new HashMap<>();
        more.put("default.api.timeout.ms", IMPATIENT_MILLIS);
        more.put("request.timeout.ms", IMPATIENT_MILLIS);
        more.putAll(properties);
        return new KafkaClients(bootstrapServers, more);
    }

    /** An idempotent producer that counts a record as sent when all in-sync replicas have it. */
    public Producer<byte[], byte[]> producer(String clientId, Map<String, Object> more) {
        Map<String, Object> config = new HashMap<>();
        config.put("acks", "all");
        config.put("enable.idempotence", "true");
        config.put("compression.type", "lz4");
        config.put("max.request.size", Integer.toString(Topics.MAX_RECORD_BYTES));
        return new KafkaProducer<>(
                config(clientId, config, more),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    /**
     * A producer as above for requests that must be answered in time: it gives up on a record just
     * before the deadline, and a send blocks for at most half of it.
     */
    public Producer<byte[], byte[]> producer(
            String clientId, Duration deadline, Map<String, Object> more) {
        long millis = Math.max(LEAST_DEADLINE_MILLIS, deadline.toMillis());
        long delivery = millis - Math.min(MOST_MARGIN_MILLIS, millis / 10);
        Map<String, Object> config = new HashMap<>();
        config.put("max.block.ms", Long.toString(millis / 2));
        config.put("request.timeout.ms", Long.toString(delivery / 2));
        config.put("delivery.timeout.ms", Long.toString(delivery));
        config.putAll(more);
        return producer(clientId, config);
    }

    /** A consumer that commits only when told to and never guesses where to begin. */
    public Consumer<byte[], byte[]> consumer(String clientId, Map<String, Object> more) {
        Map<String, Object> config = new HashMap<>();
        config.put("enable.auto.commit", "false");
        config.put("auto.offset.reset", "earliest");
        config.put("allow.auto.create.topics", "false");
        return new KafkaConsumer<>(
                config(clientId, config, more),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    /** A client for topics, groups and offsets. */
    public Admin admin(String clientId) {
        return Admin.create(config(clientId, Map.of(), Map.of()));
    }

    /** The configuration of a Kafka Streams application, to which its own is added. */
    public Map<String, Object> streams(String applicationId, Map<String, Object> more) {
        Map<String, Object> config =
                config(applicationId, Map.of("application.id", applicationId), more);
        config.remove("client.id");
        return config;
    }

    private Map<String, Object> config(
            String clientId, Map<String, Object> ours, Map<String, Object> callers) {
        Map<String, Object> config = new HashMap<>();
        config.put("bootstrap.servers", bootstrapServers);
        config.put("client.id", clientId);
        config.put("reconnect.backoff.max.ms", "1000");
        config.putAll(ours);
        config.putAll(callers);
        config.putAll(properties);
        return config;
    }
}
