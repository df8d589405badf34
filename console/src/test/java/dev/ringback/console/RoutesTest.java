package dev.ringback.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Error;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.ringback.runtime.Setting;
import dev.ringback.schemas.Attempt;
import dev.ringback.schemas.CallEvent;
import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.EventType;
import dev.ringback.schemas.Json;
import dev.ringback.schemas.Reason;
import dev.ringback.testkit.Await;
import dev.ringback.testkit.TestKafka;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * docs/openapi-console.yaml is what the service does, and no route shows what a key may not see.
 */
class RoutesTest {
    private static final Path PAGE = Path.of("..", "docs", "openapi-console.yaml");
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final List<String> METHODS = List.of("get", "put", "post", "patch", "delete");
    private static final String KEYS =
            "mine=*@hidden:MINE; other=*@other:OTHER; writer=events:write@*:WRITER;"
                    + " looker=read@hidden:LOOKER";

    private static JsonNode page;
    private static TestKafka kafka;
    private static ConsoleService console;
    private static String delivery;
    private static String replay;

    /** An operation of the page, with an id of the hidden account where it takes one. */
    private record Operation(String method, String path, String where, JsonNode what) {
        boolean isOfOne() {
            return path.contains("{id}");
        }

        boolean isOpen() {
            return what.has("security");
        }
    }

    @BeforeAll
    static void start() throws IOException {
        LoaderOptions strict = new LoaderOptions();
        strict.setAllowDuplicateKeys(false);
        page = Json.tree(new Yaml(new SafeConstructor(strict)).load(Files.readString(PAGE)));
        kafka = TestKafka.start();
        console =
                new ConsoleService(
                        kafka.settings(Map.of(Setting.API_KEYS.name(), KEYS)), Clock.systemUTC());
        console.start();
        seed();
    }

    private static void seed() {
        Instant now = Instant.now();
        try (Records records = new Records(kafka.clients())) {
            records.call(
                    Json.object()
                            .put("call_id", "hidden-call")
                            .put("account_id", "hidden")
                            .put("created_at", now.toString()));
            records.event(CallEvent.of("e", EventType.CALL_ENDED, now, "hidden", "hidden-call"));
            DeliveryHeader made =
                    records.made(Records.header("hidden", "hidden-call", "hidden-ep", now));
            delivery = made.deliveryId();
            records.died(made, Reason.exhausted, now);
            Instant past = now.minus(Duration.ofHours(1));
            DeliveryHeader late =
                    records.made(Records.header("hidden", "hidden-late", "hidden-ep", past));
            records.tried(Records.attempt(late, 1, past, Attempt.Result.retry, past));
        }
        Reader mine = new Reader(console, "MINE");
        Await.until(
                "all is seen",
                LIMIT,
                () ->
                        mine.json("/v1/ledger").path("unexplained").intValue() == 1
                                && mine.json("/v1/dead").path("items").size() == 1
                                && mine.get("/v1/calls/hidden-call/events").status() == 200
                                && mine.json("/v1/calls").path("items").size() == 1);
        replay = mine.ask("POST", "/v1/replays", "{}").json().path("replay_id").stringValue();
        Await.until(
                "the replay is done",
                LIMIT,
                () ->
                        mine.json("/v1/replays/" + replay)
                                .path("state")
                                .stringValue()
                                .equals("done"));
    }

    @AfterAll
    static void stop() {
        console.stop();
        kafka.close();
    }

    @Test
    void paths_areTheRoutesOfTheServer() {
        List<String> described =
                operations().stream().map(one -> one.method + " " + one.path).toList();
        List<String> served = console.routes().stream().filter(RoutesTest::isOfTheApi).toList();
        assertThat(described).containsExactlyInAnyOrderElementsOf(served);
    }

    /** The dashboard's pages are for people, and what instances ask each other for nobody else. */
    private static boolean isOfTheApi(String route) {
        return route.matches("(?!HEAD)\\w+ /(v1/.*|health/.*|metrics|openapi.yaml)");
    }

    @Test
    void page_isServedAsItIs() throws IOException {
        assertThat(new Reader(console, "").get("/openapi.yaml").body())
                .isEqualTo(Files.readString(PAGE));
    }

    @Test
    void answers_areAsDescribed() {
        Reader mine = new Reader(console, "MINE");
        for (Operation one : gets()) {
            Reader.Answer answer = mine.get(one.where);
            assertThat(answer.status()).as(one.where + " " + answer.body()).isEqualTo(200);
            JsonNode schema =
                    one.what.at("/responses/200/content").path("application/json").path("schema");
            if (schema.has("$ref")) {
                assertThat(faults(schema, answer.json())).as(one.where).isEmpty();
            }
        }
    }

    @Test
    void others_seeNothing() {
        Reader other = new Reader(console, "OTHER");
        for (Operation one : operations()) {
            if (one.isOpen() || one.path.equals("/v1/stream")) {
                continue;
            }
            Reader.Answer answer = other.ask(one.method, one.where, "");
            // what the caller has asked for himself may stand in the refusal
            String told = one.isOfOne() ? answer.body().replace(id(one.path), "") : answer.body();
            assertThat(answer.status())
                    .as(one.method + " " + one.where)
                    .isIn(
                            one.isOfOne() && !one.path.endsWith("{id}/deliveries")
                                    ? List.of(404)
                                    : List.of(200, 422));
            assertThat(told)
                    .as(one.method + " " + one.where)
                    .doesNotContain("hidden", delivery, replay);
        }
    }

    @Test
    void scopes_areAsked() {
        for (Operation one : operations()) {
            if (one.isOpen()) {
                continue;
            }
            String what = one.method + " " + one.where;
            assertThat(new Reader(console, "NOBODY").ask(one.method, one.where, "").status())
                    .as(what)
                    .isEqualTo(401);
            assertThat(new Reader(console, "WRITER").ask(one.method, one.where, "").status())
                    .as(what)
                    .isEqualTo(403);
            if (!one.method.equals("GET")) {
                assertThat(new Reader(console, "LOOKER").ask(one.method, one.where, "").status())
                        .as(what)
                        .isEqualTo(403);
            }
        }
    }

    @Test
    void internalRoutes_withoutTheSecret_areNotThere() {
        Reader mine = new Reader(console, "MINE");
        assertThat(mine.ask("POST", "/internal/stores", "{}").status()).isEqualTo(404);
        assertThat(mine.ask("POST", "/internal/cancel", "{}").status()).isEqualTo(404);
    }

    private static List<Operation> gets() {
        return operations().stream()
                .filter(one -> one.method.equals("GET") && !one.path.equals("/v1/stream"))
                .toList();
    }

    private static List<Operation> operations() {
        List<Operation> all = new ArrayList<>();
        for (Map.Entry<String, JsonNode> path : page.path("paths").properties()) {
            for (String method : METHODS) {
                JsonNode what = path.getValue().path(method);
                if (what.isObject()) {
                    String name = method.toUpperCase(Locale.ROOT);
                    all.add(new Operation(name, path.getKey(), where(path.getKey()), what));
                }
            }
        }
        return all;
    }

    private static String where(String path) {
        return path.replace("{id}", id(path));
    }

    private static String id(String path) {
        return path.contains("/calls/")
                ? "hidden-call"
                : path.contains("/endpoints/")
                        ? "hidden-ep"
                        : path.contains("/replays/") ? replay : delivery;
    }

    private static List<Error> faults(JsonNode schema, JsonNode answer) {
        ObjectNode document = Json.object();
        document.set("$ref", schema.path("$ref"));
        document.set("components", page.path("components"));
        return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(document)
                .validate(answer);
    }
}
