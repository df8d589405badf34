package dev.ringback.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringback.dialect.SampleEvents.Kind;
import dev.ringback.schemas.CallEvent;
import dev.ringback.schemas.Endpoint;
import dev.ringback.schemas.Endpoint.Callback.Payload;
import dev.ringback.schemas.Endpoint.Callback.Role;
import dev.ringback.schemas.EventType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every event in every dialect, to the byte. After a wanted change, write the files anew with
 * {@code mvn -pl dialects -am test -Dgolden.write=true} and read what git says of them.
 */
class GoldenBodiesTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden");

    /** One golden file. */
    record Golden(Dialect dialect, EventType type, Kind kind, Form form) {
        Path file() {
            String name = type.text() + "." + kind + form.suffix();
            return GOLDEN.resolve(dialect.name()).resolve(name);
        }

        @Override
        public String toString() {
            return dialect.name() + "/" + file().getFileName();
        }
    }

    /** What the URL that a body goes to makes of it. */
    record Form(String suffix, Endpoint.@Nullable Callback callback) {
        private static final Form ALONE = new Form(".json", null);
        private static final List<Form> STATUS =
                List.of(
                        of(".pascal.json", Role.status, "POST", Payload.pascal),
                        of(".get.txt", Role.status, "GET", Payload.documented),
                        of(".pascal.get.txt", Role.status, "GET", Payload.pascal));
        private static final List<Form> ANSWER =
                List.of(
                        of(".answer.json", Role.answer, "POST", Payload.pascal),
                        of(".answer.get.txt", Role.fallback, "GET", Payload.pascal));

        private static Form of(String suffix, Role role, String method, Payload payload) {
            return new Form(suffix, new Endpoint.Callback(role, "app_1", method, payload));
        }

        static List<Form> of(Dialect dialect, EventType type) {
            List<Form> forms = new ArrayList<>(List.of(ALONE));
            if (dialect.name().equals("tryvox")) {
                forms.addAll(STATUS);
                if (type == EventType.CALL_ANSWERED) {
                    forms.addAll(ANSWER);
                }
            }
            return forms;
        }
    }

    static List<Golden> everyBody() {
        List<Golden> all = new ArrayList<>();
        for (Dialect dialect : Dialects.all()) {
            for (EventType type : EventType.values()) {
                if (dialect.webhookEvent(type).isPresent()) {
                    for (Kind kind : Kind.values()) {
                        Form.of(dialect, type)
                                .forEach(form -> all.add(new Golden(dialect, type, kind, form)));
                    }
                }
            }
        }
        return all;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("everyBody")
    void body_ofEvent_equalsTheGoldenFile(Golden golden) throws IOException {
        CallEvent event = SampleEvents.event(golden.type(), golden.kind());
        byte[] body =
                golden.dialect()
                        .body(
                                event,
                                SampleEvents.call(event, golden.kind()),
                                SampleEvents.SEQUENCE,
                                golden.form().callback());
        if (Boolean.getBoolean("golden.write")) {
            Files.createDirectories(golden.file().getParent());
            Files.write(golden.file(), body);
        }
        assertThat(new String(body, StandardCharsets.UTF_8))
                .isEqualTo(Files.readString(golden.file()));
    }

    @Test
    void goldenFiles_areAllOfABodyThatIsSent() throws IOException {
        List<Path> expected = everyBody().stream().map(Golden::file).toList();
        try (var files = Files.find(GOLDEN, 2, (file, a) -> a.isRegularFile())) {
            assertThat(files.filter(file -> !file.getParent().equals(GOLDEN)))
                    .containsExactlyInAnyOrderElementsOf(expected);
        }
    }
}
