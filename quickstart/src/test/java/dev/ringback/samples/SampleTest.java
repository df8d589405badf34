package dev.ringback.samples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.schemas.CallEvent;
import dev.ringback.schemas.EventSchema;
import dev.ringback.schemas.EventSchema.Reading;
import dev.ringback.schemas.EventType;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SampleTest {
    private static final EventSchema SCHEMA = new EventSchema();

    @ParameterizedTest
    @MethodSource("all")
    void sample_each_isValid(Sample sample) {
        assertThat(SCHEMA.read(sample.json()))
                .isInstanceOfSatisfying(
                        Reading.Valid.class,
                        valid -> {
                            CallEvent event = valid.event();
                            assertThat(event.id()).isEqualTo(sample.id());
                            assertThat(event.type()).isEqualTo(sample.type());
                            assertThat(event.subjectId()).isEqualTo(sample.subject());
                            assertThat(event.accountId()).isEqualTo(Sample.ACCOUNT);
                            assertThat(event.occurredAt()).startsWith("2026-11-");
                        });
    }

    @ParameterizedTest
    @MethodSource("all")
    void again_each_isTheSameEventOfAnother(Sample sample) {
        Sample again = sample.again("r1");
        assertThat(SCHEMA.read(again.json()))
                .isInstanceOfSatisfying(
                        Reading.Valid.class,
                        valid -> {
                            assertThat(valid.event().id()).isEqualTo(sample.id() + "-r1");
                            assertThat(valid.event().subjectId())
                                    .isEqualTo(sample.subject() + "-r1");
                            assertThat(valid.event().type()).isEqualTo(sample.type());
                        });
    }

    @Test
    void all_ids_areEachTheirOwn() {
        assertThat(all()).extracting(Sample::id).doesNotHaveDuplicates();
    }

    @Test
    void all_types_coverTheLifeOfACall() {
        assertThat(all())
                .extracting(Sample::type)
                .contains(
                        EventType.CALL_CREATED,
                        EventType.CALL_RINGING,
                        EventType.CALL_ANSWERED,
                        EventType.CALL_STARTED,
                        EventType.CALL_JOINED,
                        EventType.CALL_TOOL_INVOKED,
                        EventType.CALL_TRANSFERRED,
                        EventType.CALL_ENDED,
                        EventType.CALL_ANALYZED,
                        EventType.CALL_BILLED,
                        EventType.ASSISTANT_UPDATED);
    }

    private static List<Sample> all() {
        return Sample.all();
    }
}
