package dev.ringback.dlq;

import dev.ringback.dlq.job.Job;
import dev.ringback.dlq.job.Jobs;
import dev.ringback.dlq.scan.Attempts;
import dev.ringback.dlq.scan.DeadRecord;
import dev.ringback.dlq.scan.Filter;
import dev.ringback.dlq.scan.Mark;
import dev.ringback.dlq.scan.TopicReader;
import dev.ringback.dlq.terminal.Exit;
import dev.ringback.dlq.terminal.FormatOptions;
import dev.ringback.dlq.terminal.Table;
import dev.ringback.dlq.terminal.Terminal;
import dev.ringback.runtime.KafkaClients;
import dev.ringback.schemas.Attempt;
import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.Json;
import dev.ringback.schemas.Topics;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code ringback dlq show}: one dead delivery with its body, its deaths and every attempt. */
@Command(
        name = "show",
        sortOptions = false,
        description = {
            "Shows one dead delivery: its header, its body, every time it died or was replayed,"
                    + " and every attempt at it.",
            ""
        })
final class ShowCommand implements Callable<Integer> {
    private final KafkaClients clients;
    private final Terminal terminal;

    @Parameters(paramLabel = "ID", description = "The delivery's id, dlv_….")
    private String id = "";

    @Mixin private final FormatOptions format = new FormatOptions();

    ShowCommand(KafkaClients clients, Terminal terminal) {
        this.clients = clients;
        this.terminal = terminal;
    }

    /** One time that the delivery died, and what was done to it then. */
    private record Death(
            DeadRecord.Delivery dead, @Nullable Mark replayed, @Nullable Mark purged) {}

    /** The deaths that are still kept, oldest first, and the body, which they have in common. */
    private static final class Found {
        private final List<DeadRecord.Delivery> deaths = new ArrayList<>();
        private byte @Nullable [] body;

        private void take(String id, ConsumerRecord<byte[], byte[]> next) {
            if (DeadRecord.of(next) instanceof DeadRecord.Delivery dead
                    && dead.header().deliveryId().equals(id)) {
                deaths.add(dead);
                body = next.value();
            }
        }
    }

    @Override
    public Integer call() {
        try (TopicReader reader = new TopicReader(clients)) {
            Found found = new Found();
            reader.read(Topics.DEAD, Optional.empty(), next -> found.take(id, next));
            if (found.deaths.isEmpty()) {
                terminal.say("no dead delivery %s".formatted(id));
                return Exit.NOTHING_MATCHED;
            }
            List<Death> deaths = marked(reader, found.deaths);
            Mark purged = deaths.getLast().purged();
            if (purged != null) {
                terminal.say(purged(purged, Jobs.read(reader)));
                return Exit.NOTHING_MATCHED;
            }
            show(deaths, found.body, attempts(reader, deaths.getFirst().dead().header()));
            return Exit.DONE;
        }
    }

    private static List<Death> marked(TopicReader reader, List<DeadRecord.Delivery> deaths) {
        List<DeadRecord.Place> places = deaths.stream().map(DeadRecord.Delivery::place).toList();
        Map<DeadRecord.Place, Mark> replayed = Mark.of(reader, Topics.REPLAYED, places);
        Map<DeadRecord.Place, Mark> purged = Mark.of(reader, Topics.PURGED, places);
        return deaths.stream()
                .map(
                        dead -> {
                            Mark again = replayed.get(dead.place());
                            int replays =
                                    dead.replaysBefore() + (again == null ? 0 : again.times());
                            return new Death(
                                    dead.withReplays(replays), again, purged.get(dead.place()));
                        })
                .sorted(Comparator.comparing(death -> death.dead().place().at()))
                .toList();
    }

    private String purged(Mark mark, Jobs jobs) {
        String by = jobs.named(mark.job()).map(Job::by).orElse("somebody");
        return "%s was purged by %s at %s, job %s".formatted(id, by, mark.at(), mark.job());
    }

    /** All that is kept of them; whoever wrote them may have used any partitioner. */
    private List<Attempt> attempts(TopicReader reader, DeliveryHeader header) {
        byte[] key = id.getBytes(StandardCharsets.UTF_8);
        List<Attempt> attempts = new ArrayList<>();
        reader.read(
                Topics.ATTEMPTS,
                Optional.of(header.createdAt().minus(Filter.CLOCKS_APART)),
                next -> {
                    if (Arrays.equals(next.key(), key) && next.value() != null) {
                        Attempts.read(next.value()).ifPresent(attempts::add);
                    }
                });
        attempts.sort(Comparator.comparing(Attempt::at));
        return attempts;
    }

    private void show(List<Death> deaths, byte @Nullable [] body, List<Attempt> attempts) {
        switch (format.format()) {
            case table -> {
                fields(deaths.getLast().dead());
                terminal.text("\n" + pretty(body) + "\n");
                deaths(deaths);
                terminal.text("");
                attempts(attempts);
            }
            case json -> terminal.json(json(deaths, body, attempts));
        }
    }

    private void fields(DeadRecord.Delivery dead) {
        Lines.json(dead)
                .properties()
                .forEach(
                        field -> {
                            if (!field.getValue().isNull()) {
                                JsonNode value = field.getValue();
                                terminal.text(
                                        String.format(
                                                Locale.ROOT,
                                                "%-16s %s",
                                                field.getKey(),
                                                value.stringValueOpt().orElse(value.toString())));
                            }
                        });
    }

    /** Indented when it is JSON; the bytes that are sent stay as they are. */
    private static String pretty(byte @Nullable [] body) {
        if (body == null || body.length == 0) {
            return "(empty body)";
        }
        try {
            return Json.shared()
                    .writerWithDefaultPrettyPrinter()
                    .writeValueAsString(Json.parse(body));
        } catch (JacksonException e) {
            return text(body).orElse("(" + body.length + " bytes that are no text)");
        }
    }

    private static Optional<String> text(byte[] body) {
        try {
            return Optional.of(
                    StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString());
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
    }

    private void deaths(List<Death> deaths) {
        Table table =
                new Table(
                        Table.Column.whole("DIED"),
                        Table.Column.whole("REASON"),
                        Table.Column.number("HTTP"),
                        Table.Column.whole("REPLAYED"),
                        Table.Column.soft("JOB"));
        for (Death death : deaths) {
            DeliveryHeader header = death.dead().header();
            Mark replayed = death.replayed();
            table.row(
                    death.dead().diedAt().toString(),
                    Objects.toString(header.reason(), "-"),
                    Objects.toString(header.lastStatus(), "-"),
                    replayed == null ? "-" : replayed.at().toString(),
                    replayed == null ? "-" : replayed.job());
        }
        table.print(terminal);
    }

    private void attempts(List<Attempt> attempts) {
        if (attempts.isEmpty()) {
            terminal.text("no attempts");
            return;
        }
        Table table =
                new Table(
                        Table.Column.whole("AT"),
                        Table.Column.number("ATTEMPT"),
                        Table.Column.whole("TRIGGER"),
                        Table.Column.whole("OUTCOME"),
                        Table.Column.number("HTTP"),
                        Table.Column.number("MS"),
                        Table.Column.soft("REASON"));
        for (Attempt attempt : attempts) {
            table.row(
                    attempt.at().toString(),
                    Integer.toString(attempt.attempt()),
                    attempt.trigger().name(),
                    attempt.outcome().name(),
                    Objects.toString(attempt.responseStatus(), "-"),
                    Long.toString(attempt.durationMs()),
                    Objects.toString(attempt.reason(), "-"));
        }
        table.print(terminal);
    }

    private static ObjectNode json(
            List<Death> deaths, byte @Nullable [] body, List<Attempt> attempts) {
        ObjectNode shown = Lines.json(deaths.getLast().dead());
        byte[] bytes = body == null ? new byte[0] : body;
        text(bytes)
                .ifPresentOrElse(
                        text -> shown.put("body", text),
                        () -> shown.put("body_base64", Base64.getEncoder().encodeToString(bytes)));
        ArrayNode died = shown.putArray("deaths");
        for (Death death : deaths) {
            ObjectNode one =
                    died.addObject()
                            .put("died_at", death.dead().diedAt().toString())
                            .put("partition", death.dead().place().partition())
                            .put("offset", death.dead().place().offset());
            one.set("reason", Json.shared().valueToTree(death.dead().header().reason()));
            one.set("replay", Json.shared().valueToTree(death.dead().header().replay()));
            one.set("replayed", Json.shared().valueToTree(death.replayed()));
        }
        ArrayNode list = shown.putArray("attempts");
        attempts.forEach(attempt -> list.add(Json.tree(attempt)));
        return shown;
    }
}
