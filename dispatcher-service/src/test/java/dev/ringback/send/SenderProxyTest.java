package dev.ringback.send;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.network.EgressProxy;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okhttp3.Dns;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** All webhooks by way of a proxy, which looks names up itself. */
@Timeout(60)
class SenderProxyTest {
    private static final String BASIC = "Proxy-Authorization: Basic dXNlcjpwYXNz";
    private static final Dns NOBODY_KNOWN =
            name -> {
                if (name.equals("127.0.0.1")) {
                    return List.of(InetAddress.ofLiteral(name));
                }
                throw new UnknownHostException(name);
            };

    @Test
    void send_http_goesToTheProxyWithWholeUrlAndPassword() {
        try (RawReceiver proxy = RawReceiver.saying("HTTP/1.1 202 Yes\r\n\r\n");
                Sender sender = by(proxy)) {
            assertThat(sender.send(Outgoing.post("http://hook.example:8080/in?a=b")))
                    .isInstanceOf(Reply.Answered.class);
            assertThat(proxy.heads())
                    .singleElement()
                    .asString()
                    .startsWith("POST http://hook.example:8080/in?a=b HTTP/1.1\r\n")
                    .contains(BASIC);
        }
    }

    @Test
    void send_https_goesThroughATunnelWithoutThePassword() throws Exception {
        try (MockWebServer server = new MockWebServer();
                RawReceiver proxy =
                        RawReceiver.start((socket, r) -> tunnel(socket, r, server.getPort()));
                Sender sender = by(proxy)) {
            serveHook(server);
            server.enqueue(new MockResponse.Builder().code(202).build());
            assertThat(sender.send(Outgoing.post("https://hook.example/in")))
                    .isInstanceOf(Reply.Answered.class);
            assertThat(proxy.heads())
                    .singleElement()
                    .asString()
                    .startsWith("CONNECT hook.example:443 HTTP/1.1\r\n")
                    .contains(BASIC);
            RecordedRequest request = server.takeRequest();
            assertThat(request.getHeaders().get("Proxy-Authorization")).isNull();
        }
    }

    @Test
    void send_receiverAsksForThePassword_itIsItsAnswerAndNothingMore() throws Exception {
        try (MockWebServer server = new MockWebServer();
                RawReceiver proxy =
                        RawReceiver.start((socket, r) -> tunnel(socket, r, server.getPort()));
                Sender sender = by(proxy)) {
            serveHook(server);
            server.enqueue(
                    new MockResponse.Builder()
                            .code(407)
                            .addHeader("Proxy-Authenticate", "Basic realm=\"p\"")
                            .build());
            assertThat(sender.send(Outgoing.post("https://hook.example/in")))
                    .isInstanceOfSatisfying(
                            Reply.Answered.class,
                            answer -> assertThat(answer.status()).isEqualTo(407));
            assertThat(server.getRequestCount()).isEqualTo(1);
            assertThat(server.takeRequest().getHeaders().get("Proxy-Authorization")).isNull();
        }
    }

    @Test
    void send_nameServersAreSilent_nothingIsAskedOfTheProxy() {
        CountDownLatch never = new CountDownLatch(1);
        Dns silent =
                name -> {
                    try {
                        never.await();
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    throw new UnknownHostException(name);
                };
        try (RawReceiver proxy = RawReceiver.saying("HTTP/1.1 200 OK\r\n\r\n");
                Sender sender = by(proxy, silent)) {
            assertThat(sender.send(Outgoing.post("http://hook.example/", Duration.ofMillis(200))))
                    .isEqualTo(new Reply.Unreachable(Fault.dns_timeout));
            assertThat(proxy.accepted()).isZero();
        }
    }

    @Test
    void send_innerAddressOrOddPort_isBlockedBeforeTheProxy() {
        Dns mixed =
                name ->
                        List.of(
                                InetAddress.ofLiteral("93.184.215.14"),
                                InetAddress.ofLiteral("10.0.0.7"));
        try (RawReceiver proxy = RawReceiver.saying("HTTP/1.1 200 OK\r\n\r\n");
                Sender sender = by(proxy, mixed);
                Sender plain = by(proxy)) {
            assertThat(sender.send(Outgoing.post("http://hook.example/")))
                    .isEqualTo(new Reply.Blocked("address 10.0.0.7"));
            assertThat(plain.send(Outgoing.post("http://127.0.0.1/")))
                    .isEqualTo(new Reply.Blocked("address 127.0.0.1"));
            assertThat(plain.send(Outgoing.post("https://hook.example:25/")))
                    .isEqualTo(new Reply.Blocked("port 25"));
            assertThat(proxy.accepted()).isZero();
        }
    }

    @Test
    void send_proxyIsDown_isNotTheReceiversFault() throws Exception {
        int port;
        try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            port = closed.getLocalPort();
        }
        try (Sender sender = by(port, NOBODY_KNOWN)) {
            assertThat(sender.send(Outgoing.post("http://hook.example/")))
                    .isEqualTo(new Reply.Unreachable(Fault.proxy));
            assertThat(sender.send(Outgoing.post("https://hook.example/")))
                    .isEqualTo(new Reply.Unreachable(Fault.proxy));
        }
    }

    @Test
    void send_proxysNameIsUnknown_isNotTheReceiversFault() {
        EgressProxy nowhere = EgressProxy.parse("http://proxy.example:3128");
        try (Sender sender = Outgoing.sender(Optional.of(nowhere), NOBODY_KNOWN)) {
            assertThat(sender.send(Outgoing.post("http://hook.example/")))
                    .isEqualTo(new Reply.Unreachable(Fault.proxy));
        }
    }

    @Test
    void send_proxyRefusesUs_isNotTheReceiversAnswer() {
        assertThat(refused("407 Who")).isEqualTo(new Reply.Unreachable(Fault.proxy));
        assertThat(refused("502 Bad")).isEqualTo(new Reply.Unreachable(Fault.proxy));
        assertThat(refused("503 Busy")).isEqualTo(new Reply.Unreachable(Fault.proxy));
        try (RawReceiver proxy = RawReceiver.saying(response("407 Who"));
                Sender sender = by(proxy)) {
            assertThat(sender.send(Outgoing.post("http://hook.example/")))
                    .isEqualTo(new Reply.Unreachable(Fault.proxy));
        }
    }

    private static Reply refused(String status) {
        try (RawReceiver proxy = RawReceiver.saying(response(status));
                Sender sender = by(proxy)) {
            return sender.send(Outgoing.post("https://hook.example/"));
        }
    }

    private static String response(String status) {
        return "HTTP/1.1 "
                + status
                + "\r\nProxy-Authenticate: Basic realm=\"p\"\r\nContent-Length: 0\r\n\r\n";
    }

    private static Sender by(RawReceiver proxy) {
        return by(proxy, NOBODY_KNOWN);
    }

    private static Sender by(RawReceiver proxy, Dns dns) {
        return by(
                proxy.port(),
                name -> name.equals("127.0.0.1") ? NOBODY_KNOWN.lookup(name) : dns.lookup(name));
    }

    private static Sender by(int port, Dns dns) {
        EgressProxy proxy = EgressProxy.parse("http://user:pass@127.0.0.1:" + port);
        return Outgoing.sender(Optional.of(proxy), dns);
    }

    /** Connects whatever is asked for to one port of this machine. */
    private static void tunnel(Socket socket, RawReceiver receiver, int port)
            throws IOException, InterruptedException {
        receiver.read(socket);
        try (Socket there = new Socket(InetAddress.ofLiteral("127.0.0.1"), port)) {
            OutputStream out = socket.getOutputStream();
            out.write("HTTP/1.1 200 Connected\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            Thread back = Thread.ofVirtual().start(() -> pump(there, socket));
            pump(socket, there);
            there.shutdownOutput();
            back.join();
        }
    }

    private static void pump(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
        } catch (IOException e) {
            // One of them has closed.
        }
    }

    /** Has it answer for hook.example over TLS. */
    private static void serveHook(MockWebServer server) throws IOException {
        HeldCertificate.Builder certificate =
                new HeldCertificate.Builder().addSubjectAlternativeName("hook.example");
        server.useHttps(Outgoing.certified(certificate).sslSocketFactory());
        server.start(InetAddress.ofLiteral("127.0.0.1"), 0);
    }
}
