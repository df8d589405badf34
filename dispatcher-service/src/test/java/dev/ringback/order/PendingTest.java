package dev.ringback.order;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PendingTest {
    private final Pending pending = new Pending();

    @Test
    void head_copiesOfOneDelivery_saysTheLastThatIsDue() {
        pending.wait(new Copy(9, 1, 10, 5, 700), 1);
        pending.wait(new Copy(9, 1, 11, 5, 900), 1);
        pending.wait(new Copy(9, 1, 12, 6, 100), 1);
        assertThat(pending.head(1)).isEqualTo(new Pending.Head(5, false, 900));
    }

    @Test
    void leave_copyReadTwice_isPendingUntilBothAreDone() {
        Copy copy = new Copy(9, 1, 10, 5, Copy.UNKNOWN);
        pending.enter(copy);
        pending.enter(copy);
        assertThat(pending.leave(copy, 1)).isFalse();
        assertThat(pending.head(1)).isNotNull();
        assertThat(pending.leave(copy, 1)).isTrue();
        assertThat(pending.head(1)).isNull();
        assertThat(pending.leave(copy, 1)).isTrue();
        assertThat(pending.size()).isZero();
    }

    @Test
    void enter_copyThatWaits_countsOnce() {
        Copy copy = new Copy(9, 1, 10, 5, 700);
        pending.wait(copy, 1);
        pending.enter(copy);
        pending.leave(copy, 1);
        assertThat(pending.size()).isZero();
    }

    @Test
    void forgetUnseenSince_forgetsWhatOnlyEarlierScansSaw_unlessItsSourceIsInHand() {
        pending.wait(new Copy(9, 1, 10, 5, 700), 1);
        pending.wait(new Copy(9, 1, 11, 6, 700), 2);
        pending.wait(new Copy(9, 1, 12, 7, 700), 1);
        pending.enter(new Copy(9, 1, 13, 7, 700));
        pending.forgetUnseenSince(2);
        assertThat(pending.size()).isEqualTo(3);
        assertThat(pending.head(1)).isEqualTo(new Pending.Head(6, false, 700));
    }

    /** Random copies against plain lists. */
    @Test
    void model_randomCopies_headIsTheLowestSequence() {
        long seed = Long.getLong("seed", System.nanoTime());
        Random random = new Random(seed);
        for (int run = 0; run < 200; run++) {
            Pending actual = new Pending();
            Map<Copy, Integer> expected = new HashMap<>();
            int keys = 1 + random.nextInt(20);
            for (int step = 0; step < 500; step++) {
                long key = random.nextInt(keys) * 0x9e3779b97f4a7c15L;
                long sequence = random.nextInt(30);
                Copy copy = new Copy(9, key, key * 31 + sequence * 7, sequence, 1_000 + sequence);
                boolean leaves = random.nextInt(100) < (step < 250 ? 40 : 70);
                if (leaves) {
                    actual.leave(copy, 1);
                    expected.computeIfPresent(copy, (c, n) -> n == 1 ? null : n - 1);
                } else {
                    actual.enter(copy);
                    expected.merge(copy, 1, Integer::sum);
                }
                Pending.Head head = actual.head(key);
                assertThat(head == null ? -1 : head.sequence())
                        .as("seed %d run %d step %d", seed, run, step)
                        .isEqualTo(lowest(expected, key));
                assertThat(actual.size()).isEqualTo(expected.size());
            }
        }
    }

    private static long lowest(Map<Copy, Integer> copies, long key) {
        return copies.keySet().stream()
                .filter(copy -> copy.key() == key)
                .mapToLong(Copy::sequence)
                .min()
                .orElse(-1);
    }

    @Test
    void memory_aMillionCopiesOfManyCalls_staysSmall() {
        List<Pending> units = new ArrayList<>();
        long before = used();
        for (int unit = 0; unit < 12; unit++) {
            units.add(new Pending());
        }
        Random random = new Random(7);
        for (int call = 0; call < 200_000; call++) {
            long key = random.nextLong();
            for (int sequence = 0; sequence < 5; sequence++) {
                Copy copy = new Copy(9, key, random.nextLong(), sequence, 1_000);
                units.get(call % units.size()).wait(copy, 1);
            }
        }
        long bytes = used() - before;
        assertThat(units.stream().mapToInt(Pending::size).sum()).isEqualTo(1_000_000);
        assertThat(bytes).isLessThan(150_000_000);
    }

    private static long used() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
