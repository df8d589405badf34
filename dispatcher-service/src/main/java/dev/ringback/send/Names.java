package dev.ringback.send;

import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import okhttp3.Dns;
import org.jspecify.annotations.Nullable;

/**
 * Looks names up within the attempt's deadline. The system's resolver cannot be told how long it
 * may take and holds its thread, so it runs on platform threads of its own and is left behind when
 * the time is over; a name is looked up once at a time, so that a slow one holds one of them. There
 * are many, as they only wait, and what nobody waits for any more is not begun. Thread-safe.
 */
final class Names implements Dns, AutoCloseable {
    /** How long a name's addresses stand; the guard sees the one that is connected to. */
    static final Duration REMEMBERED = Duration.ofSeconds(5);

    /** How many names may hang before others have to wait. */
    static final int LOOKUPS = 1_024;

    private static final int MOST_REMEMBERED = 10_000;
    private static final long IDLE_SECONDS = 30;
    private static final long STACK_BYTES = 512 << 10;
    private static final Duration LONGEST = Duration.ofMinutes(1);

    private final Predicate<InetAddress> lets;
    private final Dns system;
    private final long rememberedNanos;
    private final ThreadLocal<Long> end = new ThreadLocal<>();

    /** Under way or remembered. */
    private final Map<String, Lookup> lookups = new ConcurrentHashMap<>();

    /** Those with an answer, the oldest first. */
    private final Deque<Lookup> remembered = new ArrayDeque<>();

    private final Waiting waiting = new Waiting();
    private final ThreadPoolExecutor resolvers =
            new ThreadPoolExecutor(
                    0,
                    LOOKUPS,
                    IDLE_SECONDS,
                    TimeUnit.SECONDS,
                    waiting,
                    Thread.ofPlatform().daemon().stackSize(STACK_BYTES).name("names-", 0).factory(),
                    (task, full) -> waiting.add(task));

    /**
     * Prefers the addresses that the predicate lets, of those that the system knows.
     *
     * @param remembered how long an answer stands; zero: as long as it takes to give it
     */
    Names(Predicate<InetAddress> lets, Dns system, Duration remembered) {
        this.lets = lets;
        this.system = system;
        this.rememberedNanos = remembered.toNanos();
    }

    /** One name's; its times are those of {@link System#nanoTime}. */
    private static final class Lookup {
        private final String name;
        private final CompletableFuture<List<InetAddress>> answer = new CompletableFuture<>();

        /** When the last of those who wait gives up; under the lock of the map's entry. */
        private long until;

        /** When the answer, which is there then, is too old. */
        private volatile long staleAt;

        Lookup(String name, long until) {
            this.name = name;
            this.until = until;
        }
    }

    /** Lookups for which all threads are taken; one that is free takes a lookup at once. */
    private static final class Waiting extends LinkedTransferQueue<Runnable> {
        private static final long serialVersionUID = 1L;

        /** For the pool, which otherwise starts a thread, or lets {@link #add} have it. */
        @Override
        public boolean offer(Runnable task) {
            return tryTransfer(task);
        }

        @Override
        public boolean add(Runnable task) {
            return super.offer(task);
        }
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
        long now = System.nanoTime();
        Long set = end.get();
        long until = set == null ? now + LONGEST.toNanos() : set;
        Lookup lookup = lookups.compute(name, (same, known) -> joined(same, known, until, now));
        try {
            return lookup.answer.get(until - now, TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new SlowLookup(name);
        } catch (ExecutionException e) {
            throw unknown(name, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unknown(name, e);
        }
    }

    private Lookup joined(String name, @Nullable Lookup known, long until, long now) {
        if (known != null && !known.answer.isDone()) {
            known.until = known.until - until > 0 ? known.until : until;
            return known;
        }
        if (known != null && known.staleAt - now > 0) {
            return known;
        }
        Lookup begun = new Lookup(name, until);
        resolvers.execute(() -> look(begun));
        return begun;
    }

    private void look(Lookup lookup) {
        if (isGivenUp(lookup)) {
            return;
        }
        try {
            List<InetAddress> all = system.lookup(lookup.name);
            remember(lookup);
            lookup.answer.complete(all);
        } catch (UnknownHostException | RuntimeException e) {
            lookups.remove(lookup.name, lookup);
            lookup.answer.completeExceptionally(e);
        }
    }

    /** It may be given up while nobody can join it. */
    private boolean isGivenUp(Lookup lookup) {
        long now = System.nanoTime();
        return lookups.computeIfPresent(
                        lookup.name, (name, same) -> same.until - now > 0 ? same : null)
                == null;
    }

    private void remember(Lookup lookup) {
        if (rememberedNanos == 0) {
            // First of all, since who comes later must not get an answer from before.
            lookups.remove(lookup.name, lookup);
            return;
        }
        long now = System.nanoTime();
        lookup.staleAt = now + rememberedNanos;
        synchronized (remembered) {
            remembered.add(lookup);
            for (Lookup oldest = remembered.getFirst();
                    oldest.staleAt - now <= 0 || remembered.size() > MOST_REMEMBERED;
                    oldest = remembered.getFirst()) {
                remembered.removeFirst();
                lookups.remove(oldest.name, oldest);
            }
        }
    }

    /** How many lookups wait for a thread. */
    int waiting() {
        return waiting.size();
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
