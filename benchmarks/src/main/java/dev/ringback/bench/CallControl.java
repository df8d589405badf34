package dev.ringback.bench;

import dev.ringback.rig.Percentiles;
import dev.ringback.rig.Receiver;
import dev.ringback.rig.Rig;
import dev.ringback.rig.Subscribers;
import dev.ringback.schemas.CallEvent;
import dev.ringback.schemas.Endpoint;
import dev.ringback.schemas.EventType;
import dev.ringback.schemas.Json;
import dev.ringback.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import tools.jackson.databind.node.ObjectNode;

/**
 * From when {@code call.answered} should be in {@code call.events} to when its VoxML is committed
 * in {@code call.instructions}, for a steady stream of calls whose receiver takes a millisecond,
 * while a backlog of notices drains.
 */
final class CallControl {
    private static final String CALL = "asks-";
    private static final Duration TAKES = Duration.ofMillis(1);
    private static final Duration POLL = Duration.ofMillis(5);
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int SUBSCRIBERS = 100;
    private static final double BAR_P50_MS = 15;
    private static final double BAR_P99_MS = 80;

    private final Bench bench;
    private final int perSecond;
    private final int backlog;
    private final Duration warmUp;
    private final Duration measured;
    private final AtomicLongArray publishedNanos;
    private final AtomicInteger published = new AtomicInteger();
    private final AtomicInteger notices = new AtomicInteger();

    CallControl(Bench bench) {
        this.bench = bench;
        this.perSecond = bench.rate(200, 200);
        this.backlog = bench.records(1_000_000, 200_000);
        this.warmUp = Duration.ofSeconds(bench.quick() ? 5 : 15);
        this.measured = bench.duration(Duration.ofSeconds(30), Duration.ofSeconds(10));
        this.publishedNanos = new AtomicLongArray(calls(warmUp.plus(measured)));
    }

    private int calls(Duration time) {
        return Math.toIntExact(time.toMillis() * perSecond / 1_000);
    }

    Report run() {
        Report report = new Report(Scenario.answer, bench.quick());
        AtomicBoolean over = new AtomicBoolean();
        try (Receiver told =
                        Receiver.start(
                                (endpoint, event, at) -> {
                                    notices.incrementAndGet();
                                    return Receiver.Answer.ok;
                                });
                Receiver asked =
                        Receiver.start(
                                (endpoint, event, at) -> {
                                    Rig.pause(TAKES);
                                    return Receiver.Answer.voxml;
                                });
                Rig rig = Rig.start()) {
            bench.say("answer: writing a backlog of %,d notices".formatted(backlog));
            Subscribers.write(
                    rig,
                    SUBSCRIBERS,
                    told.port(),
                    endpoint -> Endpoint.Policy.DEFAULT,
                    bench.clock().instant());
            Backlog.writeUntried(rig, backlog, SUBSCRIBERS, bench.clock());
            Thread reader = Thread.ofPlatform().daemon().start(() -> read(rig, over));
            rig.startDispatcher();
            bench.say("answer: %,d calls/s".formatted(perSecond));
            int before = notices.get();
            long start = send(rig, asked.port());
            int left = backlog - notices.get();
            rig.until("all are published", LIMIT, () -> published.get() >= publishedNanos.length());
            over.set(true);
            reader.join();
            return report(report, latencies(start), notices.get() - before, left);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Sends each call when it is due, whatever became of those before; the start. */
    private long send(Rig rig, int port) {
        try (Producer<byte[], byte[]> producer =
                rig.clients().producer("bench", Map.of("linger.ms", "0"))) {
            long start = System.nanoTime();
            for (int call = 0; call < publishedNanos.length(); call++) {
                long due = dueNanos(start, call);
                while (System.nanoTime() < due) {
                    LockSupport.parkNanos(Math.max(1, due - System.nanoTime()));
                }
                String id = CALL + call;
                producer.send(
                        new ProducerRecord<>(Topics.EVENTS, utf8(id), event(id, port).bytes()));
            }
            return start;
        }
    }

    private CallEvent event(String id, int port) {
        ObjectNode webhooks =
                Json.object()
                        .put("dialect", "tryvox")
                        .put("answer_url", "http://127.0.0.1:" + port + "/answer");
        return CallEvent.of(
                        "evt-" + id,
                        EventType.CALL_ANSWERED,
                        bench.clock().instant(),
                        "acc_asks",
                        id)
                .withWebhooks(webhooks);
    }

    private long dueNanos(long start, int call) {
        return start + call * 1_000_000_000L / perSecond;
    }

    private void read(Rig rig, AtomicBoolean over) {
        try (Consumer<byte[], byte[]> consumer =
                rig.clients()
                        .consumer("bench-reads", Map.of("isolation.level", "read_committed"))) {
            List<TopicPartition> all =
                    consumer.partitionsFor(Topics.INSTRUCTIONS).stream()
                            .map(p -> new TopicPartition(p.topic(), p.partition()))
                            .toList();
            consumer.assign(all);
            consumer.seekToBeginning(all);
            while (!over.get()) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    String call = new String(record.key(), StandardCharsets.UTF_8);
                    int number = Integer.parseInt(call.substring(CALL.length()));
                    if (publishedNanos.compareAndSet(number, 0, System.nanoTime())) {
                        published.incrementAndGet();
                    }
                }
            }
        }
    }

    private Percentiles latencies(long start) {
        long[] nanos = new long[publishedNanos.length() - calls(warmUp)];
        Arrays.setAll(
                nanos,
                i -> {
                    int call = i + calls(warmUp);
                    return publishedNanos.get(call) - dueNanos(start, call);
                });
        return Percentiles.of(nanos);
    }

    private Report report(Report report, Percentiles latency, int drained, int left) {
        double perSecondTold = drained * 1_000.0 / warmUp.plus(measured).toMillis();
        report.put("rate_per_s", perSecond)
                .put("p50_ms", latency.ms(0.5))
                .put("p90_ms", latency.ms(0.9))
                .put("p99_ms", latency.ms(0.99))
                .put("max_ms", latency.ms(1))
                .put("backlog", backlog)
                .put("backlog_left", Math.max(0, left))
                .put("notices_per_s", perSecondTold)
                .row("calls/s", "%,d".formatted(perSecond))
                .row(
                        "p50, p90, p99, max ms",
                        "%.1f, %.1f, %.1f, %.1f"
                                .formatted(
                                        latency.ms(0.5),
                                        latency.ms(0.9),
                                        latency.ms(0.99),
                                        latency.ms(1)))
                .row("notices/s meanwhile", "%,.0f".formatted(perSecondTold))
                .row("backlog left at the end", "%,d of %,d".formatted(Math.max(0, left), backlog))
                .bar("p50 at most 15 ms", latency.ms(0.5) <= BAR_P50_MS)
                .bar("p99 at most 80 ms", latency.ms(0.99) <= BAR_P99_MS);
        return left > 0 ? report : report.row("note", "the backlog was drained before the end");
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
