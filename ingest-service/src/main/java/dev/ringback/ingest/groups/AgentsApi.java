package dev.ringback.ingest.groups;

import dev.ringback.ingest.registry.Command.Deploy;
import dev.ringback.ingest.registry.Registry;
import dev.ringback.ingest.request.Fields;
import dev.ringback.ingest.request.Requests;
import dev.ringback.runtime.ApiKeys.Caller;
import dev.ringback.runtime.Problem;
import dev.ringback.runtime.SecretBox;
import dev.ringback.schemas.Violation;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code /v1/agents}: which webhooks an agent has, and which of them its phone calls use. Agents
 * are the platform's, so that each is there, with or without webhooks. Thread-safe.
 */
public final class AgentsApi {
    private static final String ONE = "/v1/agents/{agent_id}";
    private static final int MAX_TEXT = 256;

    private final Requests requests;
    private final Registry registry;
    private final SecretBox box;

    /**
     * The routes' handlers.
     *
     * @param box tells whether sealed values are the same
     */
    public AgentsApi(Requests requests, Registry registry, SecretBox box) {
        this.requests = requests;
        this.registry = registry;
        this.box = box;
    }

    /** Adds the routes. */
    public void addTo(RoutesConfig routes) {
        routes.get(ONE, this::get);
        routes.post(ONE + "/deploy", this::deploy);
    }

    private void get(Context ctx) {
        Caller caller = requests.reader(ctx);
        String account = Requests.account(ctx, caller);
        if (!caller.sees(account)) {
            throw Problem.of(404, "there is no agent " + agentId(ctx));
        }
        answer(ctx, account);
    }

    private void deploy(Context ctx) {
        ObjectNode document = Requests.document(ctx, requests.writer(ctx));
        List<Violation> violations = new ArrayList<>();
        Fields fields = new Fields(document, "", violations);
        fields.only(List.of("account_id"));
        String account = fields.requiredText("account_id", MAX_TEXT).orElse("");
        if (!violations.isEmpty()) {
            throw Problem.invalid(violations);
        }
        registry.submit(new Deploy(requests.commandId(), account, agentId(ctx)));
        answer(ctx, account);
    }

    private void answer(Context ctx, String account) {
        Requests.answer(ctx, AgentView.of(account, agentId(ctx), registry.current(), box));
    }

    private static String agentId(Context ctx) {
        return Requests.bounded("agent_id", ctx.pathParam("agent_id"));
    }
}
