package dev.ringback.ingest.groups;

import dev.ringback.ingest.registry.Command.Deploy;
import dev.ringback.ingest.registry.Registry;
import dev.ringback.ingest.request.Fields;
import dev.ringback.ingest.request.Requests;
import dev.ringback.runtime.ApiKeys.Caller;
import dev.ringback.runtime.Problem;
import dev.ringback.runtime.SecretBox;
import dev.ringback.runtime.TopicTable;
import dev.ringback.schemas.Endpoint;
import dev.ringback.schemas.Endpoint.Group.Agent;
import dev.ringback.schemas.Violation;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code /v1/agents}: which webhooks an agent has, and which of them its phone calls use. Agents
 * are the platform's, so that each is there, with or without webhooks. Thread-safe.
 */
public final class AgentsApi {
    private static final String PATH = "/v1/agents";
    private static final String ONE = PATH + "/{agent_id}";
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
        routes.get(PATH, this::list);
        routes.get(ONE, this::get);
        routes.post(ONE + "/deploy", this::deploy);
    }

    /** Those that have webhooks, or had: of others nobody here has heard. */
    private void list(Context ctx) {
        TopicTable<Endpoint> table = registry.current();
        Listed listed = Listed.of(ctx, requests.reader(ctx), table);
        listed.answer(ctx, Agent.class, agent -> view(agent, table));
    }

    private AgentView view(Endpoint agent, TopicTable<Endpoint> table) {
        String agentId = Objects.requireNonNull(agent.config().scope().agentId());
        return AgentView.of(agent.accountId(), agentId, table, box);
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
