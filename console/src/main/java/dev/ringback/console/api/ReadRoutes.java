package dev.ringback.console.api;

import dev.ringback.console.read.CallQuery;
import dev.ringback.console.read.DeliveryQuery;
import dev.ringback.console.read.Page;
import dev.ringback.console.read.ReadSide;
import dev.ringback.console.read.ReplayRequest;
import dev.ringback.console.read.StatsQuery;
import dev.ringback.console.read.View;
import dev.ringback.runtime.ApiKeys;
import dev.ringback.runtime.Problem;
import dev.ringback.schemas.Json;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import tools.jackson.databind.node.ObjectNode;

/** The routes of the read side. What belongs to another account is not there: 404, never 403. */
public final class ReadRoutes implements AutoCloseable {
    private static final String READ = "read";
    private static final String REPLAY = "replay";
    private static final String[] OF_DELIVERIES = {
        "account_id",
        "endpoint_id",
        "event_type",
        "state",
        "reason",
        "since",
        "until",
        "cursor",
        "limit"
    };

    private final ApiKeys keys;
    private final ReadSide read;
    private final Clock clock;
    private final EventStream stream;

    /** Answers the holders of these keys. */
    public ReadRoutes(ApiKeys keys, ReadSide read, Clock clock) {
        this.keys = keys;
        this.read = read;
        this.clock = clock;
        this.stream = new EventStream(read);
    }

    /** Adds the routes. */
    public void addTo(RoutesConfig routes) {
        routes.get("/v1/calls", this::calls);
        routes.get("/v1/calls/{id}", this::call);
        routes.get(
                "/v1/calls/{id}/events", ctx -> answer(ctx, read.callEvents(reader(ctx), id(ctx))));
        routes.get(
                "/v1/calls/{id}/deliveries",
                ctx -> answer(ctx, read.callDeliveries(reader(ctx), id(ctx))));
        routes.get("/v1/deliveries", ctx -> answer(ctx, read.deliveries(reader(ctx), query(ctx))));
        routes.get("/v1/deliveries/{id}", ctx -> answer(ctx, read.delivery(reader(ctx), id(ctx))));
        routes.post("/v1/deliveries/{id}/replay", this::replayDelivery);
        routes.get("/v1/dead", ctx -> answer(ctx, read.dead(reader(ctx), query(ctx))));
        routes.get("/v1/dead/groups", ctx -> answer(ctx, read.deadGroups(reader(ctx))));
        routes.post("/v1/replays", this::startReplay);
        routes.get("/v1/replays", ctx -> answer(ctx, read.replays(reader(ctx))));
        routes.get("/v1/replays/{id}", ctx -> answer(ctx, read.replay(reader(ctx), id(ctx))));
        routes.delete(
                "/v1/replays/{id}",
                ctx -> answer(ctx, read.cancelReplay(viewer(ctx, REPLAY), id(ctx))));
        routes.get("/v1/endpoints/{id}/stats", this::stats);
        routes.get("/v1/overview", ctx -> answer(ctx, read.overview(reader(ctx))));
        routes.get("/v1/ledger", ctx -> answer(ctx, read.ledger(reader(ctx))));
        routes.get("/v1/ledger/open", this::open);
        routes.get("/v1/stream", ctx -> stream.serve(ctx, reader(ctx)));
    }

    private View reader(Context ctx) {
        return viewer(ctx, READ);
    }

    private View viewer(Context ctx, String scope) {
        ApiKeys.Caller caller = keys.caller(ctx.header("Authorization"));
        if (!caller.may(scope)) {
            throw Problem.of(403, "this API key does not have the scope " + scope);
        }
        return View.of(caller);
    }

    private static String id(Context ctx) {
        return ctx.pathParam("id");
    }

    private void calls(Context ctx) {
        View view = reader(ctx);
        Parameters said =
                new Parameters(
                        ctx,
                        clock,
                        "account_id",
                        "status",
                        "from",
                        "to",
                        "agent_id",
                        "since",
                        "until",
                        "cursor",
                        "limit");
        answer(
                ctx,
                read.calls(
                        view,
                        new CallQuery(
                                said.text("account_id"),
                                said.text("status"),
                                said.text("from"),
                                said.text("to"),
                                said.text("agent_id"),
                                said.time("since"),
                                said.time("until"),
                                said.text("cursor"),
                                said.limit())));
    }

    private void call(Context ctx) {
        View view = reader(ctx);
        String dialect = new Parameters(ctx, clock, "dialect").text("dialect");
        answer(ctx, read.call(view, id(ctx), dialect));
    }

    private DeliveryQuery query(Context ctx) {
        Parameters said = new Parameters(ctx, clock, OF_DELIVERIES);
        return new DeliveryQuery(
                said.text("account_id"),
                said.text("endpoint_id"),
                said.text("event_type"),
                said.text("state"),
                said.text("reason"),
                said.time("since"),
                said.time("until"),
                said.text("cursor"),
                said.limit());
    }

    private void replayDelivery(Context ctx) {
        ObjectNode replayed = read.replayDelivery(viewer(ctx, REPLAY), id(ctx));
        answer(ctx.status(202), replayed);
    }

    private void startReplay(Context ctx) {
        View view = viewer(ctx, REPLAY);
        ReplayRequest request = ReplayForm.read(ctx.bodyAsBytes(), clock);
        ObjectNode begun = read.startReplay(view, request);
        answer(ctx.status(request.dryRun() ? 200 : 202), begun);
    }

    private void stats(Context ctx) {
        View view = reader(ctx);
        Parameters said = new Parameters(ctx, clock, "since", "until", "step");
        StatsQuery usual = StatsQuery.lastHour(clock.instant());
        Instant until = said.time("until");
        Instant since = said.time("since");
        Duration step = said.duration("step");
        answer(
                ctx,
                read.endpointStats(
                        view,
                        id(ctx),
                        new StatsQuery(
                                since == null ? usual.since() : since,
                                until == null ? usual.until() : until,
                                step == null ? usual.step() : step)));
    }

    private void open(Context ctx) {
        View view = reader(ctx);
        Parameters said = new Parameters(ctx, clock, "cursor", "limit");
        answer(ctx, read.open(view, said.text("cursor"), said.limit()));
    }

    private static void answer(Context ctx, Page page) {
        answer(ctx, page.json());
    }

    private static void answer(Context ctx, ObjectNode document) {
        ctx.contentType("application/json").result(Json.bytes(document));
    }

    /** Ends the streams, so that the server can stop. */
    @Override
    public void close() {
        stream.close();
    }
}
