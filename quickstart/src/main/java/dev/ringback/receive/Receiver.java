package dev.ringback.receive;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.ringback.receive.Verifier.Check;
import dev.ringback.schemas.Topics;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A subscriber's side: verifies each webhook, tells of it and answers. Webhooks are told of from
 * many threads at once.
 */
public final class Receiver implements AutoCloseable {
    private static final int MOST_DELIVERIES_REMEMBERED = 10_000;
    private static final byte[] NOTHING = {};
    private static final int OK = 200;
    private static final int NOT_VERIFIED = 401;
    private static final int TOO_LARGE = 413;
    private static final int MISBEHAVING = 503;

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Behaviour behaviour;
    private final Clock clock;
    private final Function<String, Optional<Verifier>> verifiers;
    private final Function<String, byte[]> answers;
    private final Consumer<Webhook> heard;

    // Guarded by itself.
    private final Map<String, Integer> seen =
            new LinkedHashMap<>() {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Integer> eldest) {
                    return size() > MOST_DELIVERIES_REMEMBERED;
                }
            };

    /**
     * How it answers.
     *
     * @param status null for 200, or 401 when a webhook fails its verification
     * @param delay before each answer
     * @param failFirst how many requests of each delivery are answered 503 first
     */
    public record Behaviour(@Nullable Integer status, Duration delay, int failFirst) {
        /** As a subscriber should. */
        public static final Behaviour GOOD = new Behaviour(null, Duration.ZERO, 0);
    }

    /**
     * One request as it came.
     *
     * @param path with its query
     * @param headers by name, in any case
     * @param body what is signed: of a GET its query, as it came
     * @param status what it is answered
     */
    public record Webhook(
            Instant at,
            String method,
            String path,
            Map<String, String> headers,
            byte[] body,
            Check check,
            int status) {
        /** The id of its delivery, empty when it says none. */
        public String delivery() {
            return headers.getOrDefault("Ringback-Delivery", "");
        }

        /** The number of its attempt as text, {@code ?} when it says none. */
        public String attempt() {
            return headers.getOrDefault("Ringback-Attempt", "?");
        }
    }

    /**
     * Opens the port on 127.0.0.1; {@link #start} begins to answer.
     *
     * @param port 0 for any free one
     * @param verifiers by the path of the request, without its query
     * @param heard told of each webhook before it is answered
     * @throws IOException when the port is taken
     */
    public Receiver(
            int port,
            Behaviour behaviour,
            Clock clock,
            Function<String, Optional<Verifier>> verifiers,
            Consumer<Webhook> heard)
            throws IOException {
        this(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                behaviour,
                clock,
                verifiers,
                path -> NOTHING,
                heard);
    }

    /**
     * The same at any address, where some requests want more than a status.
     *
     * @param answers the JSON that a request is answered by its path; empty for none
     */
    public Receiver(
            InetSocketAddress address,
            Behaviour behaviour,
            Clock clock,
            Function<String, Optional<Verifier>> verifiers,
            Function<String, byte[]> answers,
            Consumer<Webhook> heard)
            throws IOException {
        this.server = HttpServer.create(address, 0);
        this.behaviour = behaviour;
        this.clock = clock;
        this.verifiers = verifiers;
        this.answers = answers;
        this.heard = heard;
        server.setExecutor(threads);
        server.createContext("/", this::handle);
    }

    /** Begins to answer. */
    public void start() {
        server.start();
    }

    /** Where it listens, as seen from this machine. */
    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** Stops at once, whatever is under way. */
    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            byte[] body = body(exchange);
            if (body.length > Topics.MAX_RECORD_BYTES) {
                exchange.sendResponseHeaders(TOO_LARGE, -1);
                return;
            }
            Webhook webhook = webhook(exchange, body);
            heard.accept(webhook);
            // What --delay asks for: a receiver that is this slow.
            Thread.sleep(behaviour.delay());
            answer(exchange, webhook.status());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void answer(HttpExchange exchange, int status) throws IOException {
        byte[] json = answers.apply(exchange.getRequestURI().getPath());
        if (status != OK || json.length == 0) {
            exchange.sendResponseHeaders(status, -1);
            return;
        }
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, json.length);
        exchange.getResponseBody().write(json);
    }

    private static byte[] body(HttpExchange exchange) throws IOException {
        if (exchange.getRequestMethod().equals("GET")) {
            String query = exchange.getRequestURI().getRawQuery();
            return (query == null ? "" : query).getBytes(StandardCharsets.UTF_8);
        }
        return exchange.getRequestBody().readNBytes(Topics.MAX_RECORD_BYTES + 1);
    }

    private Webhook webhook(HttpExchange exchange, byte[] body) {
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        exchange.getRequestHeaders()
                .forEach((name, values) -> headers.put(name, String.join(", ", values)));
        String path = exchange.getRequestURI().toString();
        Check check =
                verifiers
                        .apply(exchange.getRequestURI().getPath())
                        .map(verifier -> verifier.check(headers, body))
                        .orElse(new Check.Unchecked("no --secret"));
        Webhook webhook =
                new Webhook(
                        clock.instant(),
                        exchange.getRequestMethod(),
                        path,
                        headers,
                        body,
                        check,
                        0);
        return new Webhook(
                webhook.at(),
                webhook.method(),
                path,
                headers,
                body,
                check,
                status(webhook.delivery(), check));
    }

    private int status(String delivery, Check check) {
        int times;
        synchronized (seen) {
            times = seen.merge(delivery, 1, Integer::sum);
        }
        if (times <= behaviour.failFirst()) {
            return MISBEHAVING;
        }
        if (behaviour.status() != null) {
            return behaviour.status();
        }
        return check instanceof Check.Failed ? NOT_VERIFIED : OK;
    }
}
