package dev.ringback.console.web;

import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.Page.GetByRoleOptions;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.SelectOption;
import dev.ringback.console.web.Chromium.Screen;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

/** Every page and every action in a real browser, with pictures in {@code target/screenshots}. */
class BrowserTest {
    private static final String CALL = "c7a34e6f-9d1b-4c8e-a5f2-3b9d7e8c1a10";
    private static final List<Map.Entry<String, String>> PAGES =
            List.of(
                    Map.entry("overview", "/"),
                    Map.entry("calls", "/calls"),
                    Map.entry("call", "/calls/" + CALL),
                    Map.entry("deliveries", "/deliveries"),
                    Map.entry("delivery", "/deliveries/dlv_0x2b"),
                    Map.entry("endpoints", "/endpoints"),
                    Map.entry("endpoint-form", "/endpoints/new"),
                    Map.entry("agents", "/agents"),
                    Map.entry("applications", "/applications"),
                    Map.entry("application-form", "/applications/form"),
                    Map.entry("dead", "/dead"),
                    Map.entry("review", "/dead/replay?endpoint_id=ep_billing&reason=exhausted"),
                    Map.entry("replays", "/replays"),
                    Map.entry("ledger", "/ledger"),
                    Map.entry("voxml", "/voxml"),
                    Map.entry("lost", "/nowhere"));

    private static Chromium chromium;
    private static Stage stage;

    @BeforeAll
    static void start() {
        chromium = Chromium.start();
        stage = new Stage();
        Samples.fill(stage.reads);
    }

    @AfterAll
    static void stop() {
        if (chromium != null) {
            chromium.close();
        }
        if (stage != null) {
            stage.close();
        }
    }

    @AfterEach
    void pages_haveNoFaults() {
        Assertions.assertThat(chromium.faults).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"WIDE,LIGHT", "WIDE,DARK", "PHONE,LIGHT", "PHONE,DARK"})
    void pages_everyScreenAndScheme_areAccessible(Screen screen, ColorScheme scheme) {
        String suffix = ("-" + screen + "-" + scheme).toLowerCase(Locale.ROOT);
        Page door = chromium.open(screen, scheme, true);
        door.navigate(stage.url() + "/login");
        chromium.look(door, "login" + suffix);
        door.context().close();
        Page page = chromium.loggedIn(stage.url(), Stage.ADMIN, screen, scheme);
        for (Map.Entry<String, String> one : PAGES) {
            page.navigate(stage.url() + one.getValue());
            chromium.look(page, one.getKey() + suffix);
        }
        page.context().close();
    }

    @Test
    void reading_needsNoScript() {
        Page page = chromium.open(Screen.WIDE, ColorScheme.LIGHT, false);
        page.navigate(stage.url() + "/calls/" + CALL);
        page.getByLabel("API key").fill(Stage.READER);
        page.getByRole(AriaRole.BUTTON).click();
        assertThat(page.getByRole(AriaRole.HEADING, named(CALL))).isVisible();
        page.getByText("Attempts", new Page.GetByTextOptions().setExact(true)).first().click();
        assertThat(page.getByText("Request and answer").first()).isVisible();
        page.context().close();
    }

    @Test
    void keyboard_firstStopSkipsToThePage() {
        Page page = chromium.loggedIn(stage.url(), Stage.READER, Screen.WIDE, ColorScheme.LIGHT);
        page.navigate(stage.url() + "/calls");
        page.keyboard().press("Tab");
        assertThat(page.getByText("Skip to the page")).isFocused();
        page.keyboard().press("Enter");
        assertThat(page.locator("#page")).isFocused();
        page.context().close();
    }

    @Test
    void overview_somethingHappens_showsItByItself() {
        Page page = chromium.loggedIn(stage.url(), Stage.ONE, Screen.WIDE, ColorScheme.LIGHT);
        page.navigate(stage.url() + "/");
        assertThat(page.locator("[data-live-state]")).hasAttribute("data-state", "on");
        long before = stage.reads.overview.path("pending").asLong();
        stage.reads.overview.put("pending", 4_242);
        stage.reads.happen();
        assertThat(page.getByText("4,242")).isVisible();
        stage.reads.overview.put("pending", before);
        page.context().close();
    }

    @Test
    void delivery_replay_saysSo() {
        Page page = chromium.loggedIn(stage.url(), Stage.ONE, Screen.WIDE, ColorScheme.LIGHT);
        page.navigate(stage.url() + "/deliveries/dlv_1x2b");
        page.getByRole(AriaRole.BUTTON, named("Replay")).click();
        assertThat(page.getByRole(AriaRole.STATUS)).containsText("It is sent again");
        page.context().close();
    }

    @Test
    void dead_groupDryRunAndReplay_showsLiveProgress() {
        Page page = chromium.loggedIn(stage.url(), Stage.ONE, Screen.WIDE, ColorScheme.LIGHT);
        page.navigate(stage.url() + "/dead");
        page.getByRole(AriaRole.LINK, named("Replay exhausted at Billing")).click();
        page.getByLabel("Rate in all").fill("50/s");
        page.getByRole(AriaRole.BUTTON, named("Dry run again")).click();
        assertThat(page.getByLabel("Rate in all")).hasValue("50/s");
        page.getByRole(AriaRole.BUTTON, named("Replay 2 deliveries")).click();
        assertThat(page.getByRole(AriaRole.STATUS)).containsText("The replay has begun");
        assertThat(page.locator("[data-live-state]")).hasAttribute("data-state", "on");
        ObjectNode replay = stage.reads.replays.getFirst();
        replay.put("moved", 2).put("delivered", 1).put("died_again", 1);
        stage.reads.happen();
        assertThat(page.getByRole(AriaRole.IMG))
                .hasAccessibleName("1 delivered, 1 died again, 0 under way, of 2");
        chromium.look(page, "replay-wide-light");
        page.getByRole(AriaRole.BUTTON, named("Stop this replay")).click();
        assertThat(page.getByText("stopped", new Page.GetByTextOptions().setExact(true)))
                .isVisible();
        page.context().close();
    }

    @Test
    void dead_selectAll_replaysThem() {
        Page page = chromium.loggedIn(stage.url(), Stage.TWO, Screen.PHONE, ColorScheme.DARK);
        page.navigate(stage.url() + "/dead");
        page.getByRole(AriaRole.BUTTON, named("Select all on this page")).click();
        page.getByRole(AriaRole.BUTTON, named("Replay selected")).click();
        assertThat(page.getByRole(AriaRole.STATUS)).containsText("4 deliveries are sent again.");
        page.context().close();
    }

    @Test
    void endpoint_itsWholeLife() {
        Page page = chromium.loggedIn(stage.url(), Stage.ONE, Screen.WIDE, ColorScheme.LIGHT);
        page.navigate(stage.url() + "/endpoints");
        page.getByRole(AriaRole.LINK, named("Add endpoint")).click();
        page.getByLabel("Name").fill("Warehouse");
        page.getByLabel("URL").fill("http://warehouse.example/hooks");
        page.getByRole(AriaRole.BUTTON, named("Add endpoint")).click();
        assertThat(page.getByRole(AriaRole.ALERT)).containsText("That could not be saved");
        chromium.look(page, "endpoint-form-faulty");
        assertThat(page.getByLabel("Name")).hasValue("Warehouse");
        page.getByLabel("URL").fill("https://warehouse.example/hooks");
        page.getByLabel("Own headers").fill("Authorization: Bearer x");
        page.getByRole(AriaRole.BUTTON, named("Add endpoint")).click();
        assertThat(page.locator("#shown-secret")).containsText("whsec_");
        chromium.look(page, "endpoint-wide-light");
        page.reload();
        assertThat(page.locator("#shown-secret")).hasCount(0);
        page.getByRole(AriaRole.LINK, named("Edit")).click();
        page.getByLabel("Name").fill("Depot");
        page.getByText("Policy, signature, metadata").click();
        page.getByLabel("Timeout").fill("7s");
        chromium.look(page, "endpoint-edit");
        page.getByRole(AriaRole.BUTTON, named("Save")).click();
        assertThat(page.getByRole(AriaRole.HEADING, named("Depot"))).isVisible();
        assertThat(page.locator("main")).containsText("7s");
        page.getByRole(AriaRole.BUTTON, named("Send a test")).click();
        assertThat(page.getByRole(AriaRole.STATUS))
                .containsText("A test is on its way, as delivery dlv_");
        page.getByText("Rotate").first().click();
        page.getByRole(AriaRole.BUTTON, named("Rotate")).click();
        assertThat(page.locator("#shown-secret")).containsText("whsec_");
        page.getByRole(AriaRole.BUTTON, named("Delete secret")).first().click();
        assertThat(page.getByRole(AriaRole.STATUS)).containsText("The secret is gone");
        page.getByText("Disable…").click();
        page.getByRole(AriaRole.BUTTON, named("Disable this endpoint")).click();
        assertThat(page.getByRole(AriaRole.STATUS)).containsText("It is disabled");
        page.getByRole(AriaRole.BUTTON, named("Enable")).click();
        assertThat(page.getByRole(AriaRole.STATUS)).containsText("It is enabled");
        page.getByText("Delete…").click();
        page.getByRole(AriaRole.BUTTON, named("Delete this endpoint")).click();
        assertThat(page.getByRole(AriaRole.STATUS)).containsText("The endpoint is deleted");
        page.context().close();
    }

    @Test
    void agent_twoWebhooks_deployed() {
        Page page = chromium.loggedIn(stage.url(), Stage.ONE, Screen.WIDE, ColorScheme.LIGHT);
        for (String name : List.of("Notes", "Ticket")) {
            page.navigate(stage.url() + "/endpoints/new?dialect=voicy&scope_agent_id=front-desk");
            page.getByLabel("Name").fill(name);
            page.getByLabel("URL").fill("https://" + name + ".example/hooks");
            page.getByRole(AriaRole.BUTTON, named("Add endpoint")).click();
            assertThat(page.getByRole(AriaRole.STATUS)).containsText("The endpoint is there");
        }
        page.navigate(stage.url() + "/agents");
        assertThat(page.locator("main")).containsText("2/5 webhooks");
        assertThat(page.locator("main")).containsText("draft differs");
        chromium.look(page, "agents-two");
        page.getByRole(AriaRole.BUTTON, named("Deploy front-desk")).click();
        assertThat(page.getByRole(AriaRole.STATUS))
                .containsText("Version 1 of front-desk is deployed");
        assertThat(page.getByRole(AriaRole.BUTTON, named("Deploy front-desk"))).isDisabled();
        page.context().close();
    }

    @Test
    void application_itsWholeLife() {
        Page page = chromium.loggedIn(stage.url(), Stage.ONE, Screen.WIDE, ColorScheme.DARK);
        page.navigate(stage.url() + "/applications");
        page.getByRole(AriaRole.LINK, named("Add application")).click();
        page.getByLabel("Application id").fill("ivr-1");
        page.getByLabel("answer").first().fill("https://ivr.example/answer");
        page.getByLabel("hangup").fill("https://ivr.example/over");
        page.getByRole(AriaRole.BUTTON, named("Save")).click();
        assertThat(page.locator("main")).containsText("https://ivr.example/answer");
        chromium.look(page, "applications-one");
        page.getByRole(AriaRole.LINK, named("Edit ivr-1")).click();
        page.getByLabel("Status body").selectOption(new SelectOption().setValue("pascal"));
        page.getByLabel("hangup").fill("");
        page.getByRole(AriaRole.BUTTON, named("Save")).click();
        assertThat(page.locator("main")).not().containsText("https://ivr.example/over");
        page.getByText("Delete…").click();
        page.getByRole(AriaRole.BUTTON, named("Delete ivr-1")).click();
        assertThat(page.getByRole(AriaRole.STATUS)).containsText("The application is deleted");
        page.context().close();
    }

    @Test
    void voxml_pasted_isJudged() {
        Page page = chromium.loggedIn(stage.url(), Stage.READER, Screen.PHONE, ColorScheme.LIGHT);
        page.getByLabel("Document")
                .fill("{\"voxml_version\":\"1.0\",\"instructions\":[{\"verb\":\"Sing\"}]}");
        page.getByRole(AriaRole.BUTTON, named("Check")).click();
        assertThat(page.getByRole(AriaRole.ALERT)).containsText("Not valid");
        chromium.look(page, "voxml-faulty");
        page.context().close();
    }

    @Test
    void lists_withNothing_sayWhatWillBeThere() {
        SampleReads reads = stage.reads;
        List<ObjectNode> calls = List.copyOf(reads.calls);
        List<ObjectNode> deliveries = List.copyOf(reads.deliveries);
        reads.calls.clear();
        reads.deliveries.clear();
        Page page = chromium.loggedIn(stage.url(), Stage.READER, Screen.WIDE, ColorScheme.LIGHT);
        page.navigate(stage.url() + "/calls");
        assertThat(page.getByText("No call yet")).isVisible();
        page.navigate(stage.url() + "/deliveries?state=dead");
        assertThat(page.getByText("No delivery is like that")).isVisible();
        page.navigate(stage.url() + "/dead");
        assertThat(page.getByText("Nothing died")).isVisible();
        chromium.look(page, "dead-empty");
        reads.calls.addAll(calls);
        reads.deliveries.addAll(deliveries);
        page.context().close();
    }

    private static GetByRoleOptions named(String name) {
        return new GetByRoleOptions().setName(name);
    }
}
