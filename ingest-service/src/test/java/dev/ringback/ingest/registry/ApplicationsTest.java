package dev.ringback.ingest.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.dialect.GroupIds;
import dev.ringback.ingest.registry.Answer.Accepted;
import dev.ringback.ingest.registry.Answer.Refused;
import dev.ringback.ingest.registry.Command.DeleteApplication;
import dev.ringback.ingest.registry.Command.PutApplication;
import dev.ringback.ingest.registry.Command.SetEnabled;
import dev.ringback.schemas.Endpoint;
import dev.ringback.schemas.Endpoint.Callback.Payload;
import dev.ringback.schemas.Endpoint.Callback.Role;
import dev.ringback.schemas.Endpoint.Config;
import dev.ringback.schemas.Endpoint.Group.Application;
import dev.ringback.schemas.Endpoint.Policy;
import dev.ringback.schemas.Endpoint.Scope;
import dev.ringback.schemas.Endpoint.Status;
import dev.ringback.schemas.EventType;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ApplicationsTest {
    private static final String ACCOUNT = "acc_1";
    private static final String ID = GroupIds.application(ACCOUNT, "app-1");
    private static final String STATUS = GroupIds.member(ID, Role.status);
    private static final String RING = GroupIds.member(ID, Role.ring);

    private final RegistryDriver registry = new RegistryDriver();

    @AfterEach
    void close() {
        registry.close();
    }

    @Test
    void put_makesAnEndpointForEachUrlThatIsTold() {
        put(0, Map.of(Role.answer, "https://x/answer", Role.status, "https://x/s"));
        assertThat(registry.table().keySet()).containsExactlyInAnyOrder(ID, STATUS);
        Endpoint status = registry.table().get(STATUS);
        assertThat(status.url()).isEqualTo("https://x/s");
        assertThat(status.config().callback())
                .isEqualTo(new Endpoint.Callback(Role.status, ID, "GET", Payload.pascal));
        assertThat(status.config().scope().applicationId()).isEqualTo("app-1");
        assertThat(status.wants(EventType.CALL_ENDED)).isTrue();
        assertThat(status.wants(EventType.CALL_BILLED)).isFalse();
        assertThat(registry.table().get(ID).config().events()).isEmpty();
    }

    @Test
    void put_ringAndHangup_arePostedAsDocumented() {
        put(0, Map.of(Role.ring, "https://x/r"));
        assertThat(registry.table().get(RING).config().callback())
                .isEqualTo(new Endpoint.Callback(Role.ring, ID, "POST", Payload.documented));
        assertThat(registry.table().get(RING).config().events()).containsExactly("call.ringing");
    }

    @Test
    void put_again_changesAddsAndRemoves() {
        put(0, Map.of(Role.ring, "https://x/r", Role.status, "https://x/s"));
        long first = version();
        assertThat(put(first, Map.of(Role.hangup, "https://x/h", Role.status, "https://x/other")))
                .isEqualTo(new Accepted(first + 1));
        assertThat(registry.table().keySet())
                .containsExactlyInAnyOrder(ID, STATUS, GroupIds.member(ID, Role.hangup));
        assertThat(registry.table().get(STATUS).url()).isEqualTo("https://x/other");
        assertThat(registry.table().get(STATUS).version()).isEqualTo(2);
    }

    @Test
    void put_again_keepsStateAndWhatIsTheSame() {
        put(0, Map.of(Role.ring, "https://x/r", Role.status, "https://x/s"));
        registry.send(new SetEnabled("cmd", ACCOUNT, STATUS, false, null));
        put(version(), Map.of(Role.ring, "https://x/r", Role.status, "https://x/other"));
        assertThat(registry.table().get(STATUS).status()).isEqualTo(Status.disabled);
        assertThat(registry.table().get(RING).version()).isEqualTo(1);
    }

    @Test
    void put_otherVersion_isRefused() {
        put(0, Map.of(Role.ring, "https://x/r"));
        assertThat(((Refused) put(0, Map.of())).status()).isEqualTo(412);
        assertThat(((Refused) put(version() + 1, Map.of())).status()).isEqualTo(412);
        assertThat(registry.table()).containsKey(RING);
    }

    @Test
    void delete_takesAllAway() {
        put(0, Map.of(Role.ring, "https://x/r", Role.status, "https://x/s"));
        assertThat(registry.send(new DeleteApplication("cmd", "acc_2", ID, version())))
                .isInstanceOf(Refused.class);
        registry.send(new DeleteApplication("cmd", ACCOUNT, ID, version()));
        assertThat(registry.table()).isEmpty();
    }

    @Test
    void put_afterDelete_hasAVersionThatWasNotThereBefore() {
        put(0, Map.of(Role.ring, "https://x/r"));
        long before = version();
        registry.send(new DeleteApplication("cmd", ACCOUNT, ID, before));
        registry.later(Duration.ofSeconds(1));
        put(0, Map.of(Role.ring, "https://x/r"));
        assertThat(version()).isGreaterThan(before);
    }

    private long version() {
        return registry.table().get(ID).version();
    }

    private Answer put(long ifVersion, Map<Role, String> urls) {
        Application application = new Application(urls, "POST", "GET", Payload.pascal);
        Config config =
                new Config(
                        null,
                        "",
                        "tryvox",
                        List.of(),
                        new Scope(null, "app-1", null, null),
                        List.of(),
                        Map.of(),
                        Policy.DEFAULT,
                        null,
                        Map.of(),
                        null,
                        application,
                        false);
        Endpoint wanted = Endpoint.of(ID, ACCOUNT, config, null, RegistryDriver.NOW);
        return registry.send(new PutApplication("cmd", wanted, ifVersion));
    }
}
