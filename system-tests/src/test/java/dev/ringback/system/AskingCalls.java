package dev.ringback.system;

import dev.ringback.runtime.KafkaClients;
import dev.ringback.schemas.CallEvent;
import dev.ringback.schemas.EventType;
import dev.ringback.schemas.Json;
import dev.ringback.schemas.Topics;
import dev.ringback.testkit.Await;
import dev.ringback.testkit.SubscriberStub;
import dev.ringback.testkit.SubscriberStub.Answer;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import tools.jackson.databind.JsonNode;

/**
 * Calls that ask what they do next, at a steady pace, and what is published for them. Every third
 * ends while its subscriber is being asked: that one answers only when the end has been read by
 * whoever publishes, so its answer comes too late whoever gets it. Each answer is another one.
 */
final class AskingCalls implements AutoCloseable {
    private static final Duration PACE = Duration.ofMillis(25);
    private static final Duration POLL = Duration.ofMillis(50);
    private static final Duration PATIENCE = Duration.ofSeconds(4);
    private static final String PLAIN = "plain-";
    private static final String ENDING = "ending-";

    private final Producer<byte[], byte[]> events;
    private final KafkaClients clients;
    private final int partitions;
    private final SubscriberStub subscriber = SubscriberStub.start(this::answer);
    private final Set<String> asked = ConcurrentHashMap.newKeySet();
    private final AtomicInteger answers = new AtomicInteger();
    private final AtomicInteger heldBack = new AtomicInteger();

    /** Accepted answers of each call, by what a consumer of committed records reads. */
    private final Map<String, List<String>> accepted = new ConcurrentHashMap<>();

    /** Where the question of a call lies, and that it is over. */
    private final Map<String, Long> questions = new ConcurrentHashMap<>();

    private final Map<String, Long> ends = new ConcurrentHashMap<>();

    /** The highest question of each partition that has been answered. */
    private final AtomicLongArray answeredUpTo;

    private volatile boolean stopped;
    private volatile boolean closed;

    AskingCalls(KafkaClients clients, int partitions) {
        this.clients = clients;
        this.partitions = partitions;
        this.events = clients.producer("calls", Map.of("linger.ms", "0"));
        this.answeredUpTo = new AtomicLongArray(partitions);
        IntStream.range(0, partitions).forEach(p -> answeredUpTo.set(p, -1));
    }

    void start() {
        Thread.ofPlatform().daemon().start(() -> read(Topics.ANSWERS, "read_uncommitted"));
        Thread.ofPlatform().daemon().start(() -> read(Topics.INSTRUCTIONS, "read_committed"));
        Thread.ofPlatform().daemon().start(this::send);
    }

    /** No further calls. */
    void stop() {
        stopped = true;
    }

    private void send() {
        long due = System.nanoTime();
        for (int i = 0; !stopped; i++) {
            String call = (i % 3 == 0 ? ENDING : PLAIN) + i;
            asked.add(call);
            CallEvent event = event(EventType.CALL_ANSWERED, call);
            send(
                    event.withWebhooks(
                            Json.object()
                                    .put("dialect", "tryvox")
                                    .put("answer_url", subscriber.url() + "/" + call)));
            due += PACE.toNanos();
            LockSupport.parkNanos(due - System.nanoTime());
        }
    }

    private static CallEvent event(EventType type, String call) {
        return CallEvent.of(type + "-" + call, type, Clock.systemUTC().instant(), "acc", call);
    }

    private void send(CallEvent event) {
        byte[] key = event.subjectId().getBytes(StandardCharsets.UTF_8);
        events.send(new ProducerRecord<>(Topics.EVENTS, key, event.bytes()));
    }

    /** A subscriber, on a thread of its own. */
    private Answer answer(SubscriberStub.Received request) throws InterruptedException {
        String call = request.path().substring(request.path().lastIndexOf('/') + 1);
        if (call.startsWith(ENDING)) {
            send(event(EventType.CALL_ENDED, call));
            long end = System.nanoTime() + PATIENCE.toNanos();
            while (!isKnownToBeOver(call)) {
                if (System.nanoTime() > end) {
                    return Answer.of(503);
                }
                Thread.sleep(10);
            }
            heldBack.incrementAndGet();
        }
        String voxml =
                "{\"voxml_version\":\"1.0\",\"instructions\":[{\"verb\":\"Say\",\"text\":\"%s %d\"}]}"
                        .formatted(call, answers.incrementAndGet());
        return new Answer(200, Map.of(), voxml.getBytes(StandardCharsets.UTF_8));
    }

    /** A later question of its partition is answered, so whoever did has read of the end. */
    private boolean isKnownToBeOver(String call) {
        Long end = ends.get(call);
        return end != null && answeredUpTo.get(partition(end)) > offset(end);
    }

    private void read(String topic, String isolation) {
        try (Consumer<byte[], byte[]> consumer =
                clients.consumer("calls-" + topic, Map.of("isolation.level", isolation))) {
            List<TopicPartition> all =
                    IntStream.range(0, partitions)
                            .mapToObj(p -> new TopicPartition(topic, p))
                            .toList();
            consumer.assign(all);
            consumer.seekToBeginning(all);
            while (!closed) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    String call = new String(record.key(), StandardCharsets.UTF_8);
                    if (topic.equals(Topics.INSTRUCTIONS)) {
                        published(call, record);
                    } else if (record.headers().lastHeader(Topics.HEADER_ENDED) != null) {
                        ends.put(call, place(record));
                    } else {
                        questions.putIfAbsent(call, place(record));
                    }
                }
            }
        }
    }

    private void published(String call, ConsumerRecord<byte[], byte[]> record) {
        JsonNode value = Json.parse(record.value());
        if (value.path("failed").booleanValue(false)) {
            return;
        }
        accepted.merge(
                call,
                List.of(Json.text(value.path("instructions"))),
                (before, more) -> Stream.concat(before.stream(), more.stream()).toList());
        Long question = questions.get(call);
        if (question != null) {
            answeredUpTo.accumulateAndGet(partition(question), offset(question), Math::max);
        }
    }

    /** Partition and offset in one number. */
    private long place(ConsumerRecord<byte[], byte[]> record) {
        return record.offset() * partitions + record.partition();
    }

    private int partition(long place) {
        return Math.toIntExact(place % partitions);
    }

    private long offset(long place) {
        return place / partitions;
    }

    /** Returns when so many more calls have been answered. */
    void awaitAnswers(int more, Duration limit) {
        int wanted = accepted.size() + more;
        Await.until(more + " answers", limit, () -> accepted.size() >= wanted);
    }

    /** Returns when calls have been answered on every partition that asked from now on. */
    void awaitEveryPartition(Duration limit) {
        Map<Integer, Long> now = new HashMap<>();
        for (long place : questions.values()) {
            now.merge(partition(place), offset(place), Math::max);
        }
        Await.until(
                "answers on every partition",
                limit,
                () ->
                        IntStream.range(0, partitions)
                                .allMatch(p -> answeredUpTo.get(p) > now.getOrDefault(p, -1L)));
    }

    /** Whether every call that has not ended has its answer. */
    boolean areAnswered() {
        return accepted.keySet()
                .containsAll(
                        asked.stream()
                                .filter(call -> call.startsWith(PLAIN))
                                .collect(Collectors.toSet()));
    }

    Map<String, List<String>> answeredTwice() {
        return accepted.entrySet().stream()
                .filter(call -> call.getValue().size() > 1)
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    Set<String> answeredAfterTheEnd() {
        Set<String> calls = new TreeSet<>(accepted.keySet());
        calls.removeIf(call -> !call.startsWith(ENDING));
        return calls;
    }

    /** How often an answer was held back until its call had ended. */
    int heldBack() {
        return heldBack.get();
    }

    @Override
    public String toString() {
        return "%d calls, %d answered, %d requests, %d held back until the call had ended"
                .formatted(asked.size(), accepted.size(), subscriber.count(), heldBack.get());
    }

    @Override
    public void close() {
        stopped = true;
        closed = true;
        subscriber.close();
        events.close(Duration.ofSeconds(1));
    }
}
