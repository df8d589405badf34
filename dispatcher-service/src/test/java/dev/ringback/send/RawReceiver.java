package dev.ringback.send;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A receiver that writes to its socket what a test wants, HTTP or not. */
final class RawReceiver implements AutoCloseable {
    private static final Pattern LENGTH = Pattern.compile("(?i)content-length: (\\d+)");

    private final ServerSocket server;
    private final Behaviour behaviour;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final Queue<String> heads = new ConcurrentLinkedQueue<>();
    private final AtomicInteger accepted = new AtomicInteger();
    private final CompletableFuture<Void> acceptsNone = new CompletableFuture<>();

    /** What it does with one connection, which is closed when it returns. */
    interface Behaviour {
        void on(Socket socket, RawReceiver receiver) throws IOException, InterruptedException;
    }

    private RawReceiver(ServerSocket server, Behaviour behaviour) {
        this.server = server;
        this.behaviour = behaviour;
    }

    /** One on 127.0.0.1. */
    static RawReceiver start(Behaviour behaviour) {
        return start(InetAddress.ofLiteral("127.0.0.1"), behaviour);
    }

    /** One that reads a request, writes a text, and closes. */
    static RawReceiver saying(String answer) {
        return saying(answer.getBytes(StandardCharsets.ISO_8859_1));
    }

    static RawReceiver saying(byte[] answer) {
        return start(
                (socket, receiver) -> {
                    receiver.read(socket);
                    socket.getOutputStream().write(answer);
                });
    }

    /** One on another address. */
    static RawReceiver start(InetAddress address, Behaviour behaviour) {
        return start(address, 0, behaviour);
    }

    static RawReceiver start(InetAddress address, int port, Behaviour behaviour) {
        try {
            ServerSocket server = new ServerSocket();
            server.bind(new InetSocketAddress(address, port), 1_000);
            RawReceiver receiver = new RawReceiver(server, behaviour);
            receiver.threads.execute(receiver::accept);
            return receiver;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int port() {
        return server.getLocalPort();
    }

    String url() {
        return "http://127.0.0.1:" + port() + "/hooks";
    }

    /** How many connections there have been. */
    int accepted() {
        return accepted.get();
    }

    /** How many connections there are. */
    int open() {
        return open.size();
    }

    /** Request lines and headers that {@link #read} has read. */
    Queue<String> heads() {
        return heads;
    }

    /** Reads one request; its head is empty when the client has closed. */
    String read(Socket socket) throws IOException {
        InputStream in = socket.getInputStream();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        String head = "";
        while (!head.endsWith("\r\n\r\n")) {
            int one = in.read();
            if (one < 0) {
                return "";
            }
            bytes.write(one);
            head = one == '\n' ? bytes.toString(StandardCharsets.ISO_8859_1) : head;
        }
        heads.add(head);
        Matcher length = LENGTH.matcher(head);
        if (length.find()) {
            in.readNBytes(Integer.parseInt(length.group(1)));
        }
        return head;
    }

    /** Answers every request of a connection with 200. */
    static void keepAlive(Socket socket, RawReceiver receiver) throws IOException {
        while (!receiver.read(socket).isEmpty()) {
            socket.getOutputStream()
                    .write(
                            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
                                    .getBytes(StandardCharsets.US_ASCII));
        }
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                accepted.incrementAndGet();
                open.add(socket);
                threads.execute(() -> handle(socket));
            } catch (IOException e) {
                break;
            }
        }
        acceptsNone.complete(null);
    }

    private void handle(Socket socket) {
        try (socket) {
            behaviour.on(socket, this);
        } catch (IOException e) {
            // The client has had enough.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            open.remove(socket);
        }
    }

    @Override
    public void close() {
        try {
            server.close();
            // The system goes on taking connections until nobody waits for one any more.
            acceptsNone.join();
            for (Socket socket : open) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        threads.shutdownNow();
    }
}
