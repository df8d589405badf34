package dev.ringback.console.answer;

import static dev.ringback.console.query.Driven.NOW;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringback.console.Records;
import dev.ringback.console.query.Driven;
import dev.ringback.console.read.DeliveryQuery;
import dev.ringback.console.read.Page;
import dev.ringback.console.read.View;
import dev.ringback.runtime.KafkaClients;
import dev.ringback.runtime.Problem;
import dev.ringback.runtime.Settings;
import dev.ringback.schemas.Attempt;
import dev.ringback.schemas.CallEvent;
import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.EventType;
import dev.ringback.schemas.Json;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** What is answered from stores with one partition, where more lies in them than is looked at. */
class AnswersTest {
    private static final int BUDGET = 20;
    private static final View MINE = new View("mine", Set.of("mine"));
    private static final View OTHERS = new View("others", Set.of("others"));
    private static final View ALL = new View("all", null);

    @TempDir Path folder;

    private Driven driven;
    private Answers answers;

    @BeforeEach
    void start() {
        driven = new Driven(folder);
        answers =
                new Answers(
                        driven.gather(BUDGET),
                        KafkaClients.of(Settings.load(Map.of())),
                        Clock.fixed(NOW, ZoneOffset.UTC));
    }

    @AfterEach
    void stop() {
        driven.close();
    }

    @Test
    void deliveries_ofAnEndpointOfOthers_leaveNoTraceInTheirCursor() {
        for (int i = 0; i < 3 * BUDGET; i++) {
            driven.made(Records.header("others", "c" + i, "ep_o", NOW.plusSeconds(i)));
        }
        DeliveryQuery rare = query("ep_o", "call.created");
        for (Page page : new Page[] {answers.deliveries(MINE, rare), answers.dead(MINE, rare)}) {
            assertThat(page.items()).isEmpty();
            assertThat(page.nextCursor()).isNull();
        }
        Page all = answers.deliveries(MINE, query("ep_o", null));
        assertThat(all.items()).isEmpty();
        assertThat(all.nextCursor()).isNull();
        assertThat(answers.deliveries(OTHERS, rare).nextCursor()).as("more to look at").isNotNull();
        assertThat(answers.deliveries(ALL, query("ep_o", null)).items()).hasSize(50);
    }

    @Test
    void events_ofAMessageThatHasTheIdOfACall_hideNothing() {
        driven.event(CallEvent.of("theirs", EventType.MESSAGE_DELIVERED, NOW, "others", "c1"));
        driven.event(CallEvent.of("mine", EventType.CALL_ENDED, NOW, "mine", "c1"));
        assertThat(events(MINE, "c1")).containsExactly("mine");
        assertThat(events(ALL, "c1")).as("the call's come first").containsExactly("mine");
        assertThat(events(OTHERS, "c1")).containsExactly("theirs");
    }

    @Test
    void events_ofACallThatHasNone_areNoneAndOfNoCallNotThere() {
        driven.call(Json.object().put("call_id", "c2").put("account_id", "mine"));
        assertThat(events(MINE, "c2")).isEmpty();
        assertThatThrownBy(() -> answers.callEvents(OTHERS, "c2")).isInstanceOf(Problem.class);
        assertThatThrownBy(() -> answers.callEvents(MINE, "c3")).isInstanceOf(Problem.class);
    }

    @Test
    void ofACall_moreThanIsShown_isSaidToBe() {
        for (int i = 0; i < 1_001; i++) {
            driven.event(CallEvent.of("e" + i, EventType.CALL_ENDED, NOW, "mine", "c4"));
            if (i == 999) {
                assertThat(answers.callEvents(MINE, "c4").has("truncated")).isFalse();
            }
        }
        assertThat(answers.callEvents(MINE, "c4").path("items").size()).isEqualTo(1_000);
        assertThat(answers.callEvents(MINE, "c4").path("truncated").asBoolean()).isTrue();
        for (int i = 0; i < 501; i++) {
            if (i == 500) {
                assertThat(answers.callDeliveries(ALL, "c4").has("truncated")).isFalse();
            }
            driven.made(Records.header("mine", "c4", "ep_m", NOW.plusSeconds(i)));
        }
        ObjectNode deliveries = answers.callDeliveries(ALL, "c4");
        assertThat(deliveries.path("items").size()).isEqualTo(500);
        assertThat(deliveries.path("truncated").asBoolean()).isTrue();
        assertThat(answers.callDeliveries(OTHERS, "c4").has("truncated")).isFalse();
    }

    @Test
    void attempts_moreThanAreShown_areSaidToBe() {
        DeliveryHeader header = driven.made(Records.header("mine", "c5", "ep_m", NOW));
        for (int i = 0; i < 501; i++) {
            driven.tried(Records.attempt(header, i, NOW, Attempt.Result.deferred, NOW));
        }
        JsonNode delivery = answers.callDeliveries(MINE, "c5").path("items").path(0);
        assertThat(delivery.path("attempts").size()).isEqualTo(500);
        assertThat(delivery.path("truncated").asBoolean()).isTrue();
    }

    private List<String> events(View view, String id) {
        return answers.callEvents(view, id).path("items").values().stream()
                .map(event -> event.path("event_id").stringValue(""))
                .toList();
    }

    private static DeliveryQuery query(String endpoint, @Nullable String eventType) {
        return new DeliveryQuery(null, endpoint, eventType, null, null, null, null, null, 50);
    }
}
