package dev.ringback.ingest;

import dev.ringback.ingest.api.EndpointFinder;
import dev.ringback.ingest.api.EndpointMaker;
import dev.ringback.ingest.api.EndpointsApi;
import dev.ringback.ingest.api.SecretMaker;
import dev.ringback.ingest.api.SecretsApi;
import dev.ringback.ingest.api.TestApi;
import dev.ringback.ingest.api.VoxmlApi;
import dev.ringback.ingest.groups.AgentsApi;
import dev.ringback.ingest.groups.ApplicationsApi;
import dev.ringback.ingest.registry.Registry;
import dev.ringback.ingest.registry.Resealing;
import dev.ringback.ingest.request.Requests;
import dev.ringback.ingest.ultravox.UltravoxApi;
import dev.ringback.runtime.ApiKeys;
import dev.ringback.runtime.Health;
import dev.ringback.runtime.HttpServer;
import dev.ringback.runtime.KafkaClients;
import dev.ringback.runtime.Lifecycle;
import dev.ringback.runtime.Metrics;
import dev.ringback.runtime.SecretBox;
import dev.ringback.runtime.Setting;
import dev.ringback.runtime.Settings;
import dev.ringback.schemas.EventSchema;
import io.javalin.config.RoutesConfig;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.function.Consumer;

/**
 * The service that takes events and registry changes. It is there as soon as it has started, also
 * when Kafka is not; then it answers 503 and goes on trying.
 */
public final class IngestService implements Lifecycle.Part {
    /** The longest request body, in bytes. */
    static final int MAX_BODY_BYTES = 8 << 20;

    private static final long READING_BYTES = 128L << 20;

    private final Metrics metrics = new Metrics();
    private final HttpServer http;
    private final KafkaStart kafka;

    /**
     * A service that {@link #start} starts.
     *
     * @throws Settings.Invalid when it has no API keys or no master key
     */
    public IngestService(Settings settings, Clock clock) {
        this(settings, clock, new SecureRandom());
    }

    IngestService(Settings settings, Clock clock, SecureRandom random) {
        ApiKeys keys = keys(settings);
        SecretBox box = new SecretBox(masterKey(settings), random);
        KafkaClients clients = KafkaClients.of(settings);
        UuidV7 uuids = new UuidV7(clock, random);
        EventSchema schema = new EventSchema();
        EventPublisher publisher = publisher(settings, clients, clock);
        Registry registry = new Registry(settings, clients, clock, metrics);
        KafkaPulse pulse = new KafkaPulse(registry::refresh, publisher::lastConfirmed, clock);
        kafka =
                new KafkaStart(
                        settings, publisher, registry, new Resealing(registry, box, uuids), pulse);
        EventReader reader = new EventReader(schema, box, settings.get(Setting.ALLOW_HTTP), uuids);
        EventsApi events = events(settings, keys, reader, publisher, clock);
        EventTypesApi types = new EventTypesApi(keys, schema);
        Consumer<RoutesConfig> registryApi =
                registryApi(
                        settings, new Requests(keys, uuids), registry, box, uuids, clock, random);
        http =
                new HttpServer(
                        HttpServer.Address.of(settings, Setting.INGEST_PORT),
                        MAX_BODY_BYTES,
                        health(registry, pulse),
                        metrics,
                        routes -> {
                            HttpServer.describe(routes, IngestService.class, "openapi.yaml");
                            routes.post("/v1/events", events::post);
                            routes.get(EventTypesApi.PATH, types::list);
                            routes.get(EventTypesApi.SCHEMA, types::schema);
                            registryApi.accept(routes);
                        });
    }

    /** Opens the port, then connects to Kafka; returns when connected, or when Kafka is away. */
    @Override
    public void start() {
        http.start();
        kafka.start();
    }

    /** Takes no further requests, ends those under way, and leaves Kafka in good order. */
    @Override
    public void stop() {
        http.stop();
        kafka.stop();
        metrics.close();
    }

    /** The port it listens on, once started. */
    public int port() {
        return http.port();
    }

    private static Consumer<RoutesConfig> registryApi(
            Settings settings,
            Requests requests,
            Registry registry,
            SecretBox box,
            UuidV7 uuids,
            Clock clock,
            SecureRandom random) {
        boolean allowHttp = settings.get(Setting.ALLOW_HTTP);
        SecretMaker secrets = new SecretMaker(box, uuids, clock, random);
        EndpointMaker maker = new EndpointMaker(box, secrets, uuids, clock);
        EndpointFinder finder = new EndpointFinder(registry);
        return routes -> {
            new EndpointsApi(requests, registry, finder, maker, allowHttp).addTo(routes);
            new SecretsApi(requests, registry, finder, maker, secrets).addTo(routes);
            new ApplicationsApi(requests, registry, secrets, clock, allowHttp).addTo(routes);
            new AgentsApi(requests, registry, box).addTo(routes);
            new TestApi(requests, registry, finder, uuids, clock).addTo(routes);
            new VoxmlApi(requests, allowHttp).addTo(routes);
            new UltravoxApi(requests, registry, secrets, box, uuids, clock, allowHttp)
                    .addTo(routes);
        };
    }

    /** What it answers, each as {@code GET /v1/events}. */
    List<String> routes() {
        return http.routes();
    }

    private static EventPublisher publisher(Settings settings, KafkaClients clients, Clock clock) {
        return new EventPublisher(
                clients,
                settings.get(Setting.INGEST_DEADLINE),
                settings.get(Setting.INGEST_BUFFER),
                clock);
    }

    private EventsApi events(
            Settings settings,
            ApiKeys keys,
            EventReader reader,
            EventPublisher publisher,
            Clock clock) {
        ByteBudget underWay = new ByteBudget(settings.get(Setting.INGEST_BUFFER));
        metrics.gauge("ringback_ingest_bytes", "Bytes that wait for Kafka", underWay::held);
        return new EventsApi(
                keys,
                new BodyReader(MAX_BODY_BYTES, new ByteBudget(READING_BYTES)),
                reader,
                new RateLimit(settings.get(Setting.INGEST_RATE), clock),
                underWay,
                publisher,
                metrics,
                clock);
    }

    private static Health health(Registry registry, KafkaPulse pulse) {
        Health health = new Health();
        health.check("registry", registry::problem);
        health.check("kafka", pulse::problem);
        return health;
    }

    private static ApiKeys keys(Settings settings) {
        String hint = "name the keys that may call, as name=scopes@accounts:KEY";
        return ApiKeys.parse(settings.require(Setting.API_KEYS, hint));
    }

    private static String masterKey(Settings settings) {
        return settings.require(
                Setting.MASTER_KEY, "make one with: echo main:$(head -c 32 /dev/urandom | base64)");
    }
}
