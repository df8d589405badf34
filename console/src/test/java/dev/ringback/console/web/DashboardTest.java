package dev.ringback.console.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.schemas.Json;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/** Who gets in, what they see and may do, and that no text of others becomes markup. */
class DashboardTest {
    private static final String EVIL =
            "\"'><img src=x onerror=alert(1)><script>alert(2)</script>${7001*7001}";
    private static final List<String> PAGES =
            List.of(
                    "/",
                    "/calls",
                    "/deliveries",
                    "/endpoints",
                    "/dead",
                    "/replays",
                    "/ledger",
                    "/agents",
                    "/applications",
                    "/voxml",
                    "/endpoints/new",
                    "/applications/form");

    private static Stage stage;

    @BeforeAll
    static void start() {
        stage = new Stage();
        Samples.fill(stage.reads);
    }

    @AfterAll
    static void stop() {
        stage.close();
    }

    @Test
    void page_nobodyLoggedIn_leadsToTheLoginAndBack() {
        TestVisitor visitor = new TestVisitor(stage.url());
        HttpResponse<String> sent = visitor.get("/calls?status=completed");
        assertThat(sent.statusCode()).isEqualTo(303);
        assertThat(location(sent)).isEqualTo("/login?next=%2Fcalls%3Fstatus%3Dcompleted");
        visitor.follow(sent);
        HttpResponse<String> in =
                visitor.post("/login", Map.of("key", Stage.ONE, "next", "/calls?status=completed"));
        assertThat(location(in)).isEqualTo("/calls?status=completed");
        assertThat(visitor.follow(in).statusCode()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://evil.example",
                "//evil.example",
                "/\\evil.example",
                "javascript:alert(1)"
            })
    void login_nextIsElsewhere_staysHere(String next) {
        TestVisitor visitor = new TestVisitor(stage.url());
        visitor.get("/login");
        assertThat(location(visitor.post("/login", Map.of("key", Stage.ONE, "next", next))))
                .isEqualTo("/");
    }

    @Test
    void login_unknownKeyOrNoToken_isRefused() {
        TestVisitor visitor = new TestVisitor(stage.url());
        visitor.get("/login");
        assertThat(visitor.post("/login", Map.of("key", "nobody")).statusCode()).isEqualTo(403);
        assertThat(visitor.post("/login", Map.of("key", Stage.ONE, "csrf", "made-up")).statusCode())
                .isEqualTo(403);
        assertThat(visitor.get("/").statusCode()).isEqualTo(303);
    }

    @Test
    void cookie_isForThisSiteAloneAndShowsNoKey() {
        TestVisitor visitor = new TestVisitor(stage.url());
        visitor.get("/login");
        HttpResponse<String> in = visitor.post("/login", Map.of("key", Stage.ONE));
        String cookie = in.headers().firstValue("Set-Cookie").orElseThrow();
        assertThat(cookie)
                .contains("HttpOnly", "SameSite=Strict", "Path=/")
                .doesNotContain(Stage.ONE);
    }

    @Test
    void link_fromAnotherSite_leavesTheSessionAloneAndComesAgain() {
        TestVisitor stranger = new TestVisitor(stage.url());
        HttpResponse<String> sent = stranger.getFromElsewhere("/login?next=/calls");
        assertThat(sent.headers().allValues("Set-Cookie"))
                .isNotEmpty()
                .noneMatch(cookie -> cookie.startsWith("ringback_session"));
        assertThat(sent.body()).contains("http-equiv=\"refresh\" content=\"0; url=/calls\"");
        assertThat(stranger.get("/login?next=/calls").body()).doesNotContain("http-equiv");
    }

    @Test
    void logout_endsTheSession() {
        TestVisitor visitor = TestVisitor.with(stage.url(), Stage.ONE);
        assertThat(location(visitor.post("/logout", Map.of()))).isEqualTo("/login");
        assertThat(visitor.get("/").statusCode()).isEqualTo(303);
    }

    @Test
    void form_withoutItsToken_changesNothing() {
        TestVisitor visitor = TestVisitor.with(stage.url(), Stage.ONE);
        Map<String, String> made = Map.of("csrf", "made-up", "delivery", "dlv_0x2b");
        assertThat(visitor.post("/dead/chosen", made).statusCode()).isEqualTo(403);
        assertThat(stage.reads.replayed).doesNotContain("dlv_0x2b");
    }

    @Test
    void pages_allHaveAPolicyAndRunNothingInline() {
        TestVisitor visitor = TestVisitor.with(stage.url(), Stage.ADMIN);
        for (String path : PAGES) {
            HttpResponse<String> page = visitor.get(path);
            assertThat(page.statusCode()).as(path).isEqualTo(200);
            assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
                    .contains("default-src 'none'", "script-src 'self'")
                    .doesNotContain("unsafe");
            assertThat(page.headers().firstValue("Cache-Control")).hasValue("no-store");
            assertThat(page.body())
                    .as(path)
                    .doesNotContain(" style=", "<style", " onclick=")
                    .doesNotContainPattern("<script(?! src=\"/assets/)");
        }
    }

    @Test
    void assets_areCachedUnderTheirNames() {
        TestVisitor visitor = new TestVisitor(stage.url());
        String login = visitor.get("/login").body();
        String css = login.replaceAll("(?s).*(/assets/console\\.css\\?[0-9a-f]+).*", "$1");
        HttpResponse<String> file = visitor.get(css);
        assertThat(file.statusCode()).isEqualTo(200);
        assertThat(file.headers().firstValue("Cache-Control").orElseThrow()).contains("immutable");
        assertThat(visitor.get("/assets/nothing").statusCode()).isEqualTo(404);
    }

    @Test
    void pages_areLight() {
        TestVisitor visitor = TestVisitor.with(stage.url(), Stage.ADMIN);
        for (String path : PAGES) {
            assertThat(visitor.get(path).body().length()).as(path).isLessThan(120_000);
        }
        for (String asset : List.of("console.css", "console.js")) {
            assertThat(visitor.get("/assets/" + asset).body().length()).isLessThan(30_000);
        }
    }

    @Test
    void page_keyWithoutRead_saysWhatItLacks() {
        TestVisitor visitor = TestVisitor.with(stage.url(), Stage.BLIND);
        assertThat(visitor.get("/").statusCode()).isEqualTo(403);
        assertThat(visitor.get("/calls").body()).contains("lacks the scope read");
        assertThat(visitor.get("/voxml").statusCode()).isEqualTo(200);
    }

    @Test
    void reader_seesNoActionAndMayDoNone() {
        TestVisitor visitor = TestVisitor.with(stage.url(), Stage.READER);
        assertThat(visitor.get("/endpoints").body()).doesNotContain("Add endpoint");
        assertThat(visitor.get("/dead").body()).doesNotContain("Replay selected");
        assertThat(visitor.get("/endpoints/new").statusCode()).isEqualTo(403);
        assertThat(visitor.post("/deliveries/dlv_0x2b/replay", Map.of()).statusCode())
                .isEqualTo(403);
        assertThat(visitor.post("/endpoints", Map.of("url", "https://a.example")).statusCode())
                .isEqualTo(403);
        assertThat(visitor.post("/endpoints/ep_crm/delete", Map.of()).statusCode()).isEqualTo(403);
        assertThat(visitor.post("/dead/replay", Map.of("endpoint_id", "ep_billing")).statusCode())
                .isEqualTo(403);
    }

    @Test
    void otherAccount_isOnNoPageAndTakesNoAction() {
        TestVisitor visitor = TestVisitor.with(stage.url(), Stage.TWO);
        for (String path : PAGES) {
            assertThat(visitor.get(path).body())
                    .as(path)
                    .doesNotContain("acc_1", "ep_crm", "crm.example", "dlv_0", "+15550110");
        }
        String call = "/calls/c7a34e6f-9d1b-4c8e-a5f2-3b9d7e8c1a10";
        for (String path :
                List.of(
                        call,
                        "/deliveries/dlv_0x2b",
                        "/endpoints/ep_crm",
                        "/endpoints/ep_crm/edit")) {
            assertThat(visitor.get(path).statusCode()).as(path).isEqualTo(404);
        }
        for (String action :
                List.of(
                        "/deliveries/dlv_0x2b/replay",
                        "/endpoints/ep_crm/delete",
                        "/endpoints/ep_crm/test")) {
            assertThat(visitor.post(action, Map.of()).statusCode()).as(action).isIn(303, 404);
        }
        visitor.post("/dead/chosen", Map.of("delivery", "dlv_1x0a"));
        assertThat(stage.reads.replayed).doesNotContain("dlv_0x2b", "dlv_1x0a");
        assertThat(visitor.get("/deliveries?id=dlv_0x2b").body()).contains("There is no delivery");
    }

    @Test
    void text_ofAnyField_isNeverMarkup() {
        ObjectNode call = evil(Samples.call("c-evil", "acc_1", 1), "call_id", "account_id");
        ObjectNode event =
                evil(
                        Samples.event("e-evil", "c-evil", "acc_1", "call.ended", 1, 1),
                        "subject_id",
                        "account_id");
        ObjectNode delivery =
                evil(
                        Samples.delivery(
                                "dlv_evil",
                                "e-evil",
                                "call.ended",
                                "c-evil",
                                "acc_1",
                                "ep_crm",
                                "dead",
                                "exhausted"),
                        "delivery_id",
                        "account_id",
                        "subject_id",
                        "state",
                        "event_id",
                        "kind");
        ObjectNode endpoint =
                evil(
                        Samples.endpoint("ep_evil", "acc_1", "evil", "standard", "normal", 3),
                        "id",
                        "account_id");
        ObjectNode open =
                evil(
                        Json.object()
                                .put("delivery_id", "d")
                                .put("why", "w")
                                .put("explanation", "e")
                                .put("state", "s")
                                .put("account_id", "acc_1"),
                        "account_id");
        stage.reads.calls.add(call);
        stage.reads.events.add(event);
        stage.reads.deliveries.add(delivery);
        stage.reads.endpoints.add(endpoint);
        stage.reads.open.add(open);
        try {
            TestVisitor visitor = TestVisitor.with(stage.url(), Stage.ONE);
            for (String path :
                    List.of(
                            "/",
                            "/calls",
                            "/calls/c-evil",
                            "/deliveries",
                            "/deliveries/dlv_evil",
                            "/endpoints",
                            "/dead",
                            "/ledger",
                            "/calls?id=%22%3E%3Cscript%3E",
                            "/deliveries?reason=%22%3E%3Cscript%3E&id=%3Cimg%20src%3Dx%3E",
                            "/nowhere%3Cscript%3E")) {
                String page = visitor.get(path).body();
                assertThat(page).as(path).doesNotContain("<img", "<script>", "\"'>", "49014001");
            }
            assertThat(visitor.get("/calls/c-evil").body())
                    .contains("&lt;img src=x onerror=alert(1)&gt;");
            assertThat(visitor.post("/voxml", Map.of("voxml", "</textarea>" + EVIL)).body())
                    .contains("&lt;/textarea&gt;")
                    .doesNotContain("<img", "<script>alert");
        } finally {
            stage.reads.calls.remove(call);
            stage.reads.events.remove(event);
            stage.reads.deliveries.remove(delivery);
            stage.reads.endpoints.remove(endpoint);
            stage.reads.open.remove(open);
        }
    }

    @Test
    void ledger_ofAConsoleThatCatchesUp_givesNoVerdict() {
        stage.reads.catchingUp = true;
        try {
            String page = TestVisitor.with(stage.url(), Stage.ONE).get("/ledger").body();
            assertThat(page)
                    .contains("Catching up")
                    .doesNotContain("It balances", "It does not balance", "Routing is behind");
        } finally {
            stage.reads.catchingUp = false;
        }
    }

    @Test
    void live_somethingHappens_isTold() {
        HttpResponse<Stream<String>> told = TestVisitor.with(stage.url(), Stage.ONE).listen();
        assertThat(told.headers().firstValue("Content-Type").orElse(""))
                .startsWith("text/event-stream");
        stage.reads.happen();
        try (Stream<String> lines = told.body()) {
            assertThat(lines.filter(line -> line.startsWith("data:")).limit(2))
                    .as("at once, and when nothing has followed")
                    .containsExactly("data: new", "data: again");
        }
    }

    @Test
    void live_nothingHappens_isToldOnceAsItBegins() {
        HttpResponse<Stream<String>> told = TestVisitor.with(stage.url(), Stage.ONE).listen();
        try (Stream<String> lines = told.body()) {
            assertThat(lines.filter(line -> line.startsWith("data:")).findFirst())
                    .hasValue("data: again");
        }
    }

    @Test
    void live_nobodyLoggedIn_isRefused() {
        assertThat(new TestVisitor(stage.url()).listen().statusCode()).isEqualTo(401);
    }

    @Test
    void readSideAway_saysSo() {
        stage.reads.away = true;
        try {
            HttpResponse<String> page = TestVisitor.with(stage.url(), Stage.ONE).get("/");
            assertThat(page.statusCode()).isEqualTo(503);
            assertThat(page.body()).contains("Not just now", "being rebuilt");
        } finally {
            stage.reads.away = false;
        }
    }

    @Test
    void page_aFaultOfOurs_isAPage() {
        stage.reads.broken = true;
        try {
            HttpResponse<String> page = TestVisitor.with(stage.url(), Stage.ONE).get("/");
            assertThat(page.statusCode()).isEqualTo(500);
            assertThat(page.headers().firstValue("Content-Type").orElse("")).contains("text/html");
            assertThat(page.body())
                    .contains("That did not work")
                    .doesNotContain("for the log alone");
        } finally {
            stage.reads.broken = false;
        }
    }

    @Test
    void replay_ofSeveral_saysHowMany() {
        TestVisitor visitor = TestVisitor.with(stage.url(), Stage.ONE);
        HttpResponse<String> done = visitor.post("/deliveries/dlv_1x2b/replay", Map.of());
        assertThat(visitor.follow(done).body()).contains("It is sent again");
        assertThat(stage.reads.replayed).contains("dlv_1x2b");
        HttpResponse<String> pending = visitor.post("/deliveries/dlv_2x2b/replay", Map.of());
        assertThat(visitor.follow(pending).body()).contains("it is pending");
        assertThat(visitor.get("/deliveries/dlv_2x2b").body()).doesNotContain("it is pending");
    }

    @Test
    void voxml_isJudged() {
        TestVisitor visitor = TestVisitor.with(stage.url(), Stage.ONE);
        String bad = "{\"voxml_version\":\"1.0\",\"instructions\":[{\"verb\":\"Sing\"}]}";
        assertThat(visitor.post("/voxml", Map.of("voxml", bad)).body())
                .contains("Not valid", "/instructions/0");
        String good = bad.replace("\"Sing\"", "\"Hangup\"");
        assertThat(visitor.post("/voxml", Map.of("voxml", good)).body()).contains("<h2>Valid</h2>");
    }

    @Test
    void curl_isOneCommandWhateverIsInIt() {
        ObjectNode delivery =
                Samples.delivery(
                        "dlv_curl", "e", "call.ended", "c", "acc_1", "ep_crm", "dead", "exhausted");
        delivery.put("body", "{\"text\":\"it's $(rm -rf /) `x`\"}");
        stage.reads.deliveries.add(delivery);
        String page = TestVisitor.with(stage.url(), Stage.ONE).get("/deliveries/dlv_curl").body();
        stage.reads.deliveries.remove(delivery);
        assertThat(page).contains("curl -i -X POST").contains("it'\\''s $(rm -rf /) `x`");
    }

    /** Every text in it but these is what somebody would send to do harm. */
    private static ObjectNode evil(ObjectNode document, String... kept) {
        List<String> names = List.copyOf(document.propertyNames());
        for (String name : names) {
            JsonNode value = document.path(name);
            if (value.isString() && !List.of(kept).contains(name)) {
                document.put(name, EVIL);
            } else if (value instanceof ObjectNode inner) {
                evil(inner);
                inner.put(EVIL, EVIL);
            } else if (value instanceof ArrayNode items) {
                for (int i = 0; i < items.size(); i++) {
                    if (items.get(i) instanceof ObjectNode inner) {
                        evil(inner);
                    } else if (items.get(i) instanceof StringNode) {
                        items.set(i, EVIL);
                    }
                }
            }
        }
        return document;
    }

    private static String location(HttpResponse<String> answer) {
        return answer.headers().firstValue("Location").orElse("").replaceFirst("^http://[^/]+", "");
    }
}
