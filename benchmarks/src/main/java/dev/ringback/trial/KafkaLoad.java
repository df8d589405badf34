package dev.ringback.trial;

import dev.ringback.rig.Traffic;
import dev.ringback.runtime.KafkaClients;
import dev.ringback.schemas.CallEvent;
import dev.ringback.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Map;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Sends each event when it is due, however slow the others are (an open loop), straight to {@code
 * call.events}.
 */
final class KafkaLoad extends Load {
    private final Clock clock;
    private final Producer<byte[], byte[]> producer;

    KafkaLoad(KafkaClients clients, Traffic traffic, int most, Clock clock) {
        super(traffic, most);
        this.clock = clock;
        this.producer = clients.producer("load", Map.of("linger.ms", "1"));
        producer.partitionsFor(Topics.EVENTS);
    }

    @Override
    void run() {
        for (int event = 0; event < most && !isStopping(); event++) {
            awaitDue(event);
            CallEvent call = traffic.of(event, clock.instant());
            byte[] key = call.subjectId().getBytes(StandardCharsets.UTF_8);
            producer.send(
                    new ProducerRecord<>(Topics.EVENTS, key, call.bytes()),
                    (metadata, error) -> answered(error == null, 1));
            sent(event + 1);
        }
    }

    @Override
    void settle() {
        producer.flush();
    }

    @Override
    public void close() {
        stop();
        producer.close();
    }
}
