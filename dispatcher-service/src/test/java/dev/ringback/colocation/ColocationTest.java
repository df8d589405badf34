package dev.ringback.colocation;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Subscription;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class ColocationTest {
    @Test
    void assign_firstMembers_getWholeUnitsInEqualNumbers() {
        Group group = new Group(Map.of("live", 7, "retry", 7));
        group.join("a");
        group.join("b");
        group.settle();
        assertThat(group.unitsOf("a")).hasSize(4);
        assertThat(group.unitsOf("b")).hasSize(3);
        group.checkWhole();
    }

    @Test
    void assign_unitThatMoves_isLeftOutUntilItsOwnerHasGivenUpAllOfIt() {
        Map<Integer, Set<TopicPartition>> units = units(Map.of("live", 2, "retry", 2));
        List<TopicPartition> all = units.values().stream().flatMap(Collection::stream).toList();
        Map<String, Subscription> members = new TreeMap<>();
        members.put("a", subscription(Set.of("live", "retry"), all, 3));
        members.put("b", subscription(Set.of("live", "retry"), List.of(), -1));
        Map<String, List<TopicPartition>> first = Colocation.assign(units, members);
        assertThat(first.get("a")).containsExactlyInAnyOrder(p("live", 0), p("retry", 0));
        assertThat(first.get("b")).isEmpty();

        List<TopicPartition> half = List.of(p("live", 0), p("retry", 0), p("retry", 1));
        members.put("a", subscription(Set.of("live", "retry"), half, 4));
        assertThat(Colocation.assign(units, members).get("b")).isEmpty();

        members.put("a", subscription(Set.of("live", "retry"), first.get("a"), 5));
        assertThat(Colocation.assign(units, members).get("b"))
                .containsExactlyInAnyOrder(p("live", 1), p("retry", 1));
    }

    @Test
    void assign_claimOfAnOlderGeneration_losesToANewerOne() {
        Map<Integer, Set<TopicPartition>> units = units(Map.of("live", 1));
        Map<String, Subscription> members = new TreeMap<>();
        members.put("a", subscription(Set.of("live"), List.of(p("live", 0)), 3));
        members.put("b", subscription(Set.of("live"), List.of(p("live", 0)), 4));
        Map<String, List<TopicPartition>> assigned = Colocation.assign(units, members);
        assertThat(assigned.get("a")).isEmpty();
        assertThat(assigned.get("b")).containsExactly(p("live", 0));
    }

    @Test
    void assign_twoClaimsOfOneGeneration_neitherKeeps() {
        Map<Integer, Set<TopicPartition>> units = units(Map.of("live", 1));
        Map<String, Subscription> members = new TreeMap<>();
        members.put("a", subscription(Set.of("live"), List.of(p("live", 0)), 4));
        members.put("b", subscription(Set.of("live"), List.of(p("live", 0)), 4));
        assertThat(Colocation.assign(units, members).values()).allMatch(List::isEmpty);
    }

    @Test
    void assign_newTopic_joinsItsUnitsAtOnce() {
        Group group = new Group(Map.of("live", 6));
        group.join("a");
        group.join("b");
        group.settle();
        Set<Integer> before = group.unitsOf("a");
        group.topics.put("retry.9s", 6);
        group.everybodyReads("retry.9s");
        assertThat(group.settle()).isEqualTo(1);
        assertThat(group.unitsOf("a")).isEqualTo(before);
        group.checkWhole();
    }

    @Test
    void assign_ownerThatDoesNotKnowATopic_leavesItToOneThatDoes() {
        Group group = new Group(Map.of("live", 2, "retry.1s", 2));
        group.join("a");
        group.settle();
        group.topics.put("retry.9s", 2);
        group.join("b");
        group.settle();
        List<TopicPartition> first = List.of(p("live", 0), p("retry.1s", 0));
        assertThat(group.member("a").owned).containsExactlyInAnyOrderElementsOf(first);
        group.checkComplete();
        group.everybodyReads("retry.9s");
        group.settle();
        assertThat(group.member("a").owned).containsAll(first).contains(p("retry.9s", 0));
        group.checkWhole();
    }

    @Test
    void assign_topicsOfOtherSizes_areAssignedToo() {
        Group group = new Group(Map.of("live", 5, "retry", 3, "replay", 8));
        group.join("a");
        group.join("b");
        group.join("c");
        group.settle();
        group.checkComplete();
        group.checkWhole();
    }

    @Test
    void assign_memberThatLeaves_movesNothingElse() {
        Group group = new Group(Map.of("live", 12, "retry", 12));
        List.of("a", "b", "c", "d").forEach(group::join);
        group.settle();
        Map<TopicPartition, String> before = group.owners();
        before.values().removeIf("d"::equals);
        group.members.remove("d");
        assertThat(group.settle()).isEqualTo(1);
        assertThat(group.owners()).containsAllEntriesOf(before);
        group.checkComplete();
    }

    /** Members come, go, come again with nothing and miss rounds, and topics appear. */
    @Test
    void model_randomGroups_neverHaveTwoOwnersAndAlwaysSettle() {
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        for (int run = 0; run < 500; run++) {
            try {
                new Walk(random).run();
            } catch (AssertionError e) {
                throw new AssertionError("seed " + seed + " run " + run, e);
            }
        }
    }

    /** One random history of a group. */
    private static final class Walk {
        private final Random random;
        private final int size;
        private final Group group;
        private int names;

        Walk(Random random) {
            this.random = random;
            this.size = 1 + random.nextInt(14);
            this.group = new Group(Map.of("live", size, "retry.1s", size, "replay", size));
        }

        void run() {
            for (int step = 0; step < 12; step++) {
                change();
                if (random.nextInt(3) > 0) {
                    group.round(random.nextInt(4) == 0 ? missing() : Set.of());
                } else {
                    settled();
                }
            }
            settled();
        }

        private void change() {
            switch (random.nextInt(5)) {
                case 0, 1 -> group.join("m" + names++);
                case 2 -> one().ifPresent(group.members::remove);
                case 3 -> one().ifPresent(name -> group.member(name).forget());
                default -> {
                    String topic = "retry." + group.topics.size() + "m";
                    group.topics.put(topic, size);
                    one().ifPresent(name -> group.member(name).topics.add(topic));
                }
            }
        }

        private Set<String> missing() {
            return one().map(Set::of).orElse(Set.of());
        }

        private Optional<String> one() {
            List<String> all = List.copyOf(group.members.keySet());
            return all.isEmpty()
                    ? Optional.empty()
                    : Optional.of(all.get(random.nextInt(all.size())));
        }

        private void settled() {
            if (group.members.isEmpty()) {
                return;
            }
            group.settle();
            group.checkComplete();
            group.topics.keySet().forEach(group::everybodyReads);
            group.settle();
            Map<TopicPartition, String> before = group.owners();
            group.checkComplete();
            group.checkWhole();
            group.checkBalance();
            group.settle();
            assertThat(group.owners()).isEqualTo(before);
            joinsMoveFew();
        }

        /** One more member takes at most its fair share, and nothing moves between the others. */
        private void joinsMoveFew() {
            Map<TopicPartition, String> before = group.owners();
            String newcomer = "m" + names++;
            group.join(newcomer);
            group.topics.keySet().forEach(group::everybodyReads);
            group.settle();
            group.owners()
                    .forEach(
                            (partition, owner) ->
                                    assertThat(owner).isIn(newcomer, before.get(partition)));
            assertThat(group.unitsOf(newcomer)).hasSize(size / group.members.size());
        }
    }

    /** A consumer group as its coordinator sees it. */
    private static final class Group {
        final Map<String, Integer> topics;
        final Map<String, Member> members = new TreeMap<>();
        private int generation;

        Group(Map<String, Integer> topics) {
            this.topics = new TreeMap<>(topics);
        }

        void join(String name) {
            members.put(name, new Member(topics.keySet()));
        }

        Member member(String name) {
            return members.get(name);
        }

        void everybodyReads(String topic) {
            members.values().forEach(member -> member.topics.add(topic));
        }

        /** Rounds until nobody has given anything up; how many it took. */
        int settle() {
            for (int rounds = 1; rounds < 12; rounds++) {
                if (!round(Set.of())) {
                    return rounds;
                }
            }
            throw new AssertionError("still moving");
        }

        /**
         * One round.
         *
         * @param missing members that asked but did not hear the answer
         * @return whether anybody gave anything up
         */
        boolean round(Set<String> missing) {
            Map<String, Subscription> asked = new HashMap<>();
            members.forEach((name, m) -> asked.put(name, m.subscription()));
            Map<String, List<TopicPartition>> assigned = Colocation.assign(units(topics), asked);
            assertThat(assigned.keySet()).isEqualTo(members.keySet());
            checkNothingIsTaken(assigned);
            generation++;
            boolean again = !missing.isEmpty();
            for (Map.Entry<String, Member> entry : members.entrySet()) {
                if (!missing.contains(entry.getKey())) {
                    again |= entry.getValue().take(assigned.get(entry.getKey()), generation);
                }
            }
            return again;
        }

        /** What a member gets anew is nobody's, not even of one that gives it up in this round. */
        private void checkNothingIsTaken(Map<String, List<TopicPartition>> assigned) {
            Set<TopicPartition> seen = new HashSet<>();
            assigned.forEach(
                    (name, own) -> {
                        for (TopicPartition partition : own) {
                            assertThat(member(name).topics).contains(partition.topic());
                            assertThat(seen.add(partition)).isTrue();
                            members.forEach(
                                    (other, m) ->
                                            assertThat(
                                                            !other.equals(name)
                                                                    && m.owned.contains(partition))
                                                    .as("%s for %s is %s's", partition, name, other)
                                                    .isFalse());
                        }
                    });
        }

        Map<TopicPartition, String> owners() {
            Map<TopicPartition, String> owners = new HashMap<>();
            members.forEach((name, m) -> m.owned.forEach(partition -> owners.put(partition, name)));
            return owners;
        }

        Set<Integer> unitsOf(String name) {
            return member(name).owned.stream()
                    .map(TopicPartition::partition)
                    .collect(Collectors.toCollection(TreeSet::new));
        }

        void checkComplete() {
            Map<TopicPartition, String> owners = owners();
            units(topics).values().stream()
                    .flatMap(Collection::stream)
                    .filter(p -> members.values().stream().anyMatch(m -> m.reads(p)))
                    .forEach(partition -> assertThat(owners).containsKey(partition));
        }

        void checkWhole() {
            Map<TopicPartition, String> owners = owners();
            units(topics)
                    .forEach(
                            (unit, partitions) ->
                                    assertThat(partitions.stream().map(owners::get).distinct())
                                            .as("owners of %s", unit)
                                            .hasSize(1));
        }

        void checkBalance() {
            List<Integer> loads =
                    members.keySet().stream().map(name -> unitsOf(name).size()).sorted().toList();
            assertThat(loads.getLast() - loads.getFirst()).as("%s", loads).isLessThan(2);
        }
    }

    private static final class Member {
        final Set<String> topics;
        Set<TopicPartition> owned = new LinkedHashSet<>();
        private int generation = -1;

        Member(Set<String> topics) {
            this.topics = new TreeSet<>(topics);
        }

        void forget() {
            owned = new LinkedHashSet<>();
            generation = -1;
        }

        boolean reads(TopicPartition partition) {
            return topics.contains(partition.topic());
        }

        Subscription subscription() {
            return ColocationTest.subscription(topics, owned, generation);
        }

        boolean take(List<TopicPartition> assigned, int inGeneration) {
            boolean gaveUp = !new HashSet<>(assigned).containsAll(owned);
            owned = new LinkedHashSet<>(assigned);
            generation = inGeneration;
            return gaveUp;
        }
    }

    private static Map<Integer, Set<TopicPartition>> units(Map<String, Integer> topics) {
        Map<Integer, Set<TopicPartition>> units = new TreeMap<>();
        new TreeMap<>(topics)
                .forEach(
                        (topic, partitions) ->
                                IntStream.range(0, partitions)
                                        .forEach(
                                                unit ->
                                                        units.computeIfAbsent(
                                                                        unit,
                                                                        u -> new LinkedHashSet<>())
                                                                .add(p(topic, unit))));
        return units;
    }

    private static Subscription subscription(
            Collection<String> topics, Collection<TopicPartition> owned, int generation) {
        ByteBuffer none = null;
        return new Subscription(
                List.copyOf(topics), none, new ArrayList<>(owned), generation, Optional.empty());
    }

    private static TopicPartition p(String topic, int partition) {
        return new TopicPartition(topic, partition);
    }
}
