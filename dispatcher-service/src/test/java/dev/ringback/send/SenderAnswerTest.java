package dev.ringback.send;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How much of an answer is read, and what the log shows of it. */
@Timeout(60)
class SenderAnswerTest {
    private static final String HELLO = "{\"message\":\"grüezi\"}";
    private static final Sender SENDER = Outgoing.sender("127.0.0.1/32");

    @AfterAll
    static void stop() {
        SENDER.close();
    }

    @Test
    void send_gzipThoughNotAskedFor_isShownAsText() throws Exception {
        byte[] zipped = gzip(HELLO.getBytes(StandardCharsets.UTF_8));
        assertThat(answered(whole("gzip", zipped)))
                .extracting(Reply.Answered::body, Reply.Answered::truncated)
                .containsExactly(HELLO, false);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void send_deflateWithAndWithoutItsHeader_isShownAsText(boolean bare) throws Exception {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (Deflater deflater = new Deflater(9, bare);
                OutputStream out = new DeflaterOutputStream(bytes, deflater)) {
            out.write(HELLO.getBytes(StandardCharsets.UTF_8));
        }
        assertThat(answered(whole("deflate", bytes.toByteArray())).body()).isEqualTo(HELLO);
    }

    @Test
    void send_bombOf100Mb_isCutAndHarmless() throws Exception {
        byte[] bomb = gzip(new byte[100_000_000]);
        Reply.Answered answer = answered(whole("gzip", bomb));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).hasSize(16 << 10);
        assertThat(answer.truncated()).isTrue();
    }

    @Test
    void send_gzipThatBreaksOff_isShownAsFarAsItGoes() throws Exception {
        byte[] zipped = gzip("abc".repeat(10_000).getBytes(StandardCharsets.UTF_8));
        byte[] half = Arrays.copyOf(zipped, zipped.length - 12);
        Reply.Answered answer = answered(whole("gzip", half));
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).startsWith("abcabc");
    }

    @Test
    void send_textThatSaysItIsGzip_isDeliveredAllTheSame() {
        assertThat(answered(whole("gzip", "ok".getBytes(StandardCharsets.UTF_8))))
                .extracting(Reply.Answered::status, Reply.Answered::body)
                .containsExactly(200, "ok");
    }

    @ParameterizedTest
    @ValueSource(ints = {204, 205})
    void send_bodyWhereNoneMayBe_countsByItsStatus(int status) {
        Reply.Answered answer =
                answered("HTTP/1.1 %d No\r\nContent-Length: 2\r\n\r\nok".formatted(status));
        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.headers()).containsEntry("content-length", "2");
    }

    @ParameterizedTest
    @CsvSource({
        "204,Transfer-Encoding: chunked",
        "205,Transfer-Encoding: chunked",
        "304,Transfer-Encoding: chunked",
        "304,Content-Length: 20",
        "205,X-None: 1"
    })
    void send_statusWithoutBodyButHeadersOfOne_countsAtOnce(int status, String header) {
        RawReceiver receiver =
                RawReceiver.start(
                        (socket, r) -> {
                            r.read(socket);
                            write(
                                    socket.getOutputStream(),
                                    "HTTP/1.1 %d No\r\n%s\r\n\r\n".formatted(status, header));
                            r.read(socket);
                        });
        assertThat(answered(receiver))
                .extracting(Reply.Answered::status, Reply.Answered::body)
                .containsExactly(status, "");
    }

    @Test
    void send_manyHeaders_areJoinedAndTheirNamesAreFew() {
        StringBuilder head = new StringBuilder("HTTP/1.1 503 Busy\r\n");
        for (int i = 0; i < 10_000; i++) {
            head.append("a:b\r\n");
        }
        for (int i = 0; i < 1_000; i++) {
            head.append("x").append(i).append(":y\r\n");
        }
        head.append("Retry-After: 7\r\nContent-Length: 0\r\n\r\n");
        Reply.Answered answer = answered(head.toString());
        assertThat(answer.headers()).hasSize(Answers.MOST_NAMES + 1);
        assertThat(answer.headers()).containsEntry("retry-after", "7");
        assertThat(answer.headers().get("a")).hasSize(10_000 * 3 - 2);
    }

    @Test
    void send_bodyThatIsNoText_isKeptNoLongerThanText() {
        byte[] binary = new byte[16 << 10];
        Arrays.fill(binary, (byte) 0xff);
        Reply.Answered answer = answered(whole("identity", binary));
        assertThat(answer.body().getBytes(StandardCharsets.UTF_8))
                .hasSizeBetween((16 << 10) - 3, 16 << 10);
        assertThat(answer.truncated()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "503 Busy\r\nRetry-After: 3000000000",
                "503 Busy\r\nRetry-After: 0",
                "407 Who\r\nProxy-Authenticate: Basic realm=x",
                "401 Who\r\nWWW-Authenticate: Basic realm=x",
                "408 Late",
                "421 Elsewhere"
            })
    void send_statusThatAsksForMore_isOneAnswerToOneRequest(String answer) {
        int status = Integer.parseInt(answer.substring(0, 3));
        for (String method : List.of("GET", "POST")) {
            try (RawReceiver receiver =
                    RawReceiver.saying("HTTP/1.1 " + answer + "\r\nContent-Length: 0\r\n\r\n")) {
                SignedRequest request =
                        new SignedRequest(
                                method,
                                receiver.url(),
                                Map.of(),
                                Map.of(),
                                new byte[0],
                                Outgoing.LONG);
                assertThat(SENDER.send(request))
                        .isInstanceOfSatisfying(
                                Reply.Answered.class,
                                came -> assertThat(came.status()).isEqualTo(status));
                assertThat(receiver.accepted()).isEqualTo(1);
            }
        }
    }

    @Test
    void send_bodyWithoutEnd_isAnAnswerAfter64Kb() {
        AtomicLong written = new AtomicLong();
        try (RawReceiver receiver =
                RawReceiver.start(
                        (socket, r) -> {
                            r.read(socket);
                            write(socket.getOutputStream(), "HTTP/1.1 200 OK\r\n\r\n");
                            endless(socket.getOutputStream(), "x".repeat(8 << 10), written);
                        })) {
            Reply.Answered answer = answered(receiver);
            assertThat(answer.body()).hasSize(16 << 10);
            assertThat(answer.truncated()).isTrue();
        }
    }

    @Test
    void send_extensionOfAChunkWithoutEnd_isCutOff() {
        AtomicLong written = new AtomicLong();
        try (RawReceiver receiver =
                RawReceiver.start(
                        (socket, r) -> {
                            r.read(socket);
                            write(
                                    socket.getOutputStream(),
                                    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                                            + "2\r\nok\r\n5;x=");
                            endless(socket.getOutputStream(), "x".repeat(8 << 10), written);
                        })) {
            Reply.Answered answer = answered(receiver);
            assertThat(answer.body()).isEqualTo("ok");
            assertThat(answer.truncated()).isTrue();
            // What is in the sockets' buffers was never read.
            assertThat(written).hasValueLessThan(64L << 20);
        }
    }

    @Test
    void send_redirect_isNotFollowed() {
        try (RawReceiver elsewhere = RawReceiver.saying("HTTP/1.1 200 OK\r\n\r\n")) {
            Reply.Answered answer =
                    answered(
                            "HTTP/1.1 307 Go\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n"
                                    .formatted(elsewhere.url()));
            assertThat(answer.status()).isEqualTo(307);
            assertThat(elsewhere.accepted()).isZero();
        }
    }

    private static byte[] whole(String encoding, byte[] body) {
        String head =
                "HTTP/1.1 200 OK\r\nContent-Encoding: %s\r\nContent-Length: %d\r\n\r\n"
                        .formatted(encoding, body.length);
        byte[] start = head.getBytes(StandardCharsets.US_ASCII);
        byte[] all = Arrays.copyOf(start, start.length + body.length);
        System.arraycopy(body, 0, all, start.length, body.length);
        return all;
    }

    private static byte[] gzip(byte[] text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(bytes)) {
            out.write(text);
        }
        return bytes.toByteArray();
    }

    private static Reply.Answered answered(String answer) {
        return answered(RawReceiver.saying(answer));
    }

    private static Reply.Answered answered(byte[] answer) {
        return answered(RawReceiver.saying(answer));
    }

    private static Reply.Answered answered(RawReceiver receiver) {
        try (receiver) {
            Reply reply = SENDER.send(Outgoing.post(receiver.url()));
            assertThat(reply).isInstanceOf(Reply.Answered.class);
            return (Reply.Answered) reply;
        }
    }

    private static void endless(OutputStream out, String part, AtomicLong written)
            throws IOException {
        while (!Thread.currentThread().isInterrupted()) {
            write(out, part);
            written.addAndGet(part.length());
        }
    }

    private static void write(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.US_ASCII));
    }
}
