package dev.ringback.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.runtime.Setting;
import dev.ringback.schemas.EventType;
import dev.ringback.schemas.Json;
import dev.ringback.schemas.Topics;
import dev.ringback.testkit.Await;
import dev.ringback.testkit.SubscriberStub;
import dev.ringback.testkit.SubscriberStub.Answer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Answer requests beside notices that are stuck, and while partitions move. */
class AnswerLanesTest {
    private static final byte[] MENU =
            "{\"voxml_version\":\"1.0\",\"instructions\":[{\"verb\":\"Hangup\"}]}"
                    .getBytes(StandardCharsets.UTF_8);

    private static TestDispatcher dispatcher;

    @BeforeAll
    static void start() {
        dispatcher =
                TestDispatcher.start(Clock.systemUTC(), Map.of(Setting.LIVE_SLOTS.name(), "1"));
    }

    @AfterAll
    static void stop() {
        dispatcher.close();
    }

    @Test
    void answers_whileEveryNoticeIsStuck_arePublished() {
        CountDownLatch released = new CountDownLatch(1);
        try (SubscriberStub stuck =
                        SubscriberStub.start(
                                request -> {
                                    released.await();
                                    return Answer.of(200);
                                });
                SubscriberStub answers =
                        SubscriberStub.start(r -> new Answer(200, Map.of(), MENU))) {
            String account = dispatcher.name("acc");
            dispatcher.put(
                    EndpointSketch.of("ep_" + account, account, "vomyra")
                            .url(stuck.url())
                            .secrets("s"));
            for (int i = 0; i < 20; i++) {
                dispatcher.ended(account);
            }
            Await.until("stuck", TestDispatcher.LIMIT, () -> stuck.count() == 1);
            List<String> calls = answered(answers.url(), 20);
            awaitInstructions(calls);
            assertThat(answers.count()).isEqualTo(20);
            released.countDown();
        }
    }

    @Test
    void answers_whilePartitionsMove_arePublishedOnceForEachCall() {
        try (SubscriberStub answers =
                SubscriberStub.start(
                        r -> {
                            // Long enough for requests to be under way when partitions go.
                            Thread.sleep(20);
                            return new Answer(200, Map.of(), MENU);
                        })) {
            List<String> calls = new ArrayList<>(answered(answers.url(), 60));
            DispatcherService second =
                    new DispatcherService(
                            dispatcher
                                    .kafka()
                                    .settings(
                                            Map.of(
                                                    Setting.STATE_DIR.name(),
                                                    dispatcher
                                                            .kafka()
                                                            .folder()
                                                            .resolve("second")
                                                            .toString())),
                            Clock.systemUTC());
            second.start();
            try {
                for (int i = 0; i < 20; i++) {
                    calls.addAll(answered(answers.url(), 10));
                }
                awaitInstructions(calls.subList(0, 100));
                dispatcher.stopService();
                calls.addAll(answered(answers.url(), 60));
                awaitInstructions(calls);
            } finally {
                second.stop();
                dispatcher.restart(Clock.systemUTC());
            }
            assertThat(published(calls)).hasSize(calls.size()).doesNotHaveDuplicates();
        }
    }

    private static List<String> answered(String url, int count) {
        List<String> calls = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String call = dispatcher.name("call");
            dispatcher.send(
                    dispatcher
                            .event(EventType.CALL_ANSWERED, "acc", call)
                            .withWebhooks(
                                    Json.object().put("dialect", "tryvox").put("answer_url", url)));
            calls.add(call);
        }
        return calls;
    }

    private static void awaitInstructions(List<String> calls) {
        Await.until(
                "instructions",
                TestDispatcher.LIMIT,
                () -> published(calls).stream().distinct().count() == calls.size());
    }

    private static List<String> published(List<String> calls) {
        return dispatcher.kafka().records(Topics.INSTRUCTIONS).stream()
                .map(record -> new String(record.key(), StandardCharsets.UTF_8))
                .filter(calls::contains)
                .toList();
    }
}
