package dev.ringback.send;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringback.network.Cidr;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EgressGuardTest {
    private static final EgressGuard GUARD = new EgressGuard(List.of());

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0",
                "10.0.0.1",
                "100.64.0.1",
                "100.127.255.255",
                "127.0.0.1",
                "127.255.255.254",
                "169.254.169.254",
                "172.16.0.1",
                "172.31.255.255",
                "192.0.0.1",
                "192.0.2.1",
                "192.88.99.1",
                "192.168.0.1",
                "198.18.0.1",
                "198.19.255.255",
                "198.51.100.1",
                "203.0.113.1",
                "224.0.0.1",
                "240.0.0.1",
                "255.255.255.255",
                "::",
                "::1",
                "fe80::1",
                "fc00::1",
                "fd12::1",
                "ff02::1",
                "2001::1",
                "2001:db8::1",
                "2002:7f00:1::",
                "2002:a00:1::",
                "64:ff9b::7f00:1",
                "64:ff9b::a9fe:a9fe",
                "100::1",
                "0.255.255.255",
                "10.255.255.255",
                "100.100.100.200",
                "168.63.129.16",
                "192.0.0.192",
                "192.0.0.171",
                "192.168.255.255",
                "203.0.113.255",
                "233.252.0.1",
                "239.255.255.255",
                "254.0.0.1",
                "fd00:ec2::254",
                "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
                "febf::1",
                "fec0::1",
                "ff00::1",
                "ff0e::1",
                "::127.0.0.1",
                "::10.0.0.1",
                "::8.8.8.8",
                "::ffff:0:127.0.0.1",
                "64:ff9b::10.1.2.3",
                "64:ff9b::100.100.100.200",
                "64:ff9b:1::8.8.8.8",
                "2001:0:808:808::1",
                "2001:2::1",
                "2001:10::1",
                "2001:20::1",
                "2002:a9fe:a9fe::1",
                "2002:c0a8:101::1",
                "2002:e000:1::1",
                "2600::5efe:127.0.0.1",
                "2600::200:5efe:10.0.0.1",
                "3fff::1",
                "3fff:fff:ffff::1",
                "4000::1",
                "5f00::1",
                "8000::1"
            })
    void lets_addressThatIsNobodysBusiness_isFalse(String address) {
        assertThat(GUARD.lets(InetAddress.ofLiteral(address))).as(address).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.1.1.1",
                "8.8.8.8",
                "100.63.255.255",
                "100.128.0.1",
                "172.15.0.1",
                "172.32.0.1",
                "198.20.0.1",
                "223.255.255.255",
                "2606:4700::1111",
                "2002:808:808::",
                "64:ff9b::808:808",
                "168.63.129.15",
                "169.253.255.255",
                "192.0.1.1",
                "191.255.255.255",
                "2600::5efe:8.8.8.8",
                "2001:200::1",
                "3ffe::1"
            })
    void lets_publicAddress_isTrue(String address) {
        assertThat(GUARD.lets(InetAddress.ofLiteral(address))).as(address).isTrue();
    }

    @Test
    void lets_mappedAddress_isJudgedByItsInnerOne() {
        assertThat(GUARD.lets(InetAddress.ofLiteral("::ffff:127.0.0.1"))).isFalse();
        assertThat(GUARD.lets(InetAddress.ofLiteral("::ffff:8.8.8.8"))).isTrue();
    }

    @Test
    void lets_allowedRange_isOpenAndNothingElse() {
        EgressGuard open = new EgressGuard(List.of(Cidr.parse("127.0.0.1/32")));
        assertThat(open.lets(InetAddress.ofLiteral("127.0.0.1"))).isTrue();
        assertThat(open.lets(InetAddress.ofLiteral("127.0.0.2"))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {80, 443, 1024, 3000, 4443, 5000, 8000, 8080, 8081, 8443, 9000, 65_535})
    void check_portOfHttp_isLet(int port) {
        assertThatCode(() -> GUARD.check(InetAddress.ofLiteral("1.1.1.1"), port))
                .doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(
            ints = {
                0, 1, 21, 22, 23, 25, 53, 81, 110, 143, 389, 444, 445, 465, 587, 993, 1023, 1433,
                2049, 2375, 3306, 3389, 5432, 5672, 6379, 9092, 9200, 10_250, 11_211, 27_017
            })
    void check_portOfAnotherProtocol_isBlocked(int port) {
        assertThatThrownBy(() -> GUARD.check(InetAddress.ofLiteral("1.1.1.1"), port))
                .isInstanceOf(EgressGuard.BlockedAddress.class)
                .hasMessage("port " + port);
    }

    @Test
    void check_openedRange_isLetOnAnyPort() {
        EgressGuard open =
                new EgressGuard(List.of(Cidr.parse("10.0.0.0/8"), Cidr.parse("fd00::/8")));
        assertThatCode(() -> open.check(InetAddress.ofLiteral("10.1.2.3"), 6379))
                .doesNotThrowAnyException();
        assertThatCode(() -> open.check(InetAddress.ofLiteral("fd00::1"), 25))
                .doesNotThrowAnyException();
    }

    @Test
    void sockets_blockedAddress_refuseBeforeConnecting() throws Exception {
        try (Socket socket = new Sockets(GUARD::check).createSocket()) {
            assertThatThrownBy(
                            () ->
                                    socket.connect(
                                            new InetSocketAddress(
                                                    InetAddress.ofLiteral("10.1.2.3"), 80),
                                            50))
                    .isInstanceOf(EgressGuard.BlockedAddress.class);
        }
    }
}
