package dev.ringback.containers;

import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Who posts the events: sends each batch to one ingest after another until it is accepted, as a
 * client of the API should, and knows which deliveries must come of it.
 */
final class Platform implements AutoCloseable {
    static final String TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    private static final Duration PAUSE = Duration.ofMillis(100);
    private static final int BATCHES_A_SECOND = 10;

    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(2)).build();
    private final List<String> ingests;
    private final String apiKey;
    private final String endpoint;
    private final String run = Long.toString(System.nanoTime(), Character.MAX_RADIX);
    private final AtomicInteger events = new AtomicInteger();
    private final Set<String> expected = ConcurrentHashMap.newKeySet();
    private final Map<Integer, Integer> answers = new ConcurrentSkipListMap<>();
    private volatile boolean stopping;

    /** Subscribes at the first of the ingests. */
    Platform(List<String> ingests, String apiKey, String webhookUrl) {
        this.ingests = List.copyOf(ingests);
        this.apiKey = apiKey;
        ObjectNode wanted = endpoint("acc_1", webhookUrl);
        wanted.putObject("policy").put("max_in_flight", 64);
        endpoint = create(wanted);
    }

    /** Posts an event to an endpoint that is tried once; its delivery. */
    String postToNobody(String url) {
        ObjectNode wanted = endpoint("acc_2", url);
        wanted.putObject("policy").putArray("schedule");
        String nobody = create(wanted);
        ObjectNode event = event("evt-nobody", "acc_2", "call-nobody");
        if (attempt(ingests.getFirst(), Json.bytes(event)) != 202) {
            throw new IllegalStateException("not accepted");
        }
        return DeliveryHeader.deliveryId("call-nobody", "evt-nobody", nobody);
    }

    private static ObjectNode endpoint(String account, String url) {
        ObjectNode wanted =
                Json.object()
                        .put("account_id", account)
                        .put("url", url)
                        .put("secret", Subscriber.SECRET);
        wanted.putArray("events").add("*");
        return wanted;
    }

    private String create(ObjectNode wanted) {
        HttpResponse<byte[]> made = send(ingests.getFirst() + "/v1/endpoints", Json.bytes(wanted));
        if (made.statusCode() != 201) {
            throw new IllegalStateException(new String(made.body(), StandardCharsets.UTF_8));
        }
        return Json.parse(made.body()).path("id").stringValue();
    }

    private static ObjectNode event(String id, String account, String call) {
        ObjectNode event =
                Json.object()
                        .put("id", id)
                        .put("type", "call.started")
                        .put("occurred_at", "2026-11-23T09:12:31Z")
                        .put("account_id", account)
                        .put("call_id", call);
        event.putObject("call").put("status", "in_progress");
        return event;
    }

    /** Posts so many events of so many calls in one request, until they are accepted. */
    void post(int many) {
        ArrayNode batch = Json.shared().createArrayNode();
        List<String> deliveries = new ArrayList<>(many);
        for (int i = 0; i < many; i++) {
            String id = run + "-" + events.incrementAndGet();
            batch.add(event("evt-" + id, "acc_1", "call-" + id));
            deliveries.add(DeliveryHeader.deliveryId("call-" + id, "evt-" + id, endpoint));
        }
        byte[] body = Json.bytes(batch);
        for (int attempt = 0; ; attempt++) {
            int status = attempt(ingests.get(attempt % ingests.size()), body);
            answers.merge(status, 1, Integer::sum);
            if (status == 202) {
                expected.addAll(deliveries);
                return;
            }
            LockSupport.parkNanos(PAUSE.toNanos());
        }
    }

    /** Posts at this rate until it is told to stop, on a thread of its own. */
    Thread postAt(int eventsPerSecond) {
        stopping = false;
        return Thread.ofPlatform()
                .start(
                        () -> {
                            long next = System.nanoTime();
                            while (!stopping) {
                                post(eventsPerSecond / BATCHES_A_SECOND);
                                next += Duration.ofSeconds(1).dividedBy(BATCHES_A_SECOND).toNanos();
                                LockSupport.parkNanos(next - System.nanoTime());
                            }
                        });
    }

    /** Ends what {@link #postAt} began, when its last batch has been accepted. */
    void stop(Thread posting) throws InterruptedException {
        stopping = true;
        posting.join();
    }

    /** What is at a URL; empty when nothing answers. */
    String read(String url) {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(5)).build();
        try {
            return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
        } catch (IOException e) {
            return "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** The deliveries that must come. */
    Set<String> expected() {
        return Set.copyOf(expected);
    }

    /** How often each status answered; 0 stands for no answer. */
    Map<Integer, Integer> answers() {
        return answers;
    }

    private int attempt(String ingest, byte[] body) {
        try {
            return send(ingest + "/v1/events", body).statusCode();
        } catch (IllegalStateException e) {
            return 0;
        }
    }

    private HttpResponse<byte[]> send(String url, byte[] body) {
        HttpRequest request =
                HttpRequest.newBuilder(URI.create(url))
                        .timeout(Duration.ofSeconds(15))
                        .header("Authorization", "Bearer " + apiKey)
                        .header("Content-Type", "application/json")
                        .header("traceparent", TRACE)
                        .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                        .build();
        try {
            return http.send(request, HttpResponse.BodyHandlers.ofByteArray());
        } catch (IOException e) {
            throw new IllegalStateException(url, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        http.close();
    }
}
