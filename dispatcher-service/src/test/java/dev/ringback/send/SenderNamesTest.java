package dev.ringback.send;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A name server that changes its answer between check and connect: here 127.0.0.2 is open and
 * stands for the internet, 127.0.0.3 is not and stands for what is inside.
 */
@Timeout(60)
class SenderNamesTest {
    private static final String OPEN = "127.0.0.2";
    private static final String INNER = "127.0.0.3";

    private final RawReceiver open =
            RawReceiver.start(
                    InetAddress.ofLiteral(OPEN),
                    (socket, receiver) -> {
                        receiver.read(socket);
                        socket.getOutputStream()
                                .write(
                                        "HTTP/1.1 204 No\r\n\r\n"
                                                .getBytes(StandardCharsets.US_ASCII));
                    });
    private final RawReceiver inner =
            RawReceiver.start(InetAddress.ofLiteral(INNER), open.port(), RawReceiver::keepAlive);
    private final Sender sender = Outgoing.sender(OPEN + "/32");

    @AfterEach
    void stop() {
        sender.close();
        open.close();
        inner.close();
    }

    @Test
    void send_answerChangesAfterTheFirstLookup_innerAddressIsNeverConnectedTo() {
        try (TestDns dns = TestDns.start((name, number) -> List.of(number == 1 ? OPEN : INNER))) {
            assertThat(send("turn")).isInstanceOf(Reply.Answered.class);
            for (int i = 0; i < 10; i++) {
                assertThat(send("turn")).isEqualTo(new Reply.Blocked("address " + INNER));
            }
            assertThat(inner.accepted()).isZero();
            assertThat(dns.queries()).as("one lookup an attempt").isEqualTo(11);
        }
    }

    @Test
    void send_openAndInnerAddress_onlyTheOpenOneIsTried() {
        try (TestDns dns = TestDns.start((name, number) -> List.of(INNER, OPEN, INNER))) {
            for (int i = 0; i < 10; i++) {
                assertThat(send("mixed")).isInstanceOf(Reply.Answered.class);
            }
            open.close();
            assertThat(send("mixed")).isEqualTo(new Reply.Unreachable(Fault.connection_refused));
            assertThat(inner.accepted()).isZero();
            assertThat(dns.queries()).isEqualTo(11);
        }
    }

    @Test
    void send_answersAtRandom_innerAddressIsNeverConnectedTo() throws Exception {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        List<List<String>> answers =
                List.of(List.of(OPEN), List.of(INNER), List.of(INNER, OPEN), List.of());
        try (TestDns dns =
                        TestDns.start(
                                (name, number) -> answers.get(random.nextInt(answers.size())));
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Reply>> replies = new ArrayList<>();
            for (int i = 0; i < 200; i++) {
                String label = "r" + i % 50;
                replies.add(threads.submit(() -> send(label)));
            }
            for (Future<Reply> reply : replies) {
                assertThat(reply.get())
                        .as("seed " + seed)
                        .isInstanceOfAny(
                                Reply.Answered.class, Reply.Blocked.class, Reply.Unreachable.class);
            }
            assertThat(inner.accepted()).as("seed " + seed).isZero();
            assertThat(dns.queries()).isPositive();
        }
    }

    @Test
    void send_nameBecomesKnown_isReached() {
        try (TestDns dns =
                TestDns.start((name, number) -> number < 3 ? List.of() : List.of(OPEN))) {
            assertThat(send("late")).isEqualTo(new Reply.Unreachable(Fault.dns));
            assertThat(send("late")).isEqualTo(new Reply.Unreachable(Fault.dns));
            assertThat(send("late")).isInstanceOf(Reply.Answered.class);
            assertThat(dns.queries()).isEqualTo(3);
        }
    }

    private Reply send(String label) {
        return sender.send(
                Outgoing.post("http://" + TestDns.name(label) + ":" + open.port() + "/"));
    }
}
