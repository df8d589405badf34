package dev.ringback.send;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One deadline covers all of an attempt, whatever a receiver does to stretch it. */
@Timeout(30)
class SenderDeadlineTest {
    private static final Duration SHORT = Duration.ofMillis(400);
    private static final Sender SENDER = Outgoing.sender("127.0.0.1/32");

    @AfterAll
    static void stop() {
        SENDER.close();
    }

    @Test
    void send_headersDrip_isTimeout() {
        assertThat(timedOut(RawReceiver.start((socket, receiver) -> drip(socket, "X")))).isTrue();
    }

    @Test
    void send_bodyOfSuccessDrips_isTimeout() {
        RawReceiver.Behaviour behaviour =
                (socket, receiver) -> {
                    receiver.read(socket);
                    write(socket, "HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n");
                    drip(socket, "x");
                };
        assertThat(timedOut(RawReceiver.start(behaviour))).isTrue();
    }

    @Test
    void send_interimAnswersWithoutEnd_isTimeout() {
        RawReceiver.Behaviour behaviour =
                (socket, receiver) -> {
                    receiver.read(socket);
                    drip(socket, "HTTP/1.1 102 Processing\r\n\r\n");
                };
        assertThat(timedOut(RawReceiver.start(behaviour))).isTrue();
    }

    @Test
    void send_answerNeverComes_isTimeout() {
        assertThat(timedOut(RawReceiver.start((socket, receiver) -> hang()))).isTrue();
    }

    @Test
    void send_tlsHandshakeHangs_isTimeout() {
        try (RawReceiver receiver = RawReceiver.start((socket, r) -> hang())) {
            String url = "https://127.0.0.1:" + receiver.port() + "/";
            assertThat(SENDER.send(Outgoing.post(url, SHORT))).isEqualTo(new Reply.TimedOut());
        }
    }

    @Test
    void send_requestIsNotRead_isTimeout() {
        byte[] large = new byte[32 << 20];
        try (RawReceiver receiver = RawReceiver.start((socket, r) -> hang())) {
            assertThat(SENDER.send(Outgoing.post(receiver.url(), SHORT, large)))
                    .isEqualTo(new Reply.TimedOut());
        }
    }

    @Test
    void send_connectHangs_isTimeout() throws Exception {
        InetAddress here = InetAddress.ofLiteral("127.0.0.1");
        List<Socket> waiting = new ArrayList<>();
        try (ServerSocket full = new ServerSocket(0, 1, here)) {
            for (int i = 0; i < 8; i++) {
                Socket socket = new Socket();
                waiting.add(socket);
                try {
                    socket.connect(new InetSocketAddress(here, full.getLocalPort()), 100);
                } catch (IOException e) {
                    break;
                }
            }
            String url = "http://127.0.0.1:" + full.getLocalPort() + "/";
            assertThat(SENDER.send(Outgoing.post(url, SHORT))).isEqualTo(new Reply.TimedOut(true));
        } finally {
            for (Socket socket : waiting) {
                socket.close();
            }
        }
    }

    private static boolean timedOut(RawReceiver receiver) {
        try (receiver) {
            return SENDER.send(Outgoing.post(receiver.url(), SHORT)).equals(new Reply.TimedOut());
        }
    }

    /**
     * Writes a little again and again, too soon for a read to time out, until the client leaves.
     */
    private static void drip(Socket socket, String drop) throws IOException, InterruptedException {
        for (int i = 0; i < 10_000; i++) {
            write(socket, drop);
            Thread.sleep(20);
        }
    }

    private static void hang() throws InterruptedException {
        new CountDownLatch(1).await();
    }

    private static void write(Socket socket, String text) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write(text.getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }
}
