package dev.ringback.colocation;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Subscription;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * What the members of a group say they own. A claim of an older generation loses to a newer one,
 * but alone it stands: whoever makes it may still be reading. Of two claims of one generation
 * neither stands.
 */
final class Claims {
    private static final int NO_GENERATION = -1;

    private final Map<TopicPartition, Set<String>> claimants = new HashMap<>();
    private final Map<TopicPartition, Holder> holders = new HashMap<>();

    /** The newest claim to a partition; no member where two are equally new. */
    private record Holder(int generation, @Nullable String member) {
        static Holder newer(Holder a, Holder b) {
            if (a.generation() == b.generation()) {
                return new Holder(a.generation(), null);
            }
            return a.generation() > b.generation() ? a : b;
        }
    }

    Claims(Map<String, Subscription> members) {
        members.forEach(
                (member, subscription) -> {
                    int generation = subscription.generationId().orElse(NO_GENERATION);
                    Holder claim = new Holder(generation, member);
                    for (TopicPartition partition : Set.copyOf(subscription.ownedPartitions())) {
                        claimants.computeIfAbsent(partition, p -> new HashSet<>()).add(member);
                        holders.merge(partition, claim, Holder::newer);
                    }
                });
    }

    /** Whose a partition is; null when nobody's claim to it stands. */
    @Nullable String holder(TopicPartition partition) {
        Holder holder = holders.get(partition);
        return holder == null ? null : holder.member();
    }

    /** Whether a partition is a member's. */
    boolean isHeldBy(TopicPartition partition, String member) {
        return member.equals(holder(partition));
    }

    /** Whether nobody claims a partition, rightly or not. */
    boolean isFree(TopicPartition partition) {
        return !claimants.containsKey(partition);
    }

    /** Whether of these partitions none is claimed by any but the member that is to have it. */
    boolean areGivenUp(Map<TopicPartition, String> targets) {
        return targets.entrySet().stream()
                .allMatch(
                        target ->
                                claimants.getOrDefault(target.getKey(), Set.of()).stream()
                                        .allMatch(target.getValue()::equals));
    }
}
