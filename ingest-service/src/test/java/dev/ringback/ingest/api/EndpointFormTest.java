package dev.ringback.ingest.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.ringback.runtime.Problem;
import dev.ringback.schemas.Json;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.node.ObjectNode;

class EndpointFormTest {
    private static final String WHOLE =
            """
            {"account_id":"acc_1","name":"CRM","url":"https://crm.example/hooks","dialect":"standard",
             "events":["call.ended","call.ended"],
             "scope":{"agent_id":"a","application_id":null},
             "secret":"whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz","headers":{"Authorization":"Bearer x"},
             "policy":{"timeout":"5s","schedule":["1s","4s"],"max_in_flight":8,"rate":"50/s",
                       "ordered":true,"max_age":"2h"},
             "signature":null,"metadata":{"team":"sales"}}""";

    @Test
    void read_whole_keepsAll() {
        EndpointForm form = read(WHOLE);
        assertThat(form.events()).containsExactly("call.ended");
        assertThat(form.scope().agentId()).isEqualTo("a");
        assertThat(form.headers()).containsEntry("Authorization", "Bearer x");
        assertThat(form.policy().schedule())
                .isEqualTo(List.of(Duration.ofSeconds(1), Duration.ofSeconds(4)));
        assertThat(form.policy().rate()).isEqualTo("50/s");
        assertThat(form.metadata()).containsEntry("team", "sales");
    }

    @Test
    void toString_hidesTheSecret() {
        assertThat(read(WHOLE).toString()).doesNotContain("whsec_", "Bearer");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            textBlock =
                    """
                    "acc_1"                      | 5                       | /account_id
                    "acc_1"                      | ""                      | /account_id
                    "CRM"                        | "a\\u0007b"             | /name
                    "standard"                   | "carrier-pigeon"        | /dialect
                    "call.ended","call.ended"    |                         | /events
                    ["call.ended","call.ended"]  | "*"                     | /events
                    "call.ended","call.ended"    | "*","call.exploded"     | /events/1
                    "call.ended","call.ended"    | "*",null                | /events/1
                    "agent_id":"a"               | "agent":"a"             | /scope/agent
                    "agent_id":"a"               | "agent_id":7            | /scope/agent_id
                    whsec_MDEy                   | whsec_!                 | /secret
                    {"Authorization":"Bearer x"} | ["Authorization"]       | /headers
                    Authorization                | Content-type            | /headers/Content-type
                    Authorization                | Webhook-Id              | /headers/Webhook-Id
                    Authorization                | ringback-x              | /headers/ringback-x
                    Authorization                | A~ B/                   | /headers/A~0 B~1
                    Bearer x                     | a\\r\\nb                | /headers/Authorization
                    "Bearer x"                   | null                    | /headers/Authorization
                    "Bearer x"                   | "a","authorization":"b" | /headers/authorization
                    "5s"                         | 5                       | /policy/timeout
                    "5s"                         | "5"                     | /policy/timeout
                    "5s"                         | "99ms"                  | /policy/timeout
                    "5s"                         | "61s"                   | /policy/timeout
                    "4s"                         | "8d"                    | /policy/schedule/1
                    "4s"                         | "0s"                    | /policy/schedule/1
                    "max_in_flight":8            | "max_in_flight":1001    | /policy/max_in_flight
                    "max_in_flight":8            | "max_in_flight":8.5     | /policy/max_in_flight
                    "50/s"                       | "0/s"                   | /policy/rate
                    "ordered":true               | "ordered":"yes"         | /policy/ordered
                    "max_age"                    | "maxage"                | /policy/maxage
                    "signature":null             | "signature":7           | /signature
                    "signature":null             | "signature":{"algo":1}  | /signature/algo
                    "signature":null             | "signature":{"message":"x"}  | /signature/message
                    Authorization                |                         | /headers/
                    "CRM"                        | ""                      | /name
                    "Bearer x"                   | ""                      | /headers/Authorization
                    "sales"                      | {}                      | /metadata/team
                    """)
    void read_oneThingWrong_namesIt(String from, String to, String pointer) {
        String wrong = WHOLE.replace(from, to == null ? "" : to);
        assertThat(wrong).isNotEqualTo(WHOLE);
        assertThat(pointers(wrong)).containsExactly(pointer);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://crm.example/",
                "ftp://crm.example/",
                "/hooks",
                "https://user:pass@crm.example/",
                "https://crm.example/#top",
                "https:///hooks",
                "https://crm.example:99999/",
                "https://crm example/",
                "mailto:a@b.example"
            })
    void read_badUrl_isRefused(String url) {
        assertThat(pointers(WHOLE.replace("https://crm.example/hooks", url)))
                .containsExactly("/url");
    }

    @Test
    void read_longUrl_isRefused() {
        assertThat(pointers(WHOLE.replace("/hooks", "/" + "x".repeat(2_048))))
                .containsExactly("/url");
    }

    @Test
    void read_httpWhereAllowed_isTaken() {
        String http = WHOLE.replace("https:", "http:");
        assertThat(EndpointForm.read(document(http), null, true).url()).startsWith("http://");
        assertThatThrownBy(() -> read(http)).isInstanceOf(Problem.class);
    }

    private static List<String> pointers(String json) {
        Problem problem = catchThrowableOfType(Problem.class, () -> read(json));
        assertThat(problem).as("refused").isNotNull();
        return problem.errors().stream().map(error -> error.pointer()).toList();
    }

    private static EndpointForm read(String json) {
        return EndpointForm.read(document(json), null, false);
    }

    private static ObjectNode document(String json) {
        return (ObjectNode) Json.parse(json.getBytes(StandardCharsets.UTF_8));
    }
}
