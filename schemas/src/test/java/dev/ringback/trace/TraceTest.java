package dev.ringback.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TraceTest {
    private static final String PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    @Test
    void of_validHeaders_saysThemAgain() {
        Map<String, String> came = Map.of("traceparent", PARENT, "tracestate", "vendor=abc");
        Map<String, String> said = new LinkedHashMap<>();

        Trace.of(came::get).orElseThrow().each(said::put);

        assertThat(said).isEqualTo(came);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "nonsense",
                "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
                "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
                "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01\r\nX: y"
            })
    void of_invalidParent_isNone(String parent) {
        assertThat(Trace.of(Map.of("traceparent", parent)::get)).isEmpty();
    }

    @Test
    void of_unprintableState_keepsTheParentAlone() {
        Map<String, String> came = Map.of("traceparent", PARENT, "tracestate", "a=\u0007");

        assertThat(Trace.of(came::get).orElseThrow().state()).isEmpty();
    }
}
