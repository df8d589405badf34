package dev.ringback.trial;

import dev.ringback.rig.Receiver;
import dev.ringback.rig.Rig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import okhttp3.ConnectionPool;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;

/**
 * What every other figure is held against: the same HTTP client posting the same kind of body to
 * the same receiver in a loop, nothing else running.
 */
public final class Raw {
    private static final int IN_FLIGHT = 64;
    private static final int BODY_BYTES = 1_024;
    private static final MediaType JSON = MediaType.get("application/json");

    private Raw() {}

    /** Requests a second. */
    public static double measure(boolean quick) {
        Duration part = Duration.ofSeconds(quick ? 2 : 5);
        LongAdder done = new LongAdder();
        AtomicBoolean stopping = new AtomicBoolean();
        try (Receiver receiver = Receiver.start((endpoint, event, at) -> Receiver.Answer.ok);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            OkHttpClient client =
                    new OkHttpClient.Builder()
                            .connectionPool(new ConnectionPool(IN_FLIGHT, 4, TimeUnit.SECONDS))
                            .build();
            String url = "http://127.0.0.1:" + receiver.port() + "/e/0";
            for (int i = 0; i < IN_FLIGHT; i++) {
                threads.execute(() -> loop(client, url, done, stopping));
            }
            Rig.pause(part);
            long before = done.sum();
            long start = System.nanoTime();
            Rig.pause(part);
            double rate = (done.sum() - before) * 1e9 / (System.nanoTime() - start);
            stopping.set(true);
            return rate;
        }
    }

    private static void loop(
            OkHttpClient client, String url, LongAdder done, AtomicBoolean stopping) {
        RequestBody body =
                RequestBody.create("x".repeat(BODY_BYTES).getBytes(StandardCharsets.UTF_8), JSON);
        Request request = new Request.Builder().url(url).post(body).build();
        while (!stopping.get()) {
            try (Response response = client.newCall(request).execute()) {
                done.add(response.isSuccessful() ? 1 : 0);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
