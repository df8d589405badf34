package dev.ringback.send;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import okhttp3.Call;
import okhttp3.Connection;
import okhttp3.EventListener;
import okhttp3.Handshake;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * What happens on the connection of one attempt: how far it came, and how much the receiver has
 * sent. Every byte is counted, since the client bounds neither a status line nor what may stand
 * beside a chunk, and lets an HTTP/2 receiver fill 16 MiB of memory for each request. Of a
 * connection that many attempts share, another thread reads: each of them lets some more in.
 */
final class Wire extends EventListener {
    /** Certificates, status line and headers together. */
    static final int MOST_HEADER_BYTES = 128 << 10;

    /** A body of 64 KiB, in chunks as small as anybody sends them. */
    static final int MOST_BODY_BYTES = 256 << 10;

    /** What one attempt lets in on a connection that it shares, and the most that gathers there. */
    private static final int SHARED_BYTES = 512 << 10;

    private static final int MOST_SHARED_BYTES = 4 << 20;

    /**
     * What this machine may need by itself to notice that a connection broke, when it has much to
     * do: a delivery that is lost costs more than one that comes twice.
     */
    private static final long OWN_DELAY_NANOS = 100_000_000;

    /** The attempt that the calling thread makes. */
    private static final ThreadLocal<Wire> CURRENT = new ThreadLocal<>();

    private volatile boolean lookingUp;
    private volatile boolean connecting;
    private volatile boolean beyondProxy;
    private volatile @Nullable Response head;
    private volatile boolean unwritten;
    private volatile long writtenAt;
    private volatile long failedAt;
    private volatile @Nullable IOException failure;
    private volatile @Nullable Connection connection;

    /** When connecting began, by address, as several may be tried; and when one was reached. */
    private final Map<InetSocketAddress, Long> begun = new ConcurrentHashMap<>();

    private volatile long reachedAt;

    private final Shared shared;

    /** Touched by the calling thread alone, like the other. */
    private long bytes;

    private @Nullable Allowance current;

    /**
     * An attempt's.
     *
     * @param shared what is known of connections, by all attempts
     */
    Wire(Shared shared) {
        this.shared = shared;
    }

    /**
     * What all attempts of one sender know of connections; one that nobody uses is forgotten.
     *
     * @param allowances what may still come on those of HTTP/2
     * @param nanos how long it took to reach each
     */
    record Shared(Map<Connection, Allowance> allowances, Map<Connection, Long> nanos) {
        Shared() {
            this(
                    Collections.synchronizedMap(new WeakHashMap<>()),
                    Collections.synchronizedMap(new WeakHashMap<>()));
        }
    }

    /** What may still come on one connection while no attempt reads it. Thread-safe. */
    static final class Allowance {
        private final AtomicLong left = new AtomicLong(SHARED_BYTES);

        private void more() {
            left.accumulateAndGet(SHARED_BYTES, (a, b) -> Math.min(a + b, MOST_SHARED_BYTES));
        }

        private void spend(int count) throws TooMuch {
            if (left.addAndGet(-count) < 0) {
                throw new TooMuch();
            }
        }
    }

    /** More came than an answer may have. */
    static final class TooMuch extends IOException {
        private static final long serialVersionUID = 1L;

        TooMuch() {
            super("more than an answer may have");
        }
    }

    /** What the calling thread receives from now on is counted here. */
    void begin() {
        CURRENT.set(this);
    }

    /** The calling thread receives no more. */
    static void end() {
        CURRENT.remove();
    }

    /** Counts what the calling thread received; ends the connection when it is too much. */
    static void received(int count, Allowance allowance) throws TooMuch {
        Wire wire = CURRENT.get();
        if (wire == null) {
            allowance.spend(count);
        } else {
            wire.current = allowance;
            wire.count(count);
        }
    }

    private void count(int more) throws TooMuch {
        bytes += more;
        if (bytes > (head == null ? MOST_HEADER_BYTES : MOST_HEADER_BYTES + MOST_BODY_BYTES)) {
            throw new TooMuch();
        }
    }

    /** Whether that is why an exchange ended; TLS wraps what its socket throws. */
    static boolean isTooMuch(Throwable e) {
        return e instanceof TooMuch || (e.getCause() != null && isTooMuch(e.getCause()));
    }

    /**
     * Whether it was a connection from before that broke without an answer, and nobody alive can
     * have read the whole request there: it was not written to its end, or was refused unread, or
     * the connection broke as fast as only a host answers that had closed it already.
     */
    boolean wasStale() {
        IOException e = failure;
        Connection by = connection;
        if (e == null || by == null || connecting || head != null) {
            return false;
        }
        if (Fault.isRefusedUnread(e)) {
            return true;
        }
        long there = shared.nanos.getOrDefault(by, 0L);
        boolean atOnce = failedAt - writtenAt <= 2 * there + OWN_DELAY_NANOS;
        return Fault.isBreak(e) && (unwritten || atOnce);
    }

    /** Whether there is a connection, to the receiver or the proxy before it. */
    boolean isConnected() {
        return reachedAt != 0 || connection != null;
    }

    /** Whether the client is waiting for the address of a name: the receiver's or the proxy's. */
    boolean isLookingUp() {
        return lookingUp;
    }

    /** Whether the proxy, if there is one, did its part. */
    boolean beyondProxy() {
        return beyondProxy;
    }

    /** Status and headers, as soon as they are there. */
    @Nullable Response head() {
        return head;
    }

    @Override
    public void dnsStart(Call call, String name) {
        lookingUp = true;
    }

    @Override
    public void dnsEnd(Call call, String name, List<InetAddress> addresses) {
        lookingUp = false;
    }

    @Override
    public void connectStart(Call call, InetSocketAddress address, Proxy proxy) {
        connecting = true;
        begun.put(address, System.nanoTime());
    }

    @Override
    public void connectEnd(
            Call call, InetSocketAddress address, Proxy proxy, @Nullable Protocol protocol) {
        reached();
    }

    private void reached() {
        if (reachedAt == 0) {
            reachedAt = System.nanoTime();
        }
    }

    @Override
    public void secureConnectStart(Call call) {
        reached();
        beyondProxy = true;
    }

    @Override
    public void secureConnectEnd(Call call, @Nullable Handshake handshake) {
        beyondProxy = true;
    }

    @Override
    public void connectionAcquired(Call call, Connection connection) {
        this.connection = connection;
        beyondProxy = true;
        if (connecting) {
            Long from = begun.get(connection.route().socketAddress());
            if (from != null) {
                shared.nanos.putIfAbsent(connection, reachedAt - from);
            }
        }
        if (connection.protocol() == Protocol.HTTP_2) {
            // Who made it has just read the handshake from its socket.
            Allowance allowance =
                    connecting && current != null
                            ? shared.allowances.computeIfAbsent(connection, fresh -> current)
                            : shared.allowances.get(connection);
            if (allowance != null) {
                allowance.more();
            }
        }
    }

    @Override
    public void requestHeadersEnd(Call call, Request request) {
        writtenAt = System.nanoTime();
    }

    @Override
    public void requestBodyEnd(Call call, long byteCount) {
        writtenAt = System.nanoTime();
    }

    @Override
    public void requestFailed(Call call, IOException e) {
        unwritten = true;
    }

    @Override
    public void callFailed(Call call, IOException e) {
        failedAt = System.nanoTime();
        failure = e;
    }

    @Override
    public void responseHeadersEnd(Call call, Response response) {
        head = response;
    }
}
