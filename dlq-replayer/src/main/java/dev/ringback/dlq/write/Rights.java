package dev.ringback.dlq.write;

import dev.ringback.dlq.terminal.Failure;
import dev.ringback.runtime.KafkaClients;
import dev.ringback.schemas.Topics;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/**
 * Whether a command may do all that it has to, learned before it has done anything: what is
 * forbidden at a later topic must not leave it half done.
 */
public final class Rights {
    private final Map<String, TopicDescription> topics;

    private Rights(Map<String, TopicDescription> topics) {
        this.topics = topics;
    }

    /**
     * Checks that topics are there and can be read or written.
     *
     * @throws Failure that names the first that cannot
     */
    public static Rights check(
            KafkaClients clients, Collection<String> read, Collection<String> written) {
        Set<String> names = new TreeSet<>(read);
        names.addAll(written);
        Rights rights = new Rights(describe(clients, names));
        read.forEach(topic -> rights.require(topic, AclOperation.READ, "read from"));
        written.forEach(topic -> rights.require(topic, AclOperation.WRITE, "write to"));
        return rights;
    }

    private void require(String topic, AclOperation operation, String words) {
        TopicDescription found = topics.get(topic);
        @Nullable Set<AclOperation> allowed = found == null ? null : found.authorizedOperations();
        if (allowed != null && !allowed.isEmpty() && !allowed.contains(operation)) {
            throw new Failure("not allowed to %s topic %s".formatted(words, topic));
        }
    }

    /**
     * Checks that what is dead has a place to live again.
     *
     * @throws Failure when the replay topic has fewer partitions than the dead topic
     */
    public void checkPartitions() {
        int dead = partitions(Topics.DEAD);
        if (partitions(Topics.REPLAY) < dead) {
            // deliveries of one call would part ways
            throw new Failure(
                    "%s has %d partitions and needs as many as %s: see ringback topics --check"
                            .formatted(Topics.REPLAY, partitions(Topics.REPLAY), Topics.DEAD));
        }
    }

    private int partitions(String topic) {
        TopicDescription found = topics.get(topic);
        return found == null ? 0 : found.partitions().size();
    }

    private static Map<String, TopicDescription> describe(KafkaClients clients, Set<String> names) {
        Map<String, TopicDescription> topics = new HashMap<>();
        try (Admin admin = clients.impatient().admin("ringback-dlq")) {
            Map<String, KafkaFuture<TopicDescription>> described =
                    new TreeMap<>(
                            admin.describeTopics(
                                            names,
                                            new DescribeTopicsOptions()
                                                    .includeAuthorizedOperations(true))
                                    .topicNameValues());
            for (Map.Entry<String, KafkaFuture<TopicDescription>> one : described.entrySet()) {
                topics.put(one.getKey(), one.getValue().get());
            }
            return topics;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof UnknownTopicOrPartitionException
                    ? missing(names, topics)
                    : new Failure(Failure.words(e.getCause() == null ? e : e.getCause()));
        } catch (InterruptedException e) {
            throw new InterruptException(e);
        }
    }

    private static Failure missing(Set<String> names, Map<String, TopicDescription> found) {
        String first =
                names.stream().filter(name -> !found.containsKey(name)).findFirst().orElse("?");
        return new Failure("topic " + first + " is not there: create it with ringback topics");
    }
}
