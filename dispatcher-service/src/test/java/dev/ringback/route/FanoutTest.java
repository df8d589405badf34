package dev.ringback.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.dialect.GroupIds;
import dev.ringback.dispatch.EndpointSketch;
import dev.ringback.fanout.Fanout;
import dev.ringback.fanout.Fanout.Planned;
import dev.ringback.fanout.Subject;
import dev.ringback.schemas.CallEvent;
import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.DeliveryHeader.Question.Source;
import dev.ringback.schemas.DeliveryHeader.Via;
import dev.ringback.schemas.Endpoint;
import dev.ringback.schemas.Endpoint.Callback.Payload;
import dev.ringback.schemas.Endpoint.Callback.Role;
import dev.ringback.schemas.EventType;
import dev.ringback.schemas.Json;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.node.ObjectNode;

class FanoutTest {
    private static final Instant NOW = Instant.parse("2026-11-23T10:00:00Z");
    private static final String APPLICATION = GroupIds.application("acc_1", "app");
    private static final DeliveryHeader.Origin ORIGIN =
            new DeliveryHeader.Origin("call.events", 0, 0);

    private final List<Endpoint> registry = new ArrayList<>();

    @ParameterizedTest
    @CsvSource({"production,ep_p", "staging,ep_s", "test,''"})
    void environment_vomyra_reachesItsOwnEndpointAlone(String environment, String endpoint) {
        add(EndpointSketch.of("ep_p", "acc_1", "vomyra").scope(environment("production")));
        add(EndpointSketch.of("ep_s", "acc_1", "vomyra").scope(environment("staging")));
        CallEvent event = event(EventType.CALL_ENDED, "{}").withEnvironment(environment);
        assertThat(endpoints(over(event, "{}")))
                .isEqualTo(endpoint.isEmpty() ? List.of() : List.of(endpoint));
    }

    @ParameterizedTest
    @CsvSource({"web,ep_1", "phone,ep_1@deployed", "'',ep_1@deployed"})
    void channel_voicy_choosesTheStage(String channel, String key) {
        for (Endpoint.Stage stage : Endpoint.Stage.values()) {
            add(
                    EndpointSketch.of("ep_1", "acc_1", "voicy")
                            .scope(new Endpoint.Scope("agent", null, null, null))
                            .stage(stage));
        }
        String call = "{\"agent_id\":\"agent\",\"channel\":\"" + channel + "\"}";
        List<Planned> planned = over(event(EventType.CALL_ANALYZED, call), "{}");
        assertThat(planned).hasSize(1);
        Via via = planned.getFirst().header().via();
        assertThat(Endpoint.key("ep_1", via == null ? null : via.stage())).isEqualTo(key);
    }

    @Test
    void application_tellsEachUrlItsEvents() {
        application(Payload.documented, "POST");
        String call = "{\"application_id\":\"app\"}";
        assertThat(roles(over(event(EventType.CALL_CREATED, call), "{}")))
                .containsExactlyInAnyOrder("status");
        assertThat(roles(over(event(EventType.CALL_RINGING, call), "{}")))
                .containsExactlyInAnyOrder("ring", "status");
        assertThat(roles(over(event(EventType.CALL_ANSWERED, call), "{}")))
                .containsExactlyInAnyOrder("status");
        assertThat(roles(over(event(EventType.CALL_ENDED, call), "{}")))
                .containsExactlyInAnyOrder("hangup", "status");
        assertThat(over(event(EventType.CALL_BILLED, call), "{}")).isEmpty();
        assertThat(over(event(EventType.CALL_CREATED, "{}"), "{}")).isEmpty();
    }

    @Test
    void message_findsItsApplicationByItsData() {
        application(Payload.documented, "POST");
        CallEvent event =
                CallEvent.of("e1", EventType.MESSAGE_FAILED, NOW, "acc_1", "msg")
                        .withData(json("{\"application_id\":\"app\"}"));
        assertThat(roles(fanout(event, Subject.first(event)))).containsExactly("status");
    }

    @Test
    void callsOwnUrl_takesThePlaceOfTheApplicationsWithThatRole() {
        application(Payload.documented, "POST");
        String own =
                """
                {"dialect":"tryvox","hangup_url":"https://own.example/h",\
                "webhook_secret":{"sealed":"x"}}""";
        List<Planned> planned =
                over(event(EventType.CALL_ENDED, "{\"application_id\":\"app\"}"), own);
        String id = GroupIds.ofCall("acc_1", "tryvox", "hangup", "https://own.example/h");
        assertThat(endpoints(planned))
                .containsExactlyInAnyOrder(GroupIds.member(APPLICATION, Role.status), id);
        Via via = header(planned, id).via();
        assertThat(via)
                .isEqualTo(
                        new Via(
                                null,
                                "https://own.example/h",
                                List.of("x"),
                                APPLICATION,
                                null,
                                false));
    }

    @Test
    void callsOwnUrl_withoutApplication_isSignedByNobodyElse() {
        String own = "{\"dialect\":\"tryvox\",\"ring_url\":\"https://own.example/r\"}";
        List<Planned> planned = over(event(EventType.CALL_RINGING, "{}"), own);
        assertThat(planned).hasSize(1);
        assertThat(planned.getFirst().header().via().signedBy()).isNull();
        assertThat(planned.getFirst().header().dialect()).isEqualTo("tryvox");
    }

    @Test
    void callsOwnStatusUrl_isToldInTheApplicationsForm() {
        application(Payload.pascal, "POST");
        String own = "{\"dialect\":\"tryvox\",\"status_callback_url\":\"https://own.example/s\"}";
        List<Planned> planned =
                over(event(EventType.CALL_CREATED, "{\"application_id\":\"app\"}"), own);
        assertThat(planned).hasSize(1);
        assertThat(body(planned.getFirst())).startsWith("{\"Event\":\"Status\"");
    }

    @Test
    void getCallbacks_carryTheirFieldsAsAQuery() {
        application(Payload.documented, "GET");
        String call = "{\"application_id\":\"app\",\"from\":\"+1 2&3\"}";
        List<Planned> planned = over(event(EventType.CALL_RINGING, call), "{}");
        Planned status = planned(planned, GroupIds.member(APPLICATION, Role.status));
        assertThat(status.header().via().method()).isEqualTo("GET");
        assertThat(status.header().contentType()).isEqualTo("application/x-www-form-urlencoded");
        assertThat(body(status)).contains("event=call.ringing").contains("from=%2B1%202%263");
        Planned ring = planned(planned, GroupIds.member(APPLICATION, Role.ring));
        assertThat(ring.header().via()).isNull();
        assertThat(body(ring)).startsWith("{");
    }

    @ParameterizedTest
    @CsvSource({"CALL_JOINED,joined", "CALL_ENDED,ended", "CALL_BILLED,billed"})
    void ultravoxCallbacks_comeBesideTheAccountsWebhooks(EventType type, String purpose) {
        add(EndpointSketch.of("ep_u", "acc_1", "ultravox"));
        String own =
                """
                {"dialect":"ultravox","callbacks":{\
                "joined":{"url":"https://own.example/joined","secrets":[{"sealed":"a"},{"sealed":"b"}]},\
                "ended":{"url":"https://own.example/ended"},\
                "billed":{"url":"https://own.example/billed","secrets":[]}}}""";
        List<Planned> planned = over(event(type, "{}"), own);
        String id = GroupIds.ofCall("acc_1", "ultravox", purpose, "https://own.example/" + purpose);
        assertThat(endpoints(planned)).containsExactlyInAnyOrder("ep_u", id);
        assertThat(planned(planned, id).body()).isSameAs(planned(planned, "ep_u").body());
        assertThat(header(planned, id).via().secrets())
                .isEqualTo(purpose.equals("joined") ? List.of("a", "b") : List.of());
    }

    @Test
    void announcement_reachesWhoAskedForItByName() {
        add(EndpointSketch.of("ep_all", "acc_1", "standard"));
        add(EndpointSketch.of("ep_named", "acc_1", "standard").events("endpoint.disabled"));
        add(
                EndpointSketch.of("ep_scoped", "acc_1", "standard")
                        .events("endpoint.disabled")
                        .scope(new Endpoint.Scope("agent", null, null, null)));
        add(
                EndpointSketch.of("ep_other", "acc_1", "standard")
                        .events("endpoint.disabled")
                        .scope(new Endpoint.Scope("other", null, null, null)));
        CallEvent event =
                CallEvent.of("e1", EventType.ENDPOINT_DISABLED, NOW, "acc_1", "ep_x")
                        .withData(json("{\"agent_id\":\"agent\"}"));
        assertThat(endpoints(fanout(event, Subject.first(event))))
                .containsExactlyInAnyOrder("ep_named", "ep_scoped");
    }

    @Test
    void answerUrl_isAskedOnce_andNeverTold() {
        add(
                EndpointSketch.of("ep_1", "acc_1", "tryvox")
                        .callback(
                                new Endpoint.Callback(
                                        Role.answer, null, "POST", Payload.documented)));
        String own = "{\"dialect\":\"tryvox\",\"answer_url\":\"https://own.example/a\"}";
        List<Planned> planned = over(event(EventType.CALL_ANSWERED, "{}"), own);
        assertThat(planned).hasSize(1);
        DeliveryHeader asked = planned.getFirst().header();
        assertThat(asked.kind()).isEqualTo(DeliveryHeader.Kind.control);
        assertThat(asked.via().url()).isEqualTo("https://own.example/a");
        assertThat(asked.via().question().source()).isEqualTo(Source.answer);
        assertThat(asked.via().question().fallback()).isNull();
        for (EventType other : List.of(EventType.CALL_CREATED, EventType.CALL_ENDED)) {
            assertThat(over(event(other, "{}"), own)).isEmpty();
        }
    }

    @Test
    void answerUrl_callsOwnAndApplicationsFallback_eachIsSignedByItsOwner() {
        add(
                EndpointSketch.of(APPLICATION, "acc_1", "tryvox")
                        .secrets("sealed")
                        .events()
                        .group(
                                new Endpoint.Group.Application(
                                        Map.of(
                                                Role.answer, "https://app.example/answer",
                                                Role.fallback, "https://app.example/fallback"),
                                        "POST",
                                        "POST",
                                        Payload.documented)));
        String own =
                "{\"dialect\":\"tryvox\",\"answer_url\":\"https://own.example/a\","
                        + "\"webhook_secret\":{\"sealed\":\"of the call\"}}";
        CallEvent event = event(EventType.CALL_ANSWERED, "{\"application_id\":\"app\"}");
        Via asked = over(event, own).getFirst().header().via();
        assertThat(asked.url()).isEqualTo("https://own.example/a");
        assertThat(asked.secrets()).containsExactly("of the call");
        assertThat(asked.question().fallback().endpointId())
                .isEqualTo(GroupIds.member(APPLICATION, Role.fallback));
        Via fallback = asked.question().fallback().via();
        assertThat(fallback.url()).isEqualTo("https://app.example/fallback");
        assertThat(fallback.secrets()).isEmpty();
        assertThat(fallback.signedBy()).isEqualTo(APPLICATION);
    }

    private void application(Payload payload, String method) {
        add(
                EndpointSketch.of(APPLICATION, "acc_1", "tryvox")
                        .secrets("sealed")
                        .events()
                        .group(
                                new Endpoint.Group.Application(
                                        Map.of(Role.status, "https://app.example/status"),
                                        "POST",
                                        method,
                                        payload)));
        member(Role.ring, "POST", Payload.documented, "call.ringing");
        member(Role.hangup, "POST", Payload.documented, "call.ended");
        member(
                Role.status,
                method,
                payload,
                "call.created",
                "call.ringing",
                "call.answered",
                "call.ended",
                "message.delivered",
                "message.failed");
    }

    private void member(Role role, String method, Payload payload, String... events) {
        add(
                EndpointSketch.of(GroupIds.member(APPLICATION, role), "acc_1", "tryvox")
                        .events(events)
                        .scope(new Endpoint.Scope(null, "app", null, null))
                        .callback(new Endpoint.Callback(role, APPLICATION, method, payload)));
    }

    private void add(EndpointSketch sketch) {
        registry.add(sketch.unsealed());
    }

    private List<Planned> over(CallEvent event, String webhooks) {
        CallEvent bringing = event.withWebhooks(json(webhooks));
        return fanout(bringing, Subject.first(bringing).after(bringing, 0));
    }

    private List<Planned> fanout(CallEvent event, Subject subject) {
        return new Fanout(event, subject, NOW, ORIGIN).over(registry);
    }

    private static CallEvent event(EventType type, String call) {
        return CallEvent.of("e1", type, NOW, "acc_1", "c1").withCall(json(call));
    }

    private static Endpoint.Scope environment(String name) {
        return new Endpoint.Scope(null, null, null, name);
    }

    private static List<String> endpoints(List<Planned> planned) {
        return planned.stream().map(one -> one.header().endpointId()).toList();
    }

    private static List<String> roles(List<Planned> planned) {
        return endpoints(planned).stream()
                .map(id -> id.substring(id.lastIndexOf('_') + 1))
                .toList();
    }

    private static DeliveryHeader header(List<Planned> planned, String endpointId) {
        return planned(planned, endpointId).header();
    }

    private static Planned planned(List<Planned> planned, String endpointId) {
        return planned.stream()
                .filter(one -> one.header().endpointId().equals(endpointId))
                .findFirst()
                .orElseThrow();
    }

    private static String body(Planned planned) {
        return new String(planned.body(), StandardCharsets.UTF_8);
    }

    private static ObjectNode json(String text) {
        return (ObjectNode) Json.parse(text.getBytes(StandardCharsets.UTF_8));
    }
}
