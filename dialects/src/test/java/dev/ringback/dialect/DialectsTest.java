package dev.ringback.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.dialect.Dialect.Rules;
import dev.ringback.schemas.EventType;
import dev.ringback.schemas.Units;
import dev.ringback.signature.SignatureOverride;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The vendors' facts, once more and as a table. */
class DialectsTest {
    static List<Dialect> dialects() {
        return Dialects.all();
    }

    @Test
    void all_areInTheOrderOfTheDocumentation() {
        assertThat(Dialects.all().stream().map(Dialect::name))
                .containsExactly("standard", "vomyra", "tryvox", "voicy", "ultravox");
    }

    @ParameterizedTest
    @CsvSource({
        "standard,20s,5s 5m 30m 2h 5h 10h 14h 20h 24h,true,true",
        "vomyra,2s,4s 30s 2m 8m 30m 2h,false,true",
        "tryvox,5s,1s 4s 16s,false,false",
        "voicy,5s,'',false,false",
        "ultravox,10s,30s 1m 2m 4m 8m 16m 32m 64m 128m 256m,false,true"
    })
    void policy_ofDialect_isTheVendors(
            String name, String timeout, String schedule, boolean gone, boolean signs) {
        Dialect dialect = Dialects.named(name).orElseThrow();
        assertThat(dialect.timeout()).isEqualTo(Units.duration(timeout));
        assertThat(dialect.schedule()).isEqualTo(durations(schedule));
        assertThat(dialect.goneIsFinal()).isEqualTo(gone);
        assertThat(dialect.alwaysSigns()).isEqualTo(signs);
    }

    @ParameterizedTest
    @CsvSource({
        "vomyra,call.started=call.started call.ended=call.ended"
                + " call.tool_invoked=call.tool_invoked call.transferred=call.transferred"
                + " assistant.updated=assistant.updated",
        "tryvox,call.created=call.queued call.ringing=call.ringing call.answered=call.answered"
                + " call.ended=call.ended message.delivered=message.delivered"
                + " message.failed=message.failed",
        "voicy,call.analyzed=call_ended",
        "ultravox,call.created=call.started call.joined=call.joined call.ended=call.ended"
                + " call.billed=call.billed"
    })
    void webhookEvent_ofVendor_isItsName(String name, String events) {
        Dialect dialect = Dialects.named(name).orElseThrow();
        Map<String, String> sent =
                Stream.of(EventType.values())
                        .filter(type -> dialect.webhookEvent(type).isPresent())
                        .collect(
                                Collectors.toMap(
                                        EventType::text,
                                        type -> dialect.webhookEvent(type).orElseThrow()));
        assertThat(sent)
                .isEqualTo(
                        Stream.of(events.split(" "))
                                .map(event -> event.split("="))
                                .collect(Collectors.toMap(pair -> pair[0], pair -> pair[1])));
    }

    @Test
    void webhookEvent_ofStandard_isEveryTypesOwn() {
        Dialect standard = Dialects.named("standard").orElseThrow();
        assertThat(EventType.values())
                .allSatisfy(type -> assertThat(standard.webhookEvent(type)).hasValue(type.text()));
    }

    @Test
    void rules_ofVendors_areTheDocumentedOnes() {
        assertThat(rules("voicy")).isEqualTo(new Rules(true, true, true, 5, 2_048, 512));
        assertThat(rules("ultravox")).isEqualTo(new Rules(false, false, false, 0, 200, 120));
        assertThat(List.of(rules("standard"), rules("vomyra"), rules("tryvox")))
                .containsOnly(Rules.ANY);
    }

    @ParameterizedTest
    @MethodSource("dialects")
    void signature_ofDialect_wouldPassAsAnOverride(Dialect dialect) {
        assertThat(SignatureOverride.faults(dialect.signature())).isEmpty();
    }

    private static Rules rules(String name) {
        return Dialects.named(name).orElseThrow().rules();
    }

    private static List<Duration> durations(String texts) {
        return Stream.of(texts.split(" "))
                .filter(text -> !text.isEmpty())
                .map(Units::duration)
                .toList();
    }
}
