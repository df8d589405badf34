package dev.ringback.console.topology;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.console.Records;
import dev.ringback.schemas.Attempt;
import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.Json;
import dev.ringback.schemas.Reason;
import dev.ringback.schemas.RetryLadder;
import dev.ringback.schemas.Topics;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class DeliveryStateTest {
    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");
    private static final RetryLadder LADDER = RetryLadder.parse(RetryLadder.DEFAULT);

    private final DeliveryHeader header = Records.header("acc_1", "c1", "ep_1", NOW);
    private final List<Consumer<DeliveryState>> records = new ArrayList<>();

    @Test
    void made_noAttempt_isPendingAndDueAtOnce() {
        made();
        DeliveryState state = state();
        assertThat(state.text("state")).isEqualTo("pending");
        assertThat(state.dueMillis()).contains(NOW.toEpochMilli());
        assertThat(state.odd()).isEmpty();
    }

    @Test
    void tried_retry_waitsOnItsRung() {
        made();
        tried(Attempt.Result.retry, 1);
        assertThat(state().text("state")).isEqualTo("pending");
        assertThat(state().rung()).isEqualTo("4s");
        assertThat(state().text("reason")).isEqualTo("status 503");
    }

    @Test
    void anyOrder_deadThenReplayedThenDelivered_isDelivered() {
        made();
        tried(Attempt.Result.dead, 1);
        died(header, 1);
        DeliveryHeader again = header.replayed("rpl_1", NOW.plusSeconds(10));
        records.add(s -> s.replayed(Json.tree(again), place(Topics.REPLAY, 10)));
        records.add(
                s ->
                        s.tried(
                                Json.tree(
                                        Records.attempt(
                                                again, 1, at(11), Attempt.Result.delivered, null)),
                                at(11).toEpochMilli(),
                                LADDER));
        inAnyOrder("delivered");
    }

    @Test
    void anyOrder_deadAfterReplay_isDeadAgain() {
        made();
        tried(Attempt.Result.delivered, 1);
        DeliveryHeader again = header.replayed("rpl_1", at(10));
        records.add(s -> s.replayed(Json.tree(again), place(Topics.REPLAY, 10)));
        records.add(
                s ->
                        s.tried(
                                Json.tree(
                                        Records.attempt(
                                                again, 1, at(11), Attempt.Result.dead, null)),
                                at(11).toEpochMilli(),
                                LADDER));
        died(again, 11);
        inAnyOrder("dead");
        assertThat(state().text("reason")).isEqualTo("gone");
    }

    @Test
    void replayed_afterDeath_isPending() {
        made();
        tried(Attempt.Result.dead, 1);
        died(header, 1);
        DeliveryHeader again = header.replayed("rpl_1", at(10));
        records.add(s -> s.replayed(Json.tree(again), place(Topics.REPLAY, 10)));
        inAnyOrder("pending");
    }

    @Test
    void dead_inOneTopicOnly_isOdd() {
        made();
        tried(Attempt.Result.dead, 1);
        assertThat(state().odd()).contains("dead_without_record");
        records.removeLast();
        died(header, 1);
        assertThat(state().odd()).contains("dead_without_attempt");
    }

    @Test
    void tried_withoutARecord_isOdd() {
        tried(Attempt.Result.delivered, 1);
        assertThat(state().odd()).contains("without_record");
    }

    private void made() {
        records.add(s -> s.made(Json.tree(header), place(Topics.DELIVERIES, 0)));
    }

    private void tried(Attempt.Result outcome, int second) {
        Instant due = outcome == Attempt.Result.retry ? at(second + 4) : null;
        Attempt attempt = Records.attempt(header, 1, at(second), outcome, due);
        records.add(s -> s.tried(Json.tree(attempt), at(second).toEpochMilli(), LADDER));
    }

    private void died(DeliveryHeader who, int second) {
        DeliveryHeader dead = Records.dead(who, Reason.gone, at(second));
        records.add(s -> s.died(Json.tree(dead), place(Topics.DEAD, second)));
    }

    private DeliveryState state() {
        DeliveryState state = DeliveryState.read(null);
        records.forEach(record -> record.accept(state));
        return DeliveryState.read(state.bytes());
    }

    /** Whatever order records come in, the same comes out. */
    private void inAnyOrder(String expected) {
        Random random = new Random(7);
        for (int i = 0; i < 50; i++) {
            Collections.shuffle(records, random);
            assertThat(state().text("state")).isEqualTo(expected);
            assertThat(state().odd()).isEmpty();
        }
    }

    private static DeliveryState.Place place(String topic, int second) {
        return new DeliveryState.Place(topic, 0, second, at(second).toEpochMilli());
    }

    private static Instant at(int second) {
        return NOW.plusSeconds(second);
    }
}
