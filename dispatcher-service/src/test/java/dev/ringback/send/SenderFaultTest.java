package dev.ringback.send;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.NoRouteToHostException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import mockwebserver3.MockWebServer;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each way in which a receiver can fail has a word of its own. */
@Timeout(60)
class SenderFaultTest {
    private static final Sender SENDER = Outgoing.sender("127.0.0.1/32");

    @AfterAll
    static void stop() {
        SENDER.close();
    }

    @Test
    void send_nobodyListens_isConnectionRefused() throws Exception {
        int port;
        try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            port = closed.getLocalPort();
        }
        assertThat(fault("http://127.0.0.1:" + port)).isEqualTo(Fault.connection_refused);
    }

    @Test
    void send_connectionIsReset_isConnectionReset() {
        RawReceiver.Behaviour reset =
                (socket, receiver) -> {
                    receiver.read(socket);
                    socket.setSoLinger(true, 0);
                };
        assertThat(fault(RawReceiver.start(reset))).isEqualTo(Fault.connection_reset);
    }

    @Test
    void send_closedWithoutAnswer_isConnectionClosed() {
        assertThat(fault(RawReceiver.saying(""))).isEqualTo(Fault.connection_closed);
    }

    @Test
    void send_closedAmidTheHeaders_isConnectionClosed() {
        assertThat(fault(RawReceiver.saying("HTTP/1.1 200 OK\r\nContent-Type: text/pla")))
                .isEqualTo(Fault.connection_closed);
    }

    @Test
    void send_closedAmidTheBody_isConnectionClosed() {
        assertThat(fault(RawReceiver.saying("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")))
                .isEqualTo(Fault.connection_closed);
    }

    @Test
    void send_answerIsNoHttp_isProtocolError() {
        assertThat(fault(RawReceiver.saying("SSH-2.0-OpenSSH_9.9\r\n")))
                .isEqualTo(Fault.protocol_error);
    }

    @Test
    void send_oneHeaderOf10Mb_isHeaderTooLarge() {
        String header = "HTTP/1.1 200 OK\r\nX-Large: " + "x".repeat(10_000_000) + "\r\n\r\n";
        assertThat(fault(RawReceiver.saying(header))).isEqualTo(Fault.header_too_large);
    }

    @Test
    void send_100000Headers_isHeaderTooLarge() {
        String headers = "HTTP/1.1 200 OK\r\n" + "X-Many: abcdefgh\r\n".repeat(100_000) + "\r\n";
        assertThat(fault(RawReceiver.saying(headers))).isEqualTo(Fault.header_too_large);
    }

    @Test
    void send_statusLineWithoutEnd_isHeaderTooLarge() {
        RawReceiver.Behaviour endless =
                (socket, receiver) -> {
                    receiver.read(socket);
                    flood(socket, "HTTP/1.1 200 O");
                };
        assertThat(fault(RawReceiver.start(endless))).isEqualTo(Fault.header_too_large);
    }

    @Test
    void send_httpAtAnHttpsUrl_isTls() {
        try (RawReceiver plain =
                RawReceiver.start(
                        (socket, receiver) ->
                                socket.getOutputStream()
                                        .write(
                                                "HTTP/1.1 400 Bad\r\n\r\n"
                                                        .getBytes(StandardCharsets.US_ASCII)))) {
            assertThat(fault("https://127.0.0.1:" + plain.port())).isEqualTo(Fault.tls);
        }
    }

    @Test
    void send_certificateExpired_saysSo() throws Exception {
        long now = Instant.now().toEpochMilli();
        HeldCertificate.Builder old = certificate().validityInterval(now - 200_000, now - 100_000);
        assertThat(tlsFault(Outgoing.certified(old))).isEqualTo(Fault.certificate_expired);
    }

    @Test
    void send_certificateNotYetValid_saysSo() throws Exception {
        long day = Instant.now().plus(1, ChronoUnit.DAYS).toEpochMilli();
        HeldCertificate.Builder early = certificate().validityInterval(day, day + 100_000);
        assertThat(tlsFault(Outgoing.certified(early))).isEqualTo(Fault.certificate_not_yet_valid);
    }

    @Test
    void send_certificateOfAnotherHost_saysSo() throws Exception {
        HeldCertificate.Builder other =
                new HeldCertificate.Builder().addSubjectAlternativeName("other.example");
        assertThat(tlsFault(Outgoing.certified(other))).isEqualTo(Fault.certificate_wrong_host);
    }

    @Test
    void send_certificateOfNobodyKnown_isUntrusted() throws Exception {
        assertThat(tlsFault(Outgoing.selfSigned(certificate())))
                .isEqualTo(Fault.certificate_untrusted);
    }

    @Test
    void send_unknownName_isDns() {
        try (Sender sender =
                Outgoing.sender(
                        Optional.empty(),
                        name -> {
                            throw new UnknownHostException(name);
                        })) {
            assertThat(sender.send(Outgoing.post("https://nowhere.example/")))
                    .isEqualTo(new Reply.Unreachable(Fault.dns));
        }
    }

    @Test
    void of_failuresOfThisMachine_areLocal() {
        assertThat(Fault.of(new NoRouteToHostException("No route to host")))
                .isEqualTo(Fault.no_route);
        assertThat(Fault.of(new SocketException("Network is unreachable")))
                .isEqualTo(Fault.no_route);
        assertThat(Fault.of(new SocketException("Too many open files"))).isEqualTo(Fault.no_socket);
        assertThat(Fault.of(new BindException("Cannot assign requested address")))
                .isEqualTo(Fault.no_socket);
        assertThat(Fault.no_route.isLocal() && Fault.no_socket.isLocal()).isTrue();
    }

    @Test
    void of_oneAddressWithoutARouteAndOneThatRefuses_isThatOfTheReceiver() {
        IOException six = new SocketException("Network is unreachable");
        six.addSuppressed(new ConnectException("Connection refused"));
        assertThat(Fault.of(six)).isEqualTo(Fault.connection_refused);
    }

    @ParameterizedTest
    @EnumSource(Fault.class)
    void fault_isInTheDocumentation(Fault fault) throws Exception {
        assertThat(Files.readString(Path.of("../docs/webhooks.md")))
                .contains("| `" + fault + "` |");
    }

    private static HeldCertificate.Builder certificate() {
        return new HeldCertificate.Builder().addSubjectAlternativeName("127.0.0.1");
    }

    private static Fault tlsFault(HandshakeCertificates shown) throws IOException {
        try (MockWebServer server = new MockWebServer()) {
            server.useHttps(shown.sslSocketFactory());
            server.start(InetAddress.ofLiteral("127.0.0.1"), 0);
            return fault("https://127.0.0.1:" + server.getPort() + "/");
        }
    }

    private static Fault fault(RawReceiver receiver) {
        try (receiver) {
            return fault(receiver.url());
        }
    }

    private static Fault fault(String url) {
        Reply reply = SENDER.send(Outgoing.post(url));
        assertThat(reply).isInstanceOf(Reply.Unreachable.class);
        return ((Reply.Unreachable) reply).fault();
    }

    private static void flood(Socket socket, String start) throws IOException {
        socket.getOutputStream().write(start.getBytes(StandardCharsets.US_ASCII));
        byte[] part = "x".repeat(64 << 10).getBytes(StandardCharsets.US_ASCII);
        while (!socket.isClosed()) {
            socket.getOutputStream().write(part);
        }
    }
}
