package dev.ringback.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.schemas.Attempt;
import dev.ringback.schemas.Endpoint;
import dev.ringback.schemas.Json;
import dev.ringback.schemas.Topics;
import dev.ringback.testkit.Await;
import dev.ringback.testkit.SubscriberStub;
import dev.ringback.testkit.SubscriberStub.Answer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the registry is told of receivers that fail and recover. */
class ReportsOnKafkaTest {
    private static TestDispatcher dispatcher;

    @BeforeAll
    static void start() {
        dispatcher = TestDispatcher.start(Clock.systemUTC());
    }

    @AfterAll
    static void stop() {
        dispatcher.close();
    }

    @Test
    void receiver_failsThenRecovers_bothAreTold() {
        AtomicInteger answer = new AtomicInteger(503);
        try (SubscriberStub subscriber = SubscriberStub.start(r -> Answer.of(answer.get()))) {
            String account = put(subscriber, 0);
            dispatcher.ended(account);
            Await.until("failure told", TestDispatcher.LIMIT, () -> !reports(account).isEmpty());
            Attempt.Report first = reports(account).getFirst();
            assertThat(first.failures().getFirst().failure()).isEqualTo("status 503");
            assertThat(first.endpointId()).isEqualTo("ep_" + account);
            answer.set(200);
            dispatcher.ended(account);
            Await.until(
                    "success told",
                    TestDispatcher.LIMIT,
                    () -> reports(account).stream().anyMatch(Attempt.Report::succeeded));
        }
    }

    @Test
    void receiver_succeeds_nothingIsTold() {
        try (SubscriberStub fine = SubscriberStub.start();
                SubscriberStub failing = SubscriberStub.start(r -> Answer.of(500))) {
            String account = put(fine, 0);
            dispatcher.awaitAttempts(dispatcher.ended(account), 1);
            String other = put(failing, 0);
            dispatcher.awaitAttempts(dispatcher.ended(other), 1);
            Await.until("later told", TestDispatcher.LIMIT, () -> !reports(other).isEmpty());
            assertThat(reports(account)).isEmpty();
        }
    }

    @Test
    void lastReports_areThereAfterAStop() {
        try (SubscriberStub failing = SubscriberStub.start(r -> Answer.of(500))) {
            String account = put(failing, 0);
            dispatcher.awaitAttempts(dispatcher.ended(account), 1);
            dispatcher.stopService();
            assertThat(reports(account).stream().mapToInt(Attempt.Report::failed).sum())
                    .isPositive();
        } finally {
            dispatcher.restart(Clock.systemUTC());
        }
    }

    private static String put(SubscriberStub subscriber, int failures) {
        String account = dispatcher.name("acc");
        dispatcher.put(
                EndpointSketch.of("ep_" + account, account, "vomyra")
                        .url(subscriber.url())
                        .secrets("a-secret-0123456789")
                        .state(Endpoint.Status.normal, failures));
        return account;
    }

    private static List<Attempt.Report> reports(String account) {
        return dispatcher.kafka().records(Topics.REGISTRY_COMMANDS).stream()
                .filter(r -> new String(r.key(), StandardCharsets.UTF_8).equals(account))
                .map(r -> Json.read(Json.parse(r.value()).get("report"), Attempt.Report.class))
                .toList();
    }
}
