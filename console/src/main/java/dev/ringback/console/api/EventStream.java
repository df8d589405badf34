package dev.ringback.console.api;

import dev.ringback.console.read.ReadSide;
import dev.ringback.console.read.Updates;
import dev.ringback.console.read.View;
import dev.ringback.schemas.Json;
import io.javalin.http.Context;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Server-sent events: what happens, as it happens. Who is too slow is told {@code lost} and
 * connects again. Each stream keeps its request's virtual thread.
 */
public final class EventStream implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(EventStream.class);
    private static final int MOST_WAITING = 2_000;
    private static final int BEATS = 10;

    private final ReadSide read;
    private volatile boolean closed;

    /** Streams what this read side tells. */
    public EventStream(ReadSide read) {
        this.read = read;
    }

    /** Serves one listener until he leaves. */
    public void serve(Context ctx, View view) {
        BlockingQueue<String> waiting = new LinkedBlockingQueue<>(MOST_WAITING);
        AtomicBoolean lost = new AtomicBoolean();
        HttpServletResponse response = ctx.res();
        response.setContentType("text/event-stream;charset=utf-8");
        response.setHeader("Cache-Control", "no-store");
        response.setHeader("X-Accel-Buffering", "no");
        Updates updates =
                (name, what) -> {
                    String event = "event: %s\ndata: %s\n\n".formatted(name, Json.text(what));
                    if (!waiting.offer(event)) {
                        lost.set(true);
                    }
                };
        Updates.Subscription subscription = read.subscribe(view, updates);
        try {
            OutputStream out = response.getOutputStream();
            write(out, ": here\n\n");
            pass(waiting, lost, out);
        } catch (IOException e) {
            LOG.debug("a listener left: {}", e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            subscription.close();
        }
    }

    private void pass(BlockingQueue<String> waiting, AtomicBoolean lost, OutputStream out)
            throws IOException, InterruptedException {
        int silent = 0;
        while (!closed) {
            if (lost.get()) {
                write(out, "event: lost\ndata: {}\n\n");
                return;
            }
            @Nullable String next = waiting.poll(1, TimeUnit.SECONDS);
            silent = next == null ? silent + 1 : 0;
            if (next != null) {
                write(out, next);
            } else if (silent % BEATS == 0) {
                write(out, ": still here\n\n");
            }
        }
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }

    /** Ends all streams within a second. */
    @Override
    public void close() {
        closed = true;
    }
}
