package dev.ringback.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.ingest.TestIngest.Reply;
import dev.ringback.schemas.Topics;
import dev.ringback.testkit.TestKafka;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CallTargetsHttpTest {
    private static TestKafka kafka;
    private static TestIngest ingest;

    @BeforeAll
    static void start() {
        kafka = TestKafka.start();
        ingest = TestIngest.start(kafka, Map.of());
    }

    @AfterAll
    static void stop() {
        ingest.close();
        kafka.close();
    }

    @Test
    void post_targetsWithSecrets_areKeptSealed() {
        String tryvox =
                "{\"dialect\":\"tryvox\",\"hangup_url\":\"https://t.example/h\","
                        + "\"webhook_secret\":\"marker-one\"}";
        String ultravox =
                "{\"dialect\":\"ultravox\",\"callbacks\":{\"ended\":{\"url\":\"https://u.example\","
                        + "\"secrets\":[\"marker-two\",\"marker-three\"]}}}";
        assertThat(ingest.events(event("sealed", tryvox)).status()).isEqualTo(202);
        assertThat(ingest.events(event("sealed", ultravox)).status()).isEqualTo(202);
        assertThat(values("sealed"))
                .hasSize(2)
                .noneMatch(value -> value.contains("marker"))
                .allMatch(value -> value.contains("{\"sealed\":\""));
    }

    @Test
    void post_targetsWithoutSecrets_keepsTheBytes() {
        String event =
                event("plain", "{ \"dialect\":\"tryvox\", \"hangup_url\":\"https://t.example/h\"}");
        assertThat(ingest.events(event).status()).isEqualTo(202);
        assertThat(values("plain")).containsExactly(event);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    {"dialect":"tryvox","hangup_url":"http://t.example"}                                   | /webhooks/hangup_url | is not https
                    {"dialect":"tryvox","ring_url":"https://u:p@t.example"}                                | /webhooks/ring_url | has a user name or password; use a header
                    {"dialect":"tryvox","webhook_secret":{"sealed":"x"}}                                   | /webhooks/webhook_secret | is not a text
                    {"dialect":"ultravox","callbacks":{"ended":{"url":"https://"}}}                        | /webhooks/callbacks/ended/url | is not a URL: Expected authority
                    {"dialect":"ultravox","callbacks":{"ended":{"url":"https://u","secrets":[{"sealed":"x"}]}}} | /webhooks/callbacks/ended/secrets/0 | is not a text
                    {"dialect":"twilio"}                                                                   | /webhooks/dialect | does not have a value in the enumeration ["tryvox", "ultravox"]
                    """)
    void post_targetsThatCannotBe_is422WithPointer(String webhooks, String pointer, String reason) {
        Reply reply = ingest.events(event("wrong", webhooks));
        assertThat(reply.status()).isEqualTo(422);
        assertThat(reply.body().at("/errors/0/pointer").stringValue()).isEqualTo(pointer);
        assertThat(reply.body().at("/errors/0/reason").stringValue()).startsWith(reason);
        assertThat(values("wrong")).isEmpty();
    }

    @Test
    void post_announcement_is422() {
        Reply reply =
                ingest.events(
                        "{\"type\":\"endpoint.disabled\",\"occurred_at\":\"2026-11-23T09:12:31Z\","
                                + "\"account_id\":\"acc_1\",\"endpoint_id\":\"ep_1\"}");
        assertThat(reply.status()).isEqualTo(422);
        assertThat(reply.body().at("/errors/0/pointer").stringValue()).isEqualTo("/type");
        assertThat(values("ep_1")).isEmpty();
    }

    private static String event(String call, String webhooks) {
        return "{\"id\":\"e\",\"type\":\"call.created\",\"occurred_at\":\"2026-11-23T09:12:31Z\","
                + "\"account_id\":\"acc_1\",\"call_id\":\""
                + call
                + "\",\"webhooks\":"
                + webhooks
                + "}";
    }

    private static List<String> values(String subjectId) {
        return kafka.records(Topics.EVENTS).stream()
                .filter(record -> text(record.key()).equals(subjectId))
                .map(record -> text(record.value()))
                .toList();
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
