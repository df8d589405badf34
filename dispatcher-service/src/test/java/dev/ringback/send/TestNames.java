package dev.ringback.send;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.net.spi.InetAddressResolver;
import java.net.spi.InetAddressResolverProvider;
import java.nio.charset.StandardCharsets;
import java.security.Security;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * The JVM's resolver in this module's tests: names under {@code dns.test} are asked of {@link
 * TestDns} over UDP and not remembered, all others of the operating system.
 */
public final class TestNames extends InetAddressResolverProvider {
    static final String ZONE = ".dns.test";

    private static final int TIMEOUT_MILLIS = 5_000;

    @Override
    public String name() {
        return "test";
    }

    @Override
    public InetAddressResolver get(Configuration configuration) {
        Security.setProperty("networkaddress.cache.ttl", "0");
        Security.setProperty("networkaddress.cache.negative.ttl", "0");
        InetAddressResolver system = configuration.builtinResolver();
        return new InetAddressResolver() {
            @Override
            public Stream<InetAddress> lookupByName(String host, LookupPolicy policy)
                    throws UnknownHostException {
                return host.endsWith(ZONE) ? ask(host).stream() : system.lookupByName(host, policy);
            }

            @Override
            public String lookupByAddress(byte[] address) throws UnknownHostException {
                return system.lookupByAddress(address);
            }
        };
    }

    private static List<InetAddress> ask(String host) throws UnknownHostException {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            byte[] query = query(host);
            socket.send(new DatagramPacket(query, query.length, TestDns.address()));
            DatagramPacket answer = new DatagramPacket(new byte[512], 512);
            socket.receive(answer);
            return addresses(host, answer, query.length);
        } catch (UnknownHostException e) {
            throw e;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] query(String host) {
        ByteArrayOutputStream query = new ByteArrayOutputStream();
        // Any number, recursion wanted, one question.
        query.writeBytes(new byte[] {7, 7, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0});
        for (String label : host.split("\\.")) {
            query.write(label.length());
            query.writeBytes(label.getBytes(StandardCharsets.US_ASCII));
        }
        query.writeBytes(new byte[] {0, 0, 1, 0, 1});
        return query.toByteArray();
    }

    private static List<InetAddress> addresses(String host, DatagramPacket packet, int from)
            throws UnknownHostException {
        byte[] bytes = Arrays.copyOf(packet.getData(), packet.getLength());
        List<InetAddress> addresses = new ArrayList<>();
        for (int at = from; at < bytes.length; at += TestDns.RECORD_BYTES) {
            byte[] four =
                    Arrays.copyOfRange(
                            bytes, at + TestDns.RECORD_BYTES - 4, at + TestDns.RECORD_BYTES);
            addresses.add(InetAddress.getByAddress(host, four));
        }
        if (addresses.isEmpty()) {
            throw new UnknownHostException(host);
        }
        return addresses;
    }
}
