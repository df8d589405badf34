package dev.ringback.system;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.console.ConsoleService;
import dev.ringback.dispatch.DispatcherService;
import dev.ringback.ingest.IngestService;
import dev.ringback.runtime.KafkaClients;
import dev.ringback.runtime.Lifecycle;
import dev.ringback.runtime.Logs;
import dev.ringback.runtime.SecretBox;
import dev.ringback.runtime.Settings;
import dev.ringback.runtime.TopicSetup;
import dev.ringback.testkit.Await;
import dev.ringback.testkit.SubscriberStub;
import dev.ringback.testkit.SubscriberStub.Answer;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every service works over TLS as a user who may do what operations.md lists, and nothing else. */
class SecuredKafkaTest {
    private static final String KEY = "test-key";
    private static final List<String> USERS =
            List.of("topics", "ingest", "dispatcher", "console", "dlq");
    private static final String MASTER_KEY = SecretBox.newKey("k1", new SecureRandom());

    @TempDir static Path folder;

    private static SecuredKafka kafka;
    private static Lifecycle services;
    private static IngestService ingest;
    private static DispatcherService dispatcher;
    private static ConsoleService console;

    @BeforeAll
    static void start() throws Exception {
        Logs.configure("plain", "warn");
        services = new Lifecycle();
        kafka = services.closing(new SecuredKafka(folder, USERS, List.of("console", "dlq")));
        kafka.allow(AclList.documented());
        Settings topics = kafka.withPassword("topics", more("topics"));
        try (Admin admin = KafkaClients.of(topics).admin("topics")) {
            TopicSetup setup = new TopicSetup(admin, topics);
            setup.create();
            assertThat(setup.differences()).isEmpty();
        }
        Clock clock = Clock.systemUTC();
        ingest =
                services.start(
                        new IngestService(kafka.withPassword("ingest", more("ingest")), clock));
        dispatcher =
                services.start(
                        new DispatcherService(
                                kafka.withPassword("dispatcher", more("dispatcher")), clock));
        console =
                services.start(
                        new ConsoleService(
                                kafka.withCertificate("console", more("console")), clock));
        for (int port : List.of(ingest.port(), dispatcher.port(), console.port())) {
            Await.until("ready", Pipeline.LIMIT, () -> Pipeline.isReady(port));
        }
    }

    @AfterAll
    static void stop() {
        services.close();
    }

    @Test
    void event_posted_isDeliveredRetriedAndSeenInTheConsole() {
        RingbackClient client = client(ingest.port());
        AtomicInteger requests = new AtomicInteger();
        try (SubscriberStub subscriber =
                SubscriberStub.start(
                        request -> Answer.of(requests.getAndIncrement() == 0 ? 503 : 200))) {
            client.endpoint("acc_1", subscriber.url(), "1s");
            assertThat(
                            client.post(
                                            "/v1/events",
                                            RingbackClient.ended("acc_1", "call-1", "evt-1"))
                                    .status())
                    .isEqualTo(202);
            Await.until("both attempts", Pipeline.LIMIT, () -> subscriber.count() == 2);
        }
        RingbackClient reader = client(console.port());
        Await.until(
                "the call", Pipeline.LIMIT, () -> reader.get("/v1/calls/call-1").status() == 200);
    }

    @Test
    void deadLetters_listed_byPasswordAndByCertificate() {
        assertThat(list(kafka.withPassword("dlq", more("dlq")))).isEqualTo(3);
        assertThat(list(kafka.withCertificate("dlq", more("dlq")))).isEqualTo(3);
    }

    @Test
    void console_writesEvents_isForbidden() {
        KafkaClients clients = KafkaClients.of(kafka.withCertificate("console", Map.of()));
        try (Producer<byte[], byte[]> producer = clients.producer("forbidden", Map.of())) {
            assertThat(producer.send(new ProducerRecord<>("call.events", new byte[1])))
                    .failsWithin(Pipeline.LIMIT)
                    .withThrowableThat()
                    .withCauseInstanceOf(TopicAuthorizationException.class);
        }
    }

    private static int list(Settings settings) {
        PrintStream nowhere =
                new PrintStream(new ByteArrayOutputStream(), false, StandardCharsets.UTF_8);
        return dev.ringback.dlq.Main.run(
                new String[] {"list"},
                settings,
                nowhere,
                nowhere,
                InputStream.nullInputStream(),
                Clock.systemUTC());
    }

    private static RingbackClient client(int port) {
        return new RingbackClient("http://127.0.0.1:" + port, KEY);
    }

    private static Map<String, String> more(String service) {
        Map<String, String> more = new HashMap<>();
        more.put("RINGBACK_PARTITIONS", "3");
        more.put("RINGBACK_STATE_DIR", folder.resolve("state-" + service).toString());
        more.put("RINGBACK_INGEST_PORT", "0");
        more.put("RINGBACK_DISPATCHER_PORT", "0");
        more.put("RINGBACK_CONSOLE_PORT", "0");
        more.put("RINGBACK_API_KEYS", "test=*@*:" + KEY);
        more.put("RINGBACK_MASTER_KEY", MASTER_KEY);
        more.put("RINGBACK_ALLOW_HTTP", "true");
        more.put("RINGBACK_EGRESS_ALLOW", "127.0.0.1/32");
        return more;
    }
}
