package dev.ringback.colocation;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Subscription;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Where the units of a group should end up, from where they are: the same input gives the same
 * answer, and once everything is where it should be nothing moves.
 */
final class Placement {
    private final Map<Integer, Set<TopicPartition>> units;
    private final Claims claims;
    private final Map<String, Set<String>> topics = new TreeMap<>();
    private final Map<String, List<Integer>> owned = new TreeMap<>();
    private final Map<Integer, String> owners = new TreeMap<>();

    /**
     * Places units.
     *
     * @param units the partitions of each, by their number
     */
    Placement(
            Map<Integer, Set<TopicPartition>> units,
            Map<String, Subscription> members,
            Claims claims) {
        this.units = units;
        this.claims = claims;
        members.forEach((member, own) -> topics.put(member, new HashSet<>(own.topics())));
        members.keySet().forEach(member -> owned.put(member, new ArrayList<>()));
        keep();
        placeRest();
        while (moveOne()) {}
    }

    /** The member that should have each partition, by unit; partitions nobody reads left out. */
    Map<Integer, Map<TopicPartition, String>> targets() {
        Map<Integer, Map<TopicPartition, String>> targets = new TreeMap<>();
        owners.forEach((unit, owner) -> targets.put(unit, targets(unit, owner)));
        return targets;
    }

    private Map<TopicPartition, String> targets(int unit, String owner) {
        Map<TopicPartition, String> targets = new LinkedHashMap<>();
        for (TopicPartition partition : partitions(unit)) {
            String member = reads(owner, partition) ? owner : standIn(partition);
            if (member != null) {
                targets.put(partition, member);
            }
        }
        return targets;
    }

    /** Who reads a partition that the owner of its unit does not know. */
    private @Nullable String standIn(TopicPartition partition) {
        String holder = claims.holder(partition);
        if (holder != null && reads(holder, partition)) {
            return holder;
        }
        return owned.keySet().stream()
                .filter(member -> reads(member, partition))
                .min(Comparator.comparingInt(this::load))
                .orElse(null);
    }

    /** Every unit stays with the member that has most of it. */
    private void keep() {
        for (Integer unit : units.keySet()) {
            Map<String, Integer> parts = new TreeMap<>();
            for (TopicPartition partition : partitions(unit)) {
                String holder = claims.holder(partition);
                if (holder != null && reads(holder, partition)) {
                    parts.merge(holder, 1, Integer::sum);
                }
            }
            parts.entrySet().stream()
                    .max(
                            Map.Entry.<String, Integer>comparingByValue()
                                    .thenComparingInt(e -> reach(e.getKey(), unit)))
                    .ifPresent(most -> give(unit, most.getKey()));
        }
    }

    private void placeRest() {
        for (Integer unit : units.keySet()) {
            if (!owners.containsKey(unit)) {
                owned.keySet().stream()
                        .filter(member -> reach(member, unit) > 0)
                        .min(
                                Comparator.<String>comparingInt(member -> -reach(member, unit))
                                        .thenComparingInt(this::load))
                        .ifPresent(member -> give(unit, member));
            }
        }
    }

    /**
     * Moves one unit from a member that has at least two more than another which reads as much of
     * it.
     */
    private boolean moveOne() {
        List<String> byLoad = new ArrayList<>(owned.keySet());
        byLoad.sort(Comparator.comparingInt(this::load));
        for (String from : byLoad.reversed()) {
            for (String to : byLoad) {
                if (load(from) - load(to) < 2) {
                    break;
                }
                Integer unit = movable(from, to);
                if (unit != null) {
                    owned.computeIfPresent(from, (m, own) -> without(own, unit));
                    give(unit, to);
                    return true;
                }
            }
        }
        return false;
    }

    /** What costs least to move: what is not there yet, then what the other has a part of. */
    private @Nullable Integer movable(String from, String to) {
        return owned.getOrDefault(from, List.of()).stream()
                .filter(unit -> reach(to, unit) >= reach(from, unit))
                .min(
                        Comparator.<Integer>comparingInt(unit -> held(from, unit))
                                .thenComparingInt(unit -> -held(to, unit))
                                .thenComparing(Comparator.reverseOrder()))
                .orElse(null);
    }

    private void give(Integer unit, String member) {
        owners.put(unit, member);
        owned.computeIfAbsent(member, m -> new ArrayList<>()).add(unit);
    }

    private static List<Integer> without(List<Integer> units, Integer unit) {
        units.removeIf(unit::equals);
        return units;
    }

    private int load(String member) {
        return owned.getOrDefault(member, List.of()).size();
    }

    private int reach(String member, Integer unit) {
        return (int) partitions(unit).stream().filter(p -> reads(member, p)).count();
    }

    private int held(String member, Integer unit) {
        return (int) partitions(unit).stream().filter(p -> claims.isHeldBy(p, member)).count();
    }

    private boolean reads(String member, TopicPartition partition) {
        return topics.getOrDefault(member, Set.of()).contains(partition.topic());
    }

    private Set<TopicPartition> partitions(Integer unit) {
        return units.getOrDefault(unit, Set.of());
    }
}
