package dev.ringback.subscribers;

import dev.ringback.receive.Verifier;
import dev.ringback.receive.Verifier.Check;
import dev.ringback.schemas.Json;
import dev.ringback.subscribers.Behaviour.Trouble;
import dev.ringback.subscribers.Connection.Answer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All subscribers on one port of 127.0.0.1, each with a path of its own. Tells of each request just
 * before it is answered. A thread a connection.
 */
public final class Receivers implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Receivers.class);
    private static final int BACKLOG = 4_096;

    private final ServerSocket server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final Map<String, Subscriber> subscribers = new HashMap<>();
    private final Map<String, Verifier> verifiers = new HashMap<>();
    private final Clock clock;
    private final Consumer<Arrival> heard;

    /**
     * Opens the port; {@link #start} begins to answer.
     *
     * @param heard told of each request, on many threads at once
     */
    public Receivers(List<Subscriber> all, Clock clock, Consumer<Arrival> heard) {
        this.clock = clock;
        this.heard = heard;
        for (Subscriber subscriber : all) {
            subscribers.put(subscriber.path(), subscriber);
            verifiers.put(subscriber.path(), subscriber.verifier(clock));
        }
        try {
            this.server = new ServerSocket();
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
        } catch (IOException e) {
            throw new UncheckedIOException("no free port", e);
        }
    }

    /** Begins to answer. */
    public void start() {
        Thread.ofPlatform().daemon().name("receivers").start(this::accept);
    }

    /** Where they are: scheme, host and port. */
    public String address() {
        return "http://127.0.0.1:" + server.getLocalPort();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                open.add(socket);
                threads.execute(() -> serve(socket));
            } catch (IOException e) {
                if (!server.isClosed()) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            new Connection(socket, clock, this::answer).serve();
        } catch (IOException e) {
            LOG.debug("a client gave up, which is what bad answers are for", e);
        } finally {
            open.remove(socket);
        }
    }

    private Answer answer(Request request) {
        Subscriber subscriber = subscribers.get(request.path());
        if (subscriber == null) {
            return new Answer(404, Trouble.none);
        }
        String delivery = request.header("Ringback-Delivery");
        int attempt = number(request.header("Ringback-Attempt"));
        Behaviour behaviour = subscriber.behaviour();
        boolean fails = behaviour.fails(delivery, attempt);
        Trouble trouble =
                fails || behaviour.trouble() == Trouble.gigabytes
                        ? behaviour.trouble()
                        : Trouble.none;
        int status = fails ? failure(trouble) : 200;
        heard.accept(arrival(subscriber, request, delivery, attempt, status));
        return new Answer(status, trouble);
    }

    private static int failure(Trouble trouble) {
        return switch (trouble) {
            case error, gigabytes -> 500;
            case later_seconds, later_date -> 429;
            case gone -> 410;
            case none, hang, drip, reset, blocked -> 0;
        };
    }

    private Arrival arrival(
            Subscriber subscriber, Request request, String delivery, int attempt, int status) {
        CRC32 crc = new CRC32();
        crc.update(request.body());
        return new Arrival(
                subscriber,
                delivery,
                attempt,
                request.at(),
                clock.instant(),
                status,
                crc.getValue(),
                sequence(subscriber, request),
                fault(subscriber, request, delivery));
    }

    private static long sequence(Subscriber subscriber, Request request) {
        return subscriber.ordered()
                ? Json.parse(request.body()).at("/data/event/sequence").asLong(0)
                : 0;
    }

    private @Nullable String fault(Subscriber subscriber, Request request, String delivery) {
        Verifier verifier = verifiers.get(subscriber.path());
        if (verifier == null) {
            return "nothing verifies it";
        }
        String id = request.headers().get("webhook-id");
        if (id != null && !id.equals(delivery)) {
            return "webhook-id is " + id + " and Ringback-Delivery " + delivery;
        }
        return switch (verifier.check(request.headers(), request.body())) {
            case Check.Verified() -> null;
            case Check.Failed(String why) -> why;
            case Check.Unchecked(String why) -> why;
        };
    }

    private static int number(String text) {
        return text.matches("\\d{1,6}") ? Integer.parseInt(text) : 0;
    }

    /** Cuts every connection. */
    @Override
    public void close() {
        try {
            server.close();
            for (Socket socket : open) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot close the receivers", e);
        }
        threads.shutdownNow();
    }
}
