package dev.ringback.samples;

import dev.ringback.schemas.EventType;
import dev.ringback.schemas.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * One event of {@code samples/}, as it is posted.
 *
 * @param subject the id of its call or assistant
 * @param application its call's application, if it has one
 * @param agent its call's agent, if it has one
 */
record Sample(
        String id,
        EventType type,
        String subject,
        @Nullable String application,
        @Nullable String agent,
        byte[] json) {
    /** The account of all of them. */
    static final String ACCOUNT = "acc_demo";

    /**
     * The same event of another call: with other ids, so that it may be played again.
     *
     * @param round what the ids end with
     */
    Sample again(String round) {
        String event = id + "-" + round;
        String text =
                new String(json, StandardCharsets.UTF_8)
                        .replace('"' + id + '"', '"' + event + '"')
                        .replace('"' + subject + '"', '"' + subject + "-" + round + '"');
        return new Sample(
                event,
                type,
                subject + "-" + round,
                application,
                agent,
                text.getBytes(StandardCharsets.UTF_8));
    }

    /** All, in the order in which they are played. */
    static List<Sample> all() {
        List<Sample> all = new ArrayList<>();
        all.addAll(samples(text("phone-call.ndjson").lines().toList()));
        all.addAll(samples(text("web-call.ndjson").lines().toList()));
        all.addAll(samples(List.of(text("assistant-updated.json"))));
        return all;
    }

    /** The VoxML that the demo's receiver answers with when it is asked. */
    static byte[] menu() {
        return text("menu.json").getBytes(StandardCharsets.UTF_8);
    }

    /** The applications of all calls. */
    static List<String> applications() {
        return each(Sample::application);
    }

    /** The agents of all calls. */
    static List<String> agents() {
        return each(Sample::agent);
    }

    private static List<String> each(Function<Sample, @Nullable String> field) {
        return all().stream()
                .flatMap(sample -> Stream.ofNullable(field.apply(sample)))
                .distinct()
                .toList();
    }

    /** The events of one subject; the first says whose it is. */
    private static List<Sample> samples(List<String> lines) {
        List<byte[]> events =
                lines.stream().map(line -> line.getBytes(StandardCharsets.UTF_8)).toList();
        JsonNode first = Json.parse(events.getFirst()).path("call");
        String application = text(first, "application_id");
        String agent = text(first, "agent_id");
        return events.stream().map(event -> sample(event, application, agent)).toList();
    }

    private static Sample sample(
            byte[] json, @Nullable String application, @Nullable String agent) {
        JsonNode event = Json.parse(json);
        EventType type = EventType.of(event.path("type").stringValue()).orElseThrow();
        return new Sample(
                event.path("id").stringValue(),
                type,
                event.path(type.subject().field()).stringValue(),
                application,
                agent,
                json);
    }

    private static @Nullable String text(JsonNode call, String field) {
        return call.path(field).stringValueOpt().orElse(null);
    }

    private static String text(String file) {
        try (InputStream in = Objects.requireNonNull(Sample.class.getResourceAsStream(file))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }
}
