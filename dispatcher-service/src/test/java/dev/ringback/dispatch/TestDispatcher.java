package dev.ringback.dispatch;

import dev.ringback.runtime.SecretBox;
import dev.ringback.runtime.Setting;
import dev.ringback.schemas.Attempt;
import dev.ringback.schemas.CallEvent;
import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.Endpoint;
import dev.ringback.schemas.EventType;
import dev.ringback.schemas.Json;
import dev.ringback.schemas.Topics;
import dev.ringback.testkit.Await;
import dev.ringback.testkit.TestKafka;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;

/** A broker, a dispatcher on it, and what tests do with both. */
final class TestDispatcher implements AutoCloseable {
    static final Duration LIMIT = Duration.ofSeconds(30);

    private static final Instant OCCURRED = Instant.parse("2026-11-23T09:00:00Z");

    private final TestKafka kafka;
    private final Producer<byte[], byte[]> producer;
    private final SecretBox box;
    private final AtomicInteger ids = new AtomicInteger();
    private DispatcherService service;

    private TestDispatcher(TestKafka kafka, String masterKey) {
        this.kafka = kafka;
        this.producer = kafka.clients().producer("test", Map.of());
        this.box = new SecretBox(masterKey, new SecureRandom());
    }

    /** A dispatcher that may call this machine over http. */
    static TestDispatcher start(Clock clock) {
        return start(clock, Map.of());
    }

    static TestDispatcher start(Clock clock, Map<String, String> more) {
        String masterKey = SecretBox.newKey("test", new SecureRandom());
        Map<String, String> settings = new HashMap<>(more);
        settings.put(Setting.API_KEYS.name(), "t=*@*:k");
        settings.put(Setting.MASTER_KEY.name(), masterKey);
        settings.put(Setting.EGRESS_ALLOW.name(), "127.0.0.1/32");
        settings.put(Setting.ALLOW_HTTP.name(), "true");
        TestDispatcher dispatcher = new TestDispatcher(TestKafka.start(settings), masterKey);
        dispatcher.restart(clock);
        return dispatcher;
    }

    /** Stops the service if it runs, and starts one that goes by a clock. */
    void restart(Clock clock) {
        if (service != null) {
            service.stop();
        }
        service = new DispatcherService(kafka.settings(Map.of()), clock);
        service.start();
    }

    void stopService() {
        service.stop();
        service = null;
    }

    TestKafka kafka() {
        return kafka;
    }

    /** A name that no other test on this broker has. */
    String name(String prefix) {
        return prefix + "-" + ids.incrementAndGet();
    }

    void put(EndpointSketch sketch) {
        Endpoint endpoint = sketch.sealedBy(box);
        send(new ProducerRecord<>(Topics.ENDPOINTS, 0, utf8(endpoint.key()), endpoint.bytes()));
    }

    void remove(String key) {
        send(new ProducerRecord<>(Topics.ENDPOINTS, 0, utf8(key), null));
    }

    void send(CallEvent event) {
        send(new ProducerRecord<>(Topics.EVENTS, utf8(event.subjectId()), event.bytes()));
    }

    /** An event of a call of that account. */
    CallEvent event(EventType type, String account, String call) {
        return CallEvent.of(name("evt"), type, OCCURRED, account, call);
    }

    /** Reports that a new call has ended; returns its id. */
    String ended(String account) {
        String call = name("call");
        send(event(EventType.CALL_ENDED, account, call));
        return call;
    }

    List<Attempt> attempts(String subjectId) {
        return kafka.records(Topics.ATTEMPTS).stream()
                .map(record -> Json.read(record.value(), Attempt.class))
                .filter(attempt -> attempt.subjectId().equals(subjectId))
                .toList();
    }

    List<Attempt> awaitAttempts(String subjectId, int count) {
        Await.until(count + " attempts", LIMIT, () -> attempts(subjectId).size() >= count);
        return attempts(subjectId);
    }

    List<DeliveryHeader> dead(String subjectId) {
        return headers(Topics.DEAD, subjectId);
    }

    DeliveryHeader awaitDead(String subjectId, Duration limit) {
        Await.until("dead", limit, () -> !dead(subjectId).isEmpty());
        return dead(subjectId).getFirst();
    }

    List<DeliveryHeader> headers(String topic, String subjectId) {
        return kafka.records(topic).stream()
                .map(record -> record.headers().lastHeader(DeliveryHeader.NAME))
                .map(header -> DeliveryHeader.read(header.value()))
                .filter(header -> header.subjectId().equals(subjectId))
                .toList();
    }

    void send(ProducerRecord<byte[], byte[]> record) {
        try {
            producer.send(record).get();
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        if (service != null) {
            service.stop();
        }
        producer.close();
        kafka.close();
    }
}
