package dev.ringback.ingest;

import dev.ringback.ingest.TestIngest.Reply;
import dev.ringback.runtime.Setting;
import dev.ringback.schemas.Topics;
import dev.ringback.testkit.TestKafka;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** A broker and two services on it, of which each has to see what the other has answered. */
public final class TwoIngests implements AutoCloseable {
    public final TestKafka kafka = TestKafka.start();
    public final TestIngest first;
    public final TestIngest second;

    public TwoIngests() {
        Map<String, String> patient = Map.of(Setting.INGEST_DEADLINE.name(), "20s");
        first = TestIngest.start(kafka, patient);
        second = TestIngest.start(kafka, patient);
    }

    /** The one or the other. */
    public TestIngest any(int number) {
        return number % 2 == 0 ? first : second;
    }

    /** Answers to so many requests that are sent at once. */
    public static List<Reply> atOnce(int count, IntFunction<Reply> request) throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Reply>> futures =
                    IntStream.range(0, count)
                            .mapToObj(i -> threads.submit(() -> request.apply(i)))
                            .toList();
            List<Reply> replies = new ArrayList<>();
            for (Future<Reply> future : futures) {
                replies.add(future.get());
            }
            return replies;
        }
    }

    /** A field of a new endpoint, made by the first service. */
    public String create(String form) {
        Reply reply = first.post("/v1/endpoints", TestIngest.ADMIN, TestIngest.JSON, form);
        if (reply.status() != 201) {
            throw new AssertionError(reply.toString());
        }
        return reply.body().path("id").stringValue();
    }

    /** What the second service says is at a path. */
    public JsonNode seen(String path) {
        return second.get(path, TestIngest.ADMIN).body();
    }

    /** The pointers of what an answer finds fault with. */
    public static List<String> pointers(Reply reply) {
        return reply.body().path("errors").findValuesAsString("pointer");
    }

    /** All values that the registry has written to its topics. */
    public List<String> written() {
        return Stream.of(
                        Topics.REGISTRY_COMMANDS,
                        Topics.REGISTRY_ANSWERS,
                        Topics.ENDPOINTS,
                        "ringback-registry-endpoints-changelog")
                .flatMap(topic -> kafka.records(topic).stream())
                .filter(record -> record.value() != null)
                .map(record -> new String(record.value(), StandardCharsets.UTF_8))
                .toList();
    }

    @Override
    public void close() {
        second.close();
        first.close();
        kafka.close();
    }
}
