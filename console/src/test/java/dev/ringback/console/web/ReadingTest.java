package dev.ringback.console.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.schemas.Json;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

/** What pages say of what is not there, not known, or too much for one page. */
class ReadingTest {
    private static final String PARTIAL = "Part of the data cannot be asked just now";

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

    @AfterEach
    void restore() {
        stage.reads.partial = false;
        stage.reads.next = null;
        stage.reads.overview = Samples.overview();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/calls", "/deliveries", "/dead", "/ledger", "/endpoints"})
    void page_ofAPartialAnswer_saysSoAndNothingElse(String path) {
        stage.reads.overview = Json.object();
        TestVisitor visitor = TestVisitor.with(stage.url(), Stage.NEW);
        String empty = "(?i)nothing died|nothing waits|no attempt in|no call yet|no delivery yet";
        Pattern claims = Pattern.compile(empty + "|everything adds up|no endpoint yet");
        assertThat(visitor.get(path).body()).containsPattern(claims).doesNotContain(PARTIAL);
        stage.reads.partial = true;
        assertThat(visitor.get(path).body()).contains(PARTIAL).doesNotContainPattern(claims);
    }

    @Test
    void call_withDeliveriesMissing_doesNotSayThatNobodySubscribed() {
        ObjectNode call = Samples.call("c-untold", "acc_1", 1);
        stage.reads.calls.add(call);
        stage.reads.events.add(Samples.event("e-untold", "c-untold", "acc_1", "call.ended", 1, 1));
        TestVisitor visitor = TestVisitor.with(stage.url(), Stage.ONE);
        assertThat(visitor.get("/calls/c-untold").body()).contains("Nobody subscribed");
        stage.reads.partial = true;
        assertThat(visitor.get("/calls/c-untold").body())
                .contains(PARTIAL)
                .doesNotContain("Nobody subscribed");
    }

    @Test
    void endpoint_withDeliveriesMissing_doesNotSayThatThereAreNone() {
        TestVisitor visitor = TestVisitor.with(stage.url(), Stage.ONE);
        HttpResponse<String> made =
                visitor.post(
                        "/endpoints",
                        Map.of(
                                "account_id", "acc_1",
                                "name", "Quiet",
                                "url", "https://quiet.example/hooks",
                                "dialect", "standard",
                                "events", "*"));
        assertThat(visitor.follow(made).body()).contains("No delivery yet");
        stage.reads.partial = true;
        assertThat(visitor.follow(made).body()).contains(PARTIAL).doesNotContain("No delivery yet");
    }

    @Test
    void replay_withOutcomesMissing_doesNotCountWhatIsUnderWay() {
        ObjectNode replay =
                Json.object()
                        .put("replay_id", "rpl_part")
                        .put("state", "done")
                        .put("account_id", "acc_1")
                        .put("total", 7)
                        .put("moved", 7);
        stage.reads.replays.add(replay);
        TestVisitor visitor = TestVisitor.with(stage.url(), Stage.ONE);
        assertThat(visitor.get("/replays/rpl_part").body()).contains("7 under way");
        stage.reads.partial = true;
        assertThat(visitor.get("/replays/rpl_part").body())
                .contains(PARTIAL)
                .doesNotContain("7 under way");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/calls?status=rare", "/deliveries?reason=rare"})
    void list_thatHasNotLookedAtAll_saysSoAndLinksOn(String path) {
        TestVisitor visitor = TestVisitor.with(stage.url(), Stage.ONE);
        assertThat(visitor.get(path).body()).contains("is like that");
        stage.reads.next = "further";
        assertThat(visitor.get(path).body())
                .contains("None in the part looked at so far", "cursor=further")
                .doesNotContain("is like that");
    }

    @Test
    void curl_lastAttemptMadeNoRequest_isOfTheOneBefore() {
        ObjectNode delivery =
                Samples.delivery(
                        "dlv_off", "e", "call.ended", "c", "acc_1", "ep_crm", "dead", "expired");
        ObjectNode off = delivery.withArray("attempts").addObject();
        off.put("attempt", 5).put("outcome", "dead").put("reason", "expired").putNull("url");
        stage.reads.deliveries.add(delivery);
        TestVisitor visitor = TestVisitor.with(stage.url(), Stage.ONE);
        assertThat(visitor.get("/deliveries/dlv_off").body())
                .contains("curl -i -X POST 'https://crm.example/hooks'", "No request was");
        delivery.putArray("attempts").add(off);
        assertThat(visitor.get("/deliveries/dlv_off").body()).doesNotContain("curl -i");
        stage.reads.deliveries.remove(delivery);
    }

    @Test
    void dead_tooLargeToBeKept_canNotBeReplayed() {
        ObjectNode large =
                Samples.delivery(
                        "dlv_large",
                        "e",
                        "call.ended",
                        "c",
                        "acc_new",
                        "ep_n",
                        "dead",
                        "too_large");
        stage.reads.deliveries.add(large);
        TestVisitor visitor = TestVisitor.with(stage.url(), Stage.NEW);
        assertThat(visitor.get("/dead").body())
                .contains("too_large", "/deliveries/dlv_large")
                .doesNotContain("/dead/replay?", "value=\"dlv_large\"");
        assertThat(visitor.get("/deliveries/dlv_large").body())
                .contains("There is no body")
                .doesNotContain("/deliveries/dlv_large/replay");
        stage.reads.deliveries.remove(large);
    }

    @Test
    void groups_moreThanAPageHolds_leadOn() {
        List<ObjectNode> many = new ArrayList<>();
        for (int i = 0; i < 205; i++) {
            String id = "many" + i;
            many.add(
                    Samples.delivery(
                            id, "e", "call.ended", "c", "acc_new", "ep_" + i, "dead", "gone"));
        }
        stage.reads.deliveries.addAll(many);
        TestVisitor visitor = TestVisitor.with(stage.url(), Stage.NEW);
        String page = visitor.get("/dead").body();
        assertThat(page).contains("and 5 more");
        assertThat(groups(page)).isEqualTo(200);
        Matcher on = Pattern.compile("href=\"(/dead\\?from=\\d+)\"").matcher(page);
        assertThat(on.find()).isTrue();
        String rest = visitor.get(on.group(1)).body();
        assertThat(groups(rest)).isEqualTo(5);
        assertThat(rest).doesNotContain("more</span>");
        stage.reads.deliveries.removeAll(many);
    }

    private static long groups(String page) {
        return Pattern.compile("/dead/replay\\?").matcher(page).results().count();
    }

    @Test
    void breakers_moreThanAPageHolds_leadOn() {
        ObjectNode overview = Samples.overview();
        for (int i = 0; i < 204; i++) {
            overview.withArray("open_breakers")
                    .addObject()
                    .put("endpoint_id", "ep_" + i)
                    .put("account_id", "acc_1");
        }
        stage.reads.overview = overview;
        assertThat(TestVisitor.with(stage.url(), Stage.ONE).get("/").body())
                .contains("and 5 more", "href=\"/endpoints/ep_198\"")
                .doesNotContain("href=\"/endpoints/ep_199\"");
    }
}
