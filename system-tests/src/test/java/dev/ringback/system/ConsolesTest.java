package dev.ringback.system;

import static dev.ringback.system.RingbackClient.expect;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.schemas.Json;
import dev.ringback.testkit.Await;
import dev.ringback.testkit.SubscriberStub;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * Consoles that are killed and stopped while twenty deliveries a second go on. {@code
 * -Dconsole.away=12000} keeps the stopped one away for so many of them.
 */
class ConsolesTest {
    private static final String ACCOUNT = "acc_1";
    private static final int AWAY = Integer.getInteger("console.away", 100);
    private static final Duration BETWEEN = Duration.ofMillis(50);
    private static final int FEW = 20;

    private final AtomicInteger accepted = new AtomicInteger();
    private final ScheduledExecutorService load =
            Executors.newSingleThreadScheduledExecutor(
                    Thread.ofPlatform().name("load").daemon().factory());
    private Pipeline pipeline;
    private SubscriberStub subscriber;

    @BeforeEach
    void start() {
        pipeline = Pipeline.start(Map.of());
        subscriber = SubscriberStub.start();
        pipeline.client().endpoint(ACCOUNT, subscriber.url());
        load.scheduleAtFixedRate(this::post, 0, BETWEEN.toMillis(), TimeUnit.MILLISECONDS);
    }

    @AfterEach
    void stop() {
        load.shutdownNow();
        subscriber.close();
        pipeline.close();
    }

    private void post() {
        int number = accepted.get();
        expect(
                202,
                pipeline.client()
                        .post(
                                "/v1/events",
                                RingbackClient.ended(ACCOUNT, "call-" + number, "evt-" + number)));
        accepted.incrementAndGet();
    }

    @Test
    void twoConsoles_oneKilled_theOtherIsNeverWrongAndSoonWhole() {
        try (ConsoleProcess first = ConsoleProcess.start(pipeline, "first");
                ConsoleProcess second = ConsoleProcess.start(pipeline, "second")) {
            Await.until("both share the work", Pipeline.LIMIT, () -> isWhole(first, FEW));
            Await.until("both answer for all", Pipeline.LIMIT, () -> isWhole(second, FEW));
            int known = delivered(ledger(second));
            first.kill();
            long killed = System.nanoTime();
            int expected = accepted.get();
            Await.until(
                    "the other answers for all",
                    Pipeline.LIMIT,
                    () -> {
                        JsonNode ledger = ledger(second);
                        if (!ledger.isEmpty() && !ledger.has("partial")) {
                            assertThat(delivered(ledger)).isGreaterThanOrEqualTo(known);
                        }
                        assertThat(second.client().get("/v1/calls/call-0").status()).isIn(200, 503);
                        return isWhole(second, expected);
                    });
            System.err.printf(
                    "one of two consoles killed: all answers whole again after %d ms%n",
                    TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - killed));
        }
    }

    @Test
    void console_stoppedUnderLoad_deliveriesGoOnAndItCatchesUp() throws Exception {
        try (ConsoleProcess console = ConsoleProcess.start(pipeline, "only")) {
            Await.until("it is there", Pipeline.LIMIT, () -> isWhole(console, FEW));
            console.stop();
        }
        int meanwhile = accepted.get() + AWAY;
        Await.until(
                "deliveries without it",
                Pipeline.LIMIT.plus(BETWEEN.multipliedBy(AWAY)),
                () -> subscriber.count() >= meanwhile);
        load.shutdown();
        assertThat(load.awaitTermination(1, TimeUnit.MINUTES)).isTrue();
        int all = accepted.get();
        try (ConsoleProcess console = ConsoleProcess.start(pipeline, "only")) {
            Await.until(
                    "it catches up",
                    Pipeline.LIMIT,
                    () -> isWhole(console, all) && ledger(console).path("balanced").booleanValue());
            JsonNode ledger = ledger(console);
            assertThat(ledger.path("accepted_events").intValue()).isEqualTo(all);
            assertThat(delivered(ledger)).isEqualTo(all);
        }
        assertThat(subscriber.count()).as("no request twice").isEqualTo(all);
    }

    private static boolean isWhole(ConsoleProcess console, int deliveries) {
        JsonNode ledger = ledger(console);
        return !ledger.isEmpty()
                && !ledger.has("partial")
                && delivered(ledger) >= deliveries
                && !console.client().get("/v1/deliveries").body().has("partial");
    }

    private static int delivered(JsonNode ledger) {
        return ledger.path("delivered").intValue();
    }

    /** Empty while it cannot say. */
    private static JsonNode ledger(ConsoleProcess console) {
        RingbackClient.Answer answer = console.client().get("/v1/ledger");
        return answer.status() == 200 ? answer.body() : Json.object();
    }
}
