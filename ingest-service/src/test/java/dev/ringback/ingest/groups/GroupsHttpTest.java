package dev.ringback.ingest.groups;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.dialect.GroupIds;
import dev.ringback.ingest.TestIngest;
import dev.ringback.ingest.TestIngest.Reply;
import dev.ringback.ingest.TwoIngests;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class GroupsHttpTest {
    private static final String FORM =
            """
            {"account_id":"acc_1","answer_url":"https://ivr.example/answer",
             "fallback_url":"https://ivr.example/fallback","ring_url":"https://ivr.example/ring",
             "status_callback_url":"https://ivr.example/status","status_callback_method":"GET",
             "webhook_secret":"MARKER-secret","payload":"pascal"}\
            """;

    private static TwoIngests two;

    @BeforeAll
    static void start() {
        two = new TwoIngests();
    }

    @AfterAll
    static void stop() {
        two.close();
    }

    @Test
    void put_new_isMadeAndSeenByTheOtherInstance() {
        Reply made = put("made", FORM);
        assertThat(made.status()).isEqualTo(201);
        assertThat(made.header("ETag")).matches("\"\\d+\"");
        assertThat(made.body().path("application_id").stringValue()).isEqualTo("made");
        assertThat(made.body().path("hangup_url").isNull()).isTrue();
        assertThat(made.body().path("answer_method").stringValue()).isEqualTo("POST");
        assertThat(made.body().path("webhook_secret_set").booleanValue()).isTrue();
        assertThat(application("made")).isEqualTo(made.body());
        assertThat(application("made").toString()).doesNotContain("MARKER");
        assertThat(two.written()).noneMatch(value -> value.contains("MARKER"));
        JsonNode listed = two.seen("/v1/endpoints?account_id=acc_1&application_id=made");
        assertThat(listed.path("items").findValuesAsString("url"))
                .containsExactlyInAnyOrder(
                        "https://ivr.example/ring", "https://ivr.example/status");
    }

    @Test
    void put_again_replacesAllButAnAbsentSecret() {
        Reply first = put("again", FORM);
        Reply again =
                put(
                        "again",
                        "{\"account_id\":\"acc_1\",\"hangup_url\":\"https://ivr.example/over\"}");
        assertThat(again.status()).isEqualTo(200);
        assertThat(again.header("ETag")).isNotEqualTo(first.header("ETag"));
        assertThat(again.body().path("answer_url").isNull()).isTrue();
        assertThat(again.body().path("payload").stringValue()).isEqualTo("documented");
        assertThat(again.body().path("webhook_secret_set").booleanValue()).isTrue();
        assertThat(again.body().path("endpoints").propertyNames()).containsExactly("hangup_url");
        assertThat(application("again")).isEqualTo(again.body());
    }

    @Test
    void put_nullSecret_takesItAway() {
        put("bare", FORM);
        put("bare", "{\"account_id\":\"acc_1\",\"webhook_secret\":\"\"}");
        assertThat(application("bare").path("webhook_secret_set").booleanValue()).isTrue();
        put("bare", "{\"account_id\":\"acc_1\",\"webhook_secret\":null}");
        assertThat(application("bare").path("webhook_secret_set").booleanValue()).isFalse();
    }

    @Test
    void put_ifMatch_holdsOrIs412() {
        String path = "/v1/applications/matched";
        Map<String, String> any = Map.of("If-Match", "\"1\"");
        assertThat(two.first.put(path, TestIngest.ADMIN, any, FORM).status()).isEqualTo(412);
        Map<String, String> one = Map.of("If-Match", put("matched", FORM).header("ETag"));
        assertThat(two.second.put(path, TestIngest.ADMIN, one, FORM).status()).isEqualTo(200);
        assertThat(two.first.put(path, TestIngest.ADMIN, one, FORM).status()).isEqualTo(412);
    }

    @Test
    void put_atOnce_oneMakesItAndAllTakeEffect() throws Exception {
        List<Reply> replies =
                TwoIngests.atOnce(
                        10, i -> two.any(i).put("/v1/applications/raced", TestIngest.ADMIN, FORM));
        assertThat(replies).filteredOn(reply -> reply.status() == 201).hasSize(1);
        assertThat(replies).filteredOn(reply -> reply.status() == 200).hasSize(9);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    "account_id":"acc_1"  | "account_id":""                 | /account_id
                    ivr.example/ring      | u:p@ivr.example                 | /ring_url
                    https://ivr.example/a | http://ivr.example/a            | /answer_url
                    "GET"                 | "PUT"                           | /status_callback_method
                    "pascal"              | "camel"                         | /payload
                    fallback_url          | fallback                        | /fallback
                    """)
    void put_oneThingWrong_namesIt(String from, String to, String pointer) {
        Reply reply = put("wrong", FORM.replace(from, to));
        assertThat(reply.status()).isEqualTo(422);
        assertThat(TwoIngests.pointers(reply)).containsExactly(pointer);
    }

    @Test
    void list_isOfTheAccountsOfTheKeyAndGoesOnFromItsCursor() {
        put("listed-1", FORM);
        put("listed-2", FORM);
        String foreign = FORM.replace("acc_1", "acc_2");
        two.first.put("/v1/applications/listed-3", TestIngest.ADMIN, foreign);
        List<String> seen = new ArrayList<>();
        String cursor = "";
        do {
            JsonNode page =
                    two.second.get("/v1/applications?limit=1" + cursor, TestIngest.OWNER).body();
            seen.addAll(page.path("items").findValuesAsString("application_id"));
            cursor = page.path("next_cursor").stringValueOpt().map(c -> "&cursor=" + c).orElse("");
        } while (!cursor.isEmpty());
        assertThat(seen).contains("listed-1", "listed-2").doesNotContain("listed-3");
        assertThat(seen).doesNotHaveDuplicates();
        two.create(
                """
                {"account_id":"acc_1","name":"n","url":"https://a.example/h","dialect":"voicy",
                 "scope":{"agent_id":"listed"}}\
                """);
        JsonNode agents = two.second.get("/v1/agents?account_id=acc_1", TestIngest.OWNER).body();
        assertThat(agents.path("items").findValuesAsString("agent_id")).contains("listed");
        assertThat(two.second.get("/v1/agents?account_id=acc_2", TestIngest.OWNER).body())
                .hasToString("{\"items\":[],\"next_cursor\":null}");
    }

    @Test
    void delete_takesTheEndpointsToo() {
        JsonNode made = put("deleted", FORM).body();
        String member = made.at("/endpoints/ring_url").stringValue();
        String path = "/v1/applications/deleted";
        assertThat(two.first.delete(path, TestIngest.OWNER, Map.of()).status()).isEqualTo(204);
        assertThat(two.second.get(path, TestIngest.OWNER).status()).isEqualTo(404);
        assertThat(two.second.get("/v1/endpoints/" + member, TestIngest.OWNER).status())
                .isEqualTo(404);
        assertThat(two.first.delete(path, TestIngest.OWNER, Map.of()).status()).isEqualTo(404);
        assertThat(put("deleted", FORM).status()).isEqualTo(201);
    }

    @Test
    void members_areChangedAtTheirApplication() {
        JsonNode made = put("owned", FORM).body();
        String member = "/v1/endpoints/" + made.at("/endpoints/status_callback_url").stringValue();
        Reply patched = two.first.patch(member, TestIngest.ADMIN, Map.of(), "{\"name\":\"x\"}");
        assertThat(patched.status()).isEqualTo(409);
        assertThat(patched.body().path("detail").stringValue()).contains("/v1/applications/owned");
        assertThat(two.first.delete(member, TestIngest.ADMIN, Map.of()).status()).isEqualTo(409);
        assertThat(post(member + "/secrets", "{}").status()).isEqualTo(409);
        assertThat(post(member + "/disable", "").status()).isEqualTo(200);
        assertThat(two.seen(member).path("status").stringValue()).isEqualTo("disabled");
        put("owned", FORM.replace("example/status", "example/moved"));
        assertThat(two.seen(member).path("status").stringValue()).isEqualTo("disabled");
        assertThat(two.seen(member).path("url").stringValue()).endsWith("/moved");
    }

    @Test
    void accounts_doNotSeeEachOther() {
        String foreign = FORM.replace("acc_1", "acc_2");
        assertThat(two.first.put("/v1/applications/f", TestIngest.OWNER, foreign).status())
                .isEqualTo(403);
        two.first.put("/v1/applications/f", TestIngest.ADMIN, foreign);
        assertThat(two.first.get("/v1/applications/f?account_id=acc_2", TestIngest.OWNER).status())
                .isEqualTo(404);
        assertThat(two.first.get("/v1/applications/f", TestIngest.OWNER).status()).isEqualTo(404);
        assertThat(two.first.get("/v1/applications/f", TestIngest.ADMIN).status()).isEqualTo(400);
        assertThat(two.first.get("/v1/agents/a?account_id=acc_2", TestIngest.OWNER).status())
                .isEqualTo(404);
    }

    @Test
    void agent_sixthWebhook_isRefusedHoweverManyAskAtOnce() throws Exception {
        List<Reply> replies =
                TwoIngests.atOnce(
                        100,
                        i ->
                                two.any(i)
                                        .post(
                                                "/v1/endpoints",
                                                TestIngest.ADMIN,
                                                TestIngest.JSON,
                                                webhook("busy")));
        assertThat(replies).filteredOn(reply -> reply.status() == 201).hasSize(5);
        List<Reply> refused = replies.stream().filter(reply -> reply.status() == 422).toList();
        assertThat(refused).hasSize(95);
        assertThat(TwoIngests.pointers(refused.getFirst())).containsExactly("/scope/agent_id");
        assertThat(agent("busy").path("webhooks").stringValue()).isEqualTo("5/5");
        assertThat(two.seen("/v1/endpoints?account_id=acc_1&agent_id=busy").path("items"))
                .hasSize(5);
    }

    @Test
    void agent_deploy_isSeenByTheOtherInstanceAtOnce() {
        assertThat(agent("a1").path("webhooks").stringValue()).isEqualTo("0/5");
        assertThat(agent("a1").path("draft_differs").booleanValue()).isFalse();
        String id = two.create(webhook("a1"));
        assertThat(agent("a1").path("webhooks").stringValue()).isEqualTo("1/5");
        assertThat(agent("a1").path("draft_differs").booleanValue()).isTrue();
        Reply deployed = post("/v1/agents/a1/deploy", "{\"account_id\":\"acc_1\"}");
        assertThat(deployed.status()).isEqualTo(200);
        assertThat(deployed.body().path("deployed_version").intValue()).isEqualTo(1);
        assertThat(deployed.body().path("draft_differs").booleanValue()).isFalse();
        assertThat(deployed.body().path("deployed").toString()).isEqualTo("[\"" + id + "\"]");
        assertThat(agent("a1")).isEqualTo(deployed.body());
        String path = "/v1/endpoints/" + id;
        post(path + "/disable", "");
        assertThat(agent("a1").path("draft_differs").booleanValue()).isFalse();
        two.first.patch(path, TestIngest.ADMIN, Map.of(), "{\"name\":\"other\"}");
        assertThat(agent("a1").path("draft_differs").booleanValue()).isTrue();
        two.first.patch(path, TestIngest.ADMIN, Map.of(), "{\"name\":\"CRM\"}");
        assertThat(agent("a1").path("draft_differs").booleanValue()).isFalse();
    }

    @Test
    void agent_headerWithTheSameValue_doesNotDiffer() {
        String id = two.create(webhook("same"));
        post("/v1/agents/same/deploy", "{\"account_id\":\"acc_1\"}");
        String path = "/v1/endpoints/" + id;
        two.first.patch(path, TestIngest.ADMIN, Map.of(), "{\"headers\":{\"X-A\":\"v\"}}");
        assertThat(agent("same").path("draft_differs").booleanValue()).isFalse();
        two.first.patch(path, TestIngest.ADMIN, Map.of(), "{\"headers\":{\"X-A\":\"w\"}}");
        assertThat(agent("same").path("draft_differs").booleanValue()).isTrue();
    }

    @Test
    void agent_patchToAFullOne_isRefused() {
        for (int i = 0; i < 5; i++) {
            two.create(webhook("full"));
        }
        String path = "/v1/endpoints/" + two.create(webhook("free"));
        Reply reply =
                two.second.patch(
                        path, TestIngest.ADMIN, Map.of(), "{\"scope\":{\"agent_id\":\"full\"}}");
        assertThat(reply.status()).isEqualTo(422);
        assertThat(agent("free").path("webhooks").stringValue()).isEqualTo("1/5");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    "name":"CRM",        | ''                            | /name
                    {"agent_id":"rules"} | {}                            | /scope/agent_id
                    https:               | http:                         | /url
                    "X-A"                | "X-Voicy-Event"               | /headers/X-Voicy-Event
                    "X-A"                | "transfer-encoding"           | /headers/transfer-encoding
                    "name":"CRM"         | "name":"C","events":["call.billed"] | /events/0
                    """)
    void agent_webhookAgainstTheRules_isRefused(String from, String to, String pointer) {
        Reply reply = post("/v1/endpoints", webhook("rules").replace(from, to));
        assertThat(reply.status()).isEqualTo(422);
        assertThat(TwoIngests.pointers(reply)).containsExactly(pointer);
    }

    @Test
    void records_areNoEndpoints() {
        two.create(webhook("hidden"));
        post("/v1/agents/hidden/deploy", "{\"account_id\":\"acc_1\"}");
        JsonNode listed = two.seen("/v1/endpoints?account_id=acc_1&agent_id=hidden");
        assertThat(listed.path("items")).hasSize(1);
        String id = listed.at("/items/0/id").stringValue();
        assertThat(two.first.get("/v1/endpoints/" + id + "@deployed", TestIngest.ADMIN).status())
                .isEqualTo(404);
        String agent = "/v1/endpoints/" + GroupIds.agent("acc_1", "hidden");
        assertThat(two.first.get(agent, TestIngest.ADMIN).status()).isEqualTo(404);
        assertThat(post(agent + "/disable", "").status()).isEqualTo(404);
        assertThat(two.first.delete(agent, TestIngest.ADMIN, Map.of()).status()).isEqualTo(409);
    }

    private static String webhook(String agentId) {
        return """
        {"account_id":"acc_1","name":"CRM","url":"https://crm.example/hooks","dialect":"voicy",
         "scope":{"agent_id":"%s"},"headers":{"X-A":"v"}}\
        """
                .formatted(agentId);
    }

    private static JsonNode agent(String id) {
        return two.seen("/v1/agents/" + id + "?account_id=acc_1");
    }

    private static JsonNode application(String id) {
        return two.seen("/v1/applications/" + id + "?account_id=acc_1");
    }

    private static Reply put(String id, String form) {
        return two.first.put("/v1/applications/" + id, TestIngest.ADMIN, form);
    }

    private static Reply post(String path, String form) {
        return two.first.post(path, TestIngest.ADMIN, TestIngest.JSON, form);
    }
}
