package dev.ringback.send;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import okhttp3.Call;
import okhttp3.Connection;
import okhttp3.EventListener;
import okhttp3.Handshake;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * What happens on the connection of one attempt: how far it came, and how much the receiver has
 * sent. Of HTTP/1.1 every byte is counted, since the client bounds neither a status line nor what
 * may stand beside a chunk; with HTTP/2 another thread reads, whose headers the client does bound.
 */
final class Wire extends EventListener {
    /** Certificates, status line and headers together. */
    static final int MOST_HEADER_BYTES = 128 << 10;

    /** A body of 64 KiB, in chunks as small as anybody sends them. */
    static final int MOST_BODY_BYTES = 256 << 10;

    /** The attempt that the calling thread makes. */
    private static final ThreadLocal<Wire> CURRENT = new ThreadLocal<>();

    private volatile boolean connecting;
    private volatile boolean beyondProxy;
    private volatile boolean acquired;
    private volatile @Nullable Response head;

    /** Touched by the calling thread alone. */
    private long bytes;

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

    /** Counts what the calling thread received; ends the exchange when it is too much. */
    static void received(int count) throws TooMuch {
        Wire wire = CURRENT.get();
        if (wire != null) {
            wire.count(count);
        }
    }

    private void count(int more) throws TooMuch {
        bytes += more;
        if (bytes > (head == null ? MOST_HEADER_BYTES : MOST_HEADER_BYTES + MOST_BODY_BYTES)) {
            throw new TooMuch();
        }
    }

    /** Whether it was a connection from before that broke without an answer. */
    boolean mayHaveBeenStale() {
        return acquired && !connecting && head == null;
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
    public void connectStart(Call call, InetSocketAddress address, Proxy proxy) {
        connecting = true;
    }

    @Override
    public void secureConnectStart(Call call) {
        beyondProxy = true;
    }

    @Override
    public void secureConnectEnd(Call call, @Nullable Handshake handshake) {
        beyondProxy = true;
    }

    @Override
    public void connectionAcquired(Call call, Connection connection) {
        acquired = true;
        beyondProxy = true;
    }

    @Override
    public void responseHeadersEnd(Call call, Response response) {
        head = response;
    }
}
