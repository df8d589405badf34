package dev.ringback.send;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A receiver that speaks HTTP/2 frame by frame, and says too much. */
@Timeout(60)
class SenderFloodTest {
    private static final int PREFACE_BYTES = 24;
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int SETTINGS = 4;
    private static final int FRAME_BYTES = 16 << 10;

    @Test
    void send_bodyWithoutHeadersOverHttp2_isCutOffLongBeforeItFillsTheMemory() throws Exception {
        HeldCertificate.Builder certificate =
                new HeldCertificate.Builder().addSubjectAlternativeName("127.0.0.1");
        AtomicLong written = new AtomicLong();
        try (SSLServerSocket server =
                        (SSLServerSocket)
                                Outgoing.certified(certificate)
                                        .sslContext()
                                        .getServerSocketFactory()
                                        .createServerSocket(
                                                0, 10, InetAddress.ofLiteral("127.0.0.1"));
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                Sender sender = Outgoing.sender("127.0.0.1/32")) {
            SSLParameters parameters = server.getSSLParameters();
            parameters.setApplicationProtocols(new String[] {"h2"});
            server.setSSLParameters(parameters);
            Future<?> flood = threads.submit(() -> flood(server, written));
            String url = "https://127.0.0.1:" + server.getLocalPort() + "/";
            // The latter when it was still sending as the connection went.
            assertThat(sender.send(Outgoing.post(url, Duration.ofSeconds(20))))
                    .isIn(
                            new Reply.Unreachable(Fault.header_too_large),
                            new Reply.Unreachable(Fault.connection_broken));
            flood.get();
            // What OkHttp would take in by itself; much of it is in the sockets' buffers.
            assertThat(written).hasValueLessThan(16L << 20);
        }
    }

    private static Void flood(SSLServerSocket server, AtomicLong written) throws IOException {
        try (SSLSocket socket = (SSLSocket) server.accept()) {
            DataInputStream in = new DataInputStream(socket.getInputStream());
            DataOutputStream out = new DataOutputStream(socket.getOutputStream());
            in.readFully(new byte[PREFACE_BYTES]);
            frame(out, SETTINGS, 0, 0);
            int stream = 0;
            while (stream == 0) {
                int lengthAndType = in.readInt();
                in.readByte();
                int number = in.readInt();
                in.readFully(new byte[lengthAndType >>> 8]);
                stream = (lengthAndType & 0xff) == HEADERS ? number : 0;
            }
            while (true) {
                frame(out, DATA, stream, FRAME_BYTES);
                written.addAndGet(FRAME_BYTES);
            }
        } catch (IOException e) {
            // The client has had enough.
            return null;
        }
    }

    private static void frame(DataOutputStream out, int type, int stream, int length)
            throws IOException {
        out.writeInt(length << 8 | type);
        out.writeByte(0);
        out.writeInt(stream);
        out.write(new byte[length]);
        out.flush();
    }
}
