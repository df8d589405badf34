package dev.ringback.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.runtime.Setting;
import dev.ringback.testkit.TestKafka;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class BodyLimitTest {
    private static final int TEN_MEBIBYTES = 10 << 20;

    private static TestKafka kafka;
    private static TestIngest ingest;

    @BeforeAll
    static void start() {
        kafka = TestKafka.start();
        ingest =
                TestIngest.start(
                        kafka,
                        Map.of(
                                Setting.INGEST_RATE.name(), "3/h",
                                Setting.INGEST_BUFFER.name(), "1KiB"));
    }

    @AfterAll
    static void stop() {
        ingest.close();
        kafka.close();
    }

    @Test
    void post_lengthAboveLimit_isRefusedBeforeTheBodyIsSent() throws IOException {
        try (Socket socket = socket()) {
            socket.getOutputStream()
                    .write(bytes(head("Content-Length: " + TEN_MEBIBYTES) + "[{\"id\":"));
            assertThat(statusLine(socket)).startsWith("HTTP/1.1 413");
        }
    }

    @Test
    void post_chunksAboveLimit_areRefusedAtTheFirstByteTooMany() throws IOException {
        try (Socket socket = socket()) {
            OutputStream out = socket.getOutputStream();
            out.write(bytes(head("Transfer-Encoding: chunked")));
            byte[] chunk = new byte[1 << 20];
            for (int i = 0; i < 8; i++) {
                chunk(out, chunk);
            }
            chunk(out, new byte[1]);
            assertThat(statusLine(socket)).startsWith("HTTP/1.1 413");
        }
    }

    @Test
    void post_wholeBodySentAboveLimit_getsTheAnswer() {
        byte[] body = new byte[TEN_MEBIBYTES];
        var known = BodyPublishers.ofByteArray(body);
        var chunked = BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body));
        Map<String, String> headers = Map.of("Content-Type", TestIngest.JSON);
        String key = TestIngest.ADMIN;
        assertThat(ingest.send("POST", "/v1/events", key, headers, known).status()).isEqualTo(413);
        assertThat(ingest.send("POST", "/v1/events", key, headers, chunked).status())
                .isEqualTo(413);
    }

    @Test
    void post_withoutKey_isRefusedBeforeTheBodyIsRead() throws IOException {
        try (Socket socket = socket()) {
            String head = head("Content-Length: 1000").replace("admin-key", "other");
            socket.getOutputStream().write(bytes(head));
            assertThat(statusLine(socket)).startsWith("HTTP/1.1 401");
        }
    }

    @Test
    void post_moreThanTheBytesUnderWay_is503WithTheIds() {
        String large =
                TestIngest.event("evt-l", "x".repeat(200)).replace("completed", "y".repeat(1_000));
        TestIngest.Reply reply =
                ingest.post("/v1/events", TestIngest.OWNER, TestIngest.JSON, large);
        assertThat(reply.status()).isEqualTo(503);
        assertThat(reply.header("Retry-After")).matches("\\d+");
        assertThat(reply.body().path("id").stringValue()).isEqualTo("evt-l");
    }

    @Test
    void post_aboveTheRate_is429() {
        String three = "{}\n".repeat(3);
        assertThat(ingest.lines(three).status()).isEqualTo(422);
        TestIngest.Reply reply = ingest.lines("{}");
        assertThat(reply.status()).isEqualTo(429);
        assertThat(Long.parseLong(reply.header("Retry-After"))).isGreaterThan(60);
    }

    private static Socket socket() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), ingest.port());
        socket.setSoTimeout(10_000);
        return socket;
    }

    private static String head(String framing) {
        return "POST /v1/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer admin-key\r\n"
                + "Content-Type: application/json\r\n"
                + framing
                + "\r\n\r\n";
    }

    private static void chunk(OutputStream out, byte[] bytes) throws IOException {
        out.write(bytes(Integer.toHexString(bytes.length) + "\r\n"));
        out.write(bytes);
        out.write(bytes("\r\n"));
        out.flush();
    }

    private static String statusLine(Socket socket) throws IOException {
        return new String(socket.getInputStream().readNBytes(12), StandardCharsets.US_ASCII);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
