package dev.ringback.quickstart;

import dev.ringback.schemas.EventType;
import dev.ringback.schemas.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * One event of {@code samples/}, as it is posted.
 *
 * @param subject the id of its call or assistant
 */
record Sample(String id, EventType type, String subject, byte[] json) {
    /** The account of all of them. */
    static final String ACCOUNT = "acc_demo";

    /** All, in the order in which they are played. */
    static List<Sample> all() {
        return Stream.of(
                        text("phone-call.ndjson").lines(),
                        text("web-call.ndjson").lines(),
                        Stream.of(text("assistant-updated.json")))
                .flatMap(lines -> lines)
                .map(line -> sample(line.getBytes(StandardCharsets.UTF_8)))
                .toList();
    }

    private static Sample sample(byte[] json) {
        JsonNode event = Json.parse(json);
        EventType type = EventType.of(event.path("type").stringValue()).orElseThrow();
        return new Sample(
                event.path("id").stringValue(),
                type,
                event.path(type.subject().field()).stringValue(),
                json);
    }

    private static String text(String file) {
        try (InputStream in =
                Objects.requireNonNull(Sample.class.getResourceAsStream("samples/" + file))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }
}
