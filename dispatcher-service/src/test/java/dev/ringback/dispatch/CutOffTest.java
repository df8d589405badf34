package dev.ringback.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.dialect.Dialects;
import dev.ringback.schemas.Attempt;
import dev.ringback.send.TestDns;
import dev.ringback.testkit.Await;
import dev.ringback.testkit.SubscriberStub;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Our own name servers are away for a while. */
@Timeout(120)
class CutOffTest {
    private static final int ENDPOINTS = 6;
    private static final String SECRET =
            Dialects.named("standard").orElseThrow().newSecret(new Random(3));

    @Test
    void namesDoNotResolveForAWhile_deliveriesWaitAndUseNoAttempt() {
        AtomicBoolean away = new AtomicBoolean(true);
        try (TestDns dns =
                        TestDns.start(
                                (name, number) -> away.get() ? List.of() : List.of("127.0.0.1"));
                SubscriberStub subscriber = SubscriberStub.start();
                TestDispatcher dispatcher = TestDispatcher.start(Clock.systemUTC())) {
            int port = URI.create(subscriber.url()).getPort();
            endpoints(dispatcher, "first", port);
            endpoints(dispatcher, "second", port);
            String first = dispatcher.ended("first");
            Await.until(
                    "it shows that it is we who are cut off",
                    TestDispatcher.LIMIT,
                    () -> outcomes(dispatcher, first).contains(Attempt.Result.deferred));
            String second = dispatcher.ended("second");
            dispatcher.awaitAttempts(second, ENDPOINTS);
            assertThat(dispatcher.attempts(second))
                    .allSatisfy(
                            attempt -> {
                                assertThat(attempt.outcome()).isEqualTo(Attempt.Result.deferred);
                                assertThat(attempt.reason()).isEqualTo("cut off: dns");
                            });
            assertThat(dns.queries()).isPositive();

            away.set(false);
            dispatcher.awaitAttempts(second, 2 * ENDPOINTS);
            assertThat(dispatcher.attempts(second))
                    .filteredOn(attempt -> attempt.outcome() == Attempt.Result.delivered)
                    .hasSize(ENDPOINTS)
                    .allSatisfy(attempt -> assertThat(attempt.attempt()).isEqualTo(1));
            assertThat(subscriber.received())
                    .filteredOn(request -> request.path().equals("/second"))
                    .hasSize(ENDPOINTS)
                    .allSatisfy(
                            request ->
                                    assertThat(request.header("Ringback-Attempt")).isEqualTo("1"));
        }
    }

    private static void endpoints(TestDispatcher dispatcher, String account, int port) {
        for (int i = 0; i < ENDPOINTS; i++) {
            String host = TestDns.name(account + i);
            dispatcher.put(
                    EndpointSketch.of("ep_" + account + i, account, "standard")
                            .url("http://" + host + ":" + port + "/" + account)
                            .secrets(SECRET)
                            .schedule(Duration.ofHours(1)));
        }
    }

    private static List<Attempt.Result> outcomes(TestDispatcher dispatcher, String call) {
        return dispatcher.attempts(call).stream().map(Attempt::outcome).toList();
    }
}
