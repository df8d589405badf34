package dev.ringback.ingest.groups;

import dev.ringback.dialect.Dialect;
import dev.ringback.dialect.Dialects;
import dev.ringback.dialect.GroupIds;
import dev.ringback.ingest.api.SecretMaker;
import dev.ringback.ingest.registry.Command.DeleteApplication;
import dev.ringback.ingest.registry.Command.PutApplication;
import dev.ringback.ingest.registry.Registry;
import dev.ringback.ingest.request.IfMatch;
import dev.ringback.ingest.request.Requests;
import dev.ringback.runtime.ApiKeys.Caller;
import dev.ringback.runtime.Problem;
import dev.ringback.schemas.Endpoint;
import dev.ringback.schemas.Endpoint.Config;
import dev.ringback.schemas.Endpoint.Group.Application;
import dev.ringback.schemas.Endpoint.Scope;
import dev.ringback.schemas.Endpoint.Secret;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/** {@code /v1/applications}: TryVox applications, whose URLs become endpoints. Thread-safe. */
public final class ApplicationsApi {
    private static final String DIALECT = "tryvox";
    private static final String PATH = "/v1/applications";
    private static final String ONE = PATH + "/{application_id}";
    private static final int MOST_ID = 256;

    private final Requests requests;
    private final Registry registry;
    private final SecretMaker secrets;
    private final InstantSource clock;
    private final boolean allowHttp;

    /**
     * The routes' handlers.
     *
     * @param allowHttp whether a URL may be http
     */
    public ApplicationsApi(
            Requests requests,
            Registry registry,
            SecretMaker secrets,
            InstantSource clock,
            boolean allowHttp) {
        this.requests = requests;
        this.registry = registry;
        this.secrets = secrets;
        this.clock = clock;
        this.allowHttp = allowHttp;
    }

    /** Adds the routes. */
    public void addTo(RoutesConfig routes) {
        routes.get(PATH, this::list);
        routes.put(ONE, this::put);
        routes.get(ONE, this::get);
        routes.delete(ONE, this::delete);
    }

    private void put(Context ctx) {
        ObjectNode document = Requests.document(ctx, requests.writer(ctx));
        Dialect dialect = Dialects.named(DIALECT).orElseThrow();
        ApplicationForm form = ApplicationForm.read(document, dialect, allowHttp);
        String applicationId = applicationId(ctx);
        String recordId = GroupIds.application(form.accountId(), applicationId);
        IfMatch ifMatch = IfMatch.of(ctx);
        Optional<Secret> given =
                Optional.ofNullable(form.secret()).map(text -> secrets.seal(text, recordId));
        var done =
                registry.submit(
                        () -> {
                            Optional<Endpoint> known =
                                    ifMatch.check(registry.current().get(recordId));
                            Endpoint wanted = wanted(form, recordId, applicationId, given, known);
                            return new PutApplication(
                                    requests.commandId(),
                                    wanted,
                                    known.map(Endpoint::version).orElse(0L));
                        });
        ctx.status(done.command().ifVersion() == 0 ? 201 : 200);
        answer(ctx, done.command().application().withVersion(done.version()));
    }

    private Endpoint wanted(
            ApplicationForm form,
            String recordId,
            String applicationId,
            Optional<Secret> given,
            Optional<Endpoint> known) {
        List<Secret> kept =
                form.unsigned()
                        ? List.of()
                        : given.map(List::of)
                                .or(() -> known.map(before -> before.config().secrets()))
                                .orElse(List.of());
        Config config =
                new Config(
                        null,
                        "",
                        DIALECT,
                        List.of(),
                        new Scope(null, applicationId, null, null),
                        kept,
                        Map.of(),
                        Endpoint.Policy.DEFAULT,
                        null,
                        Map.of(),
                        null,
                        form.application(),
                        false);
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        return known.map(before -> before.withConfig(config, now))
                .orElseGet(() -> Endpoint.of(recordId, form.accountId(), config, null, now));
    }

    private void list(Context ctx) {
        Listed listed = Listed.of(ctx, requests.reader(ctx), registry.current());
        listed.answer(ctx, Application.class, ApplicationView::of);
    }

    private void get(Context ctx) {
        answer(ctx, find(ctx, requests.reader(ctx)));
    }

    private void delete(Context ctx) {
        Caller caller = requests.writer(ctx);
        IfMatch ifMatch = IfMatch.of(ctx);
        registry.submit(
                () -> {
                    Endpoint known = ifMatch.check(find(ctx, caller));
                    return new DeleteApplication(
                            requests.commandId(), known.accountId(), known.id(), known.version());
                });
        ctx.status(204);
    }

    private Endpoint find(Context ctx, Caller caller) {
        String account = Requests.account(ctx, caller);
        String applicationId = applicationId(ctx);
        return registry.current()
                .get(GroupIds.application(account, applicationId))
                .filter(found -> caller.sees(found.accountId()))
                .orElseThrow(() -> Problem.of(404, "there is no application " + applicationId));
    }

    private static String applicationId(Context ctx) {
        String id = ctx.pathParam("application_id");
        boolean fits = id.length() <= MOST_ID && id.chars().noneMatch(Character::isISOControl);
        if (!fits || id.isBlank()) {
            throw Problem.of(
                    400, "an application's id is 1 to " + MOST_ID + " printable characters");
        }
        return id;
    }

    private static void answer(Context ctx, Endpoint found) {
        IfMatch.tag(ctx, found);
        Requests.answer(ctx, ApplicationView.of(found));
    }
}
