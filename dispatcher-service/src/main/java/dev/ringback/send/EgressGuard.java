package dev.ringback.send;

import dev.ringback.runtime.Cidr;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Keeps webhooks away from addresses that are nobody's business: it decides on the address that is
 * actually connected to, so neither a literal in an odd notation nor a name that changes its answer
 * gets past. The ranges are those of the IANA special-purpose registries (RFC 6890).
 */
public final class EgressGuard {
    private static final List<Cidr> BLOCKED_V4 =
            cidrs(
                    "0.0.0.0/8",
                    "10.0.0.0/8",
                    "100.64.0.0/10",
                    "127.0.0.0/8",
                    "169.254.0.0/16",
                    "172.16.0.0/12",
                    "192.0.0.0/24",
                    "192.0.2.0/24",
                    "192.88.99.0/24",
                    "192.168.0.0/16",
                    "198.18.0.0/15",
                    "198.51.100.0/24",
                    "203.0.113.0/24",
                    "224.0.0.0/3");
    private static final Cidr GLOBAL_V6 = Cidr.parse("2000::/3");
    private static final List<Cidr> BLOCKED_V6 = cidrs("2001::/32", "2001:db8::/32");
    private static final Cidr SIX_TO_FOUR = Cidr.parse("2002::/16");
    private static final Cidr NAT64 = Cidr.parse("64:ff9b::/96");

    private final List<Cidr> allowed;

    /** Lets the given ranges through although they would be blocked. */
    public EgressGuard(List<Cidr> allowed) {
        this.allowed = List.copyOf(allowed);
    }

    /** An address that must not be connected to. */
    static final class BlockedAddress extends IOException {
        private static final long serialVersionUID = 1L;

        BlockedAddress(InetAddress address) {
            super(address.getHostAddress());
        }
    }

    /** Whether an address may be connected to. */
    boolean lets(InetAddress address) {
        return allowed.stream().anyMatch(range -> range.contains(address)) || isPublic(address);
    }

    /** Sockets that refuse to connect to a blocked address. */
    SocketFactory sockets() {
        return new GuardedSockets();
    }

    private static boolean isPublic(InetAddress address) {
        return switch (address) {
            case Inet4Address four -> BLOCKED_V4.stream().noneMatch(range -> range.contains(four));
            case Inet6Address six -> isPublicV6(six);
            default -> false;
        };
    }

    private static boolean isPublicV6(Inet6Address address) {
        byte[] bytes = address.getAddress();
        if (SIX_TO_FOUR.contains(address)) {
            return isPublic(embedded(bytes, 2));
        }
        if (NAT64.contains(address)) {
            return isPublic(embedded(bytes, 12));
        }
        return GLOBAL_V6.contains(address)
                && BLOCKED_V6.stream().noneMatch(range -> range.contains(address));
    }

    private static InetAddress embedded(byte[] bytes, int from) {
        try {
            return InetAddress.getByAddress(Arrays.copyOfRange(bytes, from, from + 4));
        } catch (UnknownHostException e) {
            throw new IllegalStateException("4 bytes are always an address", e);
        }
    }

    private static List<Cidr> cidrs(String... texts) {
        return Stream.of(texts).map(Cidr::parse).toList();
    }

    private final class GuardedSockets extends SocketFactory {
        @Override
        public Socket createSocket() {
            return new GuardedSocket();
        }

        @Override
        public Socket createSocket(String host, int port) throws IOException {
            throw new IOException("only unconnected sockets are made here");
        }

        @Override
        public Socket createSocket(String host, int port, InetAddress local, int localPort)
                throws IOException {
            return createSocket(host, port);
        }

        @Override
        public Socket createSocket(InetAddress host, int port) throws IOException {
            return createSocket(host.getHostAddress(), port);
        }

        @Override
        public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort)
                throws IOException {
            return createSocket(host, port);
        }
    }

    private final class GuardedSocket extends Socket {
        @Override
        public void connect(@Nullable SocketAddress to, int timeoutMillis) throws IOException {
            if (to instanceof InetSocketAddress inet
                    && inet.getAddress() != null
                    && !lets(inet.getAddress())) {
                throw new BlockedAddress(inet.getAddress());
            }
            super.connect(to, timeoutMillis);
        }
    }
}
