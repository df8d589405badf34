package dev.ringback.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class UuidV7Test {
    private static final Instant NOW = Instant.parse("2026-11-23T09:12:31.250Z");

    private Instant now = NOW;
    private final UuidV7 uuids = new UuidV7(() -> now, new Random(7));

    @Test
    void get_saysItsVersionVariantAndTime() {
        UUID uuid = uuids.get();
        assertThat(uuid.version()).isEqualTo(7);
        assertThat(uuid.variant()).isEqualTo(2);
        assertThat(uuid.getMostSignificantBits() >>> 16).isEqualTo(NOW.toEpochMilli());
    }

    @Test
    void get_manyInOneMillisecond_areInOrder() {
        List<String> many = Stream.generate(uuids).limit(20_000).map(UUID::toString).toList();
        assertThat(many).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void get_clockStepsBack_staysInOrder() {
        String before = uuids.get().toString();
        now = NOW.minusSeconds(60);
        assertThat(uuids.get().toString()).isGreaterThan(before);
    }
}
