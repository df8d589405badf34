package dev.ringback.ingest.api;

import dev.ringback.ingest.registry.Registry;
import dev.ringback.runtime.ApiKeys.Caller;
import dev.ringback.runtime.Problem;
import dev.ringback.schemas.Endpoint;
import dev.ringback.schemas.Endpoint.Group;
import dev.ringback.schemas.Endpoint.Scope;
import dev.ringback.schemas.Endpoint.Stage;
import io.javalin.http.Context;
import java.util.Optional;

/**
 * Finds the endpoint that a path names. One of an account that the caller does not see is not
 * there; nor is what only the registry itself keeps. Thread-safe.
 */
public final class EndpointFinder {
    private final Registry registry;

    /** Finds in this registry. */
    public EndpointFinder(Registry registry) {
        this.registry = registry;
    }

    /**
     * The endpoint, as new as any answer that was given before.
     *
     * @throws Problem 404 when there is none
     */
    Endpoint find(Context ctx, Caller caller) {
        Endpoint found = record(ctx, caller);
        if (found.config().group() != null) {
            throw Problem.of(404, "there is no endpoint " + found.id());
        }
        return found;
    }

    /**
     * The same, if it may be edited where it was found.
     *
     * @throws Problem 404 when there is none; 409 when it belongs to a group, and where to go then
     */
    Endpoint findEditable(Context ctx, Caller caller) {
        Endpoint found = record(ctx, caller);
        elsewhere(found)
                .ifPresent(
                        path -> {
                            throw Problem.of(409, found.id() + " is changed at " + path);
                        });
        return found;
    }

    /**
     * The same, or what is still deployed of an endpoint that was taken out of the draft: phone
     * calls use it, so it can be stopped.
     */
    Endpoint findCalled(Context ctx, Caller caller) {
        String deployed = Endpoint.key(ctx.pathParam("id"), Stage.deployed);
        return registry.current().get(ctx.pathParam("id")).isPresent()
                ? find(ctx, caller)
                : registry.current()
                        .get(deployed)
                        .filter(endpoint -> caller.sees(endpoint.accountId()))
                        .orElseGet(() -> find(ctx, caller));
    }

    /** Whether it is an endpoint that owners see, and not what the registry keeps beside them. */
    public static boolean isShown(Endpoint endpoint) {
        return endpoint.config().group() == null && endpoint.stage() != Stage.deployed;
    }

    private static Optional<String> elsewhere(Endpoint found) {
        Scope scope = found.config().scope();
        if (found.config().group() instanceof Group.Agent) {
            return Optional.of("/v1/agents/" + scope.agentId());
        }
        boolean isGrouped = found.config().group() != null || found.config().callback() != null;
        return isGrouped
                ? Optional.of("/v1/applications/" + scope.applicationId())
                : Optional.empty();
    }

    private Endpoint record(Context ctx, Caller caller) {
        String id = ctx.pathParam("id");
        Optional<Endpoint> found = registry.current().get(id);
        return found.filter(endpoint -> endpoint.id().equals(id))
                .filter(endpoint -> caller.sees(endpoint.accountId()))
                .orElseThrow(() -> Problem.of(404, "there is no endpoint " + id));
    }
}
