package dev.ringback.trial;

import dev.ringback.rig.Rig;
import dev.ringback.rig.Traffic;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
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
 * or many in each request, as fast as they arrive at the other end. A virtual thread for each
 * request.
 */
final class HttpLoad extends Load {
    private static final MediaType JSON = MediaType.get("application/json");
    private static final MediaType LINES = MediaType.get("application/x-ndjson");
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final long LOOK_NANOS = 1_000_000;
    private static final int CONNECTIONS = 64;
    private static final int ACCEPTED = 202;

    private final Rig rig;
    private final Batches batches;
    private final Clock clock;
    private final ExecutorService posts = Executors.newVirtualThreadPerTaskExecutor();
    private final OkHttpClient client =
            new OkHttpClient.Builder()
                    .connectionPool(new ConnectionPool(CONNECTIONS, 1, TimeUnit.MINUTES))
                    .callTimeout(PATIENCE)
                    .readTimeout(PATIENCE)
                    .connectTimeout(PATIENCE)
                    .build();

    /**
     * How events go together.
     *
     * @param size events in a request; more than one are sent when they may be, not when due
     * @param ahead how many may be on their way
     * @param arrived how many have arrived
     */
    record Batches(int size, int ahead, IntSupplier arrived) {
        /** Each event by itself, when it is due. */
        static final Batches NONE = new Batches(1, 0, () -> 0);
    }

    HttpLoad(Rig rig, Traffic traffic, int most, Batches batches, Clock clock) {
        super(traffic, most);
        this.rig = rig;
        this.batches = batches;
        this.clock = clock;
    }

    @Override
    void run() {
        int size = batches.size();
        for (int event = 0; event + size <= most && !isStopping(); event += size) {
            if (size == 1) {
                awaitDue(event);
            } else {
                awaitRoom();
            }
            int first = event;
            sent(event + size);
            posts.execute(() -> post(first));
        }
    }

    private void awaitRoom() {
        while (sent() + batches.size() - batches.arrived().getAsInt() > batches.ahead()
                && !isStopping()) {
            LockSupport.parkNanos(LOOK_NANOS);
        }
    }

    private void post(int first) {
        int size = batches.size();
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        for (int event = first; event < first + size; event++) {
            body.writeBytes(traffic.of(event, clock.instant()).bytes());
            body.write('\n');
        }
        Request request =
                new Request.Builder()
                        .url(rig.ingestUrl() + "/v1/events")
                        .header("Authorization", Rig.authorization())
                        .post(RequestBody.create(body.toByteArray(), size == 1 ? JSON : LINES))
                        .build();
        try (Response response = client.newCall(request).execute()) {
            answered(response.code() == ACCEPTED, size);
        } catch (IOException e) {
            answered(false, size);
        }
    }

    @Override
    void settle() throws InterruptedException {
        posts.shutdown();
        if (!posts.awaitTermination(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new IllegalStateException("ingest does not answer");
        }
    }

    @Override
    public void close() {
        stop();
        posts.shutdownNow();
    }
}
