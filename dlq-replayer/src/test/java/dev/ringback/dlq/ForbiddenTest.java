package dev.ringback.dlq;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.schemas.Attempt;
import dev.ringback.schemas.Reason;
import dev.ringback.schemas.Topics;
import dev.ringback.testkit.Await;
import dev.ringback.testkit.TestKafka;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclBindingFilter;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Without a right that a command needs it says so in one line, and nothing has happened. */
class ForbiddenTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private static DeadLetters letters;
    private static Admin admin;
    private static int jobs;

    @BeforeAll
    static void start() {
        letters = new DeadLetters(TestKafka.startWithAcls());
        admin = letters.kafka().clients().admin("acls");
        DeadLetters.Dead dead = DeadLetters.dead("dlv_1").reason(Reason.gone);
        letters.died(dead, DeadLetters.dead("dlv_2").reason(Reason.expired));
        letters.attempted(dead, 1, Attempt.Trigger.scheduled, Attempt.Result.dead);
        assertThat(letters.run("purge", "--reason", "expired", "--yes").code()).isZero();
        jobs = letters.kafka().records(Topics.REPLAY_JOBS).size();
    }

    @AfterAll
    static void stop() {
        admin.close();
        letters.close();
    }

    @AfterEach
    void permit() throws Exception {
        admin.deleteAcls(List.of(AclBindingFilter.ANY)).all().get();
        Await.until("permitted", LIMIT, () -> known() == 0);
    }

    private static void forbid(String topic, AclOperation operation) throws Exception {
        ResourcePattern resource =
                new ResourcePattern(ResourceType.TOPIC, topic, PatternType.LITERAL);
        AccessControlEntry all =
                new AccessControlEntry("User:*", "*", AclOperation.ALL, AclPermissionType.ALLOW);
        AccessControlEntry but =
                new AccessControlEntry("User:*", "*", operation, AclPermissionType.DENY);
        admin.createAcls(List.of(new AclBinding(resource, all), new AclBinding(resource, but)))
                .all()
                .get();
        Await.until("forbidden", LIMIT, () -> known() == 2);
    }

    private static int known() throws Exception {
        return admin.describeAcls(AclBindingFilter.ANY).values().get().size();
    }

    @ParameterizedTest
    @CsvSource({
        "webhook.deliveries.dead,READ,list",
        "webhook.deliveries.dead,DESCRIBE,stats",
        "webhook.attempts,READ,show dlv_1",
        "ringback-purged,READ,list",
        "ringback-purged,WRITE,purge --reason gone --yes",
        "ringback-replay-jobs,WRITE,purge --reason gone --yes",
        "ringback-replay-jobs,READ,jobs",
        "webhook.deliveries.replay,WRITE,replay --all --yes",
        "ringback-replayed,WRITE,replay --all --yes",
        "ringback-replay-jobs,WRITE,replay --all --yes --job x",
        "webhook.deliveries.replay,READ,replay --all --yes",
        "webhook.attempts,READ,replay --all --yes --wait",
        "webhook.attempts,READ,replay --all --yes --stop-at-failures 20%",
        "webhook.endpoints,DESCRIBE,recover --endpoint ep_1 --since 1h --yes"
    })
    void command_forbidden_saysSoInOneLine(String topic, AclOperation operation, String line)
            throws Exception {
        forbid(topic, operation);

        DeadLetters.Ran ran = letters.run(line.split(" "));

        assertThat(ran.code()).isEqualTo(1);
        assertThat(ran.err()).startsWith("ringback: ").contains(topic).hasLineCount(1);
        assertThat(ran.out()).doesNotContain("dlv_");
        permit();
        assertThat(letters.kafka().records(Topics.PURGED)).hasSize(1);
        assertThat(letters.kafka().records(Topics.REPLAY)).isEmpty();
        assertThat(letters.kafka().records(Topics.REPLAYED)).isEmpty();
        assertThat(letters.kafka().records(Topics.REPLAY_JOBS)).hasSize(jobs);
    }
}
