package dev.ringback.rig;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * All subscribers of a run behind one port of every loopback address: one thread that reads no more
 * of a request than it needs, so that it takes little from what is measured.
 */
public final class Receiver implements AutoCloseable {
    private static final int BACKLOG = 4_096;
    private static final int BUFFER_BYTES = 64 << 10;
    private static final String VOXML =
            "{\"voxml_version\":\"1.0\",\"instructions\":[{\"verb\":\"Say\",\"text\":\"Hello\"}]}";

    private final Selector selector;
    private final ServerSocketChannel server;
    private final Subscriber subscriber;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private final ByteBuffer ok = response("200 OK");
    private final ByteBuffer voxml = response("200 OK", VOXML);
    private final ByteBuffer unavailable = response("503 Service Unavailable");
    private final Thread thread;

    /** What an endpoint does with a request. */
    public enum Answer {
        ok,
        /** 200 with VoxML. */
        voxml,
        unavailable,
        /** Takes the request and never says a word. */
        hang
    }

    /** Decides, on the receiver's thread, what becomes of each request. */
    public interface Subscriber {
        /**
         * A whole request has come.
         *
         * @param event its number; -1 when it has none
         * @param atNanos when, by {@link System#nanoTime}
         */
        Answer on(int endpoint, int event, long atNanos);
    }

    private Receiver(Selector selector, ServerSocketChannel server, Subscriber subscriber) {
        this.selector = selector;
        this.server = server;
        this.subscriber = subscriber;
        this.thread = Thread.ofPlatform().name("receiver").daemon().unstarted(this::serve);
    }

    /** A receiver on any free port. */
    public static Receiver start(Subscriber subscriber) {
        try {
            Selector selector = Selector.open();
            ServerSocketChannel server = ServerSocketChannel.open();
            server.bind(new InetSocketAddress("0.0.0.0", 0), BACKLOG);
            server.configureBlocking(false);
            server.register(selector, SelectionKey.OP_ACCEPT);
            Receiver receiver = new Receiver(selector, server, subscriber);
            receiver.thread.start();
            return receiver;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where it listens. */
    public int port() {
        return server.socket().getLocalPort();
    }

    private void serve() {
        try {
            while (server.isOpen()) {
                selector.select(this::ready);
            }
            for (SelectionKey key : selector.keys()) {
                key.channel().close();
            }
            selector.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void ready(SelectionKey key) {
        try {
            if (key.attachment() instanceof Incoming incoming) {
                read(key, (SocketChannel) key.channel(), incoming);
            } else {
                accept();
            }
        } catch (IOException e) {
            close(key);
        }
    }

    private void accept() throws IOException {
        for (SocketChannel next = server.accept(); next != null; next = server.accept()) {
            next.configureBlocking(false);
            next.setOption(StandardSocketOptions.TCP_NODELAY, true);
            next.register(selector, SelectionKey.OP_READ, new Incoming());
        }
    }

    private void read(SelectionKey key, SocketChannel channel, Incoming incoming)
            throws IOException {
        buffer.clear();
        if (channel.read(buffer) < 0) {
            close(key);
            return;
        }
        incoming.add(buffer.flip());
        for (Incoming.Request next = incoming.take(); next != null; next = incoming.take()) {
            ByteBuffer response =
                    switch (subscriber.on(next.endpoint(), next.event(), System.nanoTime())) {
                        case ok -> ok;
                        case voxml -> voxml;
                        case unavailable -> unavailable;
                        case hang -> null;
                    };
            write(channel, response);
        }
    }

    /** A response is so small that it always fits into what the system holds for a connection. */
    private static void write(SocketChannel channel, @Nullable ByteBuffer response)
            throws IOException {
        if (response != null && channel.write(response.rewind()) < response.limit()) {
            throw new IOException("a response did not fit");
        }
    }

    private static void close(SelectionKey key) {
        try {
            key.channel().close();
        } catch (IOException e) {
            key.cancel();
        }
    }

    private static ByteBuffer response(String status) {
        return response(status, "");
    }

    private static ByteBuffer response(String status, String body) {
        String text =
                "HTTP/1.1 " + status + "\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public void close() {
        try {
            server.close();
            selector.wakeup();
            thread.join();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
