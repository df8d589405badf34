package dev.ringback.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.schemas.Call;
import dev.ringback.schemas.CallEvent;
import dev.ringback.schemas.EventSchema;
import dev.ringback.schemas.EventType;
import dev.ringback.schemas.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.node.ObjectNode;

/**
 * Every event in every dialect, to the byte. After a wanted change, write the files anew with
 * {@code mvn -pl dialects -am test -Dgolden.write=true} and read what git says of them.
 */
class GoldenBodiesTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden");
    private static final EventSchema SCHEMA = new EventSchema();

    static Stream<Arguments> everyEventAndDialect() {
        return Dialects.all().stream()
                .flatMap(
                        dialect ->
                                Stream.of(EventType.values())
                                        .filter(type -> dialect.webhookEvent(type).isPresent())
                                        .flatMap(
                                                type ->
                                                        Stream.of("full", "bare")
                                                                .map(
                                                                        call ->
                                                                                Arguments.of(
                                                                                        dialect,
                                                                                        type,
                                                                                        call))));
    }

    @ParameterizedTest(name = "{0} {1} {2}")
    @MethodSource("everyEventAndDialect")
    void body_ofEvent_equalsTheGoldenFile(Dialect dialect, EventType type, String kind)
            throws IOException {
        CallEvent event = event(type);
        boolean isCall = type.subject() == EventType.Subject.CALL;
        Call call = kind.equals("full") ? full() : Call.first(event).after(event, 7);
        byte[] body = dialect.body(event, isCall ? call : null, 7, null);
        Path file = GOLDEN.resolve(dialect.name()).resolve(type.text() + "." + kind + ".json");
        if (Boolean.getBoolean("golden.write")) {
            Files.createDirectories(file.getParent());
            Files.write(file, body);
        }
        assertThat(new String(body, StandardCharsets.UTF_8)).isEqualTo(Files.readString(file));
    }

    private static Call full() throws IOException {
        return Call.read(Files.readAllBytes(GOLDEN.resolve("call.json")));
    }

    private static CallEvent event(EventType type) {
        ObjectNode document =
                Json.object()
                        .put("id", "evt-7f3a")
                        .put("type", type.text())
                        .put("occurred_at", "2026-11-23T09:12:31.250Z")
                        .put("account_id", "acc_1")
                        .put(type.subject().field(), "c7a34e6f-9d1b-4c8e-a5f2-3b9d7e8c1a4f");
        ObjectNode data = document.putObject("data");
        data.put("id", "never instead of the event's own").put("mine", "ערך 🎉");
        Optional.of(type)
                .filter(t -> t == EventType.CALL_TOOL_INVOKED)
                .ifPresent(
                        t -> {
                            data.put("tool_name", "find_order").put("tool_id", "t1");
                            data.putObject("parameters").put("order", "A-1");
                        });
        return switch (SCHEMA.read(document)) {
            case EventSchema.Reading.Valid(CallEvent valid) -> valid;
            case EventSchema.Reading.Invalid(List<?> violations) ->
                    throw new IllegalStateException(violations.toString());
        };
    }
}
