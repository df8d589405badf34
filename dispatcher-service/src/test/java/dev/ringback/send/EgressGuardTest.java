package dev.ringback.send;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringback.runtime.Cidr;
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
                "100::1"
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
                "64:ff9b::808:808"
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
