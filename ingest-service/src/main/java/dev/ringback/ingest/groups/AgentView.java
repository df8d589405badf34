package dev.ringback.ingest.groups;

import dev.ringback.dialect.Dialects;
import dev.ringback.dialect.GroupIds;
import dev.ringback.runtime.SecretBox;
import dev.ringback.runtime.TopicTable;
import dev.ringback.schemas.Endpoint;
import dev.ringback.schemas.Endpoint.Config;
import dev.ringback.schemas.Endpoint.Group.Agent;
import dev.ringback.schemas.Endpoint.Secret;
import dev.ringback.schemas.Endpoint.Stage;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An agent as answers show it.
 *
 * @param webhooks how many its draft has, of how many it may have
 * @param draftDiffers whether a deployment would change what phone calls use
 * @param draft the ids of its endpoints
 * @param deployed the ids of those that phone calls use
 */
record AgentView(
        String agentId,
        String accountId,
        String webhooks,
        long deployedVersion,
        @Nullable Instant deployedAt,
        boolean draftDiffers,
        List<String> draft,
        List<String> deployed) {
    private static final String DIALECT = "voicy";

    static AgentView of(
            String accountId, String agentId, TopicTable<Endpoint> table, SecretBox box) {
        Agent agent =
                table.get(GroupIds.agent(accountId, agentId))
                        .map(found -> found.config().group())
                        .filter(Agent.class::isInstance)
                        .map(Agent.class::cast)
                        .orElseGet(() -> new Agent(List.of(), List.of(), 0, null));
        boolean differs =
                !new HashSet<>(agent.draft()).equals(new HashSet<>(agent.deployed()))
                        || agent.draft().stream().anyMatch(id -> differs(id, table, box));
        return new AgentView(
                agentId,
                accountId,
                agent.draft().size() + "/" + most(),
                agent.deployedVersion(),
                agent.deployedAt(),
                differs,
                agent.draft(),
                agent.deployed());
    }

    private static int most() {
        return Dialects.named(DIALECT).map(dialect -> dialect.rules().mostPerAgent()).orElse(0);
    }

    private static boolean differs(String id, TopicTable<Endpoint> table, SecretBox box) {
        Optional<Endpoint> draft = table.get(id);
        Optional<Endpoint> deployed = table.get(Endpoint.key(id, Stage.deployed));
        return draft.isPresent() != deployed.isPresent()
                || (draft.isPresent()
                        && !isSame(id, draft.get().config(), deployed.get().config(), box));
    }

    /** Sealed anew, the same header value looks different; a secret keeps its id. */
    private static boolean isSame(String id, Config draft, Config deployed, SecretBox box) {
        return draft.withSealed(List.of(), Map.of())
                        .equals(deployed.withSealed(List.of(), Map.of()))
                && draft.secrets().stream()
                        .map(AgentView::unsealed)
                        .toList()
                        .equals(deployed.secrets().stream().map(AgentView::unsealed).toList())
                && draft.headers().keySet().equals(deployed.headers().keySet())
                && draft.headers().keySet().stream()
                        .allMatch(
                                name ->
                                        isSame(
                                                id,
                                                draft.headers().get(name),
                                                deployed.headers().get(name),
                                                box));
    }

    private static boolean isSame(
            String id, @Nullable String one, @Nullable String other, SecretBox box) {
        if (Objects.equals(one, other) || one == null || other == null) {
            return Objects.equals(one, other);
        }
        try {
            return box.open(one, id).equals(box.open(other, id));
        } catch (IllegalStateException e) {
            // Sealed by a master key that is not known here: nobody can say that they are the same.
            return false;
        }
    }

    private static Secret unsealed(Secret secret) {
        return new Secret(
                secret.id(), "", secret.publicKey(), secret.createdAt(), secret.expiresAt());
    }
}
