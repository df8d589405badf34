package dev.ringback.network;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A range of IP addresses, such as {@code 10.0.0.0/8} or {@code fd00::/8}. Immutable. */
public final class Cidr {
    private final byte[] network;
    private final int bits;

    private Cidr(byte[] network, int bits) {
        this.network = network;
        this.bits = bits;
    }

    /**
     * Reads {@code ADDRESS/BITS}, or one address.
     *
     * @throws IllegalArgumentException naming the text when it is something else
     */
    public static Cidr parse(String text) {
        String[] parts = text.split("/", 2);
        byte[] address = literal(parts[0], text);
        int most = address.length * 8;
        int bits = parts.length == 1 ? most : bits(parts[1], most, text);
        if (!Arrays.equals(address, masked(address, bits))) {
            throw new IllegalArgumentException(
                    "'" + text + "' has bits set beyond its first " + bits);
        }
        return new Cidr(address, bits);
    }

    /** Whether the range holds the address. */
    public boolean contains(InetAddress address) {
        byte[] bytes = address.getAddress();
        return bytes.length == network.length && Arrays.equals(masked(bytes, bits), network);
    }

    private static byte[] literal(String address, String text) {
        try {
            if (address.matches("[0-9a-fA-F:.]+")) {
                return InetAddress.ofLiteral(address).getAddress();
            }
        } catch (IllegalArgumentException e) {
            throw notOne(text, e);
        }
        throw notOne(text, null);
    }

    private static int bits(String bits, int most, String text) {
        if (bits.matches("\\d{1,3}") && Integer.parseInt(bits) <= most) {
            return Integer.parseInt(bits);
        }
        throw notOne(text, null);
    }

    private static IllegalArgumentException notOne(String text, @Nullable Exception cause) {
        return new IllegalArgumentException(
                "'" + text + "' is not an address range such as 10.0.0.0/8", cause);
    }

    private static byte[] masked(byte[] address, int bits) {
        byte[] masked = new byte[address.length];
        for (int i = 0; i < address.length; i++) {
            int keep = Math.clamp(bits - i * 8L, 0, 8);
            masked[i] = (byte) (address[i] & (0xff << (8 - keep)));
        }
        return masked;
    }

    @Override
    public String toString() {
        try {
            return InetAddress.getByAddress(network).getHostAddress() + "/" + bits;
        } catch (UnknownHostException e) {
            throw new IllegalStateException("4 or 16 bytes are always an address", e);
        }
    }
}
