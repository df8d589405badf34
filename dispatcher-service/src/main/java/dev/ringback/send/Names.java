package dev.ringback.send;

import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import okhttp3.Dns;

/**
 * Looks names up within the attempt's deadline. The system's resolver cannot be told how long it
 * may take and holds its thread, so it runs on platform threads of its own and is left behind when
 * the time is over. Thread-safe.
 */
final class Names implements Dns, AutoCloseable {
    private static final int LOOKUPS = 32;

    private final Predicate<InetAddress> lets;
    private final ThreadLocal<Long> end = new ThreadLocal<>();
    private final ExecutorService resolvers =
            Executors.newFixedThreadPool(
                    LOOKUPS, Thread.ofPlatform().daemon().name("names-", 0).factory());

    /** Prefers the addresses that this lets. */
    Names(Predicate<InetAddress> lets) {
        this.lets = lets;
    }

    /** Sets when lookups of the calling thread give up, as {@link System#nanoTime} counts. */
    void giveUpAt(long nanoTime) {
        end.set(nanoTime);
    }

    @Override
    public List<InetAddress> lookup(String name) throws UnknownHostException {
        Future<List<InetAddress>> answer = resolvers.submit(() -> Dns.SYSTEM.lookup(name));
        Long until = end.get();
        try {
            List<InetAddress> all =
                    until == null
                            ? answer.get()
                            : answer.get(until - System.nanoTime(), TimeUnit.NANOSECONDS);
            List<InetAddress> let = all.stream().filter(lets).toList();
            // With none left, the first goes on to the socket, which blocks it and says so.
            return let.isEmpty() ? all.subList(0, 1) : let;
        } catch (TimeoutException e) {
            answer.cancel(true);
            throw new SlowLookup(name);
        } catch (ExecutionException e) {
            throw unknown(name, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unknown(name, e);
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
