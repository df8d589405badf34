package dev.ringback.ingest.api;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.ingest.TestIngest;
import dev.ringback.ingest.TestIngest.Reply;
import dev.ringback.ingest.TwoIngests;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class SecretsHttpTest {
    private static final String STANDARD =
            "{\"account_id\":\"acc_1\",\"url\":\"https://crm.example/hooks\"}";
    private static final String VOICY =
            """
            {"account_id":"acc_1","url":"https://crm.example/hooks","dialect":"voicy",
             "name":"CRM","scope":{"agent_id":"%s"}}""";

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
    void rotate_leftToUs_showsTheSecretOnceAndEndsTheOldOne() {
        String path = create(STANDARD);
        Reply reply = rotate(path, "");
        assertThat(reply.status()).isEqualTo(201);
        assertThat(reply.header("ETag")).isEqualTo("\"2\"");
        assertThat(reply.body().path("secret").stringValue()).startsWith("whsec_");
        assertThat(reply.body().path("expires_at").isNull()).isTrue();
        JsonNode seen = two.seen(path);
        assertThat(seen.path("secrets")).hasSize(2);
        assertThat(seen.toString()).doesNotContain("whsec_");
        Instant made = Instant.parse(reply.body().path("created_at").stringValue());
        Instant end = Instant.parse(seen.at("/secrets/0/expires_at").stringValue());
        assertThat(Duration.between(made, end))
                .isBetween(Duration.ofHours(24), Duration.ofHours(24).plusSeconds(20));
        assertThat(seen.at("/secrets/1/expires_at").isNull()).isTrue();
    }

    @Test
    void rotate_ownSecret_isNotShown() {
        String path = create(STANDARD);
        String secret = "whsec_TUFSS0VSTUFSS0VSTUFSS0VSTUFSS0VS";
        Reply reply = rotate(path, "{\"secret\":\"" + secret + "\",\"overlap\":\"0s\"}");
        assertThat(reply.body().has("secret")).isFalse();
        assertThat(two.seen(path).path("secrets")).hasSize(1);
        assertThat(two.written()).noneMatch(value -> value.contains("TUFSS0"));
    }

    @Test
    void rotate_ed25519_showsThePublicKey() {
        String path = create(STANDARD);
        String key = "whsk_" + "A".repeat(43) + "=";
        Reply reply = rotate(path, "{\"secret\":\"" + key + "\"}");
        assertThat(reply.status()).isEqualTo(201);
        assertThat(reply.body().path("public_key").stringValue()).startsWith("whpk_");
        assertThat(two.seen(path).at("/secrets/1/public_key"))
                .isEqualTo(reply.body().path("public_key"));
    }

    @Test
    void rotate_again_leavesAnEarlierEndAlone() {
        String path = create(STANDARD);
        rotate(path, "{\"overlap\":\"1h\"}");
        String end = two.seen(path).at("/secrets/0/expires_at").stringValue();
        rotate(path, "{\"overlap\":\"30d\"}");
        assertThat(two.seen(path).at("/secrets/0/expires_at").stringValue()).isEqualTo(end);
        assertThat(two.seen(path).path("secrets")).hasSize(3);
    }

    @Test
    void change_prunesWhatHasExpired() {
        String path = create(STANDARD);
        rotate(path, "{\"overlap\":\"1ms\"}");
        JsonNode after =
                two.first.patch(path, TestIngest.ADMIN, Map.of(), "{\"name\":\"n\"}").body();
        assertThat(after.path("secrets")).hasSize(1);
    }

    @Test
    void rotate_elevenLive_isRefused() {
        String path = create(STANDARD);
        for (int i = 0; i < 9; i++) {
            assertThat(rotate(path, "{}").status()).isEqualTo(201);
        }
        assertThat(rotate(path, "{}").status()).isEqualTo(409);
        assertThat(rotate(path, "{\"overlap\":\"0s\"}").status()).isEqualTo(201);
        assertThat(two.seen(path).path("secrets")).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    {"overlap":"31d"}        | /overlap
                    {"overlap":"soon"}       | /overlap
                    {"overlap":5}            | /overlap
                    {"secret":"whsec_eA=="}  | /secret
                    {"secrets":"x"}          | /secrets
                    """)
    void rotate_oneThingWrong_namesIt(String form, String pointer) {
        Reply reply = rotate(create(STANDARD), form);
        assertThat(reply.status()).isEqualTo(422);
        assertThat(TwoIngests.pointers(reply)).containsExactly(pointer);
    }

    @Test
    void rotate_atOnce_keepsEachSecret() throws Exception {
        String path = create(STANDARD);
        List<Reply> replies =
                TwoIngests.atOnce(
                        8,
                        i ->
                                two.any(i)
                                        .post(
                                                path + "/secrets",
                                                TestIngest.ADMIN,
                                                TestIngest.JSON,
                                                "{}"));
        assertThat(replies).allMatch(reply -> reply.status() == 201);
        assertThat(two.seen(path).path("secrets").findValuesAsString("id"))
                .containsAll(
                        replies.stream()
                                .map(reply -> reply.body().path("id").stringValue())
                                .toList())
                .hasSize(9);
    }

    @Test
    void delete_newest_letsTheOldOneStay() {
        String path = create(STANDARD);
        String id = rotate(path, "").body().path("id").stringValue();
        assertThat(delete(path, id)).isEqualTo(204);
        assertThat(two.seen(path).path("secrets")).hasSize(1);
        assertThat(two.seen(path).at("/secrets/0/expires_at").isNull()).isTrue();
    }

    @Test
    void delete_lastOrUnknown_isRefused() {
        String path = create(STANDARD);
        assertThat(delete(path, two.seen(path).at("/secrets/0/id").stringValue())).isEqualTo(409);
        assertThat(delete(path, "sec_none")).isEqualTo(404);
    }

    @Test
    void unsignedDialect_hasNoSecretUntilItGetsOne() {
        String path = create(VOICY.formatted("unsigned"));
        assertThat(two.seen(path).path("secrets")).isEmpty();
        String id = rotate(path, "{\"secret\":\"mine\"}").body().path("id").stringValue();
        assertThat(two.seen(path).at("/secrets/0/id").stringValue()).isEqualTo(id);
        assertThat(delete(path, id)).isEqualTo(204);
        assertThat(two.seen(path).path("secrets")).isEmpty();
    }

    @Test
    void unsignedDialect_nullSecret_takesItAway() {
        String path = create(VOICY.formatted("nulled"));
        rotate(path, "");
        two.first.patch(path, TestIngest.ADMIN, Map.of(), "{\"secret\":\"\"}");
        assertThat(two.seen(path).path("secrets")).hasSize(1);
        two.first.patch(path, TestIngest.ADMIN, Map.of(), "{\"secret\":null}");
        assertThat(two.seen(path).path("secrets")).isEmpty();
    }

    private static String create(String form) {
        return "/v1/endpoints/" + two.create(form);
    }

    private static Reply rotate(String path, String form) {
        return two.first.post(path + "/secrets", TestIngest.ADMIN, TestIngest.JSON, form);
    }

    private static int delete(String path, String secretId) {
        return two.first.delete(path + "/secrets/" + secretId, TestIngest.ADMIN, Map.of()).status();
    }
}
