package dev.ringback.send;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.testkit.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is kept open between attempts: little, and not for long. */
@Timeout(120)
class SenderConnectionsTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    /** How long a receiver works on a request before it breaks off: more than a resend may take. */
    private static final long BREAKS_AFTER_MILLIS = 1_500;

    private static final int IDLE = 2_048;
    private static final int HOSTS = 3_000;
    private static final int AT_ONCE = 50;

    @Test
    void send_manyHosts_keepsFewConnectionsAndNoThreads() throws Exception {
        try (RawReceiver hosts =
                        RawReceiver.start(
                                InetAddress.ofLiteral("0.0.0.0"), RawReceiver::keepAlive);
                Sender sender = Outgoing.sender("127.0.0.0/8");
                ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE)) {
            List<Future<Reply>> replies = new ArrayList<>();
            for (int i = 0; i < HOSTS; i++) {
                String host = "127.1." + i / 250 + "." + (i % 250 + 1);
                String url = "http://" + host + ":" + hosts.port() + "/";
                replies.add(threads.submit(() -> sender.send(Outgoing.post(url))));
            }
            for (Future<Reply> reply : replies) {
                assertThat(reply.get()).isInstanceOf(Reply.Answered.class);
            }
            assertThat(hosts.accepted()).isEqualTo(HOSTS);
            Await.until("no more than are kept", LIMIT, () -> hosts.open() <= IDLE);
            Await.until("none that is idle for long", LIMIT, () -> hosts.open() == 0);
            assertThat(Thread.getAllStackTraces().keySet())
                    .filteredOn(thread -> thread.getName().startsWith("OkHttp 127."))
                    .isEmpty();
        }
    }

    @Test
    void send_idleConnectionWasClosed_isSentOnANewOne() {
        RawReceiver.Behaviour once =
                (socket, receiver) -> {
                    receiver.read(socket);
                    answer(socket);
                };
        try (RawReceiver hasty = RawReceiver.start(once);
                Sender sender = Outgoing.sender("127.0.0.1/32")) {
            for (int sent = 1; sent <= 20; sent++) {
                assertThat(sender.send(Outgoing.post(hasty.url())))
                        .isInstanceOf(Reply.Answered.class);
                Await.until("closed", LIMIT, () -> hasty.open() == 0);
                assertThat(hasty.heads()).hasSize(sent);
            }
        }
    }

    @Test
    void send_receiverReadsAllAndBreaksOffLater_isAFailedAttemptAndArrivesOnce() {
        RawReceiver.Behaviour late =
                (socket, receiver) -> {
                    receiver.read(socket);
                    answer(socket);
                    receiver.read(socket);
                    Thread.sleep(BREAKS_AFTER_MILLIS);
                    socket.setSoLinger(true, 0);
                };
        try (RawReceiver other = RawReceiver.start(RawReceiver::keepAlive);
                RawReceiver receiver = RawReceiver.start(late);
                Sender sender = Outgoing.sender("127.0.0.1/32")) {
            // The first connection of a process takes as long as its classes to be loaded.
            sender.send(Outgoing.post(other.url()));
            assertThat(sender.send(Outgoing.post(receiver.url())))
                    .isInstanceOf(Reply.Answered.class);
            assertThat(sender.send(Outgoing.post(receiver.url())))
                    .isEqualTo(new Reply.Unreachable(Fault.connection_reset));
            assertThat(receiver.heads()).hasSize(2);
            assertThat(receiver.accepted()).isEqualTo(1);
        }
    }

    @Test
    void send_answerOnConnectionInUseIsNoHttp_isAFailedAttemptAndArrivesOnce() {
        RawReceiver.Behaviour odd =
                (socket, receiver) -> {
                    receiver.read(socket);
                    answer(socket);
                    receiver.read(socket);
                    write(socket, "SSH-2.0-OpenSSH_9.9\r\n");
                };
        try (RawReceiver receiver = RawReceiver.start(odd);
                Sender sender = Outgoing.sender("127.0.0.1/32")) {
            assertThat(sender.send(Outgoing.post(receiver.url())))
                    .isInstanceOf(Reply.Answered.class);
            assertThat(sender.send(Outgoing.post(receiver.url())))
                    .isEqualTo(new Reply.Unreachable(Fault.protocol_error));
            assertThat(receiver.heads()).hasSize(2);
            assertThat(receiver.accepted()).isEqualTo(1);
        }
    }

    private static void answer(Socket socket) throws IOException {
        write(socket, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    }

    private static void write(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    @Test
    void send_everyIdleConnectionOfAHostIsClosed_nothingFails() throws Exception {
        int idle = 16;
        CyclicBarrier allRead = new CyclicBarrier(idle);
        RawReceiver.Behaviour together =
                (socket, receiver) -> {
                    receiver.read(socket);
                    awaitAll(allRead);
                    answer(socket);
                };
        try (RawReceiver hasty = RawReceiver.start(together);
                Sender sender = Outgoing.sender("127.0.0.1/32");
                ExecutorService threads = Executors.newFixedThreadPool(idle)) {
            for (int round = 1; round <= 10; round++) {
                List<Future<Reply>> replies = new ArrayList<>();
                for (int i = 0; i < idle; i++) {
                    replies.add(threads.submit(() -> sender.send(Outgoing.post(hasty.url()))));
                }
                for (Future<Reply> reply : replies) {
                    assertThat(reply.get()).isInstanceOf(Reply.Answered.class);
                }
                Await.until("closed", LIMIT, () -> hasty.open() == 0);
                assertThat(hasty.heads()).hasSize(round * idle);
            }
        }
    }

    private static void awaitAll(CyclicBarrier barrier) throws IOException, InterruptedException {
        try {
            barrier.await();
        } catch (BrokenBarrierException e) {
            throw new IOException(e);
        }
    }
}
