package dev.ringback.chaos;

import dev.ringback.chaos.Producing.Turn;
import dev.ringback.chaos.Producing.Way;
import dev.ringback.evidence.Ledger;
import dev.ringback.runtime.KafkaClients;
import dev.ringback.schemas.Json;
import dev.ringback.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

/** Events straight into {@code call.events}, as any Kafka client brings them. */
final class OverKafka implements Way, AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final Producer<byte[], byte[]> producer;
    private final Clock clock;
    private final Ledger ledger;

    OverKafka(KafkaClients clients, Clock clock, Ledger ledger) {
        this.producer = clients.producer("chaos-events", LIMIT, Map.of());
        this.clock = clock;
        this.ledger = ledger;
    }

    @Override
    public List<Turn> send(List<Turn> events) {
        Map<Turn, Future<RecordMetadata>> sent = new HashMap<>();
        for (Turn turn : events) {
            byte[] key = turn.call().callId().getBytes(StandardCharsets.UTF_8);
            byte[] event = Json.bytes(turn.call().event(turn.index(), clock.instant()));
            sent.put(turn, producer.send(new ProducerRecord<>(Topics.EVENTS, key, event)));
        }
        List<Turn> left = new ArrayList<>();
        sent.forEach(
                (turn, future) -> {
                    if (!acknowledged(future)) {
                        left.add(turn);
                    }
                });
        ledger.accepted(events.size() - left.size());
        return left;
    }

    private static boolean acknowledged(Future<RecordMetadata> future) {
        try {
            future.get();
            return true;
        } catch (ExecutionException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Pace.Stopped();
        }
    }

    @Override
    public void close() {
        producer.close(Duration.ZERO);
    }
}
