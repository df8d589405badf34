package dev.ringback.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.schemas.CallEvent;
import dev.ringback.schemas.Endpoint.Policy;
import dev.ringback.schemas.EventType;
import dev.ringback.schemas.Json;
import dev.ringback.testkit.Await;
import dev.ringback.testkit.SubscriberStub;
import dev.ringback.testkit.SubscriberStub.Answer;
import dev.ringback.testkit.SubscriberStub.Received;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The order of a call's events at an endpoint that asked for it, and at others. */
class OrderTest {
    private static final List<EventType> EVENTS =
            List.of(
                    EventType.CALL_CREATED,
                    EventType.CALL_RINGING,
                    EventType.CALL_STARTED,
                    EventType.CALL_ENDED);
    private static final List<String> NAMES = EVENTS.stream().map(EventType::text).toList();

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
    void firstOfACallFails_laterOnesWait_otherCallsAndEndpointsDoNot() {
        Map<String, Integer> failures = new ConcurrentHashMap<>();
        try (SubscriberStub ordered =
                        SubscriberStub.start(
                                request ->
                                        subject(request).endsWith("-bad")
                                                        && failures.merge(
                                                                        request.deliveryId(),
                                                                        1,
                                                                        Integer::sum)
                                                                <= 2
                                                ? Answer.of(500)
                                                : Answer.of(200));
                SubscriberStub unordered = SubscriberStub.start()) {
            String account = dispatcher.name("acc");
            put(account, ordered, true);
            put(account, unordered, false);
            String bad = dispatcher.name("call") + "-bad";
            String good = dispatcher.name("call");
            send(account, bad);
            send(account, good);
            Await.until(
                    "the other call and the other endpoint",
                    Duration.ofSeconds(10),
                    () ->
                            types(ordered, good).equals(NAMES)
                                    && types(unordered, bad).equals(NAMES));
            Await.until(
                    "all of the call",
                    Duration.ofMinutes(1),
                    () -> types(ordered, bad).size() == 3 * NAMES.size());
            assertThat(types(ordered, bad))
                    .isEqualTo(
                            NAMES.stream()
                                    .flatMap(name -> List.of(name, name, name).stream())
                                    .toList());
        }
    }

    @Test
    void firstOfACallDies_theNextGoes() {
        try (SubscriberStub receiver =
                SubscriberStub.start(
                        request -> Answer.of(type(request).equals("call.created") ? 500 : 200))) {
            String account = dispatcher.name("acc");
            put(account, receiver, true);
            String call = dispatcher.name("call");
            send(account, call);
            dispatcher.awaitDead(call, Duration.ofMinutes(1));
            Await.until(
                    "the others", Duration.ofMinutes(1), () -> types(receiver, call).size() == 7);
            assertThat(types(receiver, call))
                    .containsExactly(
                            "call.created",
                            "call.created",
                            "call.created",
                            "call.created",
                            "call.ringing",
                            "call.started",
                            "call.ended");
        }
    }

    @Test
    void restart_whileACallWaits_keepsItsOrder() {
        Map<String, Integer> failures = new ConcurrentHashMap<>();
        try (SubscriberStub receiver =
                SubscriberStub.start(
                        request ->
                                failures.merge(request.deliveryId(), 1, Integer::sum) <= 2
                                        ? Answer.of(500)
                                        : Answer.of(200))) {
            String account = dispatcher.name("acc");
            put(account, receiver, true);
            List<String> calls =
                    List.of(
                            dispatcher.name("call"),
                            dispatcher.name("call"),
                            dispatcher.name("call"));
            calls.forEach(call -> send(account, call));
            Await.until("first attempts", TestDispatcher.LIMIT, () -> receiver.count() >= 3);
            dispatcher.restart(Clock.systemUTC());
            for (String call : calls) {
                Await.until(
                        "all of " + call,
                        Duration.ofMinutes(1),
                        () -> Set.copyOf(types(receiver, call)).size() == NAMES.size());
                assertThat(types(receiver, call).stream().distinct().toList()).isEqualTo(NAMES);
            }
        }
    }

    @Test
    void endpointThatBecomesOrdered_ordersWhatAlreadyWaits() {
        Map<String, Integer> failures = new ConcurrentHashMap<>();
        try (SubscriberStub receiver =
                SubscriberStub.start(
                        request ->
                                failures.merge(request.deliveryId(), 1, Integer::sum) <= 1
                                        ? Answer.of(500)
                                        : Answer.of(200))) {
            String account = dispatcher.name("acc");
            String id = put(account, receiver, false);
            String call = dispatcher.name("call");
            dispatcher.send(dispatcher.event(EventType.CALL_CREATED, account, call));
            Await.until("failed", TestDispatcher.LIMIT, () -> receiver.count() == 1);
            put(id, account, receiver, true);
            dispatcher.send(dispatcher.event(EventType.CALL_ENDED, account, call));
            Await.until("both", Duration.ofMinutes(1), () -> receiver.count() == 4);
            assertThat(types(receiver, call))
                    .containsExactly("call.created", "call.created", "call.ended", "call.ended");
        }
    }

    private static void send(String account, String call) {
        for (EventType type : EVENTS) {
            CallEvent event = dispatcher.event(type, account, call);
            dispatcher.send(event);
        }
    }

    private static List<String> types(SubscriberStub receiver, String call) {
        return receiver.received().stream()
                .filter(request -> subject(request).equals(call))
                .map(OrderTest::type)
                .toList();
    }

    private static String type(Received request) {
        return Json.parse(request.body()).path("type").stringValue("");
    }

    private static String subject(Received request) {
        return Json.parse(request.body()).path("data").path("call").path("call_id").stringValue("");
    }

    private static String put(String account, SubscriberStub receiver, boolean ordered) {
        return put(dispatcher.name("ep"), account, receiver, ordered);
    }

    private static String put(String id, String account, SubscriberStub receiver, boolean ordered) {
        List<Duration> schedule =
                List.of(Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(4));
        dispatcher.put(
                EndpointSketch.of(id, account, "standard")
                        .url(receiver.url())
                        .secrets("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
                        .policy(new Policy(null, schedule, null, null, ordered, null)));
        return id;
    }
}
