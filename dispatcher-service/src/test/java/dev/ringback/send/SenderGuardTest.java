package dev.ringback.send;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** However this machine is written, it is not connected to. */
@Timeout(60)
class SenderGuardTest {
    private static RawReceiver everywhere;
    private static Sender sender;

    @BeforeAll
    static void start() {
        everywhere = RawReceiver.start(InetAddress.ofLiteral("0.0.0.0"), RawReceiver::keepAlive);
        sender = Outgoing.sender();
    }

    @AfterAll
    static void stop() {
        sender.close();
        everywhere.close();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "127.0.0.1.",
                "127.1",
                "127.0.1",
                "127.255.255.254",
                "2130706433",
                "017700000001",
                "0x7f000001",
                "0x7f.1",
                "0x7f.0.0.1",
                "0177.0.0.1",
                "0177.1",
                "00000177.0.0.1",
                "127.0.0.0x1",
                "127.000.000.001",
                "0",
                "0.0.0.0",
                "0x0",
                "localhost",
                "LOCALHOST",
                "localhost.",
                "ip6-localhost",
                "127%2e0%2e0%2e1",
                "%31%32%37.0.0.1",
                "①②⑦.0.0.1",
                "１２７.0.0.1",
                "127。0。0。1",
                "127．0．0．1",
                "ⓛocalhost",
                "[::1]",
                "[0:0:0:0:0:0:0:1]",
                "[0000:0000:0000:0000:0000:0000:0000:0001]",
                "[::]",
                "[::ffff:127.0.0.1]",
                "[::ffff:7f00:1]",
                "[0:0:0:0:0:ffff:7f00:0001]",
                "[::127.0.0.1]",
                "[::7f00:1]",
                "[64:ff9b::127.0.0.1]",
                "[64:ff9b::7f00:1]",
                "[64:ff9b:1::7f00:1]",
                "[2002:7f00:1::]",
                "[2001:0:7f00:1::]",
                "[fe80::1%25lo]",
                "[fe80::1%25eth0]",
                "[::1%251]",
                "example.com@127.0.0.1",
                "example.com:80@127.0.0.1",
                "example.com%40127.0.0.1",
                "127.0.0.1\\@example.com",
                "127.0.0.1#@example.com",
                "127.0.0.1\t",
                "[::1]."
            })
    void send_thisMachineInAnyNotation_isNotConnectedTo(String host) {
        Reply reply =
                sender.send(Outgoing.post("http://" + host + ":" + everywhere.port() + "/hooks"));
        assertThat(reply)
                .as(host)
                .matches(
                        it ->
                                // Either as what it is, or as a name that nobody has.
                                it instanceof Reply.Blocked
                                        || it instanceof Reply.InvalidTarget
                                        || it.equals(new Reply.Unreachable(Fault.dns)));
        assertThat(everywhere.accepted()).as(host).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "127.1",
                "2130706433",
                "017700000001",
                "0x7f000001",
                "0x7f.1",
                "0177.0.0.1",
                "0177.1",
                "127.0.0.0x1",
                "127.0.0.1.",
                "localhost",
                "127%2e0%2e0%2e1",
                "①②⑦.0.0.1",
                "[::1]",
                "[::ffff:127.0.0.1]",
                "[::ffff:7f00:1]",
                "169.254.169.254",
                "[fd00:ec2::254]",
                "100.100.100.200",
                "192.0.0.192",
                "168.63.129.16"
            })
    void send_innerAddress_isBlocked(String host) {
        assertThat(sender.send(Outgoing.post("http://" + host + "/latest/meta-data")))
                .as(host)
                .isInstanceOf(Reply.Blocked.class);
    }

    @Test
    void send_openedRange_isReachedOnAnyPort() {
        RawReceiver.Behaviour ok = RawReceiver::keepAlive;
        try (RawReceiver receiver = RawReceiver.start(ok);
                Sender open = Outgoing.sender("127.0.0.0/8", "::1/128")) {
            assertThat(open.send(Outgoing.post(receiver.url()))).isInstanceOf(Reply.Answered.class);
            // Nobody listens, but it was tried.
            assertThat(open.send(Outgoing.post("http://127.0.0.1:25/")))
                    .isEqualTo(new Reply.Unreachable(Fault.connection_refused));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "http://93.184.215.14:25/, port 25",
        "https://93.184.215.14:22/, port 22",
        "https://1.1.1.1:6379/, port 6379",
        "http://[2606:4700::1111]:9092/, port 9092"
    })
    void send_portOfAnotherProtocol_isBlocked(String url, String what) {
        assertThat(sender.send(Outgoing.post(url))).isEqualTo(new Reply.Blocked(what));
    }

    @Test
    void send_userNameInTheUrl_isInvalid() {
        assertThat(sender.send(Outgoing.post("https://user:hunter2@example.com/")))
                .isEqualTo(new Reply.InvalidTarget("a user name or password in the URL"));
    }
}
