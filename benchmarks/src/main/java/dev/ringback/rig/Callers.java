package dev.ringback.rig;

import dev.ringback.schemas.CallEvent;
import dev.ringback.schemas.EventType;
import dev.ringback.schemas.Json;
import dev.ringback.schemas.Topics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import okhttp3.ConnectionPool;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;
import tools.jackson.databind.node.ObjectNode;

/**
 * Calls that are answered one after another, each of which asks its own URL what it does next:
 * posts {@code call.answered} to ingest when it is due, however slow the rest is, and notes when
 * each stage was reached. Thread-safe.
 */
public final class Callers implements AutoCloseable {
    private static final String CALL = "asks-";
    private static final MediaType JSON = MediaType.get("application/json");
    private static final Duration POLL = Duration.ofMillis(100);
    private static final int CONNECTIONS = 64;
    private static final int ACCEPTED = 202;

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Rig rig;
    private final int perSecond;
    private final double rampSeconds;
    private final int ramp;
    private final int calls;
    private final Clock clock;
    private final Map<Stage, AtomicLongArray> reachedNanos = new EnumMap<>(Stage.class);
    private final AtomicIntegerArray answers;
    private final AtomicInteger refused = new AtomicInteger();
    private final ExecutorService posts = Executors.newVirtualThreadPerTaskExecutor();
    private final OkHttpClient client =
            new OkHttpClient.Builder()
                    .connectionPool(new ConnectionPool(CONNECTIONS, 1, TimeUnit.MINUTES))
                    .callTimeout(PATIENCE)
                    .readTimeout(PATIENCE)
                    .connectTimeout(PATIENCE)
                    .build();
    private volatile boolean closed;
    private volatile long startNanos;

    /** What has happened to a call's question. */
    public enum Stage {
        /** Ingest has answered 202. */
        accepted,
        /** The request has arrived at the answer URL. */
        asked,
        /** A consumer that reads uncommitted records has the instruction. */
        written,
        /** A consumer that reads committed records has it. */
        published
    }

    /**
     * Calls that {@link #send} sends.
     *
     * @param warmUp how long their rate rises evenly until it is so many a second
     * @param measured how long it then stays there
     */
    public Callers(Rig rig, int perSecond, Duration warmUp, Duration measured, Clock clock) {
        this.rig = rig;
        this.perSecond = perSecond;
        this.rampSeconds = warmUp.toMillis() / 1_000.0;
        this.ramp = (int) (rampSeconds * perSecond / 2);
        this.calls = ramp + (int) (measured.toMillis() * perSecond / 1_000);
        this.clock = clock;
        this.answers = new AtomicIntegerArray(calls);
        for (Stage stage : Stage.values()) {
            reachedNanos.put(stage, new AtomicLongArray(calls));
        }
    }

    /** Begins to read what is published. */
    public void listen() {
        Thread.ofPlatform().daemon().start(() -> read(Stage.written, "read_uncommitted"));
        Thread.ofPlatform().daemon().start(() -> read(Stage.published, "read_committed"));
    }

    /** A request for a call has arrived. */
    public void asked(int call, long atNanos) {
        reach(Stage.asked, call, atNanos);
    }

    /** Sends each call when it is due. */
    public void send(int port) {
        startNanos = System.nanoTime();
        for (int call = 0; call < calls; call++) {
            long due = dueNanos(call);
            for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            int next = call;
            posts.execute(() -> post(next, port));
        }
    }

    private void post(int call, int port) {
        Request request =
                new Request.Builder()
                        .url(rig.ingestUrl() + "/v1/events")
                        .header("Authorization", Rig.authorization())
                        .post(RequestBody.create(event(call, port).bytes(), JSON))
                        .build();
        try (Response response = client.newCall(request).execute()) {
            if (response.code() == ACCEPTED) {
                reach(Stage.accepted, call, System.nanoTime());
            } else {
                refused.incrementAndGet();
            }
        } catch (IOException e) {
            refused.incrementAndGet();
        }
    }

    private CallEvent event(int call, int port) {
        ObjectNode webhooks =
                Json.object()
                        .put("dialect", "tryvox")
                        .put("answer_url", "http://127.0.0.1:" + port + "/e/" + call);
        String id = CALL + call;
        return CallEvent.of("evt-" + id, EventType.CALL_ANSWERED, clock.instant(), "acc_asks", id)
                .withWebhooks(webhooks);
    }

    private long dueNanos(int call) {
        double seconds =
                call < ramp
                        ? rampSeconds * Math.sqrt((double) call / ramp)
                        : rampSeconds + (double) (call - ramp) / perSecond;
        return startNanos + (long) (seconds * 1e9);
    }

    /** How many there are in all. */
    public int count() {
        return calls;
    }

    private void read(Stage stage, String isolation) {
        Map<String, Object> config = Map.of("isolation.level", isolation);
        try (Consumer<byte[], byte[]> consumer =
                rig.clients().consumer("bench-" + isolation, config)) {
            List<TopicPartition> all =
                    consumer.partitionsFor(Topics.INSTRUCTIONS).stream()
                            .map(p -> new TopicPartition(p.topic(), p.partition()))
                            .toList();
            consumer.assign(all);
            consumer.seekToBeginning(all);
            while (!closed) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    String call = new String(record.key(), StandardCharsets.UTF_8);
                    int number = Integer.parseInt(call.substring(CALL.length()));
                    reach(stage, number, System.nanoTime());
                    if (stage == Stage.published) {
                        answers.incrementAndGet(number);
                    }
                }
            }
        }
    }

    private void reach(Stage stage, int call, long atNanos) {
        times(stage).compareAndSet(call, 0, atNanos);
    }

    private AtomicLongArray times(Stage stage) {
        AtomicLongArray times = reachedNanos.get(stage);
        if (times == null) {
            throw new IllegalStateException(stage.name());
        }
        return times;
    }

    /** Whether every call that ingest has taken has its answer. */
    public boolean areAnswered() {
        int answered = 0;
        for (int call = 0; call < calls; call++) {
            answered += answers.get(call) > 0 ? 1 : 0;
        }
        return answered >= calls - refused.get();
    }

    /** Calls that ingest did not take. */
    public int refused() {
        return refused.get();
    }

    /** Answers that were published for calls that had one already. */
    public int repeated() {
        int repeated = 0;
        for (int call = 0; call < calls; call++) {
            repeated += Math.max(0, answers.get(call) - 1);
        }
        return repeated;
    }

    /** From when calls should have been posted to a stage, without those of the warm-up. */
    public Percentiles latencies(Stage stage) {
        long[] nanos = new long[calls - ramp];
        long now = System.nanoTime();
        AtomicLongArray times = times(stage);
        Arrays.setAll(
                nanos,
                i -> {
                    long at = times.get(i + ramp);
                    return (at == 0 ? now : at) - dueNanos(i + ramp);
                });
        return Percentiles.of(nanos);
    }

    @Override
    public void close() {
        closed = true;
        posts.shutdownNow();
    }
}
