package dev.ringback.console.web;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.Page.GetByRoleOptions;
import com.microsoft.playwright.assertions.LocatorAssertions.HasAttributeOptions;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import dev.ringback.console.Records;
import dev.ringback.console.web.Chromium.Screen;
import dev.ringback.schemas.Attempt;
import dev.ringback.schemas.CallEvent;
import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.EventType;
import dev.ringback.schemas.Json;
import dev.ringback.schemas.Reason;
import dev.ringback.testkit.Await;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The pages over the read side itself: what Kafka holds shows, to those whose it is. */
class RealPagesTest {
    private static final String EVIL = "\"'><img src=x onerror=alert(1)><script>alert(2)</script>";
    private static final String CALL = "call-real";

    private static RealStage stage;
    private static String endpoint;
    private static DeliveryHeader delivered;
    private static DeliveryHeader dead;

    @BeforeAll
    static void start() {
        stage = new RealStage();
        endpoint = made();
        Instant now = Instant.now();
        stage.records.call(
                Json.object()
                        .put("call_id", CALL)
                        .put("account_id", "acc_1")
                        .put("from", EVIL)
                        .put("status", EVIL)
                        .put("agent_name", EVIL)
                        .put("summary", EVIL)
                        .put("created_at", now.toString()));
        stage.records.event(CallEvent.of("evt-real", EventType.CALL_ENDED, now, "acc_1", CALL));
        delivered = stage.records.made(Records.header("acc_1", CALL, endpoint, now));
        stage.records.tried(
                evil(Records.attempt(delivered, 1, now, Attempt.Result.delivered, null)));
        dead = stage.records.made(Records.header("acc_1", CALL, endpoint, now));
        stage.records.died(dead, Reason.exhausted, now);
        stage.records.call(
                Json.object()
                        .put("call_id", "call-bare")
                        .put("account_id", "acc_1")
                        .put("created_at", now.minusSeconds(1).toString()));
        stage.records.died(
                stage.records.made(Records.header("acc_2", "call-two", "ep_two", now)),
                Reason.expired,
                now);
        TestVisitor owner = TestVisitor.with(stage.url(), Stage.ONE);
        Await.until("the death", Stage.LIMIT, () -> shows(owner, "/dead", "exhausted"));
        Await.until("the call", Stage.LIMIT, () -> shows(owner, "/calls", CALL));
        Await.until(
                "its deliveries",
                Stage.LIMIT,
                () -> shows(owner, "/calls/" + CALL, delivered.deliveryId()));
    }

    @AfterAll
    static void stop() {
        stage.close();
    }

    @Test
    void pages_showWhatKafkaHoldsAndNoMarkupOfOthers() {
        TestVisitor owner = TestVisitor.with(stage.url(), Stage.ONE);
        for (String path : pages()) {
            var page = owner.get(path);
            assertThat(page.statusCode()).as(path).isEqualTo(200);
            assertThat(page.body()).as(path).doesNotContain("<img", "<script>", "\"'>");
        }
        assertThat(owner.get("/deliveries/" + delivered.deliveryId()).body())
                .contains("&lt;img src=x onerror=alert(1)&gt;", delivered.eventId(), "curl -i");
    }

    @Test
    void pages_ofAnotherAccount_areNotThere() {
        TestVisitor other = TestVisitor.with(stage.url(), Stage.TWO);
        for (String path : pages()) {
            var page = other.get(path);
            boolean isOfOne = path.matches("/(calls|deliveries|endpoints)/.+");
            assertThat(page.statusCode()).as(path).isEqualTo(isOfOne ? 404 : 200);
            assertThat(page.body()).as(path).doesNotContain("depot", "Depot", "evt-", "exhausted");
            if (!isOfOne) {
                assertThat(page.body())
                        .as(path)
                        .doesNotContain(CALL, endpoint, delivered.deliveryId());
            }
        }
        assertThat(
                        other.post("/deliveries/" + dead.deliveryId() + "/replay", Map.of())
                                .statusCode())
                .isEqualTo(404);
    }

    @Test
    void call_withoutEvents_isShown() {
        TestVisitor owner = TestVisitor.with(stage.url(), Stage.ONE);
        Await.until("the call", Stage.LIMIT, () -> shows(owner, "/calls", "call-bare"));
        assertThat(owner.get("/calls/call-bare").body()).contains("No event is kept");
    }

    @Test
    void group_keyOfSeveralAccounts_isReplayed() {
        TestVisitor both = TestVisitor.with(stage.url(), Stage.BOTH);
        Await.until("the death", Stage.LIMIT, () -> shows(both, "/dead", "ep_two"));
        Matcher link =
                Pattern.compile("href=\"(/dead/replay\\?[^\"]*ep_two[^\"]*)\"")
                        .matcher(both.get("/dead").body());
        assertThat(link.find()).isTrue();
        String review = both.get(link.group(1).replace("&amp;", "&")).body();
        assertThat(review).contains("Replay 1 delivery");
        Map<String, String> form = new HashMap<>();
        Matcher field =
                Pattern.compile("<input type=\"hidden\" name=\"(\\w+)\" value=\"([^\"]*)\">")
                        .matcher(
                                review.substring(review.indexOf("method=\"post\" action=\"/dead")));
        while (field.find()) {
            form.put(field.group(1), field.group(2));
        }
        assertThat(both.follow(both.post("/dead/replay", form)).body())
                .contains("The replay has begun");
    }

    @Test
    void replay_inABrowser_showsItsProgressByItself() {
        try (Chromium chromium = Chromium.start()) {
            Page page = chromium.loggedIn(stage.url(), Stage.ONE, Screen.WIDE, ColorScheme.LIGHT);
            page.navigate(stage.url() + "/");
            chromium.look(page, "real-overview");
            page.navigate(stage.url() + "/calls/" + CALL);
            chromium.look(page, "real-call");
            page.navigate(stage.url() + "/endpoints/" + endpoint);
            chromium.look(page, "real-endpoint");
            page.navigate(stage.url() + "/dead");
            page.getByRole(AriaRole.LINK, named("Replay exhausted at Depot")).click();
            page.getByRole(AriaRole.BUTTON, named("Replay 1 delivery")).click();
            PlaywrightAssertions.assertThat(page.getByRole(AriaRole.STATUS))
                    .containsText("The replay has begun");
            PlaywrightAssertions.assertThat(page.locator("[data-live-state]"))
                    .hasAttribute("data-state", "on");
            PlaywrightAssertions.assertThat(page.getByRole(AriaRole.IMG))
                    .hasAttribute("aria-label", Pattern.compile(".*1 under way, of 1"), within());
            chromium.look(page, "real-replay");
            assertThat(chromium.faults).isEmpty();
        }
    }

    private static List<String> pages() {
        return List.of(
                "/",
                "/calls",
                "/calls/" + CALL,
                "/deliveries",
                "/deliveries/" + delivered.deliveryId(),
                "/deliveries?state=dead&event_type=call.ended",
                "/endpoints",
                "/endpoints/" + endpoint,
                "/endpoints/" + endpoint + "?range=7d",
                "/dead",
                "/replays",
                "/ledger");
    }

    private static String made() {
        TestVisitor owner = TestVisitor.with(stage.url(), Stage.ONE);
        var made =
                owner.post(
                        "/endpoints",
                        Map.of(
                                "account_id", "acc_1",
                                "name", "Depot",
                                "url", "https://depot.example/hooks",
                                "dialect", "standard",
                                "events", "*"));
        Matcher id =
                Pattern.compile("/endpoints/(ep_[^/]+)$")
                        .matcher(made.headers().firstValue("Location").orElse(""));
        assertThat(id.find()).as(made.body()).isTrue();
        return id.group(1);
    }

    private static boolean shows(TestVisitor visitor, String path, String text) {
        return visitor.get(path).body().contains(text);
    }

    private static Attempt evil(Attempt of) {
        return new Attempt(
                of.attemptId(),
                of.deliveryId(),
                of.eventId(),
                of.eventType(),
                of.subjectId(),
                of.accountId(),
                of.endpointId(),
                of.dialect(),
                of.attempt(),
                of.trigger(),
                of.at(),
                of.durationMs(),
                of.url(),
                Map.of("X-Evil", EVIL),
                of.responseStatus(),
                Map.of("X-Evil", EVIL),
                EVIL,
                false,
                of.outcome(),
                EVIL,
                null);
    }

    private static HasAttributeOptions within() {
        return new HasAttributeOptions().setTimeout(30_000);
    }

    private static GetByRoleOptions named(String name) {
        return new GetByRoleOptions().setName(name);
    }
}
