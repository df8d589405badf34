package dev.ringback.ingest.registry;

import dev.ringback.dialect.Dialect;
import dev.ringback.dialect.Dialects;
import dev.ringback.dialect.GroupIds;
import dev.ringback.ingest.registry.Answer.Accepted;
import dev.ringback.ingest.registry.Answer.Refused;
import dev.ringback.ingest.registry.Command.Deploy;
import dev.ringback.schemas.Endpoint;
import dev.ringback.schemas.Endpoint.Config;
import dev.ringback.schemas.Endpoint.Group.Agent;
import dev.ringback.schemas.Endpoint.Policy;
import dev.ringback.schemas.Endpoint.Scope;
import dev.ringback.schemas.Endpoint.Stage;
import dev.ringback.schemas.Violation;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Keeps, for each agent with drafts, which endpoints are its draft and which were deployed last,
 * and lets no draft grow beyond what its dialect allows.
 */
final class Agents {
    private static final String DIALECT = "voicy";

    private final Records records;
    private final Instant at;

    /**
     * Decides by these records.
     *
     * @param at when the command was recorded
     */
    Agents(Records records, Instant at) {
        this.records = records;
        this.at = at;
    }

    /**
     * Takes an endpoint into the draft of its agent, and out of the draft it was in.
     *
     * @param known as it is; null when it is new
     * @return why it cannot be, if it cannot
     */
    Optional<Refused> move(@Nullable Endpoint known, Endpoint wanted) {
        Optional<String> from = Optional.ofNullable(known).flatMap(Agents::agentOf);
        Optional<String> to = agentOf(wanted);
        if (from.equals(to)) {
            return Optional.empty();
        }
        if (records.find(Endpoint.key(wanted.id(), Stage.deployed)).isPresent()) {
            return Optional.of(deployed());
        }
        Optional<Refused> refused = to.flatMap(agentId -> join(agentId, wanted));
        if (refused.isEmpty() && known != null) {
            leave(known);
        }
        return refused;
    }

    /** Takes an endpoint out of the draft that it is in, if any. */
    void leave(Endpoint endpoint) {
        agentOf(endpoint)
                .map(agentId -> recordOf(endpoint.accountId(), agentId))
                .ifPresent(
                        found -> {
                            Agent agent = agent(found);
                            List<String> draft = without(agent.draft(), endpoint.id());
                            put(found, withDraft(agent, draft));
                        });
    }

    Answer deploy(Deploy command) {
        Endpoint found = recordOf(command.accountId(), command.agentId());
        Agent agent = agent(found);
        without(agent.deployed(), agent.draft()).stream()
                .map(id -> Endpoint.key(id, Stage.deployed))
                .filter(key -> isOf(command.agentId(), key))
                .forEach(records::remove);
        agent.draft().stream().flatMap(id -> records.find(id).stream()).forEach(this::deploy);
        Agent deployed = new Agent(agent.draft(), agent.draft(), agent.deployedVersion() + 1, at);
        return new Accepted(put(found, deployed));
    }

    private void deploy(Endpoint draft) {
        Optional<Endpoint> before = records.find(Endpoint.key(draft.id(), Stage.deployed));
        boolean same =
                before.filter(deployed -> deployed.config().equals(draft.config())).isPresent();
        if (!same) {
            long version = before.map(Endpoint::version).orElse(0L) + 1;
            records.put(draft.withStage(Stage.deployed).withVersion(version));
        }
    }

    /** Its former agent's phone calls still use it, until that agent is deployed without it. */
    private static Refused deployed() {
        String reason = "the endpoint is deployed with its agent; make another one for this agent";
        return new Refused(
                422, "the endpoint cannot move", List.of(new Violation("/scope/agent_id", reason)));
    }

    private boolean isOf(String agentId, String key) {
        return records.find(key).flatMap(Agents::agentOf).filter(agentId::equals).isPresent();
    }

    private Optional<Refused> join(String agentId, Endpoint endpoint) {
        Endpoint found = recordOf(endpoint.accountId(), agentId);
        Agent agent = agent(found);
        int most = most(endpoint);
        if (most > 0 && agent.draft().size() >= most) {
            String reason = "the agent has " + most + " webhooks, which is the most it may have";
            return Optional.of(
                    new Refused(422, reason, List.of(new Violation("/scope/agent_id", reason))));
        }
        List<String> draft = new ArrayList<>(agent.draft());
        draft.add(endpoint.id());
        put(found, withDraft(agent, draft));
        return Optional.empty();
    }

    private static int most(Endpoint endpoint) {
        return Dialects.named(endpoint.dialect())
                .map(Dialect::rules)
                .map(Dialect.Rules::mostPerAgent)
                .orElse(0);
    }

    /** The agent whose draft or deployed set an endpoint belongs to. */
    private static Optional<String> agentOf(Endpoint endpoint) {
        return endpoint.stage() == null
                ? Optional.empty()
                : Optional.ofNullable(endpoint.config().scope().agentId());
    }

    private Endpoint recordOf(String accountId, String agentId) {
        String id = GroupIds.agent(accountId, agentId);
        Agent none = new Agent(List.of(), List.of(), 0, null);
        return records.find(id)
                .orElseGet(() -> Endpoint.of(id, accountId, config(agentId, none), null, at));
    }

    private static Agent agent(Endpoint found) {
        return (Agent) Objects.requireNonNull(found.config().group());
    }

    private static Agent withDraft(Agent agent, List<String> draft) {
        return new Agent(draft, agent.deployed(), agent.deployedVersion(), agent.deployedAt());
    }

    private long put(Endpoint found, Agent agent) {
        String agentId = Objects.requireNonNull(found.config().scope().agentId());
        long version = found.version() + 1;
        records.put(found.withConfig(config(agentId, agent), at).withVersion(version));
        return version;
    }

    private static Config config(String agentId, Agent agent) {
        return new Config(
                null,
                "",
                DIALECT,
                List.of(),
                new Scope(agentId, null, null, null),
                List.of(),
                Map.of(),
                Policy.DEFAULT,
                null,
                Map.of(),
                null,
                agent,
                false);
    }

    private static List<String> without(List<String> ids, String id) {
        return without(ids, List.of(id));
    }

    private static List<String> without(List<String> ids, List<String> others) {
        return ids.stream().filter(id -> !others.contains(id)).toList();
    }
}
