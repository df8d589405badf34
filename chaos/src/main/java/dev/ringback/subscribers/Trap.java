package dev.ringback.subscribers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.atomic.AtomicInteger;

/** A port at an address inside the egress guard: whoever connects to it has got past the guard. */
public final class Trap implements AutoCloseable {
    private static final String ADDRESS = "127.0.0.2";

    private final ServerSocket server;
    private final AtomicInteger connections = new AtomicInteger();

    /** Opens the port and waits for connections from now on. */
    public Trap() {
        try {
            this.server = new ServerSocket();
            server.bind(new InetSocketAddress(InetAddress.ofLiteral(ADDRESS), 0));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot listen on " + ADDRESS, e);
        }
        Thread.ofPlatform().daemon().name("trap").start(this::count);
    }

    /** Where it is: scheme, host and port. */
    public String address() {
        return "http://" + ADDRESS + ":" + server.getLocalPort();
    }

    /** How often somebody has connected to it. */
    public int connections() {
        return connections.get();
    }

    private void count() {
        while (!server.isClosed()) {
            try {
                server.accept().close();
                connections.incrementAndGet();
            } catch (IOException e) {
                if (!server.isClosed()) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot close the trap", e);
        }
    }
}
