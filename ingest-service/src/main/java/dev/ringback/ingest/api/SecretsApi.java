package dev.ringback.ingest.api;

import dev.ringback.dialect.Dialect;
import dev.ringback.dialect.Dialects;
import dev.ringback.ingest.registry.Command.Replace;
import dev.ringback.ingest.registry.Registry;
import dev.ringback.ingest.request.Fields;
import dev.ringback.ingest.request.IfMatch;
import dev.ringback.ingest.request.Requests;
import dev.ringback.runtime.ApiKeys.Caller;
import dev.ringback.runtime.Problem;
import dev.ringback.schemas.Endpoint;
import dev.ringback.schemas.Endpoint.Secret;
import dev.ringback.schemas.Json;
import dev.ringback.schemas.SignatureScheme;
import dev.ringback.schemas.Violation;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code /v1/endpoints/{id}/secrets}: a new secret beside the old ones, which go on signing until
 * the overlap ends. Thread-safe.
 */
public final class SecretsApi {
    private static final String PATH = EndpointsApi.ONE + "/secrets";
    private static final String ONE = PATH + "/{sid}";
    private static final int MOST_LIVE = 10;
    private static final Duration OVERLAP = Duration.ofHours(24);
    private static final Duration MOST_OVERLAP = Duration.ofDays(30);

    private final Requests requests;
    private final Registry registry;
    private final EndpointFinder finder;
    private final EndpointMaker maker;
    private final SecretMaker secrets;

    /** The routes' handlers. */
    public SecretsApi(
            Requests requests,
            Registry registry,
            EndpointFinder finder,
            EndpointMaker maker,
            SecretMaker secrets) {
        this.requests = requests;
        this.registry = registry;
        this.finder = finder;
        this.maker = maker;
        this.secrets = secrets;
    }

    /** What a rotation asks for. */
    private record Rotation(@Nullable String secret, Duration overlap) {
        /** Without the secret: this may end up in a log. */
        @Override
        public String toString() {
            return "Rotation[" + overlap + "]";
        }
    }

    /** Adds the routes. */
    public void addTo(RoutesConfig routes) {
        routes.post(PATH, this::rotate);
        routes.delete(ONE, this::delete);
    }

    private void rotate(Context ctx) {
        Caller caller = requests.writer(ctx);
        IfMatch ifMatch = IfMatch.of(ctx);
        ObjectNode document = Requests.documentIfAny(ctx);
        Endpoint seen = finder.findEditable(ctx, caller);
        Rotation rotation = read(document, seen);
        String text = rotation.secret() == null ? generate(seen) : rotation.secret();
        Secret added = secrets.seal(text, seen.id());
        var done =
                registry.submit(
                        () -> {
                            Endpoint known = ifMatch.check(finder.findEditable(ctx, caller));
                            List<Secret> all = new ArrayList<>(ending(known, rotation.overlap()));
                            all.add(added);
                            return replace(known, all);
                        });
        ObjectNode body = Json.tree(EndpointView.secret(added));
        if (rotation.secret() == null) {
            body.put("secret", text);
        }
        IfMatch.tag(ctx, done.command().endpoint().withVersion(done.version()));
        ctx.status(201);
        Requests.answer(ctx, body);
    }

    private List<Secret> ending(Endpoint known, Duration overlap) {
        List<Secret> ending = secrets.ending(known.config().secrets(), overlap);
        if (ending.size() >= MOST_LIVE) {
            throw Problem.of(
                    409, "there are " + MOST_LIVE + " live secrets already; delete one first");
        }
        return ending;
    }

    private void delete(Context ctx) {
        Caller caller = requests.writer(ctx);
        IfMatch ifMatch = IfMatch.of(ctx);
        registry.submit(
                () -> {
                    Endpoint known = ifMatch.check(finder.findEditable(ctx, caller));
                    return replace(known, without(known, ctx.pathParam("sid")));
                });
        ctx.status(204);
    }

    /** The newest of those that stay no longer ends: something has to sign. */
    private List<Secret> without(Endpoint known, String id) {
        List<Secret> live = secrets.live(known.config().secrets());
        List<Secret> rest = live.stream().filter(secret -> !secret.id().equals(id)).toList();
        if (rest.size() == live.size()) {
            throw Problem.of(404, "there is no secret " + id);
        }
        if (rest.isEmpty() && signs(known)) {
            throw Problem.of(409, "the last secret stays; add another first");
        }
        return SecretMaker.staying(rest);
    }

    private static boolean signs(Endpoint known) {
        return known.config().signature() != null || dialect(known).alwaysSigns();
    }

    private Replace replace(Endpoint known, List<Secret> others) {
        return new Replace(requests.commandId(), maker.withSecrets(known, others), known.version());
    }

    private String generate(Endpoint known) {
        return secrets.generate(dialect(known), known.config().signature());
    }

    private static Rotation read(ObjectNode document, Endpoint known) {
        List<Violation> violations = new ArrayList<>();
        Fields fields = new Fields(document, "", violations);
        fields.only(List.of("secret", "overlap"));
        Dialect dialect = dialect(known);
        SignatureScheme signature = known.config().signature();
        Optional<String> secret = EndpointForm.secret(fields, dialect, signature);
        Optional<Duration> overlap = fields.duration("overlap", Duration.ZERO, MOST_OVERLAP);
        if (!violations.isEmpty()) {
            throw Problem.invalid(violations);
        }
        return new Rotation(secret.orElse(null), overlap.orElse(OVERLAP));
    }

    private static Dialect dialect(Endpoint known) {
        return Dialects.named(known.dialect()).orElseThrow();
    }
}
