package dev.ringback.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.outbox.Outbox;
import dev.ringback.runtime.SecretBox;
import dev.ringback.schemas.Attempt;
import dev.ringback.schemas.CallEvent;
import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.Endpoint;
import dev.ringback.schemas.EventType;
import dev.ringback.schemas.Json;
import dev.ringback.schemas.Reason;
import dev.ringback.schemas.Topics;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class ReportsTest {
    private static final Instant START = Instant.parse("2026-11-23T10:00:00Z");
    private static final SecretBox BOX =
            new SecretBox(SecretBox.newKey("test", new SecureRandom()), new SecureRandom());
    private static final Outcome FAILED =
            new Outcome.Retry(START.plusSeconds(9), "status 503", false);
    private static final Outcome FINE = new Outcome.Delivered();

    private final MockProducer<byte[], byte[]> producer =
            new MockProducer<>(true, null, new ByteArraySerializer(), new ByteArraySerializer());
    private Instant now = START;
    private final InstantSource time = () -> now;
    private final Reports reports =
            new Reports(new Outbox(producer), time.withZone(ZoneOffset.UTC), Duration.ofDays(5));

    @Test
    void healthyEndpoint_nothingIsSent() {
        note(normal(0), FINE);
        assertThat(told()).isEmpty();
    }

    @Test
    void failures_areAddedUpIntoOneReport() {
        for (int i = 0; i < 12; i++) {
            now = START.plusSeconds(i);
            note(normal(0), FAILED);
        }
        assertThat(told())
                .singleElement()
                .satisfies(
                        report -> {
                            assertThat(report.failed()).isEqualTo(12);
                            assertThat(report.succeeded()).isFalse();
                            assertThat(report.failingSince()).isEqualTo(START);
                            assertThat(report.failures()).hasSize(10);
                            assertThat(report.failures().getLast())
                                    .isEqualTo(
                                            new Endpoint.Failure(
                                                    START.plusSeconds(11), "status 503"));
                        });
        assertThat(told()).isEmpty();
    }

    @Test
    void successAmongFailures_leavesOutWhatCameBefore() {
        note(normal(0), FAILED);
        note(normal(0), FINE);
        note(normal(0), new Outcome.Dead(Reason.exhausted, "timeout"));
        assertThat(told())
                .singleElement()
                .satisfies(
                        report -> {
                            assertThat(report.succeeded()).isTrue();
                            assertThat(report.failed()).isEqualTo(1);
                            assertThat(report.failures())
                                    .extracting(Endpoint.Failure::failure)
                                    .containsExactly("timeout");
                        });
    }

    @Test
    void success_afterFailuresThatTheRegistryKnows_isTold() {
        note(normal(3), FINE);
        assertThat(told()).singleElement().matches(Attempt.Report::succeeded);
    }

    @Test
    void success_beforeTheRegistryShowsWhatItWasTold_isToldAllTheSame() {
        note(normal(0), FAILED);
        assertThat(told()).hasSize(1);
        note(normal(0), FINE);
        assertThat(told()).singleElement().matches(Attempt.Report::succeeded);
        note(normal(0), FINE);
        assertThat(told()).isEmpty();
    }

    @Test
    void unhealthyEndpoint_isToldOfNowAndThen() {
        Target unhealthy = target(Endpoint.Status.unhealthy, 10);
        note(unhealthy, FAILED);
        assertThat(told()).hasSize(1);
        now = START.plusSeconds(9);
        note(unhealthy, FAILED);
        assertThat(told()).isEmpty();
        now = START.plusSeconds(10);
        note(unhealthy, FAILED);
        assertThat(told()).singleElement().matches(report -> report.failed() == 2);
        note(unhealthy, FINE);
        assertThat(told()).singleElement().matches(Attempt.Report::succeeded);
    }

    @Test
    void gone_isToldAtOnce() {
        Target unhealthy = target(Endpoint.Status.unhealthy, 10);
        note(unhealthy, FAILED);
        told();
        note(unhealthy, new Outcome.Dead(Reason.gone, "status 410"));
        assertThat(told()).singleElement().matches(Attempt.Report::gone);
    }

    @Test
    void testsAndUrlsOfCallsAndDeferrals_sayNothing() {
        reports.note(
                header(new DeliveryHeader.Via(null, null, List.of(), null, null, true)),
                normal(0),
                FAILED,
                now);
        reports.note(
                header(new DeliveryHeader.Via(null, "https://x", List.of(), null, null, false)),
                normal(0),
                FAILED,
                now);
        note(normal(0), new Outcome.Deferred(START, "slots", true));
        assertThat(told()).isEmpty();
    }

    @Test
    void stop_tellsWhatIsLeft() {
        Target unhealthy = target(Endpoint.Status.unhealthy, 10);
        note(unhealthy, FAILED);
        told();
        note(unhealthy, FAILED);
        reports.stop();
        assertThat(sent()).hasSize(1);
    }

    @Test
    void manyAtOnce_areAllCounted() throws Exception {
        Target target = normal(0);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < 2_000; i++) {
                threads.submit(() -> note(target, FAILED));
                if (i % 100 == 0) {
                    reports.tell(false);
                }
            }
        }
        reports.tell(false);
        assertThat(sent().stream().mapToInt(Attempt.Report::failed).sum()).isEqualTo(2_000);
    }

    private void note(Target target, Outcome outcome) {
        reports.note(header(null), target, outcome, now);
    }

    private List<Attempt.Report> told() {
        reports.tell(false);
        return sent();
    }

    private List<Attempt.Report> sent() {
        List<Attempt.Report> sent = new ArrayList<>();
        producer.history()
                .forEach(
                        record -> {
                            assertThat(record.topic()).isEqualTo(Topics.REGISTRY_COMMANDS);
                            assertThat(new String(record.key(), StandardCharsets.UTF_8))
                                    .isEqualTo("acc_1");
                            sent.add(
                                    Json.read(
                                            Json.parse(record.value()).get("report"),
                                            Attempt.Report.class));
                        });
        producer.clear();
        return sent;
    }

    private static Target normal(int failedInRow) {
        return target(Endpoint.Status.normal, failedInRow);
    }

    private static Target target(Endpoint.Status status, int failedInRow) {
        return Target.open(
                EndpointSketch.of("ep_1", "acc_1", "standard")
                        .state(status, failedInRow)
                        .sealedBy(BOX)
                        .bytes(),
                BOX);
    }

    private static DeliveryHeader header(DeliveryHeader.Via via) {
        return DeliveryHeader.first(
                CallEvent.of("e1", EventType.CALL_ENDED, START, "acc_1", "c1"),
                1,
                "call.ended",
                "ep_1",
                "standard",
                "application/json",
                START,
                new DeliveryHeader.Origin(Topics.EVENTS, 0, 0),
                via);
    }
}
