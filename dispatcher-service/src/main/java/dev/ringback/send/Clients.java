package dev.ringback.send;

import dev.ringback.network.EgressProxy;
import java.io.IOException;
import java.net.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;
import javax.net.ssl.HostnameVerifier;
import okhttp3.ConnectionPool;
import okhttp3.EventListener;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;

/**
 * The HTTP clients, which share all but their connections. They follow nothing and repeat nothing
 * by themselves, and connect where the guard lets them, or to the proxy alone. Thread-safe.
 *
 * @param usual each keeps a bounded number of idle connections for a few seconds; a host always has
 *     the same one, since a client looks through all of its connections for each request
 * @param fresh keeps none, so that what it meets is no connection's past
 */
record Clients(List<OkHttpClient> usual, OkHttpClient fresh) implements AutoCloseable {
    /** Shorter than what common servers keep idle connections for, 5 s and more. */
    private static final long IDLE_SECONDS = 4;

    /** Of all clients together. */
    private static final int IDLE_CONNECTIONS = 2_048;

    private static final int POOLS = 16;

    /** The proxy is near; when it is slow it is down. */
    private static final Duration PROXY_CONNECT = Duration.ofMillis(1_500);

    /** Whether a certificate is that of a host, as the client itself would say. */
    private static final HostnameVerifier HOSTS = new OkHttpClient().hostnameVerifier();

    /** Where the client complains of connections that a cancelled call left to the collector. */
    private static final Logger CLIENT_LOG = Logger.getLogger(OkHttpClient.class.getName());

    static Clients of(
            EgressGuard guard,
            Optional<EgressProxy> proxy,
            Names names,
            UnaryOperator<OkHttpClient.Builder> trust) {
        CLIENT_LOG.setLevel(Level.OFF);
        OkHttpClient.Builder builder = trust.apply(builder());
        OkHttpClient first =
                proxy.map(by -> by(by, names, builder))
                        .orElseGet(() -> direct(guard, names, builder))
                        .build();
        List<OkHttpClient> usual =
                Stream.generate(() -> with(IDLE_CONNECTIONS / POOLS, first)).limit(POOLS).toList();
        return new Clients(usual, with(0, first));
    }

    private static OkHttpClient with(int idleConnections, OkHttpClient client) {
        ConnectionPool pool = new ConnectionPool(idleConnections, IDLE_SECONDS, TimeUnit.SECONDS);
        return client.newBuilder().connectionPool(pool).build();
    }

    /** The one that has a host's connections. */
    OkHttpClient usual(String host) {
        return usual.get(Math.floorMod(host.hashCode(), POOLS));
    }

    private static OkHttpClient.Builder builder() {
        return new OkHttpClient.Builder()
                .followRedirects(false)
                .followSslRedirects(false)
                .retryOnConnectionFailure(false)
                // The call's own deadline covers all of it, however long it may be.
                .connectTimeout(Duration.ZERO)
                .readTimeout(Duration.ZERO)
                .writeTimeout(Duration.ZERO)
                // One of our own, or else hosts of one certificate would share a connection.
                .hostnameVerifier((host, session) -> HOSTS.verify(host, session))
                .addNetworkInterceptor(Clients::neutral)
                .protocols(List.of(Protocol.HTTP_2, Protocol.HTTP_1_1))
                .eventListenerFactory(call -> wire(call.request()));
    }

    private static OkHttpClient.Builder direct(
            EgressGuard guard, Names names, OkHttpClient.Builder builder) {
        return builder.proxy(Proxy.NO_PROXY).dns(names).socketFactory(new Sockets(guard::check));
    }

    /** All that it connects to is the proxy, which may be anywhere. */
    private static OkHttpClient.Builder by(
            EgressProxy by, Names names, OkHttpClient.Builder builder) {
        return builder.proxy(by.proxy())
                .dns(names::all)
                .socketFactory(new Sockets((address, port) -> {}))
                .connectTimeout(PROXY_CONNECT)
                .proxyAuthenticator(
                        (route, response) -> {
                            Request request = response.request();
                            boolean refused = request.header(EgressProxy.HEADER) != null;
                            // Whatever else there is in a tunnel goes to the receiver.
                            boolean isProxys = request.method().equals("CONNECT");
                            return refused || !isProxys || by.authorization() == null
                                    ? null
                                    : request.newBuilder()
                                            .header(EgressProxy.HEADER, by.authorization())
                                            .build();
                        });
    }

    /**
     * Shows the client the same status whatever came, as it would act on some: it would ask again,
     * and take numbers that it cannot read for our mistake. {@link Wire#head} has the real one.
     */
    private static Response neutral(Interceptor.Chain chain) throws IOException {
        return chain.proceed(chain.request()).newBuilder().code(200).build();
    }

    private static EventListener wire(Request request) {
        Wire wire = request.tag(Wire.class);
        return wire == null ? EventListener.NONE : wire;
    }

    /** Ends every call under way. */
    @Override
    public void close() {
        // All have the same one.
        fresh.dispatcher().cancelAll();
        usual.forEach(client -> client.connectionPool().evictAll());
    }
}
