package dev.ringback.rig;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class IncomingTest {
    private static final String REQUEST =
            "POST /e/42 HTTP/1.1\r\nHost: h\r\nContent-Length: 22\r\n\r\n{\"id\":\"bench-1234567\"}";

    private final Incoming incoming = new Incoming();

    @Test
    void take_whole_saysEndpointAndEvent() {
        add(REQUEST);

        assertThat(incoming.take()).isEqualTo(new Incoming.Request(42, 1_234_567));
        assertThat(incoming.take()).isNull();
    }

    @Test
    void take_byteByByte_comesWithTheLast() {
        for (int i = 0; i < REQUEST.length() - 1; i++) {
            add(REQUEST.substring(i, i + 1));
            assertThat(incoming.take()).isNull();
        }
        add(REQUEST.substring(REQUEST.length() - 1));

        assertThat(incoming.take()).isNotNull();
    }

    @Test
    void take_twoAtOnce_givesBoth() {
        add(REQUEST + REQUEST.replace("/e/42", "/e/43"));

        assertThat(incoming.take()).isEqualTo(new Incoming.Request(42, 1_234_567));
        assertThat(incoming.take()).isEqualTo(new Incoming.Request(43, 1_234_567));
    }

    @Test
    void take_withoutEvent_saysSo() {
        add("POST /e/0 HTTP/1.1\r\ncontent-length: 2\r\n\r\n{}");

        assertThat(incoming.take()).isEqualTo(new Incoming.Request(0, -1));
    }

    private void add(String text) {
        incoming.add(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
    }
}
