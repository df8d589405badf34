package dev.ringback.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.ingest.TestIngest.Reply;
import dev.ringback.runtime.Setting;
import dev.ringback.testkit.TestKafka;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TakeoverTest {
    private static final Map<String, String> PATIENT =
            Map.of(Setting.INGEST_DEADLINE.name(), "20s");
    private static final String ENDPOINT =
            """
            {"account_id":"acc_1","url":"https://crm.example/hooks"}""";

    @Test
    void instanceThatDecidesLeaves_theOtherGoesOn() {
        try (TestKafka kafka = TestKafka.start()) {
            TestIngest first = TestIngest.start(kafka, PATIENT);
            String before = create(first).body().path("id").stringValue();
            try (TestIngest second = TestIngest.start(kafka, PATIENT)) {
                first.close();
                Reply after = create(second);
                assertThat(after.status()).isEqualTo(201);
                assertThat(
                                second.delete("/v1/endpoints/" + before, TestIngest.ADMIN, Map.of())
                                        .status())
                        .isEqualTo(204);
            }
        }
    }

    private static Reply create(TestIngest ingest) {
        return ingest.post("/v1/endpoints", TestIngest.ADMIN, TestIngest.JSON, ENDPOINT);
    }
}
