package dev.ringback.order;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.testkit.FixedClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class OrderGateTest {
    private static final TopicPartition LIVE = new TopicPartition("webhook.deliveries", 3);
    private static final TopicPartition REPLAY = new TopicPartition("webhook.deliveries.replay", 3);
    private static final TopicPartition RUNG = new TopicPartition("webhook.deliveries.retry.1m", 3);
    private static final TopicPartition NEW_RUNG =
            new TopicPartition("webhook.deliveries.retry.9m", 3);
    private static final OffsetAndMetadata ZERO = new OffsetAndMetadata(0);
    private static final DeliveryHeader FIRST = Deliveries.of("ep", "call", 1);
    private static final DeliveryHeader SECOND = Deliveries.of("ep", "call", 2);

    private final Queue<Scan> scans = new ArrayDeque<>();
    private final Map<String, Instant> ordered = new HashMap<>(Map.of("ep", Instant.MIN));
    private final FixedClock clock = new FixedClock(Deliveries.START);
    private Instant now = Deliveries.START;
    private final OrderGate gate =
            new OrderGate(scans::add, id -> Optional.ofNullable(ordered.get(id)), clock);

    @Test
    void waitUntil_earlierOneInHand_looksAgainSoon() {
        open();
        gate.entered(LIVE, FIRST);
        gate.entered(LIVE, SECOND);
        assertThat(ask(LIVE, FIRST)).isEmpty();
        assertThat(ask(LIVE, SECOND)).hasValue(now.plusSeconds(1));
        gate.left(LIVE, FIRST);
        assertThat(ask(LIVE, SECOND)).isEmpty();
    }

    @Test
    void waitUntil_earlierOneMovedToARung_waitsUntilThatIsDone() {
        open();
        gate.entered(LIVE, FIRST);
        DeliveryHeader moved = Deliveries.failed(FIRST, now, now.plusSeconds(60));
        gate.moved(3, moved);
        gate.left(LIVE, FIRST);
        assertThat(ask(LIVE, SECOND)).hasValue(now.plusSeconds(6));
        gate.entered(RUNG, moved);
        assertThat(ask(LIVE, SECOND)).hasValue(now.plusSeconds(1));
        gate.left(RUNG, moved);
        assertThat(ask(LIVE, SECOND)).isEmpty();
        assertThat(gate.pending()).isZero();
    }

    @Test
    void waitUntil_earlierOneWaitsForHours_looksAgainEveryFiveMinutesAndRightAfter() {
        open();
        gate.moved(3, Deliveries.failed(FIRST, now, now.plus(Duration.ofHours(8))));
        assertThat(ask(LIVE, SECOND)).hasValue(now.plus(Duration.ofMinutes(5)));
        now = now.plus(Duration.ofHours(8)).minusMillis(300);
        clock.set(now);
        assertThat(ask(LIVE, SECOND)).hasValue(now.plusSeconds(1));
    }

    @Test
    void waitUntil_otherCallOrOtherEndpoint_isNotHeld() {
        open();
        ordered.put("other", Instant.MIN);
        gate.moved(3, Deliveries.failed(FIRST, now, now.plusSeconds(60)));
        assertThat(ask(LIVE, Deliveries.of("ep", "another", 2))).isEmpty();
        assertThat(ask(LIVE, Deliveries.of("other", "call", 2))).isEmpty();
    }

    @Test
    void entered_firstOrderedDelivery_hasTheUnitScannedOnce() {
        gate.assigned(3, Map.of(LIVE, ZERO, RUNG, ZERO));
        assertThat(scans).isEmpty();
        gate.entered(LIVE, FIRST);
        gate.entered(LIVE, SECOND);
        assertThat(scans).hasSize(1);
        assertThat(ask(LIVE, FIRST)).hasValue(now.plusSeconds(1));
        scan();
        assertThat(ask(LIVE, FIRST)).isEmpty();
        assertThat(scans).isEmpty();
    }

    @Test
    void waitUntil_scanFoundAnEarlierOne_waitsForIt() {
        gate.assigned(3, Map.of(LIVE, ZERO, RUNG, ZERO));
        gate.entered(LIVE, SECOND);
        DeliveryHeader waiting = Deliveries.failed(FIRST, now, now.plusSeconds(5));
        scan(waiting);
        assertThat(ask(LIVE, SECOND)).hasValue(now.plusSeconds(1));
        gate.entered(RUNG, waiting);
        gate.left(RUNG, waiting);
        assertThat(ask(LIVE, SECOND)).isEmpty();
    }

    @Test
    void left_duringAScan_isNotFoundAgain() {
        gate.assigned(3, Map.of(LIVE, ZERO, RUNG, ZERO));
        gate.entered(LIVE, SECOND);
        DeliveryHeader waiting = Deliveries.failed(FIRST, now, now.plusSeconds(5));
        Scan scan = scans.remove();
        scan.begin();
        gate.entered(RUNG, waiting);
        gate.left(RUNG, waiting);
        scan.reach(Map.of(LIVE, 0L, RUNG, 1L));
        scan.wants("ep");
        scan.found(List.of(Copy.onRung(waiting)));
        scan.end();
        assertThat(ask(LIVE, SECOND)).isEmpty();
    }

    @Test
    void waitUntil_scanEndsWithinPatience_answersAtOnce() throws InterruptedException {
        gate.assigned(3, Map.of(LIVE, ZERO, RUNG, ZERO));
        gate.entered(LIVE, FIRST);
        Thread scanning = Thread.ofVirtual().start(this::scan);
        assertThat(gate.waitUntil(LIVE, FIRST, Duration.ofMinutes(1))).isEmpty();
        scanning.join();
    }

    @Test
    void waitUntil_recordOfARung_waitsUntilTheFrontTopicsHaveBeenReadThatFar() {
        DeliveryHeader moved = Deliveries.failed(SECOND, now, now);
        gate.assigned(3, Map.of(LIVE, ZERO, RUNG, ZERO, REPLAY, ZERO));
        gate.entered(RUNG, moved);
        Scan scan = scans.remove();
        scan.begin();
        scan.reach(Map.of(LIVE, 7L, RUNG, 1L, REPLAY, 0L));
        scan.wants("ep");
        scan.end();
        gate.progressed(LIVE, 6);
        assertThat(ask(RUNG, moved)).hasValue(now.plusSeconds(1));
        gate.progressed(LIVE, 7);
        assertThat(ask(RUNG, moved)).isEmpty();
    }

    @Test
    void revoked_ofARungThatIsDeleted_leavesTheRest() {
        gate.assigned(3, Map.of(LIVE, ZERO, RUNG, ZERO, NEW_RUNG, ZERO));
        gate.entered(LIVE, FIRST);
        gate.left(LIVE, FIRST);
        assertThat(gate.revoked(3, Set.of(NEW_RUNG))).isFalse();
        gate.entered(LIVE, SECOND);
        gate.entered(LIVE, FIRST);
        assertThat(gate.pending()).isEqualTo(2);
    }

    @Test
    void revoked_forgetsEverything() {
        open();
        gate.moved(3, Deliveries.failed(FIRST, now, now.plusSeconds(60)));
        assertThat(gate.revoked(3, Set.of(LIVE, RUNG, REPLAY, NEW_RUNG))).isTrue();
        assertThat(gate.pending()).isZero();
        assertThat(ask(LIVE, SECOND)).hasValue(now.plusSeconds(1));
        gate.assigned(3, Map.of(LIVE, ZERO));
        gate.entered(LIVE, SECOND);
        assertThat(ask(LIVE, SECOND)).isPresent();
        scan();
        assertThat(ask(LIVE, SECOND)).isEmpty();
    }

    @Test
    void assigned_furtherTopic_closesTheUnitUntilThatIsScanned() {
        open();
        gate.assigned(3, Map.of(NEW_RUNG, ZERO));
        now = now.plusSeconds(6);
        clock.set(now);
        assertThat(ask(LIVE, FIRST)).isPresent();
        assertThat(scans).hasSize(1);
        scan();
        assertThat(ask(LIVE, FIRST)).isEmpty();
    }

    @Test
    void entered_endpointChangedSinceTheScan_asksForAnotherAndOthersGoOn() {
        open();
        now = now.plusSeconds(90);
        clock.set(now);
        ordered.put("changed", now);
        DeliveryHeader earlier = Deliveries.of("changed", "call", 1);
        DeliveryHeader later = Deliveries.of("changed", "call", 2);
        gate.entered(LIVE, later);
        assertThat(ask(LIVE, later)).isPresent();
        assertThat(ask(LIVE, FIRST)).isEmpty();
        scan(Deliveries.failed(earlier, now, now.plusSeconds(3)));
        assertThat(ask(LIVE, later)).hasValue(now.plusSeconds(1));
        gate.entered(RUNG, Deliveries.failed(earlier, now, now.plusSeconds(3)));
        gate.left(RUNG, Deliveries.failed(earlier, now, now.plusSeconds(3)));
        assertThat(ask(LIVE, later)).isEmpty();
    }

    @Test
    void entered_manyNewEndpoints_takeNoScan() {
        open();
        for (int i = 0; i < 1_000; i++) {
            ordered.put("new" + i, Instant.MIN);
            DeliveryHeader header = Deliveries.of("new" + i, "call", 1);
            gate.entered(LIVE, header);
            assertThat(ask(LIVE, header)).isEmpty();
        }
        assertThat(scans).isEmpty();
    }

    @Test
    void entered_manyChangedEndpoints_shareScans() {
        open();
        now = now.plusSeconds(90);
        clock.set(now);
        for (int i = 0; i < 1_000; i++) {
            ordered.put("changed" + i, now);
            gate.entered(LIVE, Deliveries.of("changed" + i, "call", 1));
        }
        assertThat(scans).hasSize(1);
        scan();
        for (int i = 0; i < 1_000; i++) {
            assertThat(ask(LIVE, Deliveries.of("changed" + i, "call", 1))).isEmpty();
        }
    }

    @Test
    void concerns_endpointThatKeepsOrderNoMore_stillDoes() {
        open();
        assertThat(gate.concerns("ep")).isTrue();
        assertThat(gate.concerns("unordered")).isFalse();
        ordered.remove("ep");
        assertThat(gate.concerns("ep")).isTrue();
    }

    /** A record too large for a rung goes to the dead instead. */
    @Test
    void waitUntil_earlierOneNeverAppeared_isFoundOutByAnotherScan() {
        open();
        gate.moved(3, Deliveries.failed(FIRST, now, now.plusSeconds(4)));
        for (int doubts = 0; doubts < 2; doubts++) {
            now = now.plus(Duration.ofMinutes(20));
            clock.set(now);
            assertThat(ask(LIVE, SECOND)).isPresent();
            assertThat(scans).hasSize(1);
            scan();
        }
        assertThat(ask(LIVE, SECOND)).isEmpty();
    }

    private Optional<Instant> ask(TopicPartition from, DeliveryHeader header) {
        return gate.waitUntil(from, header, Duration.ZERO);
    }

    @Test
    void followed_endpointsThatComeAndGo_areForgottenWhenNothingOfThemIsPending() {
        open();
        ordered.put("kept", Instant.MIN);
        DeliveryHeader kept = Deliveries.of("kept", "call", 1);
        ordered.put("pending", Instant.MIN);
        DeliveryHeader pending = Deliveries.of("pending", "call", 1);
        gate.entered(LIVE, kept);
        gate.left(LIVE, kept);
        gate.entered(LIVE, pending);
        ordered.remove("pending");
        for (int i = 0; i < 10_000; i++) {
            DeliveryHeader passing = Deliveries.of("ep_" + i, "call", 1);
            ordered.put("ep_" + i, Instant.MIN);
            gate.entered(LIVE, passing);
            assertThat(ask(LIVE, passing)).isEmpty();
            gate.left(LIVE, passing);
            ordered.remove("ep_" + i);
        }
        assertThat(gate.remembered()).isLessThan(1_000);
        assertThat(gate.concerns("kept")).isTrue();
        assertThat(gate.concerns("pending")).isTrue();
        gate.left(LIVE, pending);
        assertThat(gate.pending()).isZero();
        assertThat(ask(LIVE, Deliveries.of("kept", "call", 2))).isEmpty();
    }

    private void open() {
        gate.assigned(3, Map.of(LIVE, ZERO, RUNG, ZERO));
        DeliveryHeader any = Deliveries.of("ep", "first", 1);
        gate.entered(LIVE, any);
        scan();
        gate.left(LIVE, any);
    }

    private void scan(DeliveryHeader... found) {
        Scan scan = scans.remove();
        scan.begin();
        scan.reach(Map.of(LIVE, 0L, RUNG, 0L, NEW_RUNG, 0L));
        for (DeliveryHeader header : found) {
            assertThat(scan.wants(header.endpointId())).isTrue();
            scan.found(List.of(Copy.onRung(header)));
        }
        scan.end();
    }
}
