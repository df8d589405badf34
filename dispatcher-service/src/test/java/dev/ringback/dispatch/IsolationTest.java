package dev.ringback.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.schemas.Attempt;
import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.Endpoint.Policy;
import dev.ringback.schemas.Json;
import dev.ringback.schemas.Reason;
import dev.ringback.schemas.Topics;
import dev.ringback.testkit.Await;
import dev.ringback.testkit.SubscriberStub;
import dev.ringback.testkit.SubscriberStub.Answer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What slow, failing and limited endpoints do to their own deliveries, and not to others'. */
class IsolationTest {
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
    void hungEndpoint_hasEightUnderWay_theRestIsDeferredOnce_andOthersAreNotHeld()
            throws InterruptedException {
        CountDownLatch never = new CountDownLatch(1);
        try (SubscriberStub hung = SubscriberStub.start(request -> waitFor(never));
                SubscriberStub healthy = SubscriberStub.start()) {
            String account = dispatcher.name("acc");
            put(account, hung, policy(Duration.ofSeconds(30), null, false));
            String other = dispatcher.name("acc");
            put(other, healthy, Policy.DEFAULT);
            List<String> calls =
                    IntStream.range(0, 120).mapToObj(i -> dispatcher.ended(account)).toList();
            Await.until("eight hang", TestDispatcher.LIMIT, () -> hung.count() == 8);
            for (int i = 0; i < 50; i++) {
                dispatcher.ended(other);
            }
            Await.until("others", TestDispatcher.LIMIT, () -> healthy.count() == 50);
            Await.until(
                    "deferred",
                    TestDispatcher.LIMIT,
                    () -> deferred(calls, "no_slot").size() >= 40);
            Await.until(
                    "put on rungs again",
                    TestDispatcher.LIMIT,
                    () -> hops(calls).containsValue(3L));
            List<Attempt> logged = deferred(calls, "no_slot");
            assertThat(logged.stream().map(Attempt::deliveryId)).doesNotHaveDuplicates();
            assertThat(logged).allMatch(attempt -> attempt.attempt() == 1);
            assertThat(hung.count()).isEqualTo(8);
            never.countDown();
            Await.until("all", Duration.ofMinutes(1), () -> hung.count() >= 120);
            assertThat(hung.received().stream().map(r -> r.header("Ringback-Attempt")).distinct())
                    .containsExactly("1");
        }
    }

    @Test
    void endpointThatFails_getsOneRequestAtATime_untilItSucceeds() {
        AtomicInteger now = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        AtomicInteger status = new AtomicInteger(500);
        CountDownLatch opened = new CountDownLatch(1);
        try (SubscriberStub receiver =
                SubscriberStub.start(
                        request -> {
                            int under = now.incrementAndGet();
                            if (opened.getCount() == 0 && status.get() == 500) {
                                most.accumulateAndGet(under, Math::max);
                            }
                            // A receiver this slow sees requests that come at the same time.
                            Thread.sleep(40);
                            now.decrementAndGet();
                            return Answer.of(status.get());
                        })) {
            String account = dispatcher.name("acc");
            put(account, receiver, policy(null, List.of(Duration.ofSeconds(1)), false));
            for (int i = 0; i < 5; i++) {
                dispatcher.ended(account);
            }
            Await.until(
                    "five failures",
                    TestDispatcher.LIMIT,
                    () -> receiver.count() >= 5 && now.get() == 0);
            opened.countDown();
            for (int i = 0; i < 30; i++) {
                dispatcher.ended(account);
            }
            Await.until("more", TestDispatcher.LIMIT, () -> receiver.count() >= 15);
            assertThat(most.get()).isEqualTo(1);
            status.set(200);
            Await.until(
                    "all have been tried",
                    Duration.ofMinutes(1),
                    () ->
                            receiver.received().stream()
                                            .map(request -> request.deliveryId())
                                            .distinct()
                                            .count()
                                    == 35);
        }
    }

    @Test
    void rate_isNotExceeded_andUsesNoAttempt() {
        try (SubscriberStub receiver = SubscriberStub.start()) {
            String account = dispatcher.name("acc");
            put(account, receiver, new Policy(null, null, null, "10/s", null, null));
            for (int i = 0; i < 40; i++) {
                dispatcher.ended(account);
            }
            Await.until("all", Duration.ofMinutes(1), () -> receiver.count() == 40);
            List<Instant> times = receiver.received().stream().map(r -> r.at()).sorted().toList();
            for (int i = 0; i + 12 < times.size(); i++) {
                assertThat(Duration.between(times.get(i), times.get(i + 12)))
                        .isGreaterThan(Duration.ofSeconds(1));
            }
            assertThat(receiver.received().stream().map(r -> r.header("Ringback-Attempt")))
                    .containsOnly("1");
        }
    }

    @Test
    void deferredForLongerThanItsMaxAge_diesExpired() {
        CountDownLatch never = new CountDownLatch(1);
        try (SubscriberStub hung = SubscriberStub.start(request -> waitFor(never))) {
            String account = dispatcher.name("acc");
            Policy policy =
                    new Policy(Duration.ofSeconds(20), null, 1, null, null, Duration.ofSeconds(4));
            put(account, hung, policy);
            List<String> calls =
                    IntStream.range(0, 100).mapToObj(i -> dispatcher.ended(account)).toList();
            Await.until(
                    "expired", TestDispatcher.LIMIT, () -> !deferred(calls, "no_slot").isEmpty());
            Await.until("dead", TestDispatcher.LIMIT, () -> dead(calls).size() >= 50);
            assertThat(dead(calls))
                    .allMatch(dead -> dead.reason() == Reason.expired && dead.attempt() == 0);
            assertThat(hung.count()).isEqualTo(1);
            never.countDown();
        }
    }

    private static Answer waitFor(CountDownLatch latch) throws InterruptedException {
        latch.await();
        return Answer.of(200);
    }

    /** How often each delivery has been put on a rung. */
    private static Map<String, Long> hops(List<String> calls) {
        return Stream.of("1s", "4s", "16s")
                .flatMap(rung -> dispatcher.kafka().records(Topics.RETRY_PREFIX + rung).stream())
                .map(record -> record.headers().lastHeader(DeliveryHeader.NAME))
                .map(header -> DeliveryHeader.read(header.value()))
                .filter(header -> calls.contains(header.subjectId()))
                .collect(Collectors.groupingBy(DeliveryHeader::subjectId, Collectors.counting()));
    }

    private static List<DeliveryHeader> dead(List<String> calls) {
        return dispatcher.kafka().records(Topics.DEAD).stream()
                .map(record -> record.headers().lastHeader(DeliveryHeader.NAME))
                .map(header -> DeliveryHeader.read(header.value()))
                .filter(header -> calls.contains(header.subjectId()))
                .toList();
    }

    private static List<Attempt> deferred(List<String> calls, String reason) {
        return dispatcher.kafka().records(Topics.ATTEMPTS).stream()
                .map(r -> Json.read(r.value(), Attempt.class))
                .filter(attempt -> calls.contains(attempt.subjectId()))
                .filter(attempt -> attempt.outcome() == Attempt.Result.deferred)
                .filter(attempt -> reason.equals(attempt.reason()))
                .toList();
    }

    private static Policy policy(Duration timeout, List<Duration> schedule, boolean ordered) {
        return new Policy(timeout, schedule, null, null, ordered, null);
    }

    private static void put(String account, SubscriberStub receiver, Policy policy) {
        dispatcher.put(
                EndpointSketch.of(dispatcher.name("ep"), account, "standard")
                        .url(receiver.url())
                        .secrets("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
                        .policy(policy));
    }
}
