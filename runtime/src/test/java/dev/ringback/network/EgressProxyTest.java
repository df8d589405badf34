package dev.ringback.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringback.runtime.Settings;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EgressProxyTest {
    @Test
    void parse_withPassword_hasItsHeaderAndShowsNone() {
        EgressProxy proxy = EgressProxy.parse("http://user:p%40ss+word@proxy.example:3128");
        assertThat(proxy.host()).isEqualTo("proxy.example");
        assertThat(proxy.port()).isEqualTo(3128);
        assertThat(proxy.authorization()).isEqualTo("Basic dXNlcjpwQHNzK3dvcmQ=");
        assertThat(proxy).hasToString("http://***@proxy.example:3128");
    }

    @Test
    void parse_plainAddresses_areTaken() {
        assertThat(EgressProxy.parse("http://127.0.0.1:3128/"))
                .isEqualTo(new EgressProxy("127.0.0.1", 3128, null));
        assertThat(EgressProxy.parse("http://[::1]:3128").host()).isEqualTo("::1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "proxy:3128",
                "proxy.example:3128",
                "http://proxy",
                "http://:3128",
                "http://proxy:0",
                "http://proxy:99999",
                "https://proxy:3128",
                "socks5://proxy:1080",
                "http://user:hunter2@proxy",
                "http://user:hunter%2@proxy:3128",
                "http://proxy:3128/path",
                "http://proxy:3128?query",
                "http://pro xy:3128"
            })
    void parse_somethingElse_isOneLineThatNamesTheSettingAndNoPassword(String text) {
        assertThatThrownBy(() -> Settings.load(Map.of("RINGBACK_EGRESS_PROXY", text)))
                .isInstanceOf(Settings.Invalid.class)
                .hasMessage("RINGBACK_EGRESS_PROXY: is not http://[user:password@]host:port");
    }

    @Test
    void table_withPassword_masksIt() {
        String text = "http://user:hunter2@proxy.example:3128";
        String table = Settings.load(Map.of("RINGBACK_EGRESS_PROXY", text)).table();
        assertThat(table)
                .contains("http://********@proxy.example:3128")
                .doesNotContain("hunter2", "user:");
    }
}
