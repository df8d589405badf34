package dev.ringback.ingest.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.ingest.registry.Command.Create;
import dev.ringback.ingest.registry.Command.Delete;
import dev.ringback.ingest.registry.Command.Deploy;
import dev.ringback.ingest.registry.Command.Replace;
import dev.ringback.ingest.registry.Command.SetEnabled;
import dev.ringback.schemas.Attempt.Report;
import dev.ringback.schemas.Endpoint;
import dev.ringback.schemas.Endpoint.Config;
import dev.ringback.schemas.Endpoint.Failure;
import dev.ringback.schemas.Endpoint.Scope;
import dev.ringback.schemas.Endpoint.Stage;
import dev.ringback.schemas.Endpoint.Status;
import dev.ringback.schemas.EventSchema;
import dev.ringback.schemas.Json;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.streams.KeyValue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What the registry makes of dispatchers' reports; unhealthy here is after three failures. */
class HealthTest {
    private static final String ACCOUNT = "acc_1";
    private static final Instant NOW = RegistryDriver.NOW;

    private final RegistryDriver registry = new RegistryDriver();

    @AfterEach
    void close() {
        registry.close();
    }

    @Test
    void report_tooManyFailures_isUnhealthyAndAnnounced() {
        create("standard");
        registry.tell(failed(3, NOW), NOW.plusSeconds(1));
        assertThat(endpoint().status()).isEqualTo(Status.unhealthy);
        assertThat(endpoint().version()).isEqualTo(2);
        List<KeyValue<String, byte[]>> announced = registry.announced();
        assertThat(announced).extracting(event -> event.key).containsExactly("ep_1");
        assertThat(new EventSchema().read(announced.getFirst().value))
                .isInstanceOf(EventSchema.Reading.Valid.class);
        assertThat(Json.parse(announced.getFirst().value))
                .isEqualTo(
                        json(
                                """
                                {"id":"evt_ep_1_2","type":"endpoint.unhealthy",
                                 "occurred_at":"2026-11-23T09:12:32.250Z","account_id":"acc_1",
                                 "endpoint_id":"ep_1","environment":"staging",
                                 "data":{"name":null,"dialect":"standard",
                                  "url":"https://crm.example/hooks","status":"unhealthy",
                                  "previous_status":"normal",
                                  "reason":"3 failed attempts in a row",
                                  "recent_failures":[
                                   {"timestamp":"2026-11-23T09:12:31.250Z","failure":"status 500"},
                                   {"timestamp":"2026-11-23T09:12:31.251Z","failure":"status 500"},
                                   {"timestamp":"2026-11-23T09:12:31.252Z","failure":"status 500"}],
                                  "agent_id":"a1","application_id":null,"phone_number_id":null}}"""));
    }

    @Test
    void report_success_recoversAndIsAnnounced() {
        create("standard");
        registry.tell(failed(3, NOW), NOW);
        registry.tell(succeeded(), NOW.plusSeconds(1));
        assertThat(endpoint().status()).isEqualTo(Status.normal);
        assertThat(endpoint().state().failedInRow()).isZero();
        List<JsonNode> announced = announced();
        assertThat(texts(announced, "/type"))
                .containsExactly("endpoint.unhealthy", "endpoint.recovered");
        assertThat(texts(announced, "/id")).containsExactly("evt_ep_1_2", "evt_ep_1_3");
        assertThat(announced.getLast().at("/data/previous_status").stringValue())
                .isEqualTo("unhealthy");
    }

    @Test
    void report_failingForTooLong_disablesByTheTimesOfTheRecords() {
        create("standard");
        registry.tell(failed(1, NOW), NOW);
        Instant end = NOW.plus(Duration.ofDays(5));
        registry.tell(failed(1, end.minusSeconds(1)), end.minusMillis(1));
        assertThat(endpoint().status()).isEqualTo(Status.normal);
        registry.tell(failed(1, end), end);
        assertThat(endpoint().status()).isEqualTo(Status.disabled);
        assertThat(endpoint().state().lastStatusChange()).isEqualTo(end);
        JsonNode event = announced().getLast();
        assertThat(event.path("type").stringValue()).isEqualTo("endpoint.disabled");
        assertThat(event.at("/data/reason").stringValue()).isEqualTo("no success for 5d");
    }

    @Test
    void report_gone_disablesAtOnce() {
        create("standard");
        registry.tell(new Report("ep_1", ACCOUNT, true, 1, NOW, failures(1, NOW), true), NOW);
        assertThat(endpoint().status()).isEqualTo(Status.disabled);
        assertThat(announced().getLast().at("/data/reason").stringValue()).isEqualTo("status 410");
    }

    @Test
    void report_withoutAChangeOfStatus_keepsTheVersionAndSaysNothing() {
        create("standard");
        registry.tell(failed(2, NOW), NOW);
        assertThat(endpoint().version()).isEqualTo(1);
        assertThat(endpoint().state().recentFailures()).hasSize(2);
        assertThat(registry.announced()).isEmpty();
    }

    @Test
    void report_ofADeletedOrForeignEndpoint_isPassedOver() {
        create("standard");
        registry.tell(new Report("ep_1", "acc_2", false, 9, NOW, failures(9, NOW), true), NOW);
        assertThat(endpoint().state()).isEqualTo(Endpoint.State.normal(NOW));
        registry.send(new Delete("cmd", ACCOUNT, "ep_1", null));
        registry.tell(failed(9, NOW), NOW);
        assertThat(registry.table()).isEmpty();
        assertThat(registry.announced()).isEmpty();
    }

    @Test
    void replace_readBeforeAReport_doesNotBringTheOldStateBack() {
        Endpoint read = create("standard");
        registry.tell(failed(2, NOW), NOW);
        assertThat(registry.send(new Replace("cmd", read, 1))).isEqualTo(new Answer.Accepted(2));
        assertThat(endpoint().state().failedInRow()).isEqualTo(2);
        registry.tell(failed(1, NOW), NOW);
        assertThat(endpoint().status()).isEqualTo(Status.unhealthy);
    }

    @Test
    void replace_readBeforeAChangeOfStatus_isRefused() {
        Endpoint read = create("standard");
        registry.tell(failed(3, NOW), NOW);
        assertThat(registry.send(new Replace("cmd", read, 1))).isEqualTo(Answer.Refused.changed());
    }

    @Test
    void disable_isAnnounced_enableForgetsAndSaysNothing() {
        create("standard");
        registry.tell(failed(3, NOW), NOW);
        registry.send(new SetEnabled("cmd", ACCOUNT, "ep_1", false, null));
        assertThat(announced().getLast().at("/data/reason").stringValue()).isEqualTo("by request");
        registry.send(new SetEnabled("cmd", ACCOUNT, "ep_1", true, null));
        assertThat(registry.announced()).isEmpty();
        assertThat(endpoint().status()).isEqualTo(Status.normal);
        assertThat(endpoint().state().failedInRow()).isZero();
        assertThat(endpoint().state().failingSince()).isNull();
        assertThat(endpoint().state().recentFailures()).hasSize(3);
        registry.tell(failed(2, NOW), NOW.plus(Duration.ofDays(9)));
        assertThat(endpoint().state().failedInRow()).isEqualTo(2);
    }

    @Test
    void report_ofADeployedEndpoint_isTheDraftsToo_announcedOnce() {
        create("voicy");
        registry.send(new Deploy("cmd", ACCOUNT, "a1"));
        registry.tell(failed(3, NOW), NOW);
        assertThat(deployed().state()).isEqualTo(endpoint().state());
        assertThat(deployed().status()).isEqualTo(Status.unhealthy);
        assertThat(registry.announced()).hasSize(1);
    }

    @Test
    void report_afterTheDraftIsGone_isAnnouncedUnderAnIdOfItsOwn() {
        Endpoint read = create("voicy");
        registry.send(new Deploy("cmd", ACCOUNT, "a1"));
        registry.send(new Replace("cmd", read, 1));
        registry.tell(failed(3, NOW), NOW);
        registry.send(new Delete("cmd", ACCOUNT, "ep_1", null));
        registry.tell(succeeded(), NOW.plusSeconds(1));
        assertThat(deployed().status()).isEqualTo(Status.normal);
        assertThat(texts(announced(), "/id")).hasSize(2).doesNotHaveDuplicates();
    }

    private Endpoint create(String dialect) {
        Endpoint endpoint =
                Endpoint.of(
                        "ep_1",
                        ACCOUNT,
                        Config.of(
                                "https://crm.example/hooks?token=7",
                                dialect,
                                List.of("*"),
                                new Scope("a1", null, null, "staging")),
                        dialect.equals("voicy") ? Stage.draft : null,
                        NOW);
        registry.send(new Create("cmd", endpoint));
        return endpoint;
    }

    private Endpoint endpoint() {
        return registry.get("ep_1").orElseThrow();
    }

    private Endpoint deployed() {
        return registry.get("ep_1@deployed").orElseThrow();
    }

    private List<JsonNode> announced() {
        return registry.announced().stream().map(event -> Json.parse(event.value)).toList();
    }

    private static JsonNode json(String text) {
        return Json.parse(text.getBytes(StandardCharsets.UTF_8));
    }

    private static List<String> texts(List<JsonNode> documents, String pointer) {
        return documents.stream().map(document -> document.at(pointer).stringValue()).toList();
    }

    private static Report failed(int times, Instant since) {
        return new Report("ep_1", ACCOUNT, false, times, since, failures(times, since), false);
    }

    private static Report succeeded() {
        return new Report("ep_1", ACCOUNT, true, 0, null, List.of(), false);
    }

    private static List<Failure> failures(int times, Instant at) {
        return IntStream.range(0, times)
                .mapToObj(i -> new Failure(at.plusMillis(i), "status 500"))
                .toList();
    }
}
