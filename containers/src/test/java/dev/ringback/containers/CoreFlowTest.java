package dev.ringback.containers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.dispatch.DispatcherService;
import dev.ringback.ingest.IngestService;
import dev.ringback.runtime.Lifecycle;
import dev.ringback.runtime.Logs;
import dev.ringback.runtime.SecretBox;
import dev.ringback.runtime.Settings;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.testcontainers.kafka.KafkaContainer;

/** From the POST to a verified webhook, by way of the Kafka that operators run. */
@Tag("docker")
class CoreFlowTest {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    @TempDir Path folder;

    @Test
    void events_posted_arriveOnce() throws Exception {
        Logs.configure("plain", "warn");
        try (KafkaContainer kafka = new KafkaContainer("apache/kafka:4.3.1");
                Lifecycle services = new Lifecycle();
                Subscriber subscriber = new Subscriber()) {
            // The image writes its settings into files that only root may write in some of them.
            kafka.withCreateContainerCmdModifier(command -> command.withUser("root"));
            kafka.start();
            Settings settings = settings(kafka.getBootstrapServers());
            services.start(new DispatcherService(settings, Clock.systemUTC()));
            IngestService ingest = services.start(new IngestService(settings, Clock.systemUTC()));
            try (Platform platform =
                    new Platform(
                            List.of("http://127.0.0.1:" + ingest.port()),
                            "key",
                            subscriber.url("127.0.0.1"))) {
                platform.post(100);

                Await.until(
                        LIMIT,
                        () -> subscriber.missing(platform.expected()).size() + " did not come",
                        () -> subscriber.missing(platform.expected()).isEmpty());
            }
            assertThat(subscriber.unverified()).isZero();
            assertThat(subscriber.repeats()).isZero();
        }
    }

    private Settings settings(String kafka) {
        return Settings.load(
                Map.of(
                        "RINGBACK_KAFKA_BOOTSTRAP_SERVERS", kafka,
                        "RINGBACK_PARTITIONS", "3",
                        "RINGBACK_STATE_DIR", folder.toString(),
                        "RINGBACK_INGEST_PORT", "0",
                        "RINGBACK_DISPATCHER_PORT", "0",
                        "RINGBACK_API_KEYS", "test=*@*:key",
                        "RINGBACK_MASTER_KEY", SecretBox.newKey("k1", new SecureRandom()),
                        "RINGBACK_ALLOW_HTTP", "true",
                        "RINGBACK_EGRESS_ALLOW", "127.0.0.0/8"));
    }
}
