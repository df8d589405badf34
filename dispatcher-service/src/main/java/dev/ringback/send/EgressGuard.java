package dev.ringback.send;

import dev.ringback.network.Cidr;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

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
                    // Looks public, and is the machine's own host in one large cloud.
                    "168.63.129.16/32",
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

    /** Teredo and its siblings; documentation, twice. */
    private static final List<Cidr> BLOCKED_V6 = cidrs("2001::/23", "2001:db8::/32", "3fff::/20");

    private static final Cidr SIX_TO_FOUR = Cidr.parse("2002::/16");
    private static final Cidr NAT64 = Cidr.parse("64:ff9b::/96");

    /** Interface identifiers of ISATAP (RFC 5214) begin with one of these and end in IPv4. */
    private static final List<byte[]> ISATAP =
            List.of(new byte[] {0, 0, 0x5e, (byte) 0xfe}, new byte[] {2, 0, 0x5e, (byte) 0xfe});

    private static final Pattern NUMERIC = Pattern.compile("(?i)([^:]*\\.)?(\\d+|0x[0-9a-f]*)\\.?");
    private static final Pattern DECIMAL = Pattern.compile("(0|[1-9]\\d*)(\\.(0|[1-9]\\d*)){0,3}");

    private static final int FIRST_FREE_PORT = 1024;
    private static final Set<Integer> LOW_PORTS = Set.of(80, 443);

    /** Where proxies, databases, brokers and the consoles of machines listen, never a webhook. */
    private static final Set<Integer> OTHER_PROTOCOLS =
            Set.of(
                    1080, 1433, 1434, 1521, 1883, 2049, 2181, 2375, 2376, 2379, 2380, 3128, 3306,
                    3389, 5060, 5061, 5432, 5672, 5900, 5984, 6000, 6379, 6443, 6667, 9042, 9092,
                    9200, 9300, 10250, 11211, 27017, 27018, 27019);

    private final List<Cidr> allowed;

    /** Lets the given ranges through although they would be blocked. */
    public EgressGuard(List<Cidr> allowed) {
        this.allowed = List.copyOf(allowed);
    }

    /** A place that must not be connected to; the message is an address or a port. */
    static final class BlockedAddress extends IOException {
        private static final long serialVersionUID = 1L;

        BlockedAddress(String what) {
            super(what);
        }
    }

    /** Whether an address may be connected to, on some port. */
    boolean lets(InetAddress address) {
        return isAllowed(address) || isPublic(address);
    }

    /** Refuses what must not be connected to. What is allowed is so on any port. */
    void check(InetAddress address, int port) throws BlockedAddress {
        if (!lets(address)) {
            throw new BlockedAddress("address " + address.getHostAddress());
        }
        if (!isAllowed(address)) {
            check(port);
        }
    }

    /** Refuses a port where a public address speaks something else than HTTP. */
    void check(int port) throws BlockedAddress {
        boolean isOdd =
                port < FIRST_FREE_PORT ? !LOW_PORTS.contains(port) : OTHER_PROTOCOLS.contains(port);
        if (isOdd) {
            throw new BlockedAddress("port " + port);
        }
    }

    /** Refuses numbers that one reader takes for octal or hexadecimal and another does not. */
    void check(String host) throws BlockedAddress {
        if (NUMERIC.matcher(host).matches() && !DECIMAL.matcher(host).matches()) {
            throw new BlockedAddress("address " + host);
        }
    }

    private boolean isAllowed(InetAddress address) {
        return allowed.stream().anyMatch(range -> range.contains(address));
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
        if (isIsatap(bytes) && !isPublic(embedded(bytes, 12))) {
            return false;
        }
        return GLOBAL_V6.contains(address)
                && BLOCKED_V6.stream().noneMatch(range -> range.contains(address));
    }

    private static boolean isIsatap(byte[] bytes) {
        return ISATAP.stream()
                .anyMatch(start -> Arrays.equals(start, Arrays.copyOfRange(bytes, 8, 12)));
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
}
