package dev.ringback.dispatch;

import dev.ringback.dispatch.EgressGuard.BlockedAddress;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.Proxy;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import okhttp3.Call;
import okhttp3.ConnectionPool;
import okhttp3.EventListener;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okio.Buffer;
import okio.BufferedSink;
import okio.BufferedSource;
import org.jspecify.annotations.Nullable;

/**
 * Sends one request and brings back what came of it, as a value. Blocks the calling (virtual)
 * thread for at most the request's timeout, which covers name lookup, connect, TLS, send and the
 * whole response. Redirects are not followed; a response is read up to 64 KiB. Thread-safe.
 */
final class Sender implements AutoCloseable {
    private static final int MOST_READ_BYTES = 64 << 10;
    private static final int MOST_KEPT_BYTES = 16 << 10;

    /** Shorter than what common servers keep idle connections for, 5 s and more. */
    private static final long IDLE_SECONDS = 4;

    private static final int IDLE_CONNECTIONS = 512;

    /** Idle connections that a receiver may have closed under us before we open a new one. */
    private static final int MOST_STALE = 3;

    private final OkHttpClient client;

    Sender(EgressGuard guard) {
        this.client =
                new OkHttpClient.Builder()
                        .proxy(Proxy.NO_PROXY)
                        .followRedirects(false)
                        .followSslRedirects(false)
                        .retryOnConnectionFailure(false)
                        .protocols(List.of(Protocol.HTTP_2, Protocol.HTTP_1_1))
                        .connectionPool(
                                new ConnectionPool(
                                        IDLE_CONNECTIONS, IDLE_SECONDS, TimeUnit.SECONDS))
                        .dns(guard.dns())
                        .socketFactory(guard.sockets())
                        .eventListenerFactory(call -> wire(call.request()))
                        .build();
    }

    /** Notes whether a call opened a connection or used one that was idle. */
    private static final class Wire extends EventListener {
        private volatile boolean connected;

        @Override
        public void connectStart(Call call, InetSocketAddress address, Proxy proxy) {
            connected = true;
        }
    }

    private static EventListener wire(Request request) {
        Wire wire = request.tag(Wire.class);
        return wire == null ? EventListener.NONE : wire;
    }

    /** Sends it. */
    Reply send(SignedRequest request) {
        HttpUrl url = HttpUrl.parse(request.url());
        if (url == null) {
            return new Reply.InvalidTarget("not an http or https URL");
        }
        long end = System.nanoTime() + request.timeout().toNanos();
        for (int stale = 0; ; stale++) {
            Wire wire = new Wire();
            long leftNanos = Math.max(1_000_000, end - System.nanoTime());
            try {
                return send(url, request, wire, leftNanos);
            } catch (InterruptedIOException e) {
                return new Reply.TimedOut();
            } catch (BlockedAddress e) {
                return new Reply.Blocked(String.valueOf(e.getMessage()));
            } catch (IOException e) {
                // An idle connection may have been closed by the receiver just now: nobody's fault.
                if (wire.connected || stale >= MOST_STALE) {
                    return new Reply.Unreachable(reason(e));
                }
            } catch (IllegalArgumentException e) {
                return new Reply.InvalidTarget(String.valueOf(e.getMessage()));
            }
        }
    }

    private Reply send(HttpUrl url, SignedRequest request, Wire wire, long timeoutNanos)
            throws IOException {
        Request.Builder builder =
                new Request.Builder()
                        .url(url)
                        .tag(Wire.class, wire)
                        .header("Accept-Encoding", "identity")
                        .post(new OneShot(request.body()));
        request.headers().forEach(builder::header);
        Call call = client.newCall(builder.build());
        call.timeout().timeout(timeoutNanos, TimeUnit.NANOSECONDS);
        try (Response response = call.execute()) {
            return answered(response);
        }
    }

    private static Reply answered(Response response) throws IOException {
        BufferedSource source = response.body().source();
        source.request(MOST_READ_BYTES);
        Buffer read = source.getBuffer();
        long kept = Math.min(MOST_KEPT_BYTES, read.size());
        boolean truncated = read.size() > kept;
        String body = new String(read.readByteArray(kept), StandardCharsets.UTF_8);
        Map<String, String> headers = new HashMap<>();
        response.headers()
                .forEach(
                        header ->
                                headers.merge(
                                        header.getFirst().toLowerCase(Locale.ROOT),
                                        header.getSecond(),
                                        (a, b) -> a + ", " + b));
        return new Reply.Answered(response.code(), headers, body, truncated);
    }

    private static String reason(IOException e) {
        return switch (e) {
            case UnknownHostException unknown -> "dns";
            case SSLException tls -> "tls";
            case ConnectException refused -> "connection_refused";
            case NoRouteToHostException noRoute -> "no_route";
            default -> "connection_broken";
        };
    }

    /** Ends every call under way. */
    @Override
    public void close() {
        client.dispatcher().cancelAll();
        client.connectionPool().evictAll();
    }

    /** A body that OkHttp must not send a second time by itself, not even after a 503. */
    private static final class OneShot extends RequestBody {
        private final byte[] bytes;

        OneShot(byte[] bytes) {
            this.bytes = bytes;
        }

        @Override
        public @Nullable MediaType contentType() {
            return null;
        }

        @Override
        public long contentLength() {
            return bytes.length;
        }

        @Override
        public boolean isOneShot() {
            return true;
        }

        @Override
        public void writeTo(BufferedSink sink) throws IOException {
            sink.write(bytes);
        }
    }
}
