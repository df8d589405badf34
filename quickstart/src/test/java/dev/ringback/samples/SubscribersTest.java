package dev.ringback.samples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.dialect.Dialect;
import dev.ringback.dialect.Dialects;
import dev.ringback.samples.Tally.Expected;
import dev.ringback.schemas.Json;
import dev.ringback.voxml.Voxml;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class SubscribersTest {
    private static final Clock CLOCK = Clock.fixed(Instant.EPOCH, ZoneOffset.UTC);
    private static final String RECEIVER = "http://127.0.0.1:3000";

    private final KeptDocuments registry = new KeptDocuments();
    private final Subscribers subscribers =
            new Subscribers(registry, RECEIVER, CLOCK, new Random(1));

    /** A registry that keeps what it is sent and gives endpoints numbers for ids. */
    private static final class KeptDocuments implements Subscribers.Registry {
        private final Map<String, ObjectNode> byUrl = new LinkedHashMap<>();

        @Override
        public JsonNode post(String path, ObjectNode document) {
            byUrl.put(path + " " + document.path("url").asString(""), document);
            return Json.object().put("id", "ep_" + byUrl.size());
        }

        @Override
        public void put(String path, ObjectNode document) {
            byUrl.put(path, document);
        }

        ObjectNode at(String key) {
            assertThat(byUrl).containsKey(key);
            return byUrl.get(key);
        }
    }

    @Test
    void subscribe_everyDialect_isThere() {
        subscribers.subscribe();
        assertThat(webhooks().stream().map(SubscribersTest::dialect).distinct().toList())
                .containsExactlyInAnyOrderElementsOf(
                        Dialects.all().stream().map(Dialect::name).toList());
    }

    @ParameterizedTest
    @CsvSource({"standard,16", "vomyra,8", "tryvox,10", "voicy,2", "ultravox,6"})
    void webhooks_ofAllSamples_areThoseTheDialectKnows(String dialect, long many) {
        subscribers.subscribe();
        Map<String, Long> counts =
                webhooks().stream()
                        .collect(
                                Collectors.groupingBy(
                                        SubscribersTest::dialect, Collectors.counting()));
        assertThat(counts).containsEntry(dialect, many);
    }

    @Test
    void subscribe_voicy_isDeployedForEachAgent() {
        subscribers.subscribe();
        for (String agent : List.of("agt_asha", "agt_noa")) {
            ObjectNode endpoint = registry.at("/v1/endpoints " + RECEIVER + "/voicy/" + agent);
            assertThat(endpoint.path("scope").path("agent_id").stringValue()).isEqualTo(agent);
            assertThat(registry.at("/v1/agents/" + agent + "/deploy ").path("account_id"))
                    .isEqualTo(endpoint.path("account_id"));
        }
    }

    @Test
    void subscribe_tryvox_isAnApplicationWithAUrlForEachPurpose() {
        subscribers.subscribe();
        ObjectNode application = registry.at("/v1/applications/app_support");
        assertThat(application.path("hangup_url").stringValue())
                .isEqualTo(RECEIVER + "/tryvox/app_support/hangup");
        assertThat(application.path("webhook_secret").stringValue()).isNotBlank();
        assertThat(subscribers.verifier("/tryvox/app_support/hangup")).isPresent();
    }

    @Test
    void answer_whereItIsAsked_isAMenuThatIsVoxml() {
        subscribers.subscribe();
        assertThat(new Voxml(false).read(subscribers.answer("/tryvox/app_support/answer")).valid())
                .isTrue();
        assertThat(subscribers.answer("/tryvox/app_support/status")).isEmpty();
    }

    @Test
    void verifier_pathOfNobody_isNone() {
        subscribers.subscribe();
        assertThat(subscribers.verifier("/tryvox")).isEmpty();
    }

    private List<Expected> webhooks() {
        return Sample.all().stream()
                .flatMap(sample -> subscribers.webhooks(sample).values().stream())
                .toList();
    }

    private static String dialect(Expected webhook) {
        return webhook.subscriber().split(" ")[0];
    }
}
