package dev.ringback.console.web;

import dev.ringback.console.read.ReadSide;
import dev.ringback.console.web.endpoint.AgentsPage;
import dev.ringback.console.web.endpoint.ApplicationsPage;
import dev.ringback.console.web.endpoint.EndpointActions;
import dev.ringback.console.web.endpoint.EndpointsPage;
import dev.ringback.console.web.page.CallsPage;
import dev.ringback.console.web.page.DeadPage;
import dev.ringback.console.web.page.DeliveriesPage;
import dev.ringback.console.web.page.LedgerPage;
import dev.ringback.console.web.page.OverviewPage;
import dev.ringback.console.web.page.ReplaysPage;
import dev.ringback.console.web.page.VoxmlPage;
import dev.ringback.console.web.registry.Ingest;
import dev.ringback.console.web.view.Assets;
import dev.ringback.console.web.visit.Door;
import dev.ringback.console.web.visit.Visit;
import dev.ringback.runtime.ApiKeys;
import dev.ringback.runtime.Problem;
import dev.ringback.runtime.Setting;
import dev.ringback.runtime.Settings;
import dev.ringback.voxml.Voxml;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Optional;

/** All pages of the console and where they are. */
public final class Dashboard implements AutoCloseable {
    private static final String ENDPOINT = "/endpoints/{id}";

    private final ReadSide read;
    private final Settings settings;
    private final Assets assets = new Assets();
    private final Ingest ingest;
    private final Door door;
    private final Live live;

    /**
     * The dashboard of a console.
     *
     * @param random for sessions
     */
    public Dashboard(
            ReadSide read,
            ApiKeys keys,
            Settings settings,
            SecureRandom random,
            InstantSource clock) {
        this.read = read;
        this.settings = settings;
        this.ingest = new Ingest(settings.get(Setting.INGEST_URL));
        this.door = new Door(keys, settings, assets, random, clock);
        this.live = new Live(read);
    }

    /** Adds the routes. */
    public void addTo(RoutesConfig routes) {
        routes.get("/login", door::showLogin);
        routes.post("/login", door::login);
        routes.post("/logout", door.form(door::logout));
        routes.get(Assets.PATH + "{name}", this::asset);
        routes.get("/live", this::follow);
        addReading(routes);
        addReplays(routes);
        addEndpoints(routes);
        addGroups(routes);
        routes.error(404, this::lost);
    }

    /** Lets open pages and connections to ingest go. */
    @Override
    public void close() {
        live.close();
        ingest.close();
    }

    /** A stream is not sent to log in: its page finds that out. */
    private void follow(Context ctx) {
        Visit visit = door.visitor(ctx).orElseThrow(() -> Problem.of(401, "log in first"));
        visit.need("read");
        live.follow(visit);
    }

    private void addReading(RoutesConfig routes) {
        CallsPage calls = new CallsPage(read);
        VoxmlPage voxml = new VoxmlPage(new Voxml(settings.get(Setting.ALLOW_HTTP)));
        routes.get("/", door.page(new OverviewPage(read)::show));
        routes.get("/calls", door.page(calls::list));
        routes.get("/calls/{id}", door.page(calls::one));
        routes.get("/ledger", door.page(new LedgerPage(read)::show));
        routes.get("/voxml", door.page(voxml::show));
        routes.post("/voxml", door.form(voxml::check));
    }

    private void addReplays(RoutesConfig routes) {
        DeliveriesPage deliveries = new DeliveriesPage(read);
        DeadPage dead = new DeadPage(read);
        ReplaysPage replays = new ReplaysPage(read);
        routes.get("/deliveries", door.page(deliveries::list));
        routes.get("/deliveries/{id}", door.page(deliveries::one));
        routes.post("/deliveries/{id}/replay", door.form(deliveries::replay));
        routes.get("/dead", door.page(dead::list));
        routes.get("/dead/replay", door.page(dead::review));
        routes.post("/dead/replay", door.form(dead::replay));
        routes.post("/dead/chosen", door.form(dead::replayChosen));
        routes.get("/replays", door.page(replays::list));
        routes.get("/replays/{id}", door.page(replays::one));
        routes.post("/replays/{id}/cancel", door.form(replays::cancel));
    }

    private void addEndpoints(RoutesConfig routes) {
        EndpointsPage endpoints = new EndpointsPage(read, ingest);
        EndpointActions actions = new EndpointActions(ingest);
        routes.get("/endpoints", door.page(endpoints::list));
        routes.post("/endpoints", door.form(actions::create));
        routes.get("/endpoints/new", door.page(actions::add));
        routes.get(ENDPOINT, door.page(endpoints::one));
        routes.get(ENDPOINT + "/edit", door.page(actions::edit));
        routes.post(ENDPOINT + "/edit", door.form(actions::change));
        routes.post(ENDPOINT + "/test", door.form(actions::test));
        routes.post(ENDPOINT + "/secrets", door.form(actions::rotate));
        routes.post(ENDPOINT + "/secrets/{sid}/delete", door.form(actions::forget));
        routes.post(ENDPOINT + "/enable", door.form(actions::enable));
        routes.post(ENDPOINT + "/disable", door.form(actions::disable));
        routes.post(ENDPOINT + "/delete", door.form(actions::delete));
    }

    private void addGroups(RoutesConfig routes) {
        AgentsPage agents = new AgentsPage(read, ingest);
        ApplicationsPage applications = new ApplicationsPage(ingest);
        routes.get("/agents", door.page(agents::list));
        routes.post("/agents/deploy", door.form(agents::deploy));
        routes.get("/applications", door.page(applications::list));
        routes.get("/applications/form", door.page(applications::form));
        routes.post("/applications/form", door.form(applications::put));
        routes.post("/applications/delete", door.form(applications::delete));
    }

    /** Named with its sum, a file never changes; without, it may. */
    private void asset(Context ctx) {
        Assets.File file =
                assets.find(ctx.pathParam("name"))
                        .orElseThrow(() -> Problem.of(404, "there is nothing at " + ctx.path()));
        boolean isNamed = file.tag().equals(ctx.queryString());
        ctx.header("Cache-Control", isNamed ? "public, max-age=31536000, immutable" : "no-cache")
                .header("ETag", file.etag())
                .header("X-Content-Type-Options", "nosniff");
        if (file.etag().equals(ctx.header("If-None-Match"))) {
            ctx.status(304);
        } else {
            ctx.contentType(file.type()).result(file.bytes());
        }
    }

    /** People get a page, programs a problem. */
    private void lost(Context ctx) {
        boolean isPage = Optional.ofNullable(ctx.header("Accept")).orElse("").contains("text/html");
        boolean isDone =
                Optional.ofNullable(ctx.res().getContentType()).orElse("").contains("html");
        if (isPage && !isDone && !ctx.path().startsWith("/v1/")) {
            door.refuse(ctx, Problem.of(404, "There is no page at this address."));
        }
    }
}
