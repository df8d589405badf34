package dev.ringback.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.dialect.Dialects;
import dev.ringback.schemas.Attempt;
import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.EventType;
import dev.ringback.schemas.Reason;
import dev.ringback.schemas.Units;
import dev.ringback.testkit.Await;
import dev.ringback.testkit.SubscriberStub;
import dev.ringback.testkit.SubscriberStub.Answer;
import dev.ringback.testkit.SubscriberStub.Received;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The schedules that the vendors document, from an event to the delivery's death. */
class ScheduleTest {
    private static final Duration LIMIT = Duration.ofMinutes(3);

    private static TestDispatcher dispatcher;

    @BeforeAll
    static void start() {
        dispatcher = TestDispatcher.start(Clock.systemUTC());
    }

    @AfterAll
    static void stop() {
        dispatcher.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    standard | CALL_ENDED    | 40000 | 5s 5m 30m 2h 5h 10h 14h 20h 24h
                    vomyra   | CALL_ENDED    | 4000  | 4s 30s 2m 8m 30m 2h
                    tryvox   | CALL_ENDED    | 10    | 1s 4s 16s
                    voicy    | CALL_ANALYZED | 10    | ''
                    ultravox | CALL_ENDED    | 8000  | 30s 1m 2m 4m 8m 16m 32m 64m 128m 256m
                    """)
    void receiverAlwaysFails_attemptsFollowTheSchedule(
            String dialect, EventType type, int times, String waits) {
        List<Duration> schedule =
                Arrays.stream(waits.split(" "))
                        .filter(wait -> !wait.isEmpty())
                        .map(Units::duration)
                        .toList();
        // A little ahead of the broker's clock, which says when the event came.
        FastClock clock = new FastClock(Instant.now().plusSeconds(60));
        dispatcher.restart(clock);
        Queue<Instant> arrivals = new ConcurrentLinkedQueue<>();
        try (SubscriberStub subscriber =
                SubscriberStub.start(
                        request -> {
                            arrivals.add(clock.instant());
                            return Answer.of(500);
                        })) {
            String call = report(dialect, type, subscriber.url());
            Await.until("the first attempt", LIMIT, () -> dispatcher.attempts(call).size() == 1);
            clock.run(times);
            DeliveryHeader dead = dispatcher.awaitDead(call, LIMIT);
            assertThat(dead.reason())
                    .isEqualTo(schedule.isEmpty() ? Reason.no_retry : Reason.exhausted);
            follow(schedule, dispatcher.attempts(call), List.copyOf(arrivals));
        }
    }

    /** Due when the schedule says, counted from the attempt's end, and never before that. */
    private static void follow(
            List<Duration> schedule, List<Attempt> attempts, List<Instant> arrivals) {
        assertThat(attempts).hasSize(schedule.size() + 1);
        assertThat(arrivals).hasSize(schedule.size() + 1);
        for (int i = 0; i < schedule.size(); i++) {
            Instant end = attempts.get(i).at().plusMillis(attempts.get(i).durationMs());
            Instant due = attempts.get(i).nextDueAt();
            assertThat(Duration.between(end, due))
                    .isBetween(schedule.get(i), schedule.get(i).plusMillis(1));
            assertThat(attempts.get(i + 1).at()).isAfterOrEqualTo(due);
            assertThat(arrivals.get(i + 1)).isAfterOrEqualTo(due);
        }
        assertThat(attempts.getLast().nextDueAt()).isNull();
    }

    @Test
    void tryvox_inRealTime_isTriedAgainAfter1And4And16Seconds() {
        dispatcher.restart(Clock.systemUTC());
        try (SubscriberStub subscriber = SubscriberStub.start(request -> Answer.of(503))) {
            String call = report("tryvox", EventType.CALL_ENDED, subscriber.url());
            DeliveryHeader dead = dispatcher.awaitDead(call, LIMIT);
            assertThat(dead.reason()).isEqualTo(Reason.exhausted);
            List<Attempt> attempts = dispatcher.attempts(call);
            List<Received> requests = subscriber.received();
            assertThat(requests).hasSize(4);
            for (int i = 1; i < 4; i++) {
                Instant due = attempts.get(i - 1).nextDueAt();
                assertThat(requests.get(i).at()).isBetween(due.minusMillis(1), due.plusMillis(500));
            }
        }
    }

    private static String report(String dialect, EventType type, String url) {
        String account = dispatcher.name("acc");
        String secret =
                Dialects.named(dialect).orElseThrow().newSecret(RandomGenerator.getDefault());
        dispatcher.put(
                EndpointSketch.of("ep_" + account, account, dialect)
                        .url(url)
                        .secrets(secret)
                        // A loaded machine is late by hours of a clock as fast as this.
                        .patient());
        String call = dispatcher.name("call");
        dispatcher.send(dispatcher.event(type, account, call));
        return call;
    }
}
