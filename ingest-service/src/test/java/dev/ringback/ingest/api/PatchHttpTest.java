package dev.ringback.ingest.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.ingest.TestIngest;
import dev.ringback.ingest.TestIngest.Reply;
import dev.ringback.ingest.TwoIngests;
import dev.ringback.schemas.Json;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class PatchHttpTest {
    private static final String WHOLE =
            """
            {"account_id":"acc_1","name":"CRM","url":"https://crm.example/hooks",
             "events":["call.ended"],"scope":{"agent_id":"a1","environment":"production"},
             "headers":{"X-One":"MARKER-1","X-Two":"MARKER-2"},
             "policy":{"timeout":"5s","max_in_flight":3},"metadata":{"team":"sales","site":"b"}}""";

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
    void patch_oneField_keepsAllOthers() {
        String path = create();
        JsonNode before = two.seen(path);
        Reply reply = patch(path, "{\"url\":\"https://crm.example/other\"}");
        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.header("ETag")).isEqualTo("\"2\"");
        assertThat(two.seen(path)).isEqualTo(reply.body());
        for (String field : List.of("name", "events", "scope", "headers", "policy", "secrets")) {
            assertThat(reply.body().path(field)).isEqualTo(before.path(field));
        }
        assertThat(reply.body().path("url").stringValue()).isEqualTo("https://crm.example/other");
    }

    @Test
    void patch_objects_mergeFieldByField() {
        String path = create();
        JsonNode after =
                patch(
                                path,
                                """
                                {"scope":{"environment":null,"phone_number_id":"p1"},
                                 "policy":{"timeout":null,"rate":"5/s"},
                                 "metadata":{"site":null,"floor":"2"}}""")
                        .body();
        assertThat(after.at("/scope/agent_id").stringValue()).isEqualTo("a1");
        assertThat(after.at("/scope/environment").isNull()).isTrue();
        assertThat(after.at("/scope/phone_number_id").stringValue()).isEqualTo("p1");
        assertThat(after.at("/policy/timeout").stringValue()).isEqualTo("20s");
        assertThat(after.at("/policy/max_in_flight").intValue()).isEqualTo(3);
        assertThat(after.at("/policy/rate").stringValue()).isEqualTo("5/s");
        assertThat(after.path("metadata"))
                .isEqualTo(Json.object().put("team", "sales").put("floor", "2"));
    }

    @Test
    void patch_null_bringsTheDefaultBack() {
        JsonNode after =
                patch(
                                create(),
                                """
                                {"name":null,"events":null,"scope":null,"policy":null,
                                 "metadata":null,"headers":null}""")
                        .body();
        assertThat(after.path("name").isNull()).isTrue();
        assertThat(after.path("events").toString()).isEqualTo("[\"*\"]");
        assertThat(after.at("/scope/agent_id").isNull()).isTrue();
        assertThat(after.at("/policy/max_in_flight").intValue()).isEqualTo(8);
        assertThat(after.path("metadata")).isEmpty();
        assertThat(after.path("headers")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    {"headers":{"X-One":"","X-Two":" "}} | ["X-One","X-Two"]
                    {"headers":{"x-two":""}}             | ["X-One","X-Two"]
                    {"headers":{"x-two":"","X-3":"v"}}   | ["X-3","x-two"]
                    {"headers":{"X-3":"v"}}              | ["X-3"]
                    {"headers":{}}                       | []
                    {"name":"n"}                         | ["X-One","X-Two"]
                    """)
    void patch_headers_blankKeeps(String patch, String names) {
        assertThat(patch(create(), patch).body().path("headers").toString()).isEqualTo(names);
    }

    @ParameterizedTest
    @CsvSource({"{}", "'{\"secret\":\"\"}'", "'{\"secret\":\" \"}'", "'{\"secret\":null}'"})
    void patch_noSecret_keepsTheOld(String patch) {
        String path = create();
        String before = two.seen(path).at("/secrets/0/id").stringValue();
        JsonNode after = patch(path, patch).body();
        assertThat(after.path("secrets")).hasSize(1);
        assertThat(after.at("/secrets/0/id").stringValue()).isEqualTo(before);
        assertThat(after.has("secret")).isFalse();
    }

    @Test
    void patch_secret_replacesAtOnce() {
        String path = create();
        String before = two.seen(path).at("/secrets/0/id").stringValue();
        Reply reply = patch(path, "{\"secret\":\"whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz\"}");
        assertThat(reply.body().path("secrets")).hasSize(1);
        assertThat(reply.body().at("/secrets/0/id").stringValue()).isNotEqualTo(before);
        assertThat(reply.body().has("secret")).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    {"account_id":"acc_2"}               | /account_id
                    {"dialect":"voicy"}                  | /dialect
                    {"url":null}                         | /url
                    {"url":"http://crm.example/"}        | /url
                    {"evnts":null}                       | /evnts
                    {"scope":{"agent":"x"}}              | /scope/agent
                    {"policy":{"timeout":"soon"}}        | /policy/timeout
                    {"policy":7}                         | /policy
                    {"metadata":{"team":7}}              | /metadata/team
                    {"secret":"whsec_c2hvcnQ="}          | /secret
                    {"events":["call.exploded"]}         | /events/0
                    {"headers":{"X-3":"","X-4":"v"}}     | /headers/X-3
                    {"headers":{"webhook-ID":"v"}}       | /headers/webhook-ID
                    {"headers":[]}                       | /headers
                    """)
    void patch_oneThingWrong_namesItAndChangesNothing(String patch, String pointer) {
        String path = create();
        Reply reply = patch(path, patch);
        assertThat(reply.status()).isEqualTo(422);
        assertThat(TwoIngests.pointers(reply)).containsExactly(pointer);
        assertThat(two.second.get(path, TestIngest.ADMIN).header("ETag")).isEqualTo("\"1\"");
    }

    @Test
    void patch_elevenHeaders_isRefused() {
        StringBuilder headers = new StringBuilder("\"X-0\":\"v\"");
        for (int i = 1; i <= 10; i++) {
            headers.append(",\"X-").append(i).append("\":\"v\"");
        }
        Reply reply = patch(create(), "{\"headers\":{" + headers + "}}");
        assertThat(TwoIngests.pointers(reply)).containsExactly("/headers");
    }

    @Test
    void patch_notThereOrNotJson_isRefused() {
        assertThat(patch("/v1/endpoints/ep_none", "{}").status()).isEqualTo(404);
        assertThat(patch(create(), "{").status()).isEqualTo(400);
        assertThat(patch(create(), "[]").status()).isEqualTo(422);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    "1"            | 200
                    "7", "1"       | 200
                    *              | 200
                    "2"            | 412
                    W/"1"          | 412
                    1              | 412
                    """)
    void patch_ifMatch_holdsOrIs412(String tag, int status) {
        Reply reply = two.first.patch(create(), TestIngest.ADMIN, Map.of("If-Match", tag), "{}");
        assertThat(reply.status()).isEqualTo(status);
    }

    @Test
    void patch_atOnceWithTheSameTag_exactlyOneWins() throws Exception {
        String path = create();
        List<Reply> replies =
                TwoIngests.atOnce(
                        30,
                        i ->
                                two.any(i)
                                        .patch(
                                                path,
                                                TestIngest.ADMIN,
                                                Map.of("If-Match", "\"1\""),
                                                "{\"name\":\"n" + i + "\"}"));
        assertThat(replies).filteredOn(reply -> reply.status() == 200).hasSize(1);
        assertThat(replies).filteredOn(reply -> reply.status() == 412).hasSize(29);
        assertThat(two.second.get(path, TestIngest.ADMIN).header("ETag")).isEqualTo("\"2\"");
    }

    @Test
    void patch_atOnceWithoutATag_loseNothing() throws Exception {
        String path = create();
        List<Reply> replies =
                TwoIngests.atOnce(
                        12,
                        i ->
                                two.any(i)
                                        .patch(
                                                path,
                                                TestIngest.ADMIN,
                                                Map.of(),
                                                "{\"metadata\":{\"k" + i + "\":\"v\"}}"));
        assertThat(replies).allMatch(reply -> reply.status() == 200);
        assertThat(two.seen(path).path("metadata")).hasSize(14);
    }

    @Test
    void patch_isSeenByTheOtherInstanceAtOnce() {
        String path = create();
        for (int i = 0; i < 10; i++) {
            String name = "n" + i;
            two.any(i).patch(path, TestIngest.ADMIN, Map.of(), "{\"name\":\"" + name + "\"}");
            JsonNode seen = two.any(i + 1).get(path, TestIngest.ADMIN).body();
            assertThat(seen.path("name").stringValue()).isEqualTo(name);
        }
    }

    @Test
    void disableAndEnable_areSeenByTheOtherInstanceAtOnce() {
        String path = create();
        Reply disabled = post(path + "/disable");
        assertThat(disabled.status()).isEqualTo(200);
        assertThat(disabled.body().path("status").stringValue()).isEqualTo("disabled");
        assertThat(two.seen(path)).isEqualTo(disabled.body());
        Reply enabled = post(path + "/enable");
        assertThat(enabled.body().path("status").stringValue()).isEqualTo("normal");
        assertThat(enabled.header("ETag")).isEqualTo("\"3\"");
        assertThat(two.seen(path)).isEqualTo(enabled.body());
        assertThat(post("/v1/endpoints/ep_none/disable").status()).isEqualTo(404);
    }

    @Test
    void patch_signature_replacesTheWholeOne() {
        String path = create();
        String stripe =
                """
                {"signature":{"headers":{"Stripe-Signature":"t={timestamp},v1={signature}"},
                 "message":"{timestamp}.{body}","encoding":"hex","secret":"utf8"}}""";
        JsonNode after = patch(path, stripe).body();
        assertThat(after.at("/signature/message").stringValue()).isEqualTo("{timestamp}.{body}");
        assertThat(after.at("/signature/algorithm").stringValue()).isEqualTo("hmac-sha256");
        assertThat(two.seen(path)).isEqualTo(after);
        assertThat(patch(path, "{\"name\":\"n\"}").body().path("signature"))
                .isEqualTo(after.path("signature"));
        JsonNode other = patch(path, "{\"signature\":{\"algorithm\":\"hmac-sha512\"}}").body();
        assertThat(other.at("/signature/headers").propertyNames()).contains("webhook-signature");
        assertThat(patch(path, "{\"signature\":null}").body().path("signature").isNull()).isTrue();
    }

    @Test
    void patch_signatureThatTheSecretDoesNotFit_isRefused() {
        String path = create();
        String ed25519 = "{\"signature\":{\"algorithm\":\"ed25519\"}}";
        assertThat(TwoIngests.pointers(patch(path, ed25519))).containsExactly("/secret");
        String header =
                "{\"signature\":{\"headers\":{\"x-one\":\"{signature}\"},\"message\":\"{body}\"}}";
        assertThat(TwoIngests.pointers(patch(path, header))).containsExactly("/headers/X-One");
    }

    @Test
    void patch_headerValues_areNowhereInTheClear() {
        String path = create();
        Reply reply = patch(path, "{\"headers\":{\"X-One\":\"MARKER-3\",\"X-Two\":\"\"}}");
        assertThat(reply.body().toString()).doesNotContain("MARKER");
        Reply refused =
                patch(path, "{\"headers\":{\"X-One\":\"MARKER\\n\"},\"secret\":\"MARKER\"}");
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.body().toString()).doesNotContain("MARKER");
        assertThat(two.written()).noneMatch(value -> value.contains("MARKER"));
    }

    @Test
    void writers_needTheScope() {
        String path = create();
        assertThat(two.first.patch(path, TestIngest.READER, Map.of(), "{}").status())
                .isEqualTo(403);
        assertThat(two.first.post(path + "/enable", TestIngest.READER, "", "").status())
                .isEqualTo(403);
    }

    private static String create() {
        return "/v1/endpoints/" + two.create(WHOLE);
    }

    private static Reply patch(String path, String patch) {
        return two.first.patch(path, TestIngest.ADMIN, Map.of(), patch);
    }

    private static Reply post(String path) {
        return two.first.post(path, TestIngest.ADMIN, TestIngest.JSON, "");
    }
}
