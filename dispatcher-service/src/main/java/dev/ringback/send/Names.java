package dev.ringback.send;

import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import okhttp3.Dns;

/**
 * Looks names up within the attempt's deadline. The system's resolver cannot be told how long it
 * may take and holds its thread, so it runs on platform threads of its own and is left behind when
 * the time is over; a name is looked up once at a time, so that a slow one holds one of them.
 * Thread-safe.
 */
final class Names implements Dns, AutoCloseable {
    private static final int LOOKUPS = 64;
    private static final long IDLE_SECONDS = 30;

    private final Predicate<InetAddress> lets;
    private final Dns system;
    private final ThreadLocal<Long> end = new ThreadLocal<>();
    private final Map<String, CompletableFuture<List<InetAddress>>> underWay =
            new ConcurrentHashMap<>();
    private final ThreadPoolExecutor resolvers =
            new ThreadPoolExecutor(
                    LOOKUPS,
                    LOOKUPS,
                    IDLE_SECONDS,
                    TimeUnit.SECONDS,
                    new LinkedBlockingQueue<>(),
                    Thread.ofPlatform().daemon().name("names-", 0).factory());

    /** Prefers the addresses that the predicate lets, of those that the system knows. */
    Names(Predicate<InetAddress> lets, Dns system) {
        this.lets = lets;
        this.system = system;
        resolvers.allowCoreThreadTimeOut(true);
    }

    /** Sets when lookups of the calling thread give up, as {@link System#nanoTime} counts. */
    void giveUpAt(long nanoTime) {
        end.set(nanoTime);
    }

    @Override
    public List<InetAddress> lookup(String name) throws UnknownHostException {
        List<InetAddress> all = all(name);
        List<InetAddress> let = all.stream().filter(lets).toList();
        // With none left, the first goes on to the socket, which blocks it and says so.
        return let.isEmpty() ? all.subList(0, 1) : let;
    }

    /** Every address of a name. */
    List<InetAddress> all(String name) throws UnknownHostException {
        CompletableFuture<List<InetAddress>> answer = answer(name);
        Long until = end.get();
        try {
            return until == null
                    ? answer.get()
                    : answer.get(until - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new SlowLookup(name);
        } catch (ExecutionException e) {
            throw unknown(name, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unknown(name, e);
        }
    }

    private CompletableFuture<List<InetAddress>> answer(String name) {
        CompletableFuture<List<InetAddress>> answer = new CompletableFuture<>();
        CompletableFuture<List<InetAddress>> before = underWay.putIfAbsent(name, answer);
        if (before != null) {
            return before;
        }
        resolvers.execute(() -> look(name, answer));
        return answer;
    }

    private void look(String name, CompletableFuture<List<InetAddress>> answer) {
        try {
            List<InetAddress> all = system.lookup(name);
            // First of all, since who comes later must not get an answer from before.
            underWay.remove(name, answer);
            answer.complete(all);
        } catch (UnknownHostException | RuntimeException e) {
            underWay.remove(name, answer);
            answer.completeExceptionally(e);
        }
    }

    private static UnknownHostException unknown(String name, Exception cause) {
        UnknownHostException unknown = new UnknownHostException(name);
        unknown.initCause(cause);
        return unknown;
    }

    /** The lookup took all the time there was; {@link Dns} knows no other exception. */
    static final class SlowLookup extends UnknownHostException {
        private static final long serialVersionUID = 1L;

        SlowLookup(String name) {
            super(name);
            initCause(new InterruptedIOException("timeout"));
        }
    }

    @Override
    public void close() {
        resolvers.shutdownNow();
    }
}
