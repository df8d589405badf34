package dev.ringback.trial;

import dev.ringback.rig.Traffic;
import dev.ringback.runtime.KafkaClients;
import dev.ringback.schemas.CallEvent;
import dev.ringback.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Sends each event when it is due, however slow the others are (an open loop), straight to {@code
 * call.events}. One thread of its own.
 */
final class KafkaLoad implements Load {
    private final Traffic traffic;
    private final int most;
    private final Clock clock;
    private final Producer<byte[], byte[]> producer;
    private final AtomicInteger accepted = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private final Thread thread = Thread.ofPlatform().name("load").daemon().unstarted(this::run);
    private volatile boolean stopping;
    private volatile int sent;
    private volatile long startNanos;

    /**
     * A load that {@link #start} starts.
     *
     * @param most events, unless it is stopped before
     */
    KafkaLoad(KafkaClients clients, Traffic traffic, int most, Clock clock) {
        this.traffic = traffic;
        this.most = most;
        this.clock = clock;
        this.producer = clients.producer("load", Map.of("linger.ms", "1"));
        producer.partitionsFor(Topics.EVENTS);
    }

    @Override
    public void start() {
        startNanos = System.nanoTime();
        thread.start();
    }

    @Override
    public long startNanos() {
        return startNanos;
    }

    @Override
    public int sent() {
        return sent;
    }

    @Override
    public int accepted() {
        return accepted.get();
    }

    @Override
    public void stop() {
        stopping = true;
    }

    @Override
    public void finish() {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        producer.flush();
        if (refused.get() > 0) {
            throw new IllegalStateException(refused.get() + " events were not taken by Kafka");
        }
    }

    private void run() {
        for (int event = 0; event < most && !stopping; event++) {
            long due = startNanos + traffic.scheduledNanos(event);
            for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            CallEvent call = traffic.of(event, clock.instant());
            byte[] key = call.subjectId().getBytes(StandardCharsets.UTF_8);
            producer.send(
                    new ProducerRecord<>(Topics.EVENTS, key, call.bytes()),
                    (metadata, error) -> (error == null ? accepted : refused).incrementAndGet());
            sent = event + 1;
        }
    }

    @Override
    public void close() {
        stop();
        producer.close();
    }
}
