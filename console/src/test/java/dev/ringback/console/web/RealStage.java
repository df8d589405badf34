package dev.ringback.console.web;

import dev.ringback.console.ConsoleService;
import dev.ringback.console.Records;
import dev.ringback.ingest.IngestService;
import dev.ringback.runtime.SecretBox;
import dev.ringback.runtime.Setting;
import dev.ringback.runtime.Settings;
import dev.ringback.testkit.Await;
import dev.ringback.testkit.TestKafka;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Map;

/**
 * A whole console and an ingest on a real Kafka, with records as routing and dispatcher write them.
 */
final class RealStage implements AutoCloseable {
    final Records records;
    private final TestKafka kafka = TestKafka.start();
    private final IngestService ingest;
    private final ConsoleService console;

    RealStage() {
        String master = SecretBox.newKey("test", new SecureRandom());
        Settings settings =
                kafka.settings(
                        Map.of(
                                Setting.API_KEYS.name(),
                                Stage.KEYS,
                                Setting.MASTER_KEY.name(),
                                master));
        records = new Records(kafka.clients());
        ingest = new IngestService(settings, Clock.systemUTC());
        ingest.start();
        String url = "http://127.0.0.1:" + ingest.port();
        console = new ConsoleService(settings.with(Setting.INGEST_URL, url), Clock.systemUTC());
        console.start();
        Await.until("ingest", Stage.LIMIT, () -> Stage.isReady(url));
        Await.until("console", Stage.LIMIT, () -> Stage.isReady(url()));
    }

    /** Where the console is. */
    String url() {
        return "http://127.0.0.1:" + console.port();
    }

    @Override
    public void close() {
        console.stop();
        ingest.stop();
        records.close();
        kafka.close();
    }
}
