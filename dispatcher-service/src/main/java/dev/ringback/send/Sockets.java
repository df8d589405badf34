package dev.ringback.send;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Sockets that ask before they connect, and count what comes in. They are asked with the very
 * address that is connected to, so there is no time between the check and its use. Thread-safe.
 */
final class Sockets extends SocketFactory {
    private final Gate gate;

    /** Says where a socket may connect to. */
    interface Gate {
        /** Refuses by its exception. */
        void check(InetAddress address, int port) throws EgressGuard.BlockedAddress;
    }

    Sockets(Gate gate) {
        this.gate = gate;
    }

    @Override
    public Socket createSocket() {
        return new Checked(gate);
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

    private static final class Checked extends Socket {
        private final Gate gate;
        private final Wire.Allowance allowance = new Wire.Allowance();

        Checked(Gate gate) {
            this.gate = gate;
        }

        @Override
        public void connect(@Nullable SocketAddress to, int timeoutMillis) throws IOException {
            if (to instanceof InetSocketAddress inet && inet.getAddress() != null) {
                gate.check(inet.getAddress(), inet.getPort());
            }
            super.connect(to, timeoutMillis);
        }

        @Override
        public InputStream getInputStream() throws IOException {
            return new Counted(super.getInputStream(), this);
        }
    }

    private static final class Counted extends FilterInputStream {
        private final Checked socket;

        Counted(InputStream in, Checked socket) {
            super(in);
            this.socket = socket;
        }

        @Override
        public int read() throws IOException {
            int one = super.read();
            count(one < 0 ? one : 1);
            return one;
        }

        @Override
        public int read(byte[] bytes, int from, int most) throws IOException {
            int count = super.read(bytes, from, most);
            count(count);
            return count;
        }

        private void count(int received) throws IOException {
            try {
                if (received > 0) {
                    Wire.received(received, socket.allowance);
                }
            } catch (Wire.TooMuch e) {
                // Here, since TLS would first read all that is still coming.
                socket.close();
                throw e;
            }
        }
    }
}
