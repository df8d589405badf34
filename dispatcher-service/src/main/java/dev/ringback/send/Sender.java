package dev.ringback.send;

import dev.ringback.send.EgressGuard.BlockedAddress;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.Proxy;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
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
public final class Sender implements AutoCloseable {
    private static final int MOST_READ_BYTES = 64 << 10;
    private static final int MOST_KEPT_BYTES = 16 << 10;

    /** Shorter than what common servers keep idle connections for, 5 s and more. */
    private static final long IDLE_SECONDS = 4;

    private static final int IDLE_CONNECTIONS = 512;

    private final OkHttpClient client;
    private final Names names;

    /** Sends only where the guard lets it. */
    public Sender(EgressGuard guard) {
        this.names = new Names(guard::lets);
        this.client =
                new OkHttpClient.Builder()
                        .proxy(Proxy.NO_PROXY)
                        .followRedirects(false)
                        .followSslRedirects(false)
                        .retryOnConnectionFailure(false)
                        // The call's own deadline covers all of it, however long it may be.
                        .connectTimeout(Duration.ZERO)
                        .readTimeout(Duration.ZERO)
                        .writeTimeout(Duration.ZERO)
                        .protocols(List.of(Protocol.HTTP_2, Protocol.HTTP_1_1))
                        .connectionPool(
                                new ConnectionPool(
                                        IDLE_CONNECTIONS, IDLE_SECONDS, TimeUnit.SECONDS))
                        .dns(names)
                        .socketFactory(guard.sockets())
                        .eventListenerFactory(call -> wire(call.request()))
                        .build();
    }

    /** Notes whether a call used a connection that was idle, and got no byte of an answer. */
    private static final class Wire extends EventListener {
        private volatile boolean connected;
        private volatile boolean answered;

        boolean mayHaveBeenStale() {
            return !connected && !answered;
        }

        @Override
        public void responseHeadersEnd(Call call, Response response) {
            answered = true;
        }

        @Override
        public void connectStart(Call call, InetSocketAddress address, Proxy proxy) {
            connected = true;
        }
    }

    private static EventListener wire(Request request) {
        Wire wire = request.tag(Wire.class);
        return wire == null ? EventListener.NONE : wire;
    }

    /** Sends one request. */
    public Reply send(SignedRequest request) {
        HttpUrl url = HttpUrl.parse(request.url());
        if (url == null) {
            return new Reply.InvalidTarget("not an http or https URL");
        }
        long end = System.nanoTime() + request.timeout().toNanos();
        for (boolean again = false; ; again = true) {
            Wire wire = new Wire();
            try {
                return send(url, request, wire, end);
            } catch (InterruptedIOException | Names.SlowLookup e) {
                return new Reply.TimedOut();
            } catch (BlockedAddress e) {
                return new Reply.Blocked(String.valueOf(e.getMessage()));
            } catch (IOException e) {
                // An idle connection may have been closed by the receiver just now: nobody's fault.
                if (again || !wire.mayHaveBeenStale()) {
                    return new Reply.Unreachable(reason(e));
                }
            } catch (IllegalArgumentException e) {
                // OkHttp's message would show the header's value.
                return new Reply.InvalidTarget("a header cannot be sent");
            }
        }
    }

    private Reply send(HttpUrl url, SignedRequest request, Wire wire, long end) throws IOException {
        long leftNanos = Math.max(1_000_000, end - System.nanoTime());
        Request.Builder builder =
                new Request.Builder()
                        .url(url)
                        .tag(Wire.class, wire)
                        .header("Accept-Encoding", "identity");
        if (request.method().equals("GET")) {
            builder.get();
        } else {
            builder.post(new OneShot(request.body()));
        }
        request.headers().forEach(builder::header);
        Call call = client.newCall(builder.build());
        call.timeout().timeout(leftNanos, TimeUnit.NANOSECONDS);
        names.giveUpAt(end);
        try (Response response = call.execute()) {
            return Echo.without(request.secrets(), answered(call, response));
        }
    }

    private static Reply.Answered answered(Call call, Response response) throws IOException {
        BufferedSource source = response.body().source();
        if (source.request(MOST_READ_BYTES)) {
            // Or else closing would read on for a while, to save the connection.
            call.cancel();
        }
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
        names.close();
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
