package dev.ringback.dlq;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.schemas.Topics;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Memory does not grow with the dead topic: a process of its own with hardly any goes over it. */
class SmallHeapTest {
    private static final int DELIVERIES = 200_000;
    private static final int AT_ONCE = 10_000;

    private static DeadLetters letters;

    @TempDir private Path folder;

    @BeforeAll
    static void start() {
        letters = new DeadLetters();
        for (int i = 0; i < DELIVERIES; i += AT_ONCE) {
            List<DeadLetters.Dead> some = new ArrayList<>();
            for (int k = i; k < i + AT_ONCE; k++) {
                some.add(DeadLetters.dead("dlv_" + k).endpoint("ep_" + k % 50).call("call-" + k));
            }
            letters.died(some.toArray(DeadLetters.Dead[]::new));
        }
    }

    @AfterAll
    static void stop() {
        letters.close();
    }

    @Test
    void stats_manyDead_needsLittleMemory() throws Exception {
        assertThat(run("stats", "--by", "endpoint")).containsPattern("(?m)^total +200000 ");
    }

    @Test
    void list_manyDead_needsLittleMemory() throws Exception {
        assertThat(run("list").lines()).hasSize(1_001);
    }

    @Test
    void replay_manyDead_needsLittleMemory() throws Exception {
        run("replay", "--all", "--yes");

        assertThat(letters.kafka().records(Topics.REPLAY)).hasSize(DELIVERIES);
    }

    private String run(String... args) throws IOException, InterruptedException {
        DeadLetters.Ran ran = Child.start(letters, folder, args).ran();
        assertThat(ran.code()).as(ran.err()).isZero();
        return ran.out();
    }
}
