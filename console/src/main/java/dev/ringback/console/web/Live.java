package dev.ringback.console.web;

import dev.ringback.console.read.ReadSide;
import dev.ringback.console.read.Updates;
import dev.ringback.console.web.visit.Visit;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells open pages that something has happened, at most once a second, so that they fetch
 * themselves anew. What happened is not said: the page decides what its reader sees. A page is told
 * once more when nothing has followed: as it begins to listen, for it was made before that, and
 * after each news, for what the page is made from may know of it a moment later; and then now and
 * again, so that no page stays behind. Each open page keeps its request's virtual thread; what
 * happens never waits for one.
 */
final class Live implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Live.class);
    private static final Duration PACE = Duration.ofSeconds(1);
    private static final int SECONDS_TO_ECHO = 2;
    private static final int SECONDS_OF_SILENCE = 15;
    private static final String NEW = "event: news\ndata: new\n\n";
    private static final String AGAIN = "event: news\ndata: again\n\n";
    private static final int MOST_SECONDS = 1_800;

    private final ReadSide read;
    private volatile boolean closed;

    Live(ReadSide read) {
        this.read = read;
    }

    /**
     * Keeps telling one page until it is closed, or for half an hour; then the browser comes again.
     */
    void follow(Visit visit) {
        BlockingQueue<Boolean> news = new LinkedBlockingQueue<>(1);
        HttpServletResponse response = visit.request().res();
        response.setContentType("text/event-stream;charset=utf-8");
        response.setHeader("Cache-Control", "no-store");
        response.setHeader("X-Accel-Buffering", "no");
        Updates.Subscription subscription =
                read.subscribe(visit.view(), (name, what) -> news.offer(true));
        try {
            tell(response.getOutputStream(), news);
        } catch (IOException e) {
            LOG.debug("a page was closed: {}", e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            subscription.close();
        }
    }

    /** Lets all pages go, within a second. */
    @Override
    public void close() {
        closed = true;
    }

    private void tell(OutputStream out, BlockingQueue<Boolean> news)
            throws IOException, InterruptedException {
        write(out, ": here\n\n");
        int silent = SECONDS_TO_ECHO - 1;
        for (int second = 1; second < MOST_SECONDS && !closed; second++) {
            if (news.poll(PACE.toMillis(), TimeUnit.MILLISECONDS) != null) {
                silent = 0;
                write(out, NEW);
                TimeUnit.MILLISECONDS.sleep(PACE.toMillis());
            } else if (++silent == SECONDS_TO_ECHO || silent % SECONDS_OF_SILENCE == 0) {
                write(out, AGAIN);
            }
        }
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }
}
