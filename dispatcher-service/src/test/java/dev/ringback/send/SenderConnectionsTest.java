package dev.ringback.send;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.testkit.Await;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is kept open between attempts: little, and not for long. */
@Timeout(120)
class SenderConnectionsTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
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
    void send_everyIdleConnectionOfAHostIsClosed_nothingFails() throws Exception {
        try (RawReceiver hasty =
                        RawReceiver.start(
                                (socket, receiver) -> {
                                    receiver.read(socket);
                                    socket.getOutputStream()
                                            .write(
                                                    "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
                                                            .getBytes(StandardCharsets.US_ASCII));
                                });
                Sender sender = Outgoing.sender("127.0.0.1/32");
                ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE)) {
            for (int round = 0; round < 10; round++) {
                List<Future<Reply>> replies = new ArrayList<>();
                for (int i = 0; i < AT_ONCE; i++) {
                    replies.add(threads.submit(() -> sender.send(Outgoing.post(hasty.url()))));
                }
                for (Future<Reply> reply : replies) {
                    assertThat(reply.get()).isInstanceOf(Reply.Answered.class);
                }
            }
        }
    }
}
