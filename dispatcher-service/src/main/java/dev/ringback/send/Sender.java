package dev.ringback.send;

import dev.ringback.network.EgressProxy;
import dev.ringback.send.EgressGuard.BlockedAddress;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ProtocolException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import okhttp3.Call;
import okhttp3.Dns;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okio.BufferedSink;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends one request and brings back what came of it, as a value. Blocks the calling (virtual)
 * thread for at most the request's timeout, which covers name lookup, connect, TLS, send and the
 * whole response. Redirects are not followed; a response is read up to 64 KiB. Thread-safe.
 */
public final class Sender implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Sender.class);
    private static final int PROXY_AUTHENTICATION_REQUIRED = 407;

    private final EgressGuard guard;
    private final Optional<EgressProxy> proxy;
    private final Names names;
    private final Clients clients;
    private final Wire.Shared shared = new Wire.Shared();

    /** Sends only where the guard lets it, by way of the proxy if there is one. */
    public Sender(EgressGuard guard, Optional<EgressProxy> proxy) {
        this(guard, proxy, new Names(guard::lets, Dns.SYSTEM, Names.REMEMBERED), client -> client);
    }

    /** With other name servers, and other certificates that it trusts. */
    Sender(
            EgressGuard guard,
            Optional<EgressProxy> proxy,
            Names names,
            UnaryOperator<OkHttpClient.Builder> trust) {
        this.guard = guard;
        this.proxy = proxy;
        this.names = names;
        this.clients = Clients.of(guard, proxy, names, trust);
    }

    /** Sends one request. */
    public Reply send(SignedRequest request) {
        HttpUrl url = HttpUrl.parse(request.url());
        if (url == null) {
            return new Reply.InvalidTarget("not an http or https URL");
        }
        if (!url.username().isEmpty() || !url.password().isEmpty()) {
            return new Reply.InvalidTarget("a user name or password in the URL");
        }
        long end = System.nanoTime() + request.timeout().toNanos();
        Wire wire = new Wire(shared);
        Reply reply = reply(clients.usual(url.host()), url, request, wire, end);
        boolean isStale = reply instanceof Reply.Unreachable && wire.wasStale();
        // An idle connection may have been closed by the receiver just now: nobody's fault.
        return isStale ? reply(clients.fresh(), url, request, new Wire(shared), end) : reply;
    }

    private Reply reply(OkHttpClient by, HttpUrl url, SignedRequest request, Wire wire, long end) {
        Request built;
        try {
            built = request(url, request, wire);
        } catch (IllegalArgumentException e) {
            // OkHttp's message would show the header's value.
            return new Reply.InvalidTarget("a header cannot be sent");
        }
        try {
            guard.check(url.host());
            if (proxy.isPresent()) {
                checkAheadOfProxy(url, end);
            }
            wire.begin();
            return exchange(by.newCall(built), request, wire, end);
        } catch (BlockedAddress e) {
            return new Reply.Blocked(String.valueOf(e.getMessage()));
        } catch (IOException e) {
            return failed(e, wire);
        } catch (RuntimeException e) {
            // An answer so odd that the client stumbles is the receiver's failure.
            LOG.warn("an answer was too odd to be read", e);
            return new Reply.Unreachable(Fault.protocol_error);
        } finally {
            Wire.end();
        }
    }

    private Reply exchange(Call call, SignedRequest request, Wire wire, long end)
            throws IOException {
        long leftNanos = Math.max(1_000_000, end - System.nanoTime());
        call.timeout().timeout(leftNanos, TimeUnit.NANOSECONDS);
        names.giveUpAt(end);
        try (Response response = call.execute()) {
            Response head = Objects.requireNonNull(wire.head());
            if (isProxys(head)) {
                return new Reply.Unreachable(Fault.proxy);
            }
            return Echo.without(request.secrets(), Answers.read(call, head, response));
        }
    }

    private Request request(HttpUrl url, SignedRequest request, Wire wire) {
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
        String authorization = proxy.map(EgressProxy::authorization).orElse(null);
        if (authorization != null && !url.isHttps()) {
            // In a tunnel it would reach the receiver.
            builder.header(EgressProxy.HEADER, authorization);
        }
        return builder.build();
    }

    private boolean isProxys(Response head) {
        return proxy.isPresent()
                && !head.request().isHttps()
                && head.code() == PROXY_AUTHENTICATION_REQUIRED;
    }

    private Reply failed(IOException e, Wire wire) {
        Response head = wire.head();
        if (e instanceof ProtocolException && head != null && Answers.isBodiless(head)) {
            return Answers.withoutBody(head);
        }
        boolean lookingUp = wire.isLookingUp();
        if (e instanceof Names.SlowLookup && !lookingUp) {
            // Ahead of the client, which asks for no name but the proxy's.
            return new Reply.Unreachable(Fault.dns_timeout);
        }
        boolean atProxy = proxy.isPresent() && !wire.beyondProxy();
        boolean timedOut = e instanceof InterruptedIOException || isSlowConnect(e);
        if (atProxy && (!timedOut || lookingUp || e instanceof SocketTimeoutException)) {
            return new Reply.Unreachable(Fault.proxy);
        }
        if (timedOut) {
            // The call's deadline may strike just before that of its lookup.
            return lookingUp
                    ? new Reply.Unreachable(Fault.dns_timeout)
                    : new Reply.TimedOut(!wire.isConnected());
        }
        return new Reply.Unreachable(Fault.of(e));
    }

    /** The operating system gave up before we did. */
    private static boolean isSlowConnect(IOException e) {
        return e instanceof ConnectException
                && e.getCause() != null
                && String.valueOf(e.getCause().getMessage()).contains("timed out");
    }

    /**
     * What the proxy must not be asked for. It looks the name up again and has the last word; a
     * name that is unknown here may be known there, but one that nobody tells us in time may be
     * any, and is not asked for.
     */
    private void checkAheadOfProxy(HttpUrl url, long end) throws BlockedAddress, Names.SlowLookup {
        names.giveUpAt(end);
        try {
            for (InetAddress address : names.all(url.host())) {
                guard.check(address, url.port());
            }
        } catch (Names.SlowLookup e) {
            throw e;
        } catch (UnknownHostException e) {
            guard.check(url.port());
        }
    }

    /** Ends every call under way. */
    @Override
    public void close() {
        clients.close();
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
