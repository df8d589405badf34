package dev.ringback.ingest.ultravox;

import dev.ringback.ingest.api.EndpointFinder;
import dev.ringback.ingest.api.SecretMaker;
import dev.ringback.ingest.registry.Command.Create;
import dev.ringback.ingest.registry.Command.Delete;
import dev.ringback.ingest.registry.Command.Replace;
import dev.ringback.ingest.registry.Registry;
import dev.ringback.ingest.request.Requests;
import dev.ringback.runtime.ApiKeys.Caller;
import dev.ringback.runtime.Problem;
import dev.ringback.runtime.SecretBox;
import dev.ringback.schemas.Endpoint;
import dev.ringback.schemas.Json;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code /api/webhooks} as Ultravox has it: an account's endpoints of that dialect, under the
 * vendor's names. Faults are answered as everywhere else here. Thread-safe.
 */
public final class UltravoxApi {
    private static final String PATH = "/api/webhooks";
    private static final String ONE = PATH + "/{webhook_id}";

    private final Requests requests;
    private final Registry registry;
    private final Webhooks webhooks;
    private final boolean allowHttp;

    /**
     * The routes' handlers.
     *
     * @param box opens the secrets that may be shown
     * @param uuids for the ids of endpoints
     * @param allowHttp whether a URL may be http
     */
    public UltravoxApi(
            Requests requests,
            Registry registry,
            SecretMaker secrets,
            SecretBox box,
            Supplier<UUID> uuids,
            InstantSource clock,
            boolean allowHttp) {
        this.requests = requests;
        this.registry = registry;
        this.webhooks = new Webhooks(secrets, box, uuids, clock);
        this.allowHttp = allowHttp;
    }

    /** Adds the routes. */
    public void addTo(RoutesConfig routes) {
        routes.get(PATH, this::list);
        routes.post(PATH, this::create);
        routes.get(ONE, this::get);
        routes.put(ONE, ctx -> change(ctx, false));
        routes.patch(ONE, ctx -> change(ctx, true));
        routes.delete(ONE, this::delete);
    }

    private void list(Context ctx) {
        Caller caller = requests.reader(ctx);
        String account = Requests.account(ctx, caller);
        String agent = ctx.queryParam("agentId");
        int size = Requests.limit(ctx, "pageSize");
        List<Endpoint> all =
                registry.current().in(account).stream()
                        .filter(endpoint -> isShown(endpoint, caller))
                        .filter(e -> agent == null || agent.equals(e.config().scope().agentId()))
                        .sorted(Comparator.comparing(Endpoint::id))
                        .toList();
        WebhookPage page = WebhookPage.of(all, ctx.queryParam("cursor"), size);
        ObjectNode body =
                Json.object()
                        .put("next", link(ctx, page.next()))
                        .put("previous", link(ctx, page.previous()));
        ArrayNode results = body.putArray("results");
        page.items().forEach(endpoint -> results.add(webhooks.view(endpoint, maySee(caller))));
        Requests.answer(ctx, body.put("total", all.size()));
    }

    private void create(Context ctx) {
        Caller caller = requests.writer(ctx);
        String account = Requests.account(ctx, caller);
        if (!caller.sees(account)) {
            throw Problem.of(403, "this API key may not write to this account");
        }
        WebhookForm form = WebhookForm.read(Requests.document(ctx), null, allowHttp);
        Endpoint endpoint = webhooks.make(account, form);
        registry.submit(new Create(requests.commandId(), endpoint));
        ctx.status(201);
        Requests.answer(ctx, webhooks.view(endpoint, true));
    }

    private void get(Context ctx) {
        Caller caller = requests.reader(ctx);
        Requests.answer(ctx, webhooks.view(find(ctx, caller), maySee(caller)));
    }

    /** A PUT sends the whole webhook, a PATCH what is to be different. */
    private void change(Context ctx, boolean isPatch) {
        Caller caller = requests.writer(ctx);
        ObjectNode document = Requests.document(ctx);
        var done =
                registry.submit(
                        () -> {
                            Endpoint known = find(ctx, caller);
                            ObjectNode whole =
                                    isPatch ? WebhookForm.patched(known, document) : document;
                            WebhookForm form = WebhookForm.read(whole, known, allowHttp);
                            return new Replace(
                                    requests.commandId(),
                                    webhooks.change(known, form),
                                    known.version());
                        });
        Requests.answer(ctx, webhooks.view(done.command().endpoint(), true));
    }

    private void delete(Context ctx) {
        Endpoint known = find(ctx, requests.writer(ctx));
        registry.submit(new Delete(requests.commandId(), known.accountId(), known.id(), null));
        ctx.status(204);
    }

    private Endpoint find(Context ctx, Caller caller) {
        String id = ctx.pathParam("webhook_id");
        return registry.current()
                .get(Webhooks.endpointId(id))
                .filter(endpoint -> isShown(endpoint, caller))
                .orElseThrow(() -> Problem.of(404, "there is no webhook " + id));
    }

    /** The vendor shows secrets; a key that can only read does not get what it could sign with. */
    private static boolean maySee(Caller caller) {
        return caller.may("endpoints:write");
    }

    private static boolean isShown(Endpoint endpoint, Caller caller) {
        return endpoint.dialect().equals(WebhookEvents.DIALECT.name())
                && EndpointFinder.isShown(endpoint)
                && caller.sees(endpoint.accountId());
    }

    /** The same list from another place on. */
    private static @Nullable String link(Context ctx, @Nullable String cursor) {
        if (cursor == null) {
            return null;
        }
        StringBuilder link = new StringBuilder(ctx.url()).append("?cursor=").append(cursor);
        for (String name : List.of("pageSize", "agentId", "account_id")) {
            String value = ctx.queryParam(name);
            if (value != null) {
                link.append('&').append(name).append('=');
                link.append(URLEncoder.encode(value, StandardCharsets.UTF_8));
            }
        }
        return link.toString();
    }
}
