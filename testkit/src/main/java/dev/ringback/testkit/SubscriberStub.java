package dev.ringback.testkit;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** A subscriber on 127.0.0.1 that keeps what it receives and answers as a test wants. */
public final class SubscriberStub implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Queue<Received> received = new ConcurrentLinkedQueue<>();
    private final AtomicInteger count = new AtomicInteger();
    private final Behaviour behaviour;

    /**
     * One request as it came.
     *
     * @param path with the query, if there is one
     * @param headers names in lower case
     */
    public record Received(
            Instant at, String method, String path, Map<String, String> headers, byte[] body) {
        /** One header's value. */
        public String header(String name) {
            return headers.getOrDefault(name.toLowerCase(Locale.ROOT), "");
        }

        /** The delivery id. */
        public String deliveryId() {
            return header("Ringback-Delivery");
        }

        /** The body as text. */
        public String text() {
            return new String(body, StandardCharsets.UTF_8);
        }
    }

    /** What the subscriber answers; it may wait before it does. */
    public interface Behaviour {
        /** The status for one request; called on a thread of its own. */
        Answer on(Received request) throws InterruptedException;
    }

    /** An answer. */
    public record Answer(int status, Map<String, String> headers, byte[] body) {
        /** An answer of a status alone. */
        public static Answer of(int status) {
            return new Answer(status, Map.of(), new byte[0]);
        }
    }

    private SubscriberStub(HttpServer server, Behaviour behaviour) {
        this.server = server;
        this.behaviour = behaviour;
    }

    /** A subscriber that answers 200. */
    public static SubscriberStub start() {
        return start(request -> Answer.of(200));
    }

    /** A subscriber that behaves. */
    public static SubscriberStub start(Behaviour behaviour) {
        try {
            HttpServer server =
                    HttpServer.create(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1_000);
            SubscriberStub stub = new SubscriberStub(server, behaviour);
            server.createContext("/", stub::handle);
            server.setExecutor(stub.threads);
            server.start();
            return stub;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where it listens. */
    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/hooks";
    }

    /** Everything received so far, in order of arrival. */
    public List<Received> received() {
        return List.copyOf(received);
    }

    /** How much was received so far. */
    public int count() {
        return count.get();
    }

    private void handle(HttpExchange exchange) throws IOException {
        Instant at = Instant.now();
        Map<String, String> headers = new TreeMap<>();
        exchange.getRequestHeaders()
                .forEach(
                        (name, values) ->
                                headers.put(
                                        name.toLowerCase(Locale.ROOT), String.join(", ", values)));
        Received request =
                new Received(
                        at,
                        exchange.getRequestMethod(),
                        exchange.getRequestURI().toString(),
                        headers,
                        exchange.getRequestBody().readAllBytes());
        received.add(request);
        count.incrementAndGet();
        try (exchange) {
            Answer answer = behaviour.on(request);
            answer.headers()
                    .forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
            boolean empty = answer.body().length == 0;
            exchange.sendResponseHeaders(answer.status(), empty ? -1 : answer.body().length);
            if (!empty) {
                exchange.getResponseBody().write(answer.body());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
