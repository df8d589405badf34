package dev.ringback.dlq;

import static dev.ringback.dlq.DeadLetters.dead;
import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.Reason;
import dev.ringback.schemas.Topics;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/** A hundred thousand dead deliveries of fifty endpoints: counted right, and moved to the byte. */
class LargeReplayTest {
    private static final int DELIVERIES = Integer.getInteger("ringback.dlq.dead", 100_000);
    private static final int AT_ONCE = 5_000;
    private static final int ENDPOINTS = 50;
    private static final List<String> TYPES =
            List.of("call.created", "call.answered", "call.ended", "call.analyzed", "call.billed");
    private static final List<Reason> REASONS =
            List.of(Reason.exhausted, Reason.gone, Reason.expired, Reason.exhausted);
    private static final List<Duration> AGES =
            List.of(
                    Duration.ofMinutes(59),
                    Duration.ofHours(1),
                    Duration.ofHours(7),
                    Duration.ofDays(6),
                    Duration.ofDays(8),
                    Duration.ofDays(29),
                    Duration.ofHours(23));
    private static final List<String> AGE_NAMES =
            List.of(
                    "under 1h",
                    "1h to 6h",
                    "6h to 1d",
                    "1d to 7d",
                    "7d to 30d",
                    "7d to 30d",
                    "6h to 1d");

    private static DeadLetters letters;

    @BeforeAll
    static void start() {
        letters = new DeadLetters();
        for (int i = 0; i < DELIVERIES; i += AT_ONCE) {
            letters.died(
                    IntStream.range(i, Math.min(DELIVERIES, i + AT_ONCE))
                            .mapToObj(LargeReplayTest::one)
                            .toArray(DeadLetters.Dead[]::new));
        }
    }

    @AfterAll
    static void stop() {
        letters.close();
    }

    /** The lists have lengths without a common factor, so that everything meets everything. */
    private static DeadLetters.Dead one(int i) {
        return dead("dlv_" + i)
                .endpoint("ep_" + i % ENDPOINTS)
                .account("acc_" + i % 9)
                .call("call-" + i % 9_973)
                .type(TYPES.get(i / ENDPOINTS % TYPES.size()))
                .reason(reason(i))
                .status(status(i))
                .ago(AGES.get(i % AGES.size()));
    }

    private static Reason reason(int i) {
        return REASONS.get(i / 11 % REASONS.size());
    }

    private static Integer status(int i) {
        return switch (reason(i)) {
            case exhausted -> i % 3 == 0 ? 500 : 503;
            case gone -> 410;
            default -> null;
        };
    }

    enum By {
        reason,
        endpoint,
        event_type,
        status,
        age;

        private String of(int i) {
            return switch (this) {
                case reason -> LargeReplayTest.reason(i).name();
                case endpoint -> "ep_" + i % ENDPOINTS;
                case event_type -> TYPES.get(i / ENDPOINTS % TYPES.size());
                case status -> Objects.toString(LargeReplayTest.status(i), "none");
                case age -> AGE_NAMES.get(i % AGES.size());
            };
        }
    }

    @ParameterizedTest
    @EnumSource
    void stats_byEach_countsEveryDelivery(By by) {
        Map<String, Long> expected =
                IntStream.range(0, DELIVERIES).boxed().collect(groupingBy(by::of, counting()));

        DeadLetters.Ran ran =
                letters.run("stats", "--by", by.name().replace('_', '-'), "--format", "json");

        Map<String, Long> counted = new HashMap<>();
        for (JsonNode line : ran.lines()) {
            if (line.has("value")) {
                counted.put(line.path("value").stringValue(), line.path("deliveries").longValue());
            }
        }
        assertThat(counted).isEqualTo(expected);
        assertThat(ran.lines().getLast().at("/total/deliveries").intValue()).isEqualTo(DELIVERIES);
    }

    @Test
    void replay_filtered_movesWhatMatchesAndNothingElse() {
        DeadLetters.Ran ran =
                letters.run(
                        ("replay --reason exhausted --status 503 --event-type call.ended"
                                        + " --account acc_4 --since 7d --until 30m --again --yes")
                                .split(" "));

        assertThat(ran.code()).as(ran.err()).isZero();
        int exactly = assertMoved(ran.lastWord(), LargeReplayTest::matches);
        assertThat(ran.err()).contains("replayed " + exactly + " deliveries");
        assertThat(exactly).isPositive();
    }

    @Test
    void replay_endpoint_movesAllOfItAndNothingElse() {
        DeadLetters.Ran ran = letters.run("replay", "--endpoint", "ep_7", "--yes", "--again");

        assertThat(ran.code()).as(ran.err()).isZero();
        assertThat(assertMoved(ran.lastWord(), i -> i % ENDPOINTS == 7))
                .isEqualTo(DELIVERIES / ENDPOINTS);
    }

    private static boolean matches(int i) {
        Duration age = AGES.get(i % AGES.size());
        return reason(i) == Reason.exhausted
                && status(i) == 503
                && TYPES.get(i / ENDPOINTS % TYPES.size()).equals("call.ended")
                && i % 9 == 4
                && age.compareTo(Duration.ofDays(7)) <= 0
                && age.compareTo(Duration.ofMinutes(30)) >= 0;
    }

    /** What a job moved is what it should, in order, key and value to the byte; how many. */
    private static int assertMoved(String job, Predicate<Integer> meant) {
        List<ConsumerRecord<byte[], byte[]>> was =
                letters.kafka().records(Topics.DEAD).stream()
                        .filter(r -> meant.test(Integer.valueOf(id(r).substring(4))))
                        .toList();
        List<ConsumerRecord<byte[], byte[]>> is =
                letters.kafka().records(Topics.REPLAY).stream()
                        .filter(r -> header(r).replay().id().equals(job))
                        .toList();
        assertThat(is.stream().map(LargeReplayTest::id).toList())
                .isEqualTo(was.stream().map(LargeReplayTest::id).toList());
        for (int i = 0; i < was.size(); i++) {
            assertThat(is.get(i).partition()).isEqualTo(was.get(i).partition());
            assertThat(is.get(i).key()).isEqualTo(was.get(i).key());
            assertThat(is.get(i).value()).isEqualTo(was.get(i).value());
        }
        return was.size();
    }

    private static DeliveryHeader header(ConsumerRecord<byte[], byte[]> record) {
        return DeadLetters.header(record.headers());
    }

    private static String id(ConsumerRecord<byte[], byte[]> record) {
        return header(record).deliveryId();
    }
}
