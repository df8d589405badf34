package dev.ringback.colocation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;

/**
 * Gives the partitions with the same number of all topics, a unit, to the same member of a consumer
 * group: whoever sends a delivery also reads every rung it can wait on. Units stay where they are
 * as long as no member has two more than another.
 *
 * <p>A unit that moves is left out until its owner has given up all of it; the owner then asks for
 * another round, in which the unit goes to its new owner as a whole. While members disagree on
 * which topics there are, a unit's owner may not read one of its partitions; that one goes to a
 * member that does, until the owner knows the topic.
 */
public final class Colocation implements ConsumerPartitionAssignor {
    /** Kafka makes it by its name. */
    public Colocation() {}

    @Override
    public String name() {
        return "ringback-colocated";
    }

    @Override
    public List<RebalanceProtocol> supportedProtocols() {
        return List.of(RebalanceProtocol.COOPERATIVE);
    }

    @Override
    public GroupAssignment assign(Cluster cluster, GroupSubscription group) {
        Map<String, Subscription> members = new TreeMap<>(group.groupSubscription());
        Map<String, Assignment> assignments = new HashMap<>();
        assign(topics(cluster, members), members)
                .forEach((member, own) -> assignments.put(member, new Assignment(own)));
        return new GroupAssignment(assignments);
    }

    private static Map<Integer, Set<TopicPartition>> topics(
            Cluster cluster, Map<String, Subscription> members) {
        Set<String> topics = new TreeSet<>();
        members.values().forEach(member -> topics.addAll(member.topics()));
        Map<Integer, Set<TopicPartition>> units = new TreeMap<>();
        for (String topic : topics) {
            for (PartitionInfo info : cluster.partitionsForTopic(topic)) {
                units.computeIfAbsent(info.partition(), unit -> new LinkedHashSet<>())
                        .add(new TopicPartition(topic, info.partition()));
            }
        }
        return units;
    }

    /** What each member gets in this round. */
    static Map<String, List<TopicPartition>> assign(
            Map<Integer, Set<TopicPartition>> units, Map<String, Subscription> members) {
        Claims claims = new Claims(members);
        Map<String, List<TopicPartition>> assigned = new HashMap<>();
        members.keySet().forEach(member -> assigned.put(member, new ArrayList<>()));
        for (Map<TopicPartition, String> targets :
                new Placement(units, members, claims).targets().values()) {
            boolean free = claims.areGivenUp(targets);
            targets.forEach(
                    (partition, member) -> {
                        boolean has = claims.isHeldBy(partition, member);
                        if (has || (free && claims.isFree(partition))) {
                            assigned.computeIfAbsent(member, m -> new ArrayList<>()).add(partition);
                        }
                    });
        }
        return assigned;
    }
}
