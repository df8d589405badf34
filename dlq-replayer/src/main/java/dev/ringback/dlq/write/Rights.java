package dev.ringback.dlq.write;

import dev.ringback.dlq.terminal.Failure;
import dev.ringback.runtime.KafkaClients;
import dev.ringback.schemas.Topics;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.InterruptException;
import org.jspecify.annotations.Nullable;

/** Whether a replay may write what it has to, learned before anything is moved. */
public final class Rights {
    private static final List<String> WRITTEN =
            List.of(Topics.REPLAY, Topics.REPLAYED, Topics.REPLAY_JOBS);

    private Rights() {}

    /**
     * Checks that every topic can be written.
     *
     * @throws Failure when one cannot, or has fewer partitions than the dead topic
     */
    public static void check(KafkaClients clients) {
        Map<String, TopicDescription> topics = describe(clients);
        for (String topic : WRITTEN) {
            TopicDescription found = topics.get(topic);
            @Nullable Set<AclOperation> allowed =
                    found == null ? null : found.authorizedOperations();
            if (allowed != null && !allowed.isEmpty() && !allowed.contains(AclOperation.WRITE)) {
                throw new Failure("not allowed to write to topic " + topic);
            }
        }
        int dead = partitions(topics, Topics.DEAD);
        int there = partitions(topics, Topics.REPLAY);
        if (there < dead) {
            // deliveries of one call would part ways
            throw new Failure(
                    "%s has %d partitions and needs as many as %s: see ringback topics --check"
                            .formatted(Topics.REPLAY, there, Topics.DEAD));
        }
    }

    private static int partitions(Map<String, TopicDescription> topics, String topic) {
        TopicDescription found = topics.get(topic);
        return found == null ? 0 : found.partitions().size();
    }

    private static Map<String, TopicDescription> describe(KafkaClients clients) {
        try (Admin admin = clients.impatient().admin("ringback-dlq")) {
            return admin.describeTopics(
                            List.of(
                                    Topics.DEAD,
                                    Topics.REPLAY,
                                    Topics.REPLAYED,
                                    Topics.REPLAY_JOBS),
                            new DescribeTopicsOptions().includeAuthorizedOperations(true))
                    .allTopicNames()
                    .get();
        } catch (ExecutionException e) {
            throw new Failure(Failure.words(e.getCause() == null ? e : e.getCause()));
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }
}
