package dev.ringback.ingest.api;

import dev.ringback.dialect.Dialect;
import dev.ringback.dialect.Dialects;
import dev.ringback.ingest.registry.Registry;
import dev.ringback.ingest.request.Requests;
import dev.ringback.runtime.Problem;
import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.DeliveryHeader.Origin;
import dev.ringback.schemas.DeliveryHeader.Via;
import dev.ringback.schemas.Endpoint;
import dev.ringback.schemas.Endpoint.Status;
import dev.ringback.schemas.Json;
import dev.ringback.schemas.Topics;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * {@code POST /v1/endpoints/{id}/test}: a delivery of a sample event, past routing, so that nobody
 * else gets it. Thread-safe.
 */
public final class TestApi {
    /** No event of {@code call.events} has made it. */
    private static final Origin NOWHERE = new Origin(Topics.EVENTS, 0, -1);

    private static final String GET = "GET";

    private final Requests requests;
    private final Registry registry;
    private final EndpointFinder finder;
    private final Supplier<UUID> uuids;
    private final InstantSource clock;

    /**
     * The route's handler.
     *
     * @param uuids for the ids of events
     */
    public TestApi(
            Requests requests,
            Registry registry,
            EndpointFinder finder,
            Supplier<UUID> uuids,
            InstantSource clock) {
        this.requests = requests;
        this.registry = registry;
        this.finder = finder;
        this.uuids = uuids;
        this.clock = clock;
    }

    /** Adds the route. */
    public void addTo(RoutesConfig routes) {
        routes.post(EndpointsApi.ONE + "/test", this::post);
    }

    private void post(Context ctx) {
        Endpoint endpoint = finder.find(ctx, requests.writer(ctx));
        if (endpoint.status() == Status.disabled) {
            throw Problem.of(409, "the endpoint is disabled; enable it first");
        }
        Dialect dialect = Dialects.named(endpoint.dialect()).orElseThrow();
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        SampleEvent sample =
                SampleEvent.of(endpoint, dialect, uuids.get().toString(), now)
                        .orElseThrow(() -> Problem.of(409, "the endpoint gets no events"));
        DeliveryHeader header = header(endpoint, dialect, sample, now);
        registry.publish(record(header, body(endpoint, dialect, sample)));
        ctx.status(202);
        Requests.answer(ctx, Json.object().put("delivery_id", header.deliveryId()));
    }

    private static DeliveryHeader header(
            Endpoint endpoint, Dialect dialect, SampleEvent sample, Instant now) {
        Endpoint.Callback callback = endpoint.config().callback();
        String method = callback != null && callback.method().equals(GET) ? GET : null;
        return DeliveryHeader.first(
                sample.event(),
                1,
                dialect.webhookEvent(sample.event().type()).orElseThrow(),
                endpoint.id(),
                dialect.name(),
                dialect.contentType(callback),
                now,
                NOWHERE,
                new Via(null, null, List.of(), null, method, true));
    }

    private static byte[] body(Endpoint endpoint, Dialect dialect, SampleEvent sample) {
        return dialect.body(sample.event(), sample.call(), 1, endpoint.config().callback());
    }

    /** Kafka's own partitioner takes it where routing takes the endpoint's other deliveries. */
    private static ProducerRecord<byte[], byte[]> record(DeliveryHeader header, byte[] body) {
        byte[] key = header.key().getBytes(StandardCharsets.UTF_8);
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(Topics.DELIVERIES, key, body);
        record.headers().add(DeliveryHeader.NAME, header.bytes());
        return record;
    }
}
