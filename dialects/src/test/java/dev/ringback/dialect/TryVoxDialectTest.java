package dev.ringback.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.dialect.SampleEvents.Kind;
import dev.ringback.schemas.Call;
import dev.ringback.schemas.CallEvent;
import dev.ringback.schemas.Endpoint;
import dev.ringback.schemas.Endpoint.Callback.Payload;
import dev.ringback.schemas.Endpoint.Callback.Role;
import dev.ringback.schemas.EventType;
import dev.ringback.schemas.Json;
import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TryVoxDialectTest {
    private static final Dialect TRYVOX = Dialects.named("tryvox").orElseThrow();

    @Test
    void contentType_ofAGet_isThatOfAQuery() {
        assertThat(TRYVOX.contentType(null)).isEqualTo("application/json");
        assertThat(TRYVOX.contentType(status("POST"))).isEqualTo("application/json");
        assertThat(TRYVOX.contentType(status("GET"))).isEqualTo(Dialect.FORM);
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void body_ofAGet_decodesToTheFieldsOfThePost(Kind kind) throws IOException {
        String query = body(kind, status("GET"));
        Map<String, String> fields = new LinkedHashMap<>();
        Json.parse(body(kind, status("POST")).getBytes(StandardCharsets.UTF_8))
                .forEachEntry(
                        (name, value) ->
                                fields.put(
                                        name,
                                        value.isContainer()
                                                ? Json.text(value)
                                                : value.asString("")));
        assertThat(decoded(query)).containsExactlyEntriesOf(fields);
        assertThat(query).matches("[A-Za-z0-9._~%=&-]+");
        assertThat(URI.create("https://a.example/?" + query).getRawQuery()).isEqualTo(query);
    }

    @Test
    void body_pascal_isForStatusCallbacksAlone() throws IOException {
        for (Role role : Role.values()) {
            Endpoint.Callback callback = new Endpoint.Callback(role, null, "POST", Payload.pascal);
            assertThat(body(Kind.full, callback).startsWith("{\"Event\":\"Status\""))
                    .as("%s", role)
                    .isEqualTo(role == Role.status);
        }
    }

    private static Endpoint.Callback status(String method) {
        return new Endpoint.Callback(Role.status, null, method, Payload.documented);
    }

    private static String body(Kind kind, Endpoint.Callback callback) throws IOException {
        CallEvent event = SampleEvents.event(EventType.CALL_ENDED, kind);
        Call call = SampleEvents.call(event, kind);
        return new String(TRYVOX.body(event, call, 7, callback), StandardCharsets.UTF_8);
    }

    private static Map<String, String> decoded(String query) {
        Map<String, String> fields = new LinkedHashMap<>();
        Stream.of(query.split("&"))
                .map(field -> field.split("=", 2))
                .forEach(
                        pair ->
                                fields.put(
                                        URLDecoder.decode(pair[0], StandardCharsets.UTF_8),
                                        URLDecoder.decode(pair[1], StandardCharsets.UTF_8)));
        return fields;
    }
}
