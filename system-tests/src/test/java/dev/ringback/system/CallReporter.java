package dev.ringback.system;

import dev.ringback.schemas.CallEvent;
import dev.ringback.schemas.EventSchema;
import dev.ringback.schemas.EventType;
import dev.ringback.schemas.Json;
import dev.ringback.schemas.Topics;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Reports calls straight to Kafka. */
final class CallReporter implements AutoCloseable {
    private final EventSchema schema = new EventSchema();
    private final KafkaProducer<String, byte[]> producer;

    CallReporter(String bootstrapServers) {
        producer =
                new KafkaProducer<>(
                        Map.of(
                                "bootstrap.servers", bootstrapServers,
                                "acks", "all",
                                "enable.idempotence", "true",
                                "max.request.size", "2097152"),
                        new StringSerializer(),
                        new ByteArraySerializer());
    }

    /** Returns once every in-sync replica has the event; the same event id may be sent again. */
    void ended(String eventId, String accountId, String callId, Instant when, int seconds)
            throws InterruptedException, ExecutionException {
        CallEvent event =
                CallEvent.of(eventId, EventType.CALL_ENDED, when, accountId, callId)
                        .withCall(
                                Json.object()
                                        .put("status", "completed")
                                        .put("end_reason", "hangup")
                                        .put("duration_seconds", seconds));
        byte[] value = event.bytes();
        if (schema.read(value) instanceof EventSchema.Reading.Invalid invalid) {
            throw new IllegalArgumentException("not a valid event: " + invalid.violations());
        }
        producer.send(new ProducerRecord<>(Topics.EVENTS, event.subjectId(), value)).get();
    }

    @Override
    public void close() {
        producer.close();
    }
}
