package dev.ringback.lane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.lane.InFlightTracker.Ticket;
import dev.ringback.testkit.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class InFlightTrackerTest {
    private static final TopicPartition P = new TopicPartition("t", 0);

    @Test
    void settle_letsNothingMoreBeWritten_andWaitsForWhatIs() throws Exception {
        InFlightTracker tracker = new InFlightTracker();
        tracker.assign(P, new OffsetAndMetadata(0));
        InFlightTracker.Ticket first = tracker.start(P, 0).orElseThrow();
        InFlightTracker.Ticket second = tracker.start(P, 1).orElseThrow();
        assertThat(tracker.claim(first)).isTrue();
        Thread settling =
                Thread.ofVirtual().start(() -> tracker.settle(List.of(P), Duration.ofMinutes(1)));
        Await.until("it ends", Duration.ofSeconds(20), () -> !tracker.isCurrent(second));
        assertThat(tracker.claim(second)).isFalse();
        assertThat(settling.isAlive()).isTrue();
        tracker.complete(first);
        settling.join();
        assertThat(tracker.commits().get(P).offset()).isEqualTo(1);
    }

    @Test
    void commits_recordsDoneOutOfOrder_nameTheFirstUnfinishedAndTheHoles() {
        InFlightTracker tracker = assigned(new OffsetAndMetadata(10));
        List<Ticket> tickets = start(tracker, 10, 15);
        tracker.complete(tickets.get(1));
        tracker.complete(tickets.get(3));
        OffsetAndMetadata commit = tracker.commits().get(P);
        assertThat(commit.offset()).isEqualTo(10);

        InFlightTracker next = assigned(commit);
        assertThat(startAll(next, 10, 16)).containsExactly(10L, 12L, 14L, 15L);
    }

    @Test
    void complete_ticketOfAnEarlierAssignment_changesNothing() {
        InFlightTracker tracker = assigned(new OffsetAndMetadata(0));
        Ticket stale = start(tracker, 0, 1).getFirst();
        tracker.revoke(P);
        tracker.assign(P, new OffsetAndMetadata(0));
        start(tracker, 0, 1);
        assertThat(tracker.complete(stale)).isFalse();
        assertThat(tracker.inFlight()).isEqualTo(1);
        assertThat(tracker.isCurrent(stale)).isFalse();
    }

    @Test
    void assign_unreadableMetadata_startsEverythingAgain() {
        InFlightTracker tracker = assigned(new OffsetAndMetadata(5, "garbage"));
        assertThat(startAll(tracker, 5, 9)).containsExactly(5L, 6L, 7L, 8L);
    }

    @Test
    void commits_partlyReadAfterReassignment_keepWhatWasDoneBefore() {
        InFlightTracker first = assigned(new OffsetAndMetadata(0));
        List<Ticket> tickets = start(first, 0, 10);
        tickets.subList(5, 10).forEach(first::complete);
        InFlightTracker second = assigned(first.commits().get(P));
        start(second, 0, 2).forEach(second::complete);
        OffsetAndMetadata commit = second.commits().get(P);
        assertThat(commit.offset()).isEqualTo(2);
        assertThat(startAll(assigned(commit), 2, 12)).containsExactly(2L, 3L, 4L, 10L, 11L);
    }

    @Test
    void hasRoom_manyUnfinished_endsWithWhatACommitCanSay() {
        InFlightTracker tracker = assigned(new OffsetAndMetadata(0));
        List<Ticket> tickets = new ArrayList<>();
        for (long offset = 0; tracker.hasRoom(P, 1); offset++) {
            tickets.add(tracker.start(P, offset).orElseThrow());
        }
        for (int i = 1; i < tickets.size(); i += 2) {
            tracker.complete(tickets.get(i));
        }
        assertThat(tickets).hasSizeLessThanOrEqualTo(Holes.MAX_SPAN);
        assertThat(tracker.hasRoom(P, 1)).isFalse();
        assertThat(tracker.commits().get(P).metadata().length()).isLessThan(4_000);
        for (int i = 0; i < tickets.size(); i += 2) {
            tracker.complete(tickets.get(i));
        }
        assertThat(tracker.hasRoom(P, 1)).isTrue();
        assertThat(tracker.commits().get(P)).isEqualTo(new OffsetAndMetadata(tickets.size()));
    }

    @Test
    void hasRoom_oneThatHangs_leavesRoomForAMillionMore() {
        InFlightTracker tracker = assigned(new OffsetAndMetadata(0));
        assertThat(tracker.start(P, 0)).isPresent();
        long offset = 1;
        for (; tracker.hasRoom(P, 1); offset++) {
            tracker.complete(tracker.start(P, offset).orElseThrow());
        }
        assertThat(offset).isGreaterThan(1_000_000);
        OffsetAndMetadata commit = tracker.commits().get(P);
        assertThat(commit.offset()).isZero();
        assertThat(commit.metadata().length()).isLessThan(4_000);
        InFlightTracker next = assigned(commit);
        assertThat(next.start(P, 0)).isPresent();
        assertThat(next.start(P, offset - 1)).isEmpty();
    }

    /**
     * Random sequences against a plain set of what is done. A crash forgets the tracker and goes on
     * from the last commit; offsets have gaps, as transactions leave them.
     */
    @Test
    void model_randomSequences_neverCommitPastAnUnfinishedRecordNorForgetADoneOne() {
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        for (int sequence = 0; sequence < 100_000; sequence++) {
            new Model(random, "seed " + seed + " sequence " + sequence).run(20 + sequence % 40);
        }
    }

    private static final class Model {
        private final Random random;
        private final String name;
        private final Set<Long> done = new HashSet<>();
        private final Set<Long> gaps = new HashSet<>();
        private final List<Ticket> running = new ArrayList<>();
        private final List<Ticket> stale = new ArrayList<>();
        private final InFlightTracker tracker = new InFlightTracker();
        private OffsetAndMetadata committed = new OffsetAndMetadata(0);
        private Set<Long> doneAtCommit = Set.of();
        private long position;
        private boolean assigned;

        Model(Random random, String name) {
            this.random = random;
            this.name = name;
            for (long offset = 0; offset < 200; offset++) {
                if (random.nextInt(10) == 0) {
                    gaps.add(offset);
                }
            }
        }

        void run(int steps) {
            for (int step = 0; step < steps; step++) {
                switch (random.nextInt(8)) {
                    case 0 -> assign();
                    case 1 -> revoke(random.nextBoolean());
                    case 2, 3 -> poll();
                    case 4, 5, 6 -> complete();
                    default -> commit();
                }
            }
        }

        private void assign() {
            if (!assigned) {
                tracker.assign(P, committed);
                position = committed.offset();
                assigned = true;
            }
        }

        private void revoke(boolean orderly) {
            if (assigned) {
                if (orderly) {
                    commit();
                }
                tracker.revoke(P);
                stale.addAll(running);
                running.clear();
                done.retainAll(doneAtCommit);
                assigned = false;
            }
        }

        private void poll() {
            for (int i = random.nextInt(12); assigned && i > 0; i--, position++) {
                if (gaps.contains(position)) {
                    continue;
                }
                Optional<Ticket> ticket = tracker.start(P, position);
                if (ticket.isPresent()) {
                    running.add(ticket.get());
                    assertThat(doneAtCommit)
                            .as("%s repeats %d", name, position)
                            .doesNotContain(position);
                } else {
                    assertThat(done).as("%s passes over %d", name, position).contains(position);
                }
            }
        }

        private void complete() {
            if (!stale.isEmpty() && random.nextInt(4) == 0) {
                tracker.complete(stale.remove(random.nextInt(stale.size())));
            } else if (!running.isEmpty()) {
                Ticket ticket = running.remove(random.nextInt(running.size()));
                tracker.complete(ticket);
                done.add(ticket.offset());
            }
        }

        private void commit() {
            if (!assigned) {
                return;
            }
            Map<TopicPartition, OffsetAndMetadata> commits = tracker.commits();
            OffsetAndMetadata commit = commits.getOrDefault(P, committed);
            for (long offset = 0; offset < commit.offset(); offset++) {
                assertThat(done.contains(offset) || gaps.contains(offset))
                        .as("%s commits %d past %d", name, commit.offset(), offset)
                        .isTrue();
            }
            tracker.committed(commits);
            committed = commit;
            doneAtCommit = Set.copyOf(done);
        }
    }

    private static InFlightTracker assigned(OffsetAndMetadata from) {
        InFlightTracker tracker = new InFlightTracker();
        tracker.assign(P, from);
        return tracker;
    }

    private static List<Ticket> start(InFlightTracker tracker, long from, long to) {
        List<Ticket> tickets = new ArrayList<>();
        for (long offset = from; offset < to; offset++) {
            tracker.start(P, offset).ifPresent(tickets::add);
        }
        return tickets;
    }

    private static List<Long> startAll(InFlightTracker tracker, long from, long to) {
        return start(tracker, from, to).stream().map(Ticket::offset).toList();
    }
}
