package dev.ringback.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CallEventTest {
    private static final Instant AT = Instant.parse("2026-11-23T09:12:31.250Z");

    @ParameterizedTest
    @EnumSource(EventType.class)
    void bytes_everyType_readBackAsTheSameEvent(EventType type) {
        CallEvent event = CallEvent.of("evt-1", type, AT, "acc_1", "subject-1");

        assertThat(new EventSchema().read(event.bytes()))
                .isEqualTo(new EventSchema.Reading.Valid(event));
    }

    @Test
    void bytes_wholeEvent_readsBackAsTheSameEvent() {
        CallEvent event =
                CallEvent.of("evt-1", EventType.CALL_ENDED, AT, "acc_1", "c1")
                        .withEnvironment("staging")
                        .withCall(Json.object().put("status", "completed"))
                        .withData(Json.object().put("mine", 1));

        assertThat(new EventSchema().read(event.bytes()))
                .isEqualTo(new EventSchema.Reading.Valid(event));
    }
}
