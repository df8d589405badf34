package dev.ringback.answer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.schemas.CallEvent;
import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.DeliveryHeader.Question;
import dev.ringback.schemas.DeliveryHeader.Question.Source;
import dev.ringback.schemas.DeliveryHeader.Via;
import dev.ringback.schemas.EventType;
import dev.ringback.schemas.Json;
import dev.ringback.schemas.Topics;
import dev.ringback.testkit.Await;
import dev.ringback.testkit.TestKafka;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** One owner of a partition after another, and two that both believe to be it. */
class OwnedTest {
    private static final Clock CLOCK = Clock.systemUTC();
    private static final long LIMIT_SECONDS = 60;

    private static TestKafka kafka;

    @BeforeAll
    static void start() {
        kafka = TestKafka.start();
    }

    @AfterAll
    static void stop() {
        kafka.close();
    }

    @Test
    void publish_twoOwners_eachQuestionIsAnsweredOnce() throws Exception {
        Owned paused = owned(0);
        assertThat(paused.lateness(asked("first", 1))).isEmpty();
        Owned next = owned(0);
        assertThat(next.lateness(asked("first", 1))).isEmpty();
        List<CompletableFuture<Optional<Late>>> all = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            DeliveryHeader asked = asked("rival-" + i, 1);
            all.add(publish(paused, asked));
            all.add(publish(next, asked));
        }
        List<Optional<Late>> fates = new ArrayList<>();
        for (CompletableFuture<Optional<Late>> one : all) {
            fates.add(one.get(LIMIT_SECONDS, TimeUnit.SECONDS));
        }
        paused.end();
        next.end();
        List<String> calls =
                kafka.records(Topics.INSTRUCTIONS).stream()
                        .map(record -> new String(record.key(), StandardCharsets.UTF_8))
                        .filter(call -> call.startsWith("rival-"))
                        .toList();
        assertThat(calls).hasSize(50).doesNotHaveDuplicates();
        assertThat(fates).contains(Optional.of(Late.SETTLED));
    }

    @Test
    void lateness_ofAnotherOwner_isKnownToTheNext() throws Exception {
        Owned first = owned(1);
        publish(first, asked("settled", 5)).get(LIMIT_SECONDS, TimeUnit.SECONDS);
        over("over", 1);
        first.end();
        Owned second = owned(1);
        assertThat(second.lateness(asked("settled", 5))).contains(Late.SETTLED);
        assertThat(second.lateness(asked("settled", "other", 4))).contains(Late.NEWER);
        assertThat(second.lateness(asked("settled", "other", 6))).isEmpty();
        assertThat(second.lateness(asked("over", 1))).contains(Late.ENDED);
        assertThat(second.lateness(asked("unknown", 1))).isEmpty();
        second.end();
    }

    @Test
    void failed_mayBeAnsweredByAReplay_andNotByACopy() throws Exception {
        Owned owned = owned(2);
        DeliveryHeader asked = asked("failed", 1);
        owned.publish(asked, Instruction.failed(asked, "timeout"), List::of)
                .get(LIMIT_SECONDS, TimeUnit.SECONDS);
        assertThat(owned.lateness(asked)).contains(Late.SETTLED);
        DeliveryHeader replayed = asked.replayed("rpl_1", CLOCK.instant());
        assertThat(publish(owned, replayed).get(LIMIT_SECONDS, TimeUnit.SECONDS)).isEmpty();
        assertThat(owned.lateness(replayed)).contains(Late.SETTLED);
        owned.end();
    }

    @Test
    void publish_whatGoesWithIt_isThereOrNeitherIs() throws Exception {
        Owned owned = owned(2);
        DeliveryHeader asked = asked("together", 1);
        byte[] key = "together".getBytes(StandardCharsets.UTF_8);
        owned.publish(
                        asked,
                        Instruction.accepted(asked, Json.object()),
                        () -> List.of(new ProducerRecord<>(Topics.ATTEMPTS, key, key)))
                .get(LIMIT_SECONDS, TimeUnit.SECONDS);
        assertThat(kafka.records(Topics.ATTEMPTS)).extracting(r -> r.key()).contains(key);
        owned.end();
    }

    @Test
    void publish_whatAnEarlierOwnerHadWritten_isPublishedAsItWas() throws Exception {
        DeliveryHeader asked = asked("promised", 1);
        Instruction first = Instruction.accepted(asked, Json.object().put("said", "first"));
        try (Producer<byte[], byte[]> killed =
                kafka.clients()
                        .producer("killed", Map.of("transactional.id", "ringback-answers-0-1"))) {
            killed.initTransactions();
            killed.beginTransaction();
            killed.send(first.record(0));
            killed.flush();
            Owned next = owned(0);
            Instruction second = Instruction.accepted(asked, Json.object().put("said", "second"));
            next.publish(asked, second, List::of).get(LIMIT_SECONDS, TimeUnit.SECONDS);
            next.end();
        }
        assertThat(kafka.records(Topics.INSTRUCTIONS))
                .filteredOn(r -> new String(r.key(), StandardCharsets.UTF_8).equals("promised"))
                .extracting(r -> Json.parse(r.value()).at("/instructions/said").stringValue())
                .containsExactly("first");
    }

    @Test
    void lateness_askedBeforeTheFirstReadFails_isAnsweredAfterTheNext() throws Exception {
        CountDownLatch isAsked = new CountDownLatch(1);
        AtomicBoolean hasFailed = new AtomicBoolean();
        InstantSource failing =
                () -> {
                    try {
                        isAsked.await();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                    if (!hasFailed.getAndSet(true)) {
                        throw new IllegalStateException("the first read fails");
                    }
                    return Instant.now();
                };
        Owned owned = new Owned(2, kafka.clients(), failing.withZone(ZoneOffset.UTC));
        Thread.ofVirtual().start(owned);
        CompletableFuture<Optional<Late>> answer = new CompletableFuture<>();
        Thread asks =
                Thread.ofPlatform().start(() -> answer.complete(owned.lateness(asked("early", 1))));
        Await.until(
                "asks",
                Duration.ofSeconds(LIMIT_SECONDS),
                () -> asks.getState() == Thread.State.WAITING);
        isAsked.countDown();
        assertThat(answer.get(LIMIT_SECONDS, TimeUnit.SECONDS)).isEmpty();
        assertThat(hasFailed).isTrue();
        owned.end();
    }

    private static CompletableFuture<Optional<Late>> publish(Owned by, DeliveryHeader asked) {
        return by.publish(asked, Instruction.accepted(asked, Json.object()), List::of);
    }

    private static Owned owned(int partition) {
        Owned owned = new Owned(partition, kafka.clients(), CLOCK);
        Thread.ofVirtual().start(owned);
        return owned;
    }

    private static void over(String call, int partition) throws Exception {
        ProducerRecord<byte[], byte[]> notice =
                new ProducerRecord<>(
                        Topics.ANSWERS,
                        partition,
                        call.getBytes(StandardCharsets.UTF_8),
                        new byte[0]);
        notice.headers().add(Topics.HEADER_ENDED, new byte[] {1});
        try (Producer<byte[], byte[]> producer = kafka.clients().producer("test", Map.of())) {
            producer.send(notice).get(LIMIT_SECONDS, TimeUnit.SECONDS);
        }
    }

    private static DeliveryHeader asked(String call, long sequence) {
        return asked(call, "evt-" + call, sequence);
    }

    private static DeliveryHeader asked(String call, String event, long sequence) {
        Instant now = CLOCK.instant();
        return DeliveryHeader.first(
                CallEvent.of(event, EventType.CALL_ANSWERED, now, "acc", call),
                sequence,
                "call.answered",
                "cep_x",
                "tryvox",
                "application/json",
                now,
                new DeliveryHeader.Origin(Topics.EVENTS, 0, 0),
                new Via(
                        null,
                        "https://a.example",
                        List.of(),
                        null,
                        null,
                        false,
                        new Question(Source.answer, null)));
    }
}
