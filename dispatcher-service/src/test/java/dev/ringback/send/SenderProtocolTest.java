package dev.ringback.send;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;
import okhttp3.Dns;
import okhttp3.Protocol;
import okhttp3.tls.HeldCertificate;
import okio.Buffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** HTTP/1.1 and HTTP/2 under TLS, at one host that many endpoints share. */
@Timeout(60)
class SenderProtocolTest {
    private static final int REFUSED_STREAM = 7;
    private static final int INTERNAL_ERROR = 2;

    /** How long a receiver works on a request before it breaks off: more than a resend may take. */
    private static final long BREAKS_AFTER_MILLIS = 1_500;

    private final Sender sender = Outgoing.sender("127.0.0.1/32");
    private final MockWebServer server = new MockWebServer();

    @BeforeEach
    void start() throws Exception {
        HeldCertificate.Builder certificate =
                new HeldCertificate.Builder().addSubjectAlternativeName("127.0.0.1");
        server.useHttps(Outgoing.certified(certificate).sslSocketFactory());
        server.start(InetAddress.ofLiteral("127.0.0.1"), 0);
    }

    @AfterEach
    void stop() {
        sender.close();
        server.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1", "HTTP/2"})
    void send_eitherVersion_isAnswered(String version) throws Exception {
        boolean two = version.equals("HTTP/2");
        server.setProtocols(
                two ? List.of(Protocol.HTTP_2, Protocol.HTTP_1_1) : List.of(Protocol.HTTP_1_1));
        server.enqueue(new MockResponse.Builder().code(202).body("kept").build());
        assertThat(send("/one")).isInstanceOf(Reply.Answered.class);
        RecordedRequest request = server.takeRequest();
        assertThat(request.getRequestLine()).isEqualTo("POST /one " + version);
        assertThat(request.getBody().utf8()).isEqualTo("{}");
    }

    @Test
    void send_oneStreamHangs_othersOfItsConnectionGoOn() throws Exception {
        CountDownLatch hanging = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        server.setDispatcher(
                dispatcher(
                        request -> {
                            if (request.getTarget().equals("/hung")) {
                                hanging.countDown();
                                release.await();
                            }
                            return ok();
                        }));
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            assertThat(send("/first")).isInstanceOf(Reply.Answered.class);
            Future<Reply> hung = threads.submit(() -> send("/hung"));
            hanging.await();
            for (int i = 0; i < 20; i++) {
                assertThat(send("/other")).isInstanceOf(Reply.Answered.class);
            }
            assertThat(hung.isDone()).isFalse();
            release.countDown();
            assertThat(hung.get()).isInstanceOf(Reply.Answered.class);
        }
    }

    @Test
    void send_sharedConnectionBreaksLongAfterAllWasRead_nothingIsSentAgain() throws Exception {
        int streams = 40;
        CountDownLatch all = new CountDownLatch(streams);
        CountDownLatch over = new CountDownLatch(1);
        server.setDispatcher(
                dispatcher(
                        request -> {
                            if (!request.getTarget().equals("/first")) {
                                all.countDown();
                                over.await();
                            }
                            return ok();
                        }));
        RawReceiver.Behaviour passes =
                (socket, receiver) -> {
                    try (Socket there =
                            new Socket(InetAddress.ofLiteral("127.0.0.1"), server.getPort())) {
                        Thread.ofVirtual().start(() -> pass(there, socket));
                        Thread.ofVirtual().start(() -> pass(socket, there));
                        all.await();
                        Thread.sleep(BREAKS_AFTER_MILLIS);
                    }
                };
        try (RawReceiver between = RawReceiver.start(passes);
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            String url = "https://127.0.0.1:" + between.port();
            assertThat(sender.send(Outgoing.post(url + "/first")))
                    .isInstanceOf(Reply.Answered.class);
            List<Future<Reply>> replies = new ArrayList<>();
            for (int i = 0; i < streams; i++) {
                replies.add(threads.submit(() -> sender.send(Outgoing.post(url + "/many"))));
            }
            for (Future<Reply> reply : replies) {
                assertThat(reply.get()).isInstanceOf(Reply.Unreachable.class);
            }
            assertThat(between.accepted()).isEqualTo(1);
        } finally {
            over.countDown();
        }
    }

    private static void pass(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
        } catch (IOException e) {
            // One of them has closed.
        }
    }

    @Test
    void send_hostsOfOneCertificateAndAddress_haveConnectionsOfTheirOwn() throws Exception {
        MockWebServer shared = new MockWebServer();
        HeldCertificate.Builder certificate =
                new HeldCertificate.Builder()
                        .addSubjectAlternativeName("a.example")
                        .addSubjectAlternativeName("q.example");
        Dns here = name -> List.of(InetAddress.ofLiteral("127.0.0.1"));
        try (shared;
                Sender both = Outgoing.sender(Optional.empty(), here, "127.0.0.1/32")) {
            shared.useHttps(Outgoing.certified(certificate).sslSocketFactory());
            shared.start(InetAddress.ofLiteral("127.0.0.1"), 0);
            // These two are in the same pool.
            for (String host : List.of("a.example", "q.example")) {
                shared.enqueue(ok());
                Reply reply =
                        both.send(Outgoing.post("https://" + host + ":" + shared.getPort() + "/"));
                assertThat(reply).isInstanceOf(Reply.Answered.class);
                assertThat(shared.takeRequest().getExchangeIndex()).isZero();
            }
        }
    }

    @Test
    void send_streamIsRefusedOnConnectionInUse_isSentAgain() {
        server.enqueue(ok());
        server.enqueue(reset(REFUSED_STREAM));
        server.enqueue(ok());
        assertThat(send("/first")).isInstanceOf(Reply.Answered.class);
        assertThat(send("/second")).isInstanceOf(Reply.Answered.class);
    }

    @Test
    void send_streamIsResetOnConnectionInUse_isNotSentAgain() {
        server.enqueue(ok());
        server.enqueue(reset(INTERNAL_ERROR));
        server.enqueue(ok());
        assertThat(send("/first")).isInstanceOf(Reply.Answered.class);
        assertThat(send("/second")).isEqualTo(new Reply.Unreachable(Fault.protocol_error));
    }

    @Test
    void send_headersTooLargeInHttp2_saysSo() {
        MockResponse large =
                new MockResponse.Builder().addHeader("x-large", "x".repeat(1_000_000)).build();
        server.enqueue(large);
        assertThat(send("/")).isEqualTo(new Reply.Unreachable(Fault.header_too_large));
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.1", "HTTP/2"})
    void send_bodyOf100Mb_isAnAnswerThatWasCut(String version) {
        server.setProtocols(
                version.equals("HTTP/2")
                        ? List.of(Protocol.HTTP_2, Protocol.HTTP_1_1)
                        : List.of(Protocol.HTTP_1_1));
        Buffer large = new Buffer();
        large.writeUtf8("x".repeat(100_000_000));
        server.enqueue(new MockResponse.Builder().body(large).build());
        Reply reply = send("/");
        assertThat(reply).isInstanceOf(Reply.Answered.class);
        assertThat(((Reply.Answered) reply).body()).hasSize(16 << 10);
    }

    private Reply send(String path) {
        return sender.send(Outgoing.post("https://127.0.0.1:" + server.getPort() + path));
    }

    private static MockResponse ok() {
        return new MockResponse.Builder().code(200).build();
    }

    private static MockResponse reset(int code) {
        return new MockResponse.Builder()
                .onRequestStart(new SocketEffect.CloseStream(code))
                .build();
    }

    /** What a server does with a request. */
    private interface Behaviour {
        MockResponse on(RecordedRequest request) throws InterruptedException;
    }

    private static Dispatcher dispatcher(Behaviour behaviour) {
        return new Dispatcher() {
            @Override
            public MockResponse dispatch(RecordedRequest request) throws InterruptedException {
                return behaviour.on(request);
            }
        };
    }
}
