package dev.ringback.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.dialect.SampleEvents.Kind;
import dev.ringback.schemas.Call;
import dev.ringback.schemas.CallEvent;
import dev.ringback.schemas.EventType;
import dev.ringback.schemas.Json;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Documented fields are there in their order, whatever is known of a call. */
class DocumentedFieldsTest {
    private static final int CALLS = 50;

    @ParameterizedTest
    @CsvSource({
        "vomyra,call.started,/data,"
                + "call_id assistant_id phone_number_id direction caller started_at",
        "vomyra,call.ended,/data,"
                + "call_id status ended_reason duration_seconds cost transcript_url recording_url"
                + " summary",
        "vomyra,call.tool_invoked,/data,call_id tool_name tool_id parameters invoked_at",
        "vomyra,call.transferred,/data," + "call_id transfer_destination transferred_at reason",
        "tryvox,call.created,''," + "event call_uuid account_id from to direction status timestamp",
        "tryvox,call.ringing,''," + "event call_uuid account_id from to direction status timestamp",
        "tryvox,call.answered,'',"
                + "event call_uuid account_id from to direction status timestamp",
        "tryvox,call.ended,'',"
                + "event call_uuid account_id from to direction status timestamp duration"
                + " end_reason",
        "voicy,call.analyzed,/call,"
                + "call_id call_type call_status agent from_number to_number direction"
                + " start_timestamp duration_ms transcript recording_url summary vars_provided"
                + " vars_extracted vars_collected call_cost",
        "voicy,call.analyzed,/call/agent,id name version",
        "voicy,call.analyzed,/call/call_cost,combined_cost currency",
        "ultravox,call.created,/call,"
                + "agent agentId billedDuration billedSideInputTokens billedSideOutputTokens"
                + " billingStatus callId clientVersion created endReason ended"
                + " experimentalSettings firstSpeaker firstSpeakerSettings initialOutputMedium"
                + " initialState joinUrl joined metadata requestContext shortSummary sipDetails"
                + " summary"
    })
    void body_ofAnyCall_hasTheDocumentedFieldsInOrder(
            String name, String type, String at, String fields) throws IOException {
        Dialect dialect = Dialects.named(name).orElseThrow();
        CallEvent event = SampleEvents.event(EventType.of(type).orElseThrow(), Kind.full);
        Call whole = SampleEvents.call(event, Kind.script);
        for (int seed = 0; seed < CALLS; seed++) {
            JsonNode body = Json.parse(dialect.body(event, someOf(whole, seed), 7, null));
            assertThat(List.copyOf(body.at(at).propertyNames()))
                    .as("seed %d", seed)
                    .isEqualTo(List.of(fields.split(" ")));
        }
    }

    /** A call of which some fields are known, some are null and some were never heard of. */
    private static Call someOf(Call whole, int seed) {
        Random random = new Random(seed);
        ObjectNode some = whole.tree().deepCopy();
        for (String field : Call.FIELDS) {
            boolean isIdentity = field.equals("call_id") || field.equals("account_id");
            switch (random.nextInt(3)) {
                case 0 -> {
                    if (!isIdentity) {
                        some.remove(field);
                    }
                }
                case 1 -> {
                    if (!isIdentity) {
                        some.putNull(field);
                    }
                }
                default -> {}
            }
        }
        some.remove("extensions");
        return Call.of(some);
    }
}
