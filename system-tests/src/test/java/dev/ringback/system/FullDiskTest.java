package dev.ringback.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.ringback.dispatch.DispatcherService;
import dev.ringback.embedded.EmbeddedKafka;
import dev.ringback.embedded.EmbeddedKafka.Quorum;
import dev.ringback.ingest.IngestService;
import dev.ringback.processes.BrokerMain;
import dev.ringback.runtime.Logs;
import dev.ringback.runtime.SecretBox;
import dev.ringback.runtime.Setting;
import dev.ringback.runtime.Settings;
import dev.ringback.schemas.Json;
import dev.ringback.testkit.Await;
import dev.ringback.testkit.SubscriberStub;
import dev.ringback.testkit.SubscriberStub.Received;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/** A broker whose disk fills up. Needs to mount a small file system, which only root can. */
class FullDiskTest {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String KEY = "test-key";
    private static final int BATCH = 100;

    @TempDir private Path folder;
    private Path disk;
    private Process broker;

    @BeforeEach
    void mount() throws Exception {
        Logs.configure("plain", "info");
        disk = Files.createDirectory(folder.resolve("disk"));
        int code = run("mount", "-t", "tmpfs", "-o", "size=160m", "tmpfs", disk.toString());
        assumeThat(code).as("a small file system can be mounted").isZero();
    }

    @AfterEach
    void unmount() throws Exception {
        if (broker != null) {
            broker.destroyForcibly().waitFor();
        }
        run("umount", disk.toString());
    }

    @Test
    void fullDisk_madeRoomOn_losesNothingThatWasAccepted() throws Exception {
        List<String> node = node();
        startBroker(node);
        Settings settings = settings(node.get(1));
        IngestService ingest = new IngestService(settings, Clock.systemUTC());
        DispatcherService dispatcher = new DispatcherService(settings, Clock.systemUTC());
        try (SubscriberStub subscriber = SubscriberStub.start()) {
            ingest.start();
            dispatcher.start();
            Await.until("ingest ready", LIMIT, () -> Pipeline.isReady(ingest.port()));
            Await.until("dispatcher ready", LIMIT, () -> Pipeline.isReady(dispatcher.port()));
            RingbackClient client = new RingbackClient("http://127.0.0.1:" + ingest.port(), KEY);
            client.endpoint("acc_1", subscriber.url());
            Set<String> accepted = new HashSet<>(post(client, 0));
            Path filler = fill();
            AtomicInteger batch = new AtomicInteger();
            Await.until(
                    "the broker gives up",
                    LIMIT,
                    () -> {
                        accepted.addAll(post(client, batch.incrementAndGet()));
                        return !broker.isAlive();
                    });
            Files.delete(filler);
            startBroker(node);
            Await.until("ingest ready again", LIMIT, () -> Pipeline.isReady(ingest.port()));
            Set<String> last = post(client, batch.incrementAndGet());
            assertThat(last).hasSize(BATCH);
            accepted.addAll(last);
            Await.until("all accepted", LIMIT, () -> events(subscriber).containsAll(accepted));
        } finally {
            dispatcher.stop();
            ingest.stop();
        }
    }

    private List<String> node() {
        return List.of(
                disk.resolve("kafka").toString(),
                Integer.toString(EmbeddedKafka.freePort()),
                "1",
                Quorum.newClusterId(),
                Integer.toString(EmbeddedKafka.freePort()));
    }

    private void startBroker(List<String> node) throws Exception {
        List<String> command =
                new ArrayList<>(
                        List.of(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-Xmx256m",
                                "--enable-native-access=ALL-UNNAMED",
                                "--sun-misc-unsafe-memory-access=allow",
                                "-cp",
                                System.getProperty("java.class.path"),
                                BrokerMain.class.getName()));
        command.addAll(node);
        Path log = Files.createTempFile(Path.of("target"), "full-disk", ".log");
        broker =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        Runtime.getRuntime().addShutdownHook(new Thread(broker::destroyForcibly));
        Await.until(
                "the broker (see " + log + ")",
                LIMIT,
                () -> Files.readString(log).contains("takes requests"));
    }

    private Settings settings(String kafkaPort) {
        Map<String, String> environment = new HashMap<>();
        environment.put(Setting.KAFKA.name(), "127.0.0.1:" + kafkaPort);
        environment.put(Setting.PARTITIONS.name(), "1");
        environment.put(Setting.RETRY_RUNGS.name(), "1s");
        environment.put(Setting.STATE_DIR.name(), folder.resolve("state").toString());
        environment.put(Setting.INGEST_PORT.name(), "0");
        environment.put(Setting.DISPATCHER_PORT.name(), "0");
        environment.put(Setting.INGEST_DEADLINE.name(), "10s");
        environment.put(Setting.API_KEYS.name(), "test=*@*:" + KEY);
        environment.put(Setting.MASTER_KEY.name(), SecretBox.newKey("k1", new SecureRandom()));
        environment.put(Setting.ALLOW_HTTP.name(), "true");
        environment.put(Setting.EGRESS_ALLOW.name(), "127.0.0.1/32");
        return Settings.load(environment);
    }

    /** Takes all the room there is, but for some that the broker has set aside already. */
    private Path fill() throws IOException {
        Path filler = disk.resolve("filler");
        byte[] block = new byte[64 << 10];
        try (OutputStream out = Files.newOutputStream(filler)) {
            while (true) {
                out.write(block);
            }
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("No space left");
            return filler;
        }
    }

    /** Posts a batch and returns the ids of those that were accepted. */
    private static Set<String> post(RingbackClient client, int number) {
        ArrayNode batch = Json.shared().createArrayNode();
        for (int i = 0; i < BATCH; i++) {
            String id = "evt-" + number + "-" + i;
            batch.add(RingbackClient.ended("acc_1", "call-" + i, id));
        }
        RingbackClient.Answer answer = client.post("/v1/events", batch);
        Set<String> accepted = new HashSet<>();
        for (JsonNode result : answer.body().path("results")) {
            if (result.path("status").asString("").equals("accepted")) {
                accepted.add(result.path("id").asString(""));
            }
        }
        return accepted;
    }

    private static Set<String> events(SubscriberStub subscriber) {
        return subscriber.received().stream()
                .map(Received::body)
                .map(body -> Json.parse(body).at("/data/event/id").stringValue())
                .collect(Collectors.toSet());
    }

    private static int run(String... command) throws Exception {
        try {
            return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor();
        } catch (IOException e) {
            return -1;
        }
    }
}
