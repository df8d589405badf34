package dev.ringback.console.answer;

import dev.ringback.console.query.Gather;
import dev.ringback.console.query.KafkaRecords;
import dev.ringback.console.query.ReadModel;
import dev.ringback.console.read.CallQuery;
import dev.ringback.console.read.DeliveryQuery;
import dev.ringback.console.read.Page;
import dev.ringback.console.read.ReadSide;
import dev.ringback.console.read.ReplayRequest;
import dev.ringback.console.read.StatsQuery;
import dev.ringback.console.read.Updates;
import dev.ringback.console.read.View;
import dev.ringback.console.topology.Stores;
import dev.ringback.runtime.KafkaClients;
import dev.ringback.runtime.Lifecycle;
import dev.ringback.runtime.Problem;
import dev.ringback.schemas.Json;
import dev.ringback.schemas.Topics;
import java.time.Clock;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** The read side as all instances of the console together keep it. Thread-safe. */
public final class Answers implements ReadSide, Lifecycle.Part {
    private final Lifecycle parts = new Lifecycle();
    private final Gather gather;
    private final Clock clock;
    private final KafkaRecords records;
    private final CallAnswers calls;
    private final DeliveryAnswers deliveries;
    private final SumAnswers sums;
    private final LedgerAnswers ledger;
    private final EndpointAnswers endpoints;
    private final OverviewAnswers overview;
    private final ReplayJobs jobs;
    private final ReplayAnswers replays;
    private final SingleReplay single;
    private final Lag routing;
    private final Lag own;
    private final Live live;

    /** Answers from these stores and this Kafka. */
    public Answers(Gather gather, KafkaClients clients, Clock clock) {
        this.gather = gather;
        this.clock = clock;
        this.records = new KafkaRecords(clients);
        Lists lists = new Lists(gather);
        this.calls = new CallAnswers(gather, lists);
        this.endpoints = new EndpointAnswers(clients);
        this.deliveries = new DeliveryAnswers(gather, lists, records, endpoints);
        this.sums = new SumAnswers(gather);
        this.routing =
                new Lag(
                        clients,
                        clock,
                        Topics.ROUTING_GROUP,
                        List.of(Topics.EVENTS),
                        LedgerAnswers.SETTLING);
        this.own =
                new Lag(
                        clients,
                        clock,
                        ReadModel.APPLICATION_ID,
                        ReadModel.SOURCES,
                        LedgerAnswers.CATCHING_UP);
        this.ledger = new LedgerAnswers(gather, sums, routing, own, clock);
        this.overview = new OverviewAnswers(gather, sums, endpoints, clock);
        this.jobs = new ReplayJobs(clients, gather, clock);
        this.replays = new ReplayAnswers(jobs, sums);
        this.single = new SingleReplay(clients, clock);
        this.live = new Live(clients, replays::shown, ReplayAnswers::sees);
    }

    @Override
    public void start() {
        parts.closing(records);
        parts.closing(single);
        parts.closing(routing);
        parts.closing(own);
        parts.closing(live);
        parts.start(endpoints);
        parts.start(jobs);
    }

    @Override
    public void stop() {
        parts.close();
    }

    /** The jobs that this instance works on, for other instances. */
    public ReplayJobs jobs() {
        return jobs;
    }

    @Override
    public Page calls(View view, CallQuery query) {
        return calls.calls(view, query);
    }

    @Override
    public ObjectNode call(View view, String id, @Nullable String dialect) {
        return calls.call(view, id, dialect);
    }

    @Override
    public ObjectNode callEvents(View view, String id) {
        return calls.events(view, id);
    }

    @Override
    public ObjectNode callDeliveries(View view, String id) {
        return deliveries.ofCall(view, id);
    }

    @Override
    public Page deliveries(View view, DeliveryQuery query) {
        return deliveries.deliveries(view, query);
    }

    @Override
    public ObjectNode delivery(View view, String id) {
        return withKafka(() -> deliveries.delivery(view, id));
    }

    @Override
    public Page dead(View view, DeliveryQuery query) {
        return deliveries.dead(view, query);
    }

    @Override
    public ObjectNode deadGroups(View view) {
        return sums.dead(view);
    }

    @Override
    public ObjectNode endpointStats(View view, String id, StatsQuery query) {
        Points.check(query, clock.instant());
        if (deliveries.owner(id).account().filter(view::sees).isEmpty()) {
            throw Problem.of(404, "there is no endpoint " + id);
        }
        ObjectNode stats = Json.object().put("endpoint_id", id);
        stats.setAll(Points.ofEndpoint(gather, Stores.DELIVERY_COUNTS, id, query).json());
        return stats;
    }

    @Override
    public ObjectNode overview(View view) {
        return overview.overview(view);
    }

    @Override
    public Page endpoints(View view, @Nullable String cursor, int limit) {
        return endpoints.endpoints(view, cursor, limit);
    }

    @Override
    public ObjectNode endpoint(View view, String id) {
        return endpoints.endpoint(view, id);
    }

    @Override
    public ObjectNode ledger(View view) {
        return ledger.ledger(view);
    }

    @Override
    public Page open(View view, @Nullable String cursor, int limit) {
        return ledger.open(view, cursor, limit);
    }

    @Override
    public ObjectNode replayDelivery(View view, String id) {
        List<JsonNode> found = deliveries.find(view, id);
        SingleReplay.check(found.getFirst());
        boolean dead = found.getFirst().path("state").stringValue("").equals("dead");
        ConsumerRecord<byte[], byte[]> record =
                withKafka(() -> deliveries.record(found.getFirst(), dead))
                        .orElseThrow(
                                () -> Problem.of(409, "Kafka does not keep its body any more"));
        return single.replay(found.getFirst(), record);
    }

    @Override
    public ObjectNode startReplay(View view, ReplayRequest request) {
        return replays.start(view, request);
    }

    @Override
    public ObjectNode replays(View view) {
        return replays.replays(view);
    }

    @Override
    public ObjectNode replay(View view, String id) {
        return replays.replay(view, id);
    }

    @Override
    public ObjectNode cancelReplay(View view, String id) {
        return replays.cancel(view, id);
    }

    @Override
    public Updates.Subscription subscribe(View view, Updates updates) {
        return live.subscribe(view, updates);
    }

    private interface Ask<T> {
        T ask();
    }

    private static <T> T withKafka(Ask<T> ask) {
        try {
            return ask.ask();
        } catch (KafkaException e) {
            throw Problem.of(503, "Kafka does not answer: " + e.getMessage())
                    .header("Retry-After", "1");
        }
    }
}
