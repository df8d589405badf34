package dev.ringback.dlq.scan;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.SecureRandom;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class IdTableTest {
    @Test
    void table_randomUse_isLikeAMap() {
        long seed = new SecureRandom().nextLong();
        Random random = new Random(seed);
        Map<String, Long> model = new HashMap<>();
        IdTable table = new IdTable();
        for (int i = 0; i < 200_000; i++) {
            String id = "dlv_" + random.nextInt(30_000);
            if (random.nextInt(4) == 0) {
                model.remove(id);
                table.remove(id);
            } else {
                model.put(id, (long) i);
                table.put(id, i);
            }
        }

        assertThat(table.size()).as("seed %d", seed).isEqualTo(model.size());
        for (int i = 0; i < 30_000; i++) {
            String id = "dlv_" + i;
            assertThat(table.get(id)).isEqualTo(model.getOrDefault(id, IdTable.NONE));
            assertThat(table.has(id)).isEqualTo(model.containsKey(id));
        }
        assertThat(table.numbers())
                .containsExactly(
                        model.values().stream().mapToLong(Long::longValue).sorted().toArray());
    }
}
