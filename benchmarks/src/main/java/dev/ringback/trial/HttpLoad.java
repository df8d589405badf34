package dev.ringback.trial;

import dev.ringback.rig.Rig;
import dev.ringback.rig.Traffic;
import dev.ringback.schemas.CallEvent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntSupplier;
import okhttp3.ConnectionPool;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;

/**
 * Posts events to ingest: each in a request of its own when it is due, however slow the others are;
 * or many in each request, as fast as they arrive at the other end. One thread of its own, and a
 * virtual one for each request.
 */
final class HttpLoad implements Load {
    private static final MediaType JSON = MediaType.get("application/json");
    private static final MediaType LINES = MediaType.get("application/x-ndjson");
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final long LOOK_NANOS = 1_000_000;
    private static final int CONNECTIONS = 64;
    private static final int ACCEPTED = 202;

    private final Rig rig;
    private final Traffic traffic;
    private final int most;
    private final int batch;
    private final IntSupplier ahead;
    private final Clock clock;
    private final AtomicInteger accepted = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private final ExecutorService posts = Executors.newVirtualThreadPerTaskExecutor();
    private final Thread thread = Thread.ofPlatform().name("load").daemon().unstarted(this::run);
    private final OkHttpClient client =
            new OkHttpClient.Builder()
                    .connectionPool(new ConnectionPool(CONNECTIONS, 1, TimeUnit.MINUTES))
                    .callTimeout(PATIENCE)
                    .readTimeout(PATIENCE)
                    .connectTimeout(PATIENCE)
                    .build();
    private volatile boolean stopping;
    private volatile int sent;
    private volatile long startNanos;

    /**
     * A load that {@link #start} starts.
     *
     * @param batch events in a request; more than one are sent when they may be, not when due
     * @param ahead how many more may be on their way
     */
    HttpLoad(Rig rig, Traffic traffic, int most, int batch, IntSupplier ahead, Clock clock) {
        this.rig = rig;
        this.traffic = traffic;
        this.most = most;
        this.batch = batch;
        this.ahead = ahead;
        this.clock = clock;
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
            posts.shutdown();
            if (!posts.awaitTermination(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException("ingest does not answer");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        if (refused.get() > 0) {
            throw new IllegalStateException(refused.get() + " events were not taken by ingest");
        }
    }

    private void run() {
        for (int event = 0; event + batch <= most && !stopping; event += batch) {
            await(event);
            int first = event;
            sent = event + batch;
            posts.execute(() -> post(first));
        }
    }

    private void await(int event) {
        if (batch == 1) {
            long due = startNanos + traffic.scheduledNanos(event);
            for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
            return;
        }
        while (ahead.getAsInt() < batch && !stopping) {
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    private void post(int first) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (int event = first; event < first + batch; event++) {
            CallEvent call = traffic.of(event, clock.instant());
            body.writeBytes(call.bytes());
            body.write('\n');
        }
        Request request =
                new Request.Builder()
                        .url(rig.ingestUrl() + "/v1/events")
                        .header("Authorization", Rig.authorization())
                        .post(RequestBody.create(body.toByteArray(), batch == 1 ? JSON : LINES))
                        .build();
        try (Response response = client.newCall(request).execute()) {
            (response.code() == ACCEPTED ? accepted : refused).addAndGet(batch);
        } catch (IOException e) {
            refused.addAndGet(batch);
        }
    }

    @Override
    public void close() {
        stop();
        posts.shutdownNow();
    }
}
