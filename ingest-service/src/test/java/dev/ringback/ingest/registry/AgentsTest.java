package dev.ringback.ingest.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.dialect.GroupIds;
import dev.ringback.ingest.registry.Answer.Accepted;
import dev.ringback.ingest.registry.Answer.Refused;
import dev.ringback.ingest.registry.Command.Create;
import dev.ringback.ingest.registry.Command.Delete;
import dev.ringback.ingest.registry.Command.Deploy;
import dev.ringback.ingest.registry.Command.Replace;
import dev.ringback.ingest.registry.Command.SetEnabled;
import dev.ringback.schemas.Endpoint;
import dev.ringback.schemas.Endpoint.Config;
import dev.ringback.schemas.Endpoint.Group.Agent;
import dev.ringback.schemas.Endpoint.Scope;
import dev.ringback.schemas.Endpoint.Stage;
import dev.ringback.schemas.Endpoint.Status;
import dev.ringback.schemas.Violation;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AgentsTest {
    private static final String ACCOUNT = "acc_1";

    private final RegistryDriver registry = new RegistryDriver();

    @AfterEach
    void close() {
        registry.close();
    }

    @Test
    void create_sixthOfAnAgent_isRefused() {
        for (int i = 1; i <= 5; i++) {
            assertThat(create("ep_" + i, "a1")).isEqualTo(new Accepted(1));
        }
        Refused refused = (Refused) create("ep_6", "a1");
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.violations())
                .extracting(Violation::pointer)
                .containsExactly("/scope/agent_id");
        assertThat(registry.get("ep_6")).isEmpty();
        assertThat(create("ep_7", "a2")).isEqualTo(new Accepted(1));
    }

    @Test
    void delete_makesRoom() {
        for (int i = 1; i <= 5; i++) {
            create("ep_" + i, "a1");
        }
        registry.send(new Delete("cmd", ACCOUNT, "ep_2", null));
        assertThat(create("ep_6", "a1")).isEqualTo(new Accepted(1));
        assertThat(agent("a1").draft()).containsExactly("ep_1", "ep_3", "ep_4", "ep_5", "ep_6");
    }

    @Test
    void replace_toAnotherAgent_movesOrIsRefused() {
        for (int i = 1; i <= 5; i++) {
            create("ep_" + i, "full");
        }
        create("ep_6", "a1");
        assertThat(registry.send(new Replace("cmd", endpoint("ep_6", "full"), 1)))
                .isInstanceOf(Refused.class);
        assertThat(agent("a1").draft()).containsExactly("ep_6");
        registry.send(new Replace("cmd", endpoint("ep_6", "a2"), 1));
        assertThat(agent("a1").draft()).isEmpty();
        assertThat(agent("a2").draft()).containsExactly("ep_6");
    }

    @Test
    void replace_sameAgent_countsOnce() {
        create("ep_1", "a1");
        registry.send(new Replace("cmd", endpoint("ep_1", "a1"), 1));
        assertThat(agent("a1").draft()).containsExactly("ep_1");
    }

    @Test
    void deploy_copiesTheDraft() {
        create("ep_1", "a1");
        assertThat(deployed("ep_1")).isFalse();
        registry.send(new Deploy("cmd", ACCOUNT, "a1"));
        assertThat(deployed("ep_1")).isTrue();
        assertThat(agent("a1").deployed()).containsExactly("ep_1");
        assertThat(agent("a1").deployedVersion()).isEqualTo(1);
        assertThat(agent("a1").deployedAt()).isEqualTo(RegistryDriver.NOW);
    }

    @Test
    void deploy_afterDelete_takesTheCopyAway() {
        create("ep_1", "a1");
        registry.send(new Deploy("cmd", ACCOUNT, "a1"));
        registry.send(new Delete("cmd", ACCOUNT, "ep_1", null));
        assertThat(deployed("ep_1")).isTrue();
        registry.send(new Deploy("cmd", ACCOUNT, "a1"));
        assertThat(deployed("ep_1")).isFalse();
        assertThat(agent("a1").deployed()).isEmpty();
    }

    @Test
    void replace_toAnotherAgentAfterDeploy_isRefused() {
        create("ep_1", "a1");
        registry.send(new Deploy("cmd", ACCOUNT, "a1"));
        assertThat(registry.send(new Replace("cmd", endpoint("ep_1", "a2"), 1)))
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused ->
                                assertThat(refused.violations().getFirst().pointer())
                                        .isEqualTo("/scope/agent_id"));
        assertThat(copy("ep_1").config().scope().agentId()).isEqualTo("a1");
        assertThat(agent("a1").draft()).containsExactly("ep_1");
    }

    @Test
    void setEnabled_changesBoth() {
        create("ep_1", "a1");
        registry.send(new Deploy("cmd", ACCOUNT, "a1"));
        registry.send(new SetEnabled("cmd", ACCOUNT, "ep_1", false, null));
        assertThat(copy("ep_1").status()).isEqualTo(Status.disabled);
        assertThat(registry.table().get("ep_1").status()).isEqualTo(Status.disabled);
    }

    @Test
    void deploy_withoutWebhooks_counts() {
        assertThat(registry.send(new Deploy("cmd", ACCOUNT, "new"))).isInstanceOf(Accepted.class);
        assertThat(agent("new").deployedVersion()).isEqualTo(1);
    }

    private Answer create(String id, String agentId) {
        return registry.send(new Create("cmd_" + id, endpoint(id, agentId)));
    }

    private boolean deployed(String id) {
        return registry.get(Endpoint.key(id, Stage.deployed)).isPresent();
    }

    private Endpoint copy(String id) {
        return registry.get(Endpoint.key(id, Stage.deployed)).orElseThrow();
    }

    private Agent agent(String agentId) {
        Endpoint found = registry.get(GroupIds.agent(ACCOUNT, agentId)).orElseThrow();
        return (Agent) found.config().group();
    }

    private static Endpoint endpoint(String id, String agentId) {
        Scope scope = new Scope(agentId, null, null, null);
        Config config =
                Config.of("https://crm.example/hooks", "voicy", List.of("call.analyzed"), scope);
        return Endpoint.of(id, ACCOUNT, config, Stage.draft, RegistryDriver.NOW);
    }
}
