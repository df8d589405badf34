package dev.ringback.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.runtime.Setting;
import dev.ringback.runtime.Settings;
import dev.ringback.schemas.Attempt;
import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.Json;
import dev.ringback.testkit.Await;
import dev.ringback.testkit.TestKafka;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Two consoles share the work and answer alike; one that goes leaves nothing out for long. */
class InstancesTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int DELIVERIES = 40;

    private final List<ConsoleService> consoles = new ArrayList<>();
    private final Set<String> ids = new TreeSet<>();
    private Instant now;
    private TestKafka kafka;
    private Records records;

    @BeforeEach
    void start() {
        now = Instant.now();
        kafka = TestKafka.start();
        records = new Records(kafka.clients());
    }

    @AfterEach
    void stop() {
        consoles.forEach(ConsoleService::stop);
        records.close();
        kafka.close();
    }

    @Test
    void twoConsoles_oneGone_answerAlikeAndNeverWrongly() {
        start("a");
        write();
        Await.until("the first has all", LIMIT, () -> isWhole(consoles.getFirst()));
        start("b");
        Await.until("both have a part", LIMIT, () -> consoles.stream().allMatch(this::isWhole));
        String id = ids.iterator().next();
        assertThat(reader(1).get("/v1/deliveries/" + id).body())
                .isEqualTo(reader(0).get("/v1/deliveries/" + id).body());
        assertThat(reader(1).get("/v1/deliveries").body())
                .isEqualTo(reader(0).get("/v1/deliveries").body());
        consoles.removeFirst().stop();
        Await.until(
                "the other answers for all",
                LIMIT,
                () -> {
                    isNeverWrong(reader(0));
                    return isWhole(consoles.getFirst());
                });
    }

    @Test
    void console_stoppedMeanwhile_catchesUp() {
        start("a");
        write();
        Await.until("all is there", LIMIT, () -> isWhole(consoles.getFirst()));
        consoles.removeFirst().stop();
        write();
        start("a");
        Await.until("the rest is there", LIMIT, () -> isWhole(consoles.getFirst()));
        JsonNode ledger = reader(0).json("/v1/ledger");
        assertThat(ledger.path("deliveries").intValue()).isEqualTo(ids.size());
        assertThat(ledger.path("delivered").intValue()).isEqualTo(ids.size());
        assertThat(ledger.path("balanced").booleanValue()).isTrue();
    }

    private void write() {
        for (int i = 0; i < DELIVERIES; i++) {
            DeliveryHeader header =
                    records.made(Records.header("acc", "call-" + i, "ep_" + i % 5, now));
            records.tried(Records.attempt(header, 1, now, Attempt.Result.delivered, null));
            records.call(Json.object().put("call_id", "call-" + i).put("account_id", "acc"));
            ids.add(header.deliveryId());
        }
    }

    private void start(String name) {
        Settings settings =
                kafka.settings(
                        Map.of(
                                Setting.API_KEYS.name(),
                                "all=*@*:KEY",
                                Setting.STATE_DIR.name(),
                                kafka.folder().resolve(name).toString()));
        ConsoleService console = new ConsoleService(settings, Clock.systemUTC());
        console.start();
        consoles.add(console);
        Await.until(
                "ready", LIMIT, () -> new Reader(console, "").get("/health/ready").status() == 200);
    }

    private Reader reader(int console) {
        return new Reader(consoles.get(console), "KEY");
    }

    private boolean isWhole(ConsoleService console) {
        JsonNode page = new Reader(console, "KEY").json("/v1/deliveries?state=delivered&limit=200");
        JsonNode ledger = new Reader(console, "KEY").json("/v1/ledger");
        return !page.has("partial")
                && page.path("items").size() == ids.size()
                && !ledger.has("partial")
                && ledger.path("delivered").intValue() == ids.size();
    }

    /** What is left out is said to be; nothing that is there is denied. */
    private void isNeverWrong(Reader reader) {
        JsonNode page = reader.json("/v1/deliveries?limit=200");
        if (!page.has("partial")) {
            assertThat(page.path("items").size()).isEqualTo(ids.size());
        }
        String id = ids.iterator().next();
        assertThat(reader.get("/v1/deliveries/" + id).status()).isIn(200, 503);
    }
}
