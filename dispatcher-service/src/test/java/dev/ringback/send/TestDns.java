package dev.ringback.send;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A name server on UDP that may say something else each time it is asked. */
public final class TestDns implements AutoCloseable {
    /** A pointer to the name, type, class, time to live, length, address. */
    static final int RECORD_BYTES = 16;

    private static final int HEADER_BYTES = 12;
    private static final int NAME_ERROR = 3;

    private static volatile SocketAddress address;

    private final DatagramSocket socket;
    private final Zone zone;
    private final AtomicInteger queries = new AtomicInteger();

    /** What it says. */
    public interface Zone {
        /**
         * The addresses of a name; none when it is unknown.
         *
         * @param number of the query, from 1
         */
        List<String> addresses(String name, int number);
    }

    private TestDns(DatagramSocket socket, Zone zone) {
        this.socket = socket;
        this.zone = zone;
    }

    /** The one name server that tests ask. */
    public static TestDns start(Zone zone) {
        try {
            DatagramSocket socket =
                    new DatagramSocket(
                            new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0));
            TestDns dns = new TestDns(socket, zone);
            address = socket.getLocalSocketAddress();
            Thread.ofPlatform().daemon().name("test-dns").start(dns::serve);
            return dns;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static SocketAddress address() {
        return address;
    }

    /** A name under the zone that is asked of it. */
    public static String name(String label) {
        return label + TestNames.ZONE;
    }

    /** How often it was asked. */
    public int queries() {
        return queries.get();
    }

    private void serve() {
        while (!socket.isClosed()) {
            try {
                DatagramPacket packet = new DatagramPacket(new byte[512], 512);
                socket.receive(packet);
                byte[] answer = answer(Arrays.copyOf(packet.getData(), packet.getLength()));
                socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
            } catch (IOException e) {
                return;
            }
        }
    }

    private byte[] answer(byte[] query) {
        List<String> found = zone.addresses(name(query), queries.incrementAndGet());
        ByteArrayOutputStream answer = new ByteArrayOutputStream();
        answer.writeBytes(query);
        for (String each : found) {
            answer.writeBytes(new byte[] {(byte) 0xc0, HEADER_BYTES, 0, 1, 0, 1, 0, 0, 0, 0, 0, 4});
            answer.writeBytes(InetAddress.ofLiteral(each).getAddress());
        }
        byte[] bytes = answer.toByteArray();
        bytes[2] = (byte) 0x81;
        bytes[3] = (byte) (0x80 | (found.isEmpty() ? NAME_ERROR : 0));
        bytes[7] = (byte) found.size();
        return bytes;
    }

    private static String name(byte[] query) {
        StringBuilder name = new StringBuilder();
        for (int at = HEADER_BYTES; query[at] != 0; at += query[at] + 1) {
            name.append(name.isEmpty() ? "" : ".")
                    .append(new String(query, at + 1, query[at], StandardCharsets.US_ASCII));
        }
        return name.toString();
    }

    @Override
    public void close() {
        socket.close();
    }
}
