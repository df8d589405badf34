package dev.ringback.copies;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.ElectionNotNeededException;

/**
 * Gives every topic of a cluster the copies that it should have, Kafka's own topics too, and has a
 * record count as written only when two of three have it. It adds copies and never takes one away.
 */
public final class Spread {
    private static final String LEAST_IN_SYNC = "min.insync.replicas";
    private static final int MANY = 3;

    private final Admin admin;
    private final int copies;

    /**
     * Uses the admin client without closing it.
     *
     * @param copies of each partition
     */
    public Spread(Admin admin, int copies) {
        this.admin = admin;
        this.copies = copies;
    }

    /**
     * Asks Kafka for what is missing.
     *
     * @return what is still to be done, in words; empty when every copy is there
     */
    public Optional<String> advance() throws InterruptedException, ExecutionException {
        List<Integer> brokers =
                admin.describeCluster().nodes().get().stream().map(Node::id).sorted().toList();
        if (brokers.size() < copies) {
            return Optional.of("waits for brokers: " + brokers.size() + " of " + copies);
        }
        Collection<TopicDescription> topics = topics();
        Map<TopicPartition, List<Integer>> few = new HashMap<>();
        Set<String> whole = new HashSet<>();
        Set<TopicPartition> elsewhere = new HashSet<>();
        for (TopicDescription topic : topics) {
            for (TopicPartitionInfo partition : topic.partitions()) {
                TopicPartition name = new TopicPartition(topic.name(), partition.partition());
                if (partition.replicas().size() < copies) {
                    few.put(name, places(name, brokers));
                } else if (isLedElsewhere(partition)) {
                    elsewhere.add(name);
                }
            }
            if (topic.partitions().stream().allMatch(this::isWhole)) {
                whole.add(topic.name());
            }
        }
        add(few);
        elect(elsewhere);
        harden(whole);
        int open = topics.size() - whole.size();
        return open == 0 ? Optional.empty() : Optional.of(open + " topics get their copies");
    }

    private Collection<TopicDescription> topics() throws InterruptedException, ExecutionException {
        Set<String> names =
                admin.listTopics(new ListTopicsOptions().listInternal(true)).names().get();
        return admin.describeTopics(names).allTopicNames().get().values();
    }

    private boolean isWhole(TopicPartitionInfo partition) {
        return partition.replicas().size() >= copies && partition.isr().size() >= copies;
    }

    private static boolean isLedElsewhere(TopicPartitionInfo partition) {
        Node leader = partition.leader();
        Node first = partition.replicas().getFirst();
        return leader != null && leader.id() != first.id() && partition.isr().contains(first);
    }

    /** Each partition begins with another broker, so that all of them lead as many. */
    private List<Integer> places(TopicPartition partition, List<Integer> brokers) {
        List<Integer> turned = new ArrayList<>(brokers);
        int first = Math.floorMod(partition.topic().hashCode() + partition.partition(), 1 << 16);
        Collections.rotate(turned, first % brokers.size());
        return List.copyOf(turned.subList(0, copies));
    }

    private void add(Map<TopicPartition, List<Integer>> few)
            throws InterruptedException, ExecutionException {
        few.keySet().removeAll(admin.listPartitionReassignments().reassignments().get().keySet());
        Map<TopicPartition, Optional<NewPartitionReassignment>> wanted = new HashMap<>();
        few.forEach(
                (partition, places) ->
                        wanted.put(partition, Optional.of(new NewPartitionReassignment(places))));
        admin.alterPartitionReassignments(wanted).all().get();
    }

    private void elect(Set<TopicPartition> elsewhere)
            throws InterruptedException, ExecutionException {
        if (elsewhere.isEmpty()) {
            return;
        }
        try {
            admin.electLeaders(ElectionType.PREFERRED, elsewhere).all().get();
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof ElectionNotNeededException)) {
                throw e;
            }
        }
    }

    /**
     * With three copies a write waits for two, so that one broker may be lost with nothing else.
     */
    private void harden(Set<String> whole) throws InterruptedException, ExecutionException {
        if (copies < MANY) {
            return;
        }
        List<ConfigResource> resources =
                whole.stream()
                        .map(topic -> new ConfigResource(ConfigResource.Type.TOPIC, topic))
                        .toList();
        Map<ConfigResource, Collection<AlterConfigOp>> changes = new HashMap<>();
        AlterConfigOp two =
                new AlterConfigOp(new ConfigEntry(LEAST_IN_SYNC, "2"), AlterConfigOp.OpType.SET);
        admin.describeConfigs(resources)
                .all()
                .get()
                .forEach(
                        (topic, config) -> {
                            if (config.get(LEAST_IN_SYNC).value().equals("1")) {
                                changes.put(topic, List.of(two));
                            }
                        });
        if (!changes.isEmpty()) {
            admin.incrementalAlterConfigs(changes).all().get();
        }
    }
}
