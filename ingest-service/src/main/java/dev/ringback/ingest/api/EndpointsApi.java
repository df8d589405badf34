package dev.ringback.ingest.api;

import dev.ringback.ingest.registry.Command.Create;
import dev.ringback.ingest.registry.Command.Delete;
import dev.ringback.ingest.registry.Command.Replace;
import dev.ringback.ingest.registry.Command.SetEnabled;
import dev.ringback.ingest.registry.Registry;
import dev.ringback.ingest.request.IfMatch;
import dev.ringback.ingest.request.Requests;
import dev.ringback.runtime.ApiKeys.Caller;
import dev.ringback.schemas.Endpoint;
import dev.ringback.schemas.Endpoint.Scope;
import dev.ringback.schemas.Json;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code /v1/endpoints}: who may, and the forms in and out. A change is read, made and asked for
 * again when another came in between. Thread-safe.
 */
public final class EndpointsApi {
    static final String PATH = "/v1/endpoints";
    static final String ONE = PATH + "/{id}";

    private final Requests requests;
    private final Registry registry;
    private final EndpointFinder finder;
    private final EndpointMaker maker;
    private final boolean allowHttp;

    /**
     * The routes' handlers.
     *
     * @param allowHttp whether a URL may be http
     */
    public EndpointsApi(
            Requests requests,
            Registry registry,
            EndpointFinder finder,
            EndpointMaker maker,
            boolean allowHttp) {
        this.requests = requests;
        this.registry = registry;
        this.finder = finder;
        this.maker = maker;
        this.allowHttp = allowHttp;
    }

    /** Adds the routes. */
    public void addTo(RoutesConfig routes) {
        routes.post(PATH, this::create);
        routes.get(PATH, this::list);
        routes.get(ONE, this::get);
        routes.patch(ONE, this::patch);
        routes.delete(ONE, this::delete);
        routes.post(ONE + "/enable", ctx -> setEnabled(ctx, true));
        routes.post(ONE + "/disable", ctx -> setEnabled(ctx, false));
    }

    private void create(Context ctx) {
        ObjectNode document = Requests.document(ctx, requests.writer(ctx));
        EndpointMaker.Made made = maker.make(EndpointForm.read(document, null, allowHttp));
        long version = registry.submit(new Create(requests.commandId(), made.endpoint()));
        ctx.status(201).header("Location", PATH + "/" + made.endpoint().id());
        answer(ctx, made, version);
    }

    private void list(Context ctx) {
        Caller caller = requests.reader(ctx);
        int limit = Requests.limit(ctx);
        String cursor = ctx.queryParam("cursor");
        String account = ctx.queryParam("account_id");
        var table = registry.current();
        Collection<Endpoint> candidates = account == null ? table.all() : table.in(account);
        List<Endpoint> found =
                candidates.stream()
                        .filter(EndpointFinder::isShown)
                        .filter(endpoint -> caller.sees(endpoint.accountId()))
                        .filter(endpoint -> isAskedFor(ctx, endpoint.config().scope()))
                        .filter(endpoint -> cursor == null || endpoint.id().compareTo(cursor) > 0)
                        .sorted(Comparator.comparing(Endpoint::id))
                        .limit(limit + 1L)
                        .toList();
        List<Endpoint> page = found.subList(0, Math.min(limit, found.size()));
        ObjectNode body = Json.object();
        body.putPOJO("items", page.stream().map(EndpointView::of).toList());
        body.put("next_cursor", found.size() > limit ? page.getLast().id() : null);
        Requests.answer(ctx, body);
    }

    private void get(Context ctx) {
        answer(ctx, finder.find(ctx, requests.reader(ctx)));
    }

    private void patch(Context ctx) {
        Caller caller = requests.writer(ctx);
        IfMatch ifMatch = IfMatch.of(ctx);
        ObjectNode patch = Requests.document(ctx);
        AtomicReference<EndpointMaker.Made> last = new AtomicReference<>();
        var done =
                registry.submit(
                        () -> {
                            Endpoint known = ifMatch.check(finder.findEditable(ctx, caller));
                            ObjectNode form = EndpointPatch.over(known, patch);
                            EndpointMaker.Made made =
                                    maker.change(known, EndpointForm.read(form, known, allowHttp));
                            last.set(made);
                            return new Replace(
                                    requests.commandId(), made.endpoint(), known.version());
                        });
        answer(ctx, Objects.requireNonNull(last.get()), done.version());
    }

    private void delete(Context ctx) {
        Caller caller = requests.writer(ctx);
        IfMatch ifMatch = IfMatch.of(ctx);
        registry.submit(
                () -> {
                    Endpoint known = ifMatch.check(finder.findEditable(ctx, caller));
                    return new Delete(
                            requests.commandId(),
                            known.accountId(),
                            known.id(),
                            pinned(ifMatch, known));
                });
        ctx.status(204);
    }

    private void setEnabled(Context ctx, boolean enabled) {
        Caller caller = requests.writer(ctx);
        IfMatch ifMatch = IfMatch.of(ctx);
        registry.submit(
                () -> {
                    Endpoint known = ifMatch.check(finder.findCalled(ctx, caller));
                    return new SetEnabled(
                            requests.commandId(),
                            known.accountId(),
                            known.id(),
                            enabled,
                            pinned(ifMatch, known));
                });
        answer(ctx, finder.findCalled(ctx, caller));
    }

    private static @Nullable Long pinned(IfMatch ifMatch, Endpoint known) {
        return ifMatch.isGiven() ? (Long) known.version() : null;
    }

    private static boolean isAskedFor(Context ctx, Scope scope) {
        return is(ctx.queryParam("agent_id"), scope.agentId())
                && is(ctx.queryParam("application_id"), scope.applicationId());
    }

    private static boolean is(@Nullable String wanted, @Nullable String value) {
        return wanted == null || wanted.equals(value);
    }

    private static void answer(Context ctx, EndpointMaker.Made made, long version) {
        Endpoint endpoint = made.endpoint().withVersion(version);
        ObjectNode body = Json.tree(EndpointView.of(endpoint));
        made.shownSecret().ifPresent(secret -> body.put("secret", secret));
        IfMatch.tag(ctx, endpoint);
        Requests.answer(ctx, body);
    }

    private static void answer(Context ctx, Endpoint endpoint) {
        IfMatch.tag(ctx, endpoint);
        Requests.answer(ctx, EndpointView.of(endpoint));
    }
}
