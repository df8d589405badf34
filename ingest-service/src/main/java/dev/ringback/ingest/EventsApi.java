package dev.ringback.ingest;

import dev.ringback.ingest.EventBatch.Entry;
import dev.ringback.ingest.EventBatch.Ready;
import dev.ringback.ingest.EventBatch.Rejected;
import dev.ringback.runtime.ApiKeys;
import dev.ringback.runtime.ApiKeys.Caller;
import dev.ringback.runtime.Metrics;
import dev.ringback.runtime.Problem;
import dev.ringback.schemas.Json;
import dev.ringback.schemas.Violation;
import dev.ringback.trace.Trace;
import io.javalin.http.Context;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Timer;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * {@code POST /v1/events}: who may, what came, and what became of each event. Answers 202 only for
 * what Kafka has confirmed. Thread-safe.
 */
final class EventsApi {
    private static final String UNCONFIRMED =
            "Kafka has not confirmed every event; send the unconfirmed ones again with these ids";
    private static final String RETRY_AFTER = "2";

    private final ApiKeys keys;
    private final BodyReader bodies;
    private final EventReader reader;
    private final RateLimit rate;
    private final ByteBudget underWay;
    private final EventPublisher publisher;
    private final Counter accepted;
    private final Counter unconfirmed;
    private final Counter rejected;
    private final Timer confirming;
    private final InstantSource clock;

    /** What became of an event. */
    enum Fate {
        accepted,
        unconfirmed,
        rejected
    }

    /** One event of the answer. */
    record Result(int index, @Nullable String id, Fate status, List<Violation> errors) {}

    /**
     * The route's handler.
     *
     * @param underWay bytes of requests that wait for Kafka
     */
    EventsApi(
            ApiKeys keys,
            BodyReader bodies,
            EventReader reader,
            RateLimit rate,
            ByteBudget underWay,
            EventPublisher publisher,
            Metrics metrics,
            InstantSource clock) {
        this.keys = keys;
        this.bodies = bodies;
        this.reader = reader;
        this.rate = rate;
        this.underWay = underWay;
        this.publisher = publisher;
        this.accepted = metrics.counter("ringback_events_accepted_total", "Events confirmed");
        this.unconfirmed =
                metrics.counter(
                        "ringback_events_unconfirmed_total",
                        "Events that Kafka did not confirm in time");
        this.rejected = metrics.counter("ringback_events_rejected_total", "Events not taken");
        this.confirming =
                metrics.timer("ringback_ingest_confirm", "from sending to Kafka to its answer");
        this.clock = clock;
    }

    /** Answers one request. */
    void post(Context ctx) throws IOException {
        Caller caller = keys.caller(ctx.header("Authorization"));
        if (!caller.may("events:write")) {
            throw Problem.of(403, "this API key lacks the scope events:write");
        }
        boolean lines = isLines(ctx);
        byte[] body = bodies.read(ctx.req());
        EventBatch batch = lines ? reader.lines(body, caller) : reader.json(body, caller);
        rate.take(caller.name(), batch.entries().size()).ifPresent(EventsApi::refuse);
        List<Result> results = results(batch, body.length, Trace.of(ctx::header));
        results.forEach(this::count);
        if (results.stream().anyMatch(result -> result.status() == Fate.unconfirmed)) {
            throw unconfirmed(batch, results);
        }
        if (batch.single()) {
            answerOne(ctx, batch.entries().getFirst());
        } else {
            answerMany(ctx, results);
        }
    }

    private static boolean isLines(Context ctx) {
        String header = ctx.header("Content-Type");
        String[] parts = (header == null ? "" : header).toLowerCase(Locale.ROOT).split(";");
        for (int i = 1; i < parts.length; i++) {
            String parameter = parts[i].strip().replace("\"", "");
            if (parameter.startsWith("charset=") && !parameter.equals("charset=utf-8")) {
                throw Problem.of(415, "JSON is sent as UTF-8");
            }
        }
        String encoding = ctx.header("Content-Encoding");
        if (encoding != null && !encoding.equalsIgnoreCase("identity")) {
            throw Problem.of(415, "a body with a Content-Encoding is not taken");
        }
        return switch (parts[0].strip()) {
            case "application/json" -> false;
            case "application/x-ndjson" -> true;
            default -> throw Problem.of(415, "send application/json or application/x-ndjson");
        };
    }

    private static void refuse(Duration wait) {
        long seconds = Math.max(1, wait.plusNanos(999_999_999).toSeconds());
        throw Problem.of(429, "this API key posts more events than it may")
                .header("Retry-After", Long.toString(seconds));
    }

    /** Sends what may be sent; what would exceed the bytes under way is not sent at all. */
    private List<Result> results(EventBatch batch, int bytes, Optional<Trace> trace) {
        List<Ready> ready = batch.ready();
        if (ready.isEmpty() || !underWay.take(bytes)) {
            return results(batch, ready.stream().map(event -> false).iterator());
        }
        try {
            Instant start = clock.instant();
            List<Boolean> kept = publisher.publish(ready, trace);
            confirming.record(Duration.between(start, clock.instant()));
            return results(batch, kept.iterator());
        } finally {
            underWay.giveBack(bytes);
        }
    }

    private static List<Result> results(EventBatch batch, Iterator<Boolean> confirmed) {
        List<Result> results = new ArrayList<>(batch.entries().size());
        for (Entry entry : batch.entries()) {
            int index = results.size();
            results.add(
                    switch (entry) {
                        case Rejected(String id, int status, List<Violation> errors) ->
                                new Result(index, id, Fate.rejected, errors);
                        case Ready(String id, String key, byte[] value) ->
                                new Result(
                                        index,
                                        id,
                                        confirmed.next() ? Fate.accepted : Fate.unconfirmed,
                                        List.of());
                    });
        }
        return results;
    }

    private void count(Result result) {
        switch (result.status()) {
            case accepted -> accepted.increment();
            case unconfirmed -> unconfirmed.increment();
            case rejected -> rejected.increment();
        }
    }

    private static Problem unconfirmed(EventBatch batch, List<Result> results) {
        Problem problem =
                Problem.of(503, UNCONFIRMED)
                        .header("Retry-After", RETRY_AFTER)
                        .member("results", results);
        String id = results.getFirst().id();
        return batch.single() && id != null ? problem.member("id", id) : problem;
    }

    private static void answerOne(Context ctx, Entry entry) {
        switch (entry) {
            case Rejected(String id, int status, List<Violation> errors) ->
                    throw Problem.of(status, errors.getFirst().reason()).errors(errors);
            case Ready(String id, String key, byte[] value) ->
                    ctx.status(202)
                            .contentType("application/json")
                            .result(
                                    Json.bytes(
                                            Json.object()
                                                    .put("id", id)
                                                    .put("status", Fate.accepted.name())));
        }
    }

    private static void answerMany(Context ctx, List<Result> results) {
        long accepted = results.stream().filter(r -> r.status() == Fate.accepted).count();
        if (accepted == 0) {
            throw Problem.of(422, "no event of this batch was accepted").member("results", results);
        }
        ctx.status(accepted == results.size() ? 202 : 207)
                .contentType("application/json")
                .result(Json.bytes(Map.of("results", results)));
    }
}
