package dev.ringback.console.query;

import static dev.ringback.console.query.Driven.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.console.Records;
import dev.ringback.console.topology.Stores;
import dev.ringback.schemas.Attempt;
import dev.ringback.schemas.CallEvent;
import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.EventType;
import dev.ringback.schemas.Json;
import dev.ringback.schemas.Topics;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.common.utils.Bytes;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TopologyTest {
    @TempDir Path folder;

    private Driven driven;

    @BeforeEach
    void start() {
        driven = new Driven(folder);
    }

    @AfterEach
    void stop() {
        driven.close();
    }

    @Test
    void attempt_sameAgain_isCountedOnce() {
        DeliveryHeader header = made();
        Attempt attempt = Records.attempt(header, 1, NOW, Attempt.Result.delivered, null);
        driven.tried(attempt);
        driven.tried(attempt);
        assertThat(attempts()).hasSize(1);
    }

    @Test
    void unreadable_isCountedAndPassedOver() {
        driven.pipe(Topics.ATTEMPTS, "d", Records.utf8("{"));
        driven.pipe(Topics.ATTEMPTS, "d", Records.utf8("{\"at\":1}"));
        driven.pipe(Topics.DELIVERIES, "d", Records.utf8("no header"));
        driven.tried(Records.attempt(made(), 1, NOW, Attempt.Result.delivered, null));
        assertThat(driven.unreadable).hasValue(3);
        assertThat(attempts()).hasSize(1);
    }

    @Test
    void sweep_olderThanKept_leavesNothingBehind() {
        driven.tried(Records.attempt(made(), 1, NOW, Attempt.Result.dead, null));
        driven.event(CallEvent.of("e1", EventType.CALL_ENDED, NOW, "acc_1", "c1"));
        driven.call(
                Json.object()
                        .put("call_id", "c1")
                        .put("account_id", "acc_1")
                        .put("status", "completed"));
        assertThat(driven.keys(Stores.DELIVERIES)).isNotEmpty();
        assertThat(driven.keys(Stores.EVENTS)).isNotEmpty();
        assertThat(driven.keys(Stores.CALLS)).isNotEmpty();
        driven.later(Duration.ofDays(2).plusHours(2));
        assertThat(driven.keys(Stores.DELIVERIES)).isEmpty();
        assertThat(driven.keys(Stores.EVENTS)).isEmpty();
        assertThat(driven.keys(Stores.CALLS)).isEmpty();
        driven.later(Duration.ofMinutes(1));
        assertThat(driven.keys(Stores.DELIVERY_COUNTS)).isEmpty();
        assertThat(driven.keys(Stores.EVENT_COUNTS)).isEmpty();
    }

    private DeliveryHeader made() {
        return driven.made(Records.header("acc_1", "c1", "ep_1", NOW));
    }

    private List<Bytes> attempts() {
        return driven.keys(Stores.DELIVERIES).stream().filter(key -> key.get()[0] == 'a').toList();
    }
}
