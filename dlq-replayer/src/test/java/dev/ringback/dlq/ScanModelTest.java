package dev.ringback.dlq;

import static dev.ringback.dlq.DeadLetters.NOW;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.schemas.Reason;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/** What the commands find among very many deaths is what a plain look at all of them finds. */
class ScanModelTest {
    private static final int DELIVERIES = Integer.getInteger("ringback.dlq.deliveries", 20_000);
    private static final int ENDPOINTS = 50;
    private static final int FILTERS = 25;
    private static final List<String> TYPES =
            List.of("call.created", "call.ended", "call.analyzed", "assistant.updated");
    private static final List<Integer> STATUSES = new ArrayList<>(List.of(500, 503, 404, 410, 301));

    private static final long SEED = new SecureRandom().nextLong();
    private static final Random RANDOM = new Random(SEED);

    /** The latest death of each delivery. */
    private static final Map<String, DeadLetters.Dead> LATEST = new LinkedHashMap<>();

    private static DeadLetters letters;

    @BeforeAll
    static void start() {
        STATUSES.add(null);
        letters = new DeadLetters();
        List<DeadLetters.Dead> deaths = new ArrayList<>();
        for (int i = 0; i < DELIVERIES; i++) {
            deaths.add(death("dlv_" + i));
            if (RANDOM.nextInt(10) == 0) {
                deaths.add(again(deaths.get(RANDOM.nextInt(deaths.size()))));
            }
        }
        deaths.forEach(death -> LATEST.put(death.id(), death));
        letters.died(deaths.toArray(DeadLetters.Dead[]::new));
    }

    @AfterAll
    static void stop() {
        letters.close();
    }

    private static DeadLetters.Dead death(String id) {
        return DeadLetters.dead(id)
                .endpoint("ep_" + (int) Math.abs(RANDOM.nextGaussian() * 15) % ENDPOINTS)
                .account("acc_" + RANDOM.nextInt(3))
                .call("call-" + RANDOM.nextInt(200))
                .type(one(TYPES))
                .reason(one(List.of(Reason.values())))
                .status(one(STATUSES))
                .ago(Duration.ofSeconds(RANDOM.nextInt(60 * 60 * 24 * 40)));
    }

    /** The same delivery, dead once more for another reason. */
    private static DeadLetters.Dead again(DeadLetters.Dead before) {
        int count = before.replay() == null ? 0 : before.replay().count();
        return before.reason(one(List.of(Reason.values())))
                .status(one(STATUSES))
                .ago(Duration.ofSeconds(RANDOM.nextInt(60 * 60)))
                .replayedBefore(count + 1);
    }

    private static <T> T one(List<T> all) {
        return all.get(RANDOM.nextInt(all.size()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"reason", "endpoint", "event-type", "status", "age"})
    void stats_everyDimension_equalsAnIndependentCount(String by) {
        Map<String, Long> expected =
                LATEST.values().stream()
                        .collect(
                                Collectors.groupingBy(
                                        value(by), TreeMap::new, Collectors.counting()));

        DeadLetters.Ran ran = letters.run("stats", "--by", by, "--format", "json");

        Map<String, Long> actual = new TreeMap<>();
        for (JsonNode line : ran.lines()) {
            if (line.has("value")) {
                assertThat(line.path("by").stringValue()).isEqualTo(by);
                actual.put(line.path("value").stringValue(), line.path("deliveries").longValue());
            }
        }
        assertThat(ran.code()).isZero();
        assertThat(actual).as("seed %d", SEED).isEqualTo(expected);
        JsonNode total = ran.lines().getLast().path("total");
        assertThat(total.path("deliveries").longValue()).isEqualTo(LATEST.size());
        assertThat(total.path("oldest_died_at").stringValue())
                .isEqualTo(
                        LATEST.values().stream()
                                .map(DeadLetters.Dead::died)
                                .min(Instant::compareTo)
                                .orElseThrow()
                                .toString());
    }

    private static Function<DeadLetters.Dead, String> value(String by) {
        return switch (by) {
            case "reason" -> dead -> dead.reason().name();
            case "endpoint" -> DeadLetters.Dead::endpoint;
            case "event-type" -> DeadLetters.Dead::type;
            case "status" -> dead -> Objects.toString(dead.status(), "none");
            default -> ScanModelTest::age;
        };
    }

    private static String age(DeadLetters.Dead dead) {
        long hours = Duration.between(dead.died(), NOW).toHours();
        if (hours < 1) {
            return "under 1h";
        }
        if (hours < 6) {
            return "1h to 6h";
        }
        if (hours < 24) {
            return "6h to 1d";
        }
        if (hours < 24 * 7) {
            return "1d to 7d";
        }
        return hours < 24 * 30 ? "7d to 30d" : "30d and more";
    }

    /** One filter, as it is said and as it is meant. */
    private record Said(List<String> options, Predicate<DeadLetters.Dead> means) {
        private Said and(String option, String value, Predicate<DeadLetters.Dead> also) {
            List<String> more = new ArrayList<>(options);
            more.addAll(List.of(option, value));
            return new Said(more, means.and(also));
        }
    }

    @Test
    void list_randomFilters_findWhatAPlainLookFinds() {
        int found = 0;
        for (int i = 0; i < FILTERS; i++) {
            Said said = said();
            List<String> line = new ArrayList<>(List.of("list", "--limit", "all"));
            line.addAll(List.of("--format", "json"));
            line.addAll(said.options());

            DeadLetters.Ran ran = letters.run(line.toArray(String[]::new));

            List<String> expected =
                    LATEST.values().stream()
                            .filter(said.means())
                            .map(DeadLetters.Dead::id)
                            .toList();
            assertThat(ran.ids())
                    .as("seed %d, %s", SEED, said.options())
                    .containsExactlyInAnyOrderElementsOf(expected);
            assertThat(ran.code()).isEqualTo(expected.isEmpty() ? 3 : 0);
            found += expected.size();
        }
        assertThat(found).isPositive();
    }

    private static Said said() {
        Said said = new Said(List.of(), dead -> true);
        DeadLetters.Dead like = new ArrayList<>(LATEST.values()).get(RANDOM.nextInt(LATEST.size()));
        if (RANDOM.nextInt(3) == 0) {
            said = said.and("--endpoint", like.endpoint(), d -> is(d.endpoint(), like.endpoint()));
        }
        if (RANDOM.nextInt(3) == 0) {
            said = said.and("--call", like.call(), d -> is(d.call(), like.call()));
        }
        if (RANDOM.nextInt(4) == 0) {
            said = said.and("--account", like.account(), d -> is(d.account(), like.account()));
        }
        if (RANDOM.nextInt(4) == 0) {
            said = said.and("--event-type", like.type(), d -> is(d.type(), like.type()));
        }
        if (RANDOM.nextInt(4) == 0) {
            said = said.and("--reason", like.reason().name(), d -> d.reason() == like.reason());
        }
        if (RANDOM.nextInt(10) == 0) {
            said = said.and("--delivery", like.id(), d -> is(d.id(), like.id()));
        }
        said = status(said);
        Instant since = NOW.minus(Duration.ofHours(1 + RANDOM.nextInt(24 * 40)));
        if (RANDOM.nextInt(3) == 0) {
            said = said.and("--since", since.toString(), d -> !d.died().isBefore(since));
        }
        Instant until = since.plus(Duration.ofHours(1 + RANDOM.nextInt(24 * 20)));
        if (RANDOM.nextInt(3) == 0) {
            said = said.and("--until", until.toString(), d -> d.died().isBefore(until));
        }
        return said;
    }

    private static Said status(Said said) {
        return switch (RANDOM.nextInt(8)) {
            case 0 -> said.and("--status", "none", d -> d.status() == null);
            case 1 -> said.and("--status", "5xx", d -> d.status() != null && d.status() >= 500);
            case 2 -> said.and("--status", "410", d -> d.status() != null && d.status() == 410);
            default -> said;
        };
    }

    private static boolean is(String one, String other) {
        return one.equals(other);
    }
}
