package dev.ringback.console.web;

import dev.ringback.console.read.ReadSide;
import dev.ringback.console.read.Updates;
import dev.ringback.console.web.visit.Visit;
import io.javalin.http.sse.SseClient;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Tells open pages that something has happened, at most once a second, so that they fetch
 * themselves anew. What happened is not said: the page decides what its reader sees. One thread for
 * each open page; what happens never waits for them.
 */
final class Live implements AutoCloseable {
    private static final Duration PACE = Duration.ofSeconds(1);
    private static final Duration SIGN_OF_LIFE = Duration.ofSeconds(15);
    private static final Duration LONGEST = Duration.ofMinutes(30);

    private final ReadSide read;
    private final Set<SseClient> clients = ConcurrentHashMap.newKeySet();

    Live(ReadSide read) {
        this.read = read;
    }

    /** Keeps telling one page until it is closed; the browser then comes again. */
    void follow(SseClient client, Visit visit) {
        BlockingQueue<Boolean> news = new LinkedBlockingQueue<>(1);
        Updates.Subscription subscription =
                read.subscribe(visit.view(), (name, what) -> news.offer(true));
        clients.add(client);
        client.onClose(
                () -> {
                    clients.remove(client);
                    subscription.close();
                });
        client.keepAlive();
        Thread.ofVirtual().name("live").start(() -> tell(client, news));
    }

    /** Lets all pages go. */
    @Override
    public void close() {
        clients.forEach(SseClient::close);
    }

    private void tell(SseClient client, BlockingQueue<Boolean> news) {
        long end = System.nanoTime() + LONGEST.toNanos();
        try {
            while (clients.contains(client) && System.nanoTime() < end) {
                if (news.poll(SIGN_OF_LIFE.toSeconds(), TimeUnit.SECONDS) == null) {
                    client.sendComment("still here");
                } else {
                    client.sendEvent("news", "");
                    TimeUnit.NANOSECONDS.sleep(PACE.toNanos());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            client.close();
        }
    }
}
