package dev.ringback.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.dlq.replay.Replays;
import dev.ringback.dlq.scan.Filter;
import dev.ringback.runtime.Setting;
import dev.ringback.schemas.Attempt;
import dev.ringback.schemas.CallEvent;
import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.EventType;
import dev.ringback.schemas.Json;
import dev.ringback.schemas.Reason;
import dev.ringback.schemas.Topics;
import dev.ringback.testkit.Await;
import dev.ringback.testkit.TestKafka;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What the routes answer, over a real broker. Each test has accounts of its own. */
class ReadSideTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String KEYS =
            "all=*@*:KEY; lists=*@lists:LISTS; calls=*@calls:CALLS; dead=*@dead:DEAD;"
                    + " single=*@single:SINGLE; jobs=*@jobs:JOBS; ledger=*@ledger:LEDGER;"
                    + " stats=*@stats:STATS; cancel=*@cancel:CANCEL; left=*@left:LEFT;"
                    + " stream=*@stream:STREAM; writer=events:write@lists:WRITER";

    private static Instant now;
    private static TestKafka kafka;
    private static ConsoleService console;
    private static Records records;

    @BeforeAll
    static void start() {
        now = Instant.now();
        kafka = TestKafka.start();
        records = new Records(kafka.clients());
        console =
                new ConsoleService(
                        kafka.settings(Map.of(Setting.API_KEYS.name(), KEYS)), Clock.systemUTC());
        console.start();
        Await.until("ready", LIMIT, () -> reader("KEY").get("/health/ready").status() == 200);
    }

    @AfterAll
    static void stop() {
        console.stop();
        records.close();
        kafka.close();
    }

    @Test
    void call_known_isTheCallToTheByte() {
        String call = "{\"call_id\":\"c1\",\"account_id\":\"calls\",\"cost\":{\"amount\":0.10}}";
        records.send(Topics.SNAPSHOTS, "c1", Records.utf8(call));
        await("/v1/calls/c1", "CALLS", answer -> true);
        assertThat(reader("CALLS").get("/v1/calls/c1").body()).isEqualTo(call);
        assertThat(reader("LISTS").get("/v1/calls/c1").status()).isEqualTo(404);
        assertThat(reader("WRITER").get("/v1/calls/c1").status()).isEqualTo(403);
        assertThat(reader("NOBODY").get("/v1/calls/c1").status()).isEqualTo(401);
        assertThat(reader("KEY").get("/v1/calls/none").status()).isEqualTo(404);
        assertThat(
                        reader("KEY")
                                .json("/v1/calls/c1?dialect=tryvox")
                                .path("call_uuid")
                                .stringValue())
                .isEqualTo("c1");
        assertThat(reader("KEY").get("/v1/calls/c1?dialect=morse").status()).isEqualTo(422);
    }

    @Test
    void calls_byStatusNumberAndTime_areFound() {
        for (int i = 0; i < 5; i++) {
            records.call(
                    Json.object()
                            .put("call_id", "list-" + i)
                            .put("account_id", "calls2")
                            .put("agent_id", "ag_" + i % 2)
                            .put("from", "+4930" + i)
                            .put("status", i == 4 ? "busy" : "completed")
                            .put("created_at", now.plusSeconds(i).toString()));
        }
        String mine = "/v1/calls?account_id=calls2&";
        await("/v1/calls?account_id=calls2", "KEY", answer -> ids(answer, "call_id").size() == 5);
        assertThat(ids(reader("KEY").json(mine + "status=busy"), "call_id"))
                .containsExactly("list-4");
        assertThat(ids(reader("KEY").json(mine + "from=%2B49302"), "call_id"))
                .containsExactly("list-2");
        assertThat(ids(reader("KEY").json(mine + "agent_id=ag_0&status=completed"), "call_id"))
                .containsExactly("list-2", "list-0");
        assertThat(
                        ids(
                                reader("KEY")
                                        .json(
                                                mine
                                                        + "since="
                                                        + now.plusSeconds(1)
                                                        + "&until="
                                                        + now.plusSeconds(3)),
                                "call_id"))
                .containsExactly("list-2", "list-1");
        assertThat(reader("KEY").get(mine + "stauts=busy").status()).isEqualTo(422);
    }

    @Test
    void events_ofACall_areListedOnceInOrder() {
        CallEvent first = CallEvent.of("e1", EventType.CALL_CREATED, now, "calls", "with-events");
        CallEvent second = CallEvent.of("e2", EventType.CALL_ENDED, now, "calls", "with-events");
        records.event(first);
        records.event(first);
        records.event(second);
        JsonNode events =
                await(
                        "/v1/calls/with-events/events",
                        "CALLS",
                        answer -> answer.path("items").size() == 2);
        assertThat(ids(events, "event_id")).containsExactly("e1", "e2");
        assertThat(events.path("items").path(1).path("sequence").intValue()).isEqualTo(2);
        assertThat(reader("LISTS").get("/v1/calls/with-events/events").status()).isEqualTo(404);
    }

    @Test
    void deliveries_pageByPage_areAllThereOnceWhileOthersCome() {
        for (int i = 0; i < 25; i++) {
            records.made(Records.header("lists", "call-" + i, "ep_a", now.plusMillis(i)));
        }
        await("/v1/deliveries?limit=200", "LISTS", answer -> answer.path("items").size() == 25);
        List<String> seen = new ArrayList<>();
        String cursor = "";
        while (cursor != null) {
            JsonNode page =
                    reader("LISTS")
                            .json(
                                    "/v1/deliveries?limit=7"
                                            + (cursor.isEmpty() ? "" : "&cursor=" + cursor));
            page.path("items").forEach(one -> seen.add(one.path("subject_id").stringValue()));
            cursor = page.path("next_cursor").stringValue(null);
            if (seen.size() == 7) {
                DeliveryHeader newer =
                        Records.header("lists", "newer", "ep_b", now.plusSeconds(60));
                records.made(newer);
                await("/v1/deliveries/" + newer.deliveryId(), "LISTS", answer -> true);
            }
        }
        List<String> expected = new ArrayList<>();
        for (int i = 24; i >= 0; i--) {
            expected.add("call-" + i);
        }
        assertThat(seen).isEqualTo(expected);
        assertThat(reader("LISTS").get("/v1/deliveries?cursor=x").status()).isEqualTo(422);
        assertThat(reader("LISTS").get("/v1/deliveries?state=lost").status()).isEqualTo(422);
    }

    @Test
    void delivery_afterTwoAttempts_showsThemAndItsBody() {
        DeliveryHeader header = records.made(Records.header("calls", "c9", "ep_9", now));
        records.tried(Records.attempt(header, 1, now, Attempt.Result.retry, now.plusSeconds(4)));
        records.tried(
                Records.attempt(header, 2, now.plusSeconds(4), Attempt.Result.delivered, null));
        String path = "/v1/deliveries/" + header.deliveryId();
        JsonNode delivery =
                await(
                        path,
                        "CALLS",
                        answer ->
                                answer.path("attempts").size() == 2
                                        && answer.path("body").isString());
        assertThat(delivery.path("state").stringValue()).isEqualTo("delivered");
        assertThat(delivery.path("body").stringValue())
                .isEqualTo(new String(Records.body(header), StandardCharsets.UTF_8));
        assertThat(delivery.path("delivery").path("origin").path("topic").stringValue())
                .isEqualTo(Topics.EVENTS);
        assertThat(reader("LISTS").get(path).status()).isEqualTo(404);
        JsonNode ofCall = reader("CALLS").json("/v1/calls/c9/deliveries");
        assertThat(ofCall.path("items").path(0).path("attempts").size()).isEqualTo(2);
        assertThat(reader("LISTS").json("/v1/calls/c9/deliveries").path("items").size()).isZero();
    }

    @Test
    void dead_byReason_areListedAndGrouped() {
        for (int i = 0; i < 3; i++) {
            DeliveryHeader header = records.made(Records.header("dead", "d" + i, "ep_d", now));
            records.died(header, i == 0 ? Reason.gone : Reason.exhausted, now.plusSeconds(i));
        }
        await("/v1/dead", "DEAD", answer -> answer.path("items").size() == 3);
        await(
                "/v1/dead?reason=exhausted",
                "DEAD",
                answer -> ids(answer, "subject_id").equals(List.of("d2", "d1")));
        JsonNode groups =
                await(
                        "/v1/dead/groups",
                        "DEAD",
                        answer ->
                                answer.path("groups").path(0).path("deliveries").intValue(0) == 2);
        assertThat(groups.path("total").intValue()).isEqualTo(3);
        assertThat(reader("LISTS").json("/v1/dead/groups").path("total").intValue()).isZero();
    }

    @Test
    void replayDelivery_dead_isInTheReplayTopicWithTheSameBytes() {
        DeliveryHeader header = records.made(Records.header("single", "s1", "ep_s", now));
        String path = "/v1/deliveries/" + header.deliveryId();
        await(path, "SINGLE", answer -> answer.path("body").isString());
        assertThat(reader("SINGLE").ask("POST", path + "/replay", "").status()).isEqualTo(409);
        records.died(header, Reason.exhausted, now);
        await(path, "SINGLE", answer -> answer.path("reason").stringValue("").equals("exhausted"));
        assertThat(reader("LISTS").ask("POST", path + "/replay", "").status()).isEqualTo(404);
        assertThat(reader("SINGLE").ask("POST", path + "/replay", "").status()).isEqualTo(202);
        await(path, "SINGLE", answer -> answer.path("state").stringValue("").equals("pending"));
        assertThat(kafka.records(Topics.REPLAY))
                .filteredOn(one -> new String(one.key(), StandardCharsets.UTF_8).equals("ep_s:s1"))
                .singleElement()
                .satisfies(one -> assertThat(one.value()).isEqualTo(Records.body(header)));
    }

    @Test
    void replays_ofAnAccount_moveItsDeadAloneAndAreSeenByItAlone() {
        DeliveryHeader mine = records.made(Records.header("jobs", "j1", "ep_j", now));
        records.died(mine, Reason.exhausted, now);
        records.died(
                records.made(Records.header("jobs2", "j2", "ep_j", now)), Reason.exhausted, now);
        Reader reader = reader("JOBS");
        JsonNode dry = reader.ask("POST", "/v1/replays", "{\"dry_run\":true}").json();
        assertThat(dry.path("deliveries").intValue()).isEqualTo(1);
        assertThat(
                        reader.ask(
                                        "POST",
                                        "/v1/replays",
                                        "{\"filters\":{\"account_id\":\"jobs2\"}}")
                                .status())
                .isEqualTo(422);
        Reader.Answer begun =
                reader.ask(
                        "POST",
                        "/v1/replays",
                        "{\"filters\":{\"endpoint_id\":\"ep_j\"},\"rate\":\"50/s\"}");
        assertThat(begun.status()).isEqualTo(202);
        String path = "/v1/replays/" + begun.json().path("replay_id").stringValue();
        JsonNode done =
                await(path, "JOBS", answer -> answer.path("state").stringValue("").equals("done"));
        assertThat(done.path("moved").intValue()).isEqualTo(1);
        assertThat(done.path("rate").stringValue()).isEqualTo("50/s");
        assertThat(reader("LISTS").get(path).status()).isEqualTo(404);
        assertThat(reader("LISTS").json("/v1/replays").path("items").size()).isZero();
        DeliveryHeader again = mine.replayed("x", now.plusSeconds(1));
        records.tried(
                Records.attempt(again, 1, now.plusSeconds(2), Attempt.Result.delivered, null));
        await(path, "JOBS", answer -> answer.path("delivered").intValue(0) == 1);
        assertThat(reader.json("/v1/replays").path("items").path(0).path("delivered").intValue())
                .as("the list says the same")
                .isEqualTo(1);
        assertThat(reader.ask("DELETE", path, "").status()).isEqualTo(409);
    }

    @Test
    void ledger_ofAnAccount_countsAndExplains() {
        CallEvent event = CallEvent.of("l-e", EventType.CALL_ENDED, now, "ledger", "l0");
        records.event(event);
        Instant past = now.minus(Duration.ofHours(2));
        DeliveryHeader lost = records.made(Records.header("ledger", "l1", "ep_l", past));
        DeliveryHeader good = records.made(Records.header("ledger", "l2", "ep_l", now));
        records.tried(Records.attempt(good, 1, now, Attempt.Result.delivered, null));
        records.died(
                records.made(Records.header("ledger", "l3", "ep_l", now)), Reason.exhausted, now);
        JsonNode ledger =
                await(
                        "/v1/ledger",
                        "LEDGER",
                        answer ->
                                answer.path("deliveries").intValue(0) == 3
                                        && answer.path("dead").intValue(0) == 1
                                        && answer.path("delivered").intValue(0) == 1
                                        && answer.path("accepted_events").intValue(0) == 1);
        assertThat(ledger.path("pending").intValue()).isEqualTo(1);
        assertThat(ledger.path("balanced").booleanValue()).isFalse();
        assertThat(ledger.path("unrouted_events").isNull()).as("not theirs to know").isTrue();
        JsonNode open =
                await("/v1/ledger/open", "LEDGER", answer -> !answer.path("items").isEmpty());
        assertThat(ids(open, "delivery_id")).containsExactly(lost.deliveryId());
        assertThat(open.path("items").path(0).path("why").stringValue()).isEqualTo("overdue");
        records.tried(Records.attempt(lost, 1, now, Attempt.Result.delivered, null));
        await("/v1/ledger", "LEDGER", answer -> answer.path("unexplained").intValue() == 0);
        assertThat(reader("KEY").json("/v1/ledger").path("unrouted_events").longValue())
                .as("nobody routes here")
                .isPositive();
        route();
        await("/v1/ledger", "LEDGER", answer -> answer.path("balanced").booleanValue(false));
    }

    /** Says what routing says when it has taken all events. */
    private static void route() {
        try (Admin admin = kafka.clients().admin("test-routing")) {
            Map<TopicPartition, OffsetAndMetadata> ends = new HashMap<>();
            kafka.records(Topics.EVENTS)
                    .forEach(
                            one ->
                                    ends.merge(
                                            new TopicPartition(one.topic(), one.partition()),
                                            new OffsetAndMetadata(one.offset() + 1),
                                            (a, b) -> a.offset() > b.offset() ? a : b));
            admin.alterConsumerGroupOffsets(Topics.ROUTING_GROUP, ends).all().get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void stats_ofAnEndpoint_countItsAttempts() {
        DeliveryHeader header = records.made(Records.header("stats", "st1", "ep_st", now));
        Instant soon = Instant.now();
        records.tried(Records.attempt(header, 1, soon, Attempt.Result.retry, soon.plusSeconds(4)));
        records.tried(Records.attempt(header, 2, soon, Attempt.Result.delivered, null));
        JsonNode stats =
                await(
                        "/v1/endpoints/ep_st/stats?since=2h&step=1m",
                        "STATS",
                        answer -> answer.path("totals").path("delivered").intValue(0) == 1);
        assertThat(stats.path("totals").path("failed").intValue()).isEqualTo(1);
        assertThat(stats.path("totals").path("success_share").doubleValue()).isEqualTo(0.5);
        assertThat(stats.path("totals").path("p50_ms").intValue()).isEqualTo(15);
        assertThat(reader("LISTS").get("/v1/endpoints/ep_st/stats").status()).isEqualTo(404);
        assertThat(reader("STATS").get("/v1/endpoints/ep_st/stats?since=26h&step=30m").status())
                .isEqualTo(200);
        assertThat(wrongOf("since=27h&step=30m")).isEqualTo("/since");
        assertThat(
                        wrongOf(
                                "since=-900000000-01-01T00:00:00Z&until=2026-01-01T00:00:00Z"
                                        + "&step=10000000000h"))
                .isEqualTo("/since");
        assertThat(wrongOf("until=%2B900000000-01-01T00:00:00Z&step=10000000000h"))
                .isEqualTo("/until");
        assertThat(wrongOf("step=10000000000h")).isEqualTo("/step");
        JsonNode overview = reader("STATS").json("/v1/overview");
        assertThat(overview.path("success_share").doubleValue()).isEqualTo(0.5);
        assertThat(overview.path("delivered").intValue()).isEqualTo(1);
    }

    /** Which field of a question for stats is refused. */
    private static String wrongOf(String query) {
        Reader.Answer answer = reader("STATS").get("/v1/endpoints/ep_st/stats?" + query);
        assertThat(answer.status()).as(query + " " + answer.body()).isEqualTo(422);
        return answer.json().path("errors").path(0).path("pointer").stringValue("");
    }

    @Test
    void cancelReplay_running_endsItWhereItIs() {
        for (int i = 0; i < 5; i++) {
            records.died(
                    records.made(Records.header("cancel", "x" + i, "ep_x", now)),
                    Reason.exhausted,
                    now);
        }
        Reader reader = reader("CANCEL");
        Reader.Answer begun = reader.ask("POST", "/v1/replays", "{\"rate\":\"1/m\"}");
        assertThat(begun.status()).as(begun.body()).isEqualTo(202);
        String path = "/v1/replays/" + begun.json().path("replay_id").stringValue();
        JsonNode ended = reader.ask("DELETE", path, "").json();
        assertThat(ended.path("state").stringValue()).isEqualTo("interrupted");
        assertThat(ended.path("moved").intValue()).isLessThan(5);
        JsonNode kept =
                await(path, "CANCEL", answer -> answer.path("why").stringValue("").contains("by"));
        assertThat(kept.path("why").stringValue()).isEqualTo("cancelled by cancel");
    }

    @Test
    void replay_thatItsConsoleLeftBehind_isGoneOnWith() {
        records.died(
                records.made(Records.header("left", "left1", "ep_left", now)),
                Reason.exhausted,
                now);
        Replays other = new Replays(kafka.clients(), Clock.systemUTC(), "console_");
        Filter filter = Filter.of(Map.of("account", "left"));
        String id;
        try (Replays.Running running =
                other.begin("left", new Replays.Order(filter, false, null, null, null))
                        .orElseThrow()) {
            id = running.job().name();
        }
        JsonNode done =
                await(
                        "/v1/replays/" + id,
                        "LEFT",
                        answer -> answer.path("state").stringValue("").equals("done"));
        assertThat(done.path("moved").intValue()).isEqualTo(1);
    }

    @Test
    void stream_tellsOfAttempts_toThoseWhoSeeThem() {
        Queue<String> mine = listen("STREAM");
        Queue<String> others = listen("LISTS");
        Await.until(
                "an attempt is told of",
                LIMIT,
                () -> {
                    DeliveryHeader header = Records.header("stream", "live", "ep_live", now);
                    records.tried(Records.attempt(header, 1, now, Attempt.Result.delivered, null));
                    return mine.stream().anyMatch(line -> line.contains("ep_live"));
                });
        DeliveryHeader last = Records.header("lists", "last", "ep_last", now);
        Await.until(
                "the others hear their own",
                LIMIT,
                () -> {
                    records.tried(Records.attempt(last, 1, now, Attempt.Result.delivered, null));
                    return others.stream().anyMatch(line -> line.contains("ep_last"));
                });
        assertThat(others).noneMatch(line -> line.contains("ep_live"));
        assertThat(mine).contains("event: attempt");
    }

    private static Queue<String> listen(String key) {
        Queue<String> lines = new ConcurrentLinkedQueue<>();
        Thread.ofVirtual().start(() -> reader(key).lines("/v1/stream", lines::add));
        Await.until("the stream begins", LIMIT, () -> !lines.isEmpty());
        return lines;
    }

    private static Reader reader(String key) {
        return new Reader(console, key);
    }

    private interface Check {
        boolean holds(JsonNode answer);
    }

    /** The answer once it is 200 and as expected. */
    private static JsonNode await(String path, String key, Check check) {
        JsonNode[] last = new JsonNode[1];
        Await.until(
                path,
                LIMIT,
                () -> {
                    Reader.Answer answer = reader(key).get(path);
                    last[0] = answer.status() == 200 ? answer.json() : null;
                    return last[0] != null && check.holds(last[0]);
                });
        return last[0];
    }

    private static List<String> ids(JsonNode page, String field) {
        return page.path("items").values().stream()
                .map(one -> one.path(field).stringValue(""))
                .toList();
    }
}
