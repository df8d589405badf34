package dev.ringback.ingest.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.dialect.GroupIds;
import dev.ringback.ingest.TestIngest;
import dev.ringback.ingest.TestIngest.Reply;
import dev.ringback.runtime.SecretBox;
import dev.ringback.runtime.Setting;
import dev.ringback.schemas.Endpoint;
import dev.ringback.schemas.Endpoint.Secret;
import dev.ringback.schemas.Topics;
import dev.ringback.testkit.Await;
import dev.ringback.testkit.TestKafka;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A change of the master key as an operator makes it: restart by restart, on a real broker. */
class ResealingTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final String OLD = SecretBox.newKey("k1", RANDOM);
    private static final String NEW = SecretBox.newKey("k2", RANDOM);
    private static final String APPLICATION = GroupIds.application("acc_1", "app");

    private final TestKafka kafka = TestKafka.start();

    @AfterEach
    void close() {
        kafka.close();
    }

    @Test
    void newKeyInFront_sealsAllAnew_soThatTheOldOneCanGo() {
        String webhook;
        String plain;
        try (TestIngest ingest = start(OLD)) {
            plain = endpoint(ingest, "standard");
            webhook = webhook(ingest);
            String voicy = endpoint(ingest, "voicy");
            assertThat(post(ingest, "/v1/agents/a1/deploy", "{\"account_id\":\"acc_1\"}").status())
                    .isEqualTo(200);
            assertThat(records()).containsKeys(plain, voicy, voicy + "@deployed");
            application(ingest);
        }
        try (TestIngest first = start(NEW + "," + OLD);
                TestIngest second = start(NEW + "," + OLD)) {
            awaitResealed();
            Reply seen = first.get("/v1/endpoints/" + plain, TestIngest.ADMIN);
            assertThat(seen.header("ETag")).as("a seal is a change").isEqualTo("\"2\"");
            assertThat(show(second, webhook)).containsExactly("uv-MARKER");
        }
        Map<String, Endpoint> records = records();
        assertThat(opened(records.get(plain))).containsExactly("Bearer MARKER", "standard-MARKER");
        assertThat(opened(records.get(APPLICATION))).containsExactly("application-MARKER");
        try (TestIngest ingest = start(NEW)) {
            assertThat(show(ingest, webhook)).containsExactly("uv-MARKER");
        }
        assertThat(records()).as("nothing is left to do").isEqualTo(records);
    }

    @Test
    void sealingAnew_keepsStateAndLaterChanges() {
        try (TestIngest ingest = start(OLD)) {
            String id = endpoint(ingest, "standard");
            Reply disabled = post(ingest, "/v1/endpoints/" + id + "/disable", "");
            assertThat(disabled.status()).isEqualTo(200);
        }
        try (TestIngest ingest = start(NEW + "," + OLD)) {
            awaitResealed();
            assertThat(records().values())
                    .extracting(Endpoint::status)
                    .containsExactly(Endpoint.Status.disabled);
            String id = records().keySet().iterator().next();
            Reply patched =
                    ingest.patch(
                            "/v1/endpoints/" + id,
                            TestIngest.ADMIN,
                            Map.of(),
                            "{\"name\":\"renamed\"}");
            assertThat(patched.status()).isEqualTo(200);
        }
        assertThat(records().values().stream().flatMap(e -> opened(e).stream()))
                .containsExactly("Bearer MARKER", "standard-MARKER");
    }

    @Test
    void keyThatIsLost_leavesTheRestInService() {
        String lost;
        try (TestIngest ingest = start(OLD)) {
            lost = endpoint(ingest, "standard");
        }
        Endpoint before = records().get(lost);
        try (TestIngest ingest = start(NEW)) {
            String made = endpoint(ingest, "standard");
            assertThat(opened(records().get(made))).hasSize(2);
            assertThat(ingest.get("/v1/endpoints/" + lost, TestIngest.ADMIN).status())
                    .isEqualTo(200);
        }
        assertThat(records().get(lost)).isEqualTo(before);
    }

    private TestIngest start(String keys) {
        return TestIngest.start(kafka, Map.of(Setting.MASTER_KEY.name(), keys));
    }

    private void awaitResealed() {
        SecretBox box = new SecretBox(NEW, RANDOM);
        Await.until(
                "all to be sealed by the new key",
                LIMIT,
                () ->
                        records().values().stream()
                                .flatMap(ResealingTest::sealed)
                                .allMatch(box::isSealedByFirst));
    }

    /** What the topic holds now, by key. */
    private Map<String, Endpoint> records() {
        Map<String, Endpoint> records = new HashMap<>();
        kafka.records(Topics.ENDPOINTS)
                .forEach(
                        record ->
                                records.put(
                                        new String(record.key(), StandardCharsets.UTF_8),
                                        Endpoint.read(record.value())));
        return records;
    }

    /** What a service that has the new key alone makes of a record. */
    private static List<String> opened(Endpoint endpoint) {
        SecretBox box = new SecretBox(NEW, RANDOM);
        return sealed(endpoint).map(text -> box.open(text, endpoint.id())).sorted().toList();
    }

    private static Stream<String> sealed(Endpoint endpoint) {
        return Stream.concat(
                endpoint.config().secrets().stream().map(Secret::sealed),
                endpoint.config().headers().values().stream());
    }

    private static String endpoint(TestIngest ingest, String dialect) {
        Reply made =
                post(
                        ingest,
                        "/v1/endpoints",
                        """
                        {"account_id":"acc_1","name":"CRM","url":"https://crm.example/hooks",
                         "dialect":"%s","scope":{"agent_id":"a1"},"secret":"standard-MARKER",
                         "signature":{"secret":"utf8"},
                         "headers":{"Authorization":"Bearer MARKER"}}"""
                                .formatted(dialect));
        assertThat(made.status()).as(made.body().toString()).isEqualTo(201);
        return made.body().path("id").stringValue();
    }

    private static String webhook(TestIngest ingest) {
        Reply made =
                post(
                        ingest,
                        "/api/webhooks?account_id=acc_1",
                        """
                        {"url":"https://crm.example/uv","events":["call.ended"],
                         "secrets":["uv-MARKER"]}""");
        assertThat(made.status()).isEqualTo(201);
        return made.body().path("webhookId").stringValue();
    }

    private static void application(TestIngest ingest) {
        Reply made =
                ingest.put(
                        "/v1/applications/app",
                        TestIngest.ADMIN,
                        """
                        {"account_id":"acc_1","status_callback_url":"https://ivr.example/status",
                         "webhook_secret":"application-MARKER"}""");
        assertThat(made.status()).isEqualTo(201);
    }

    private static List<String> show(TestIngest ingest, String webhook) {
        Reply reply =
                ingest.send(
                        "GET",
                        "/api/webhooks/" + webhook,
                        "",
                        Map.of("X-API-Key", TestIngest.ADMIN),
                        BodyPublishers.noBody());
        return reply.body()
                .path("secrets")
                .valueStream()
                .map(secret -> secret.stringValue())
                .toList();
    }

    private static Reply post(TestIngest ingest, String path, String body) {
        return ingest.post(path, TestIngest.ADMIN, TestIngest.JSON, body);
    }
}
