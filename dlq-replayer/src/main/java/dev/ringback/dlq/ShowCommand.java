package dev.ringback.dlq;

import dev.ringback.dlq.scan.Attempts;
import dev.ringback.dlq.scan.DeadRecord;
import dev.ringback.dlq.scan.DeadTopic;
import dev.ringback.dlq.scan.Filter;
import dev.ringback.dlq.scan.TopicReader;
import dev.ringback.dlq.terminal.Exit;
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
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code ringback dlq show}: one dead delivery with its body and every attempt at it. */
@Command(
        name = "show",
        description = "Shows one dead delivery: its header, its body and every attempt at it.")
final class ShowCommand implements Callable<Integer> {
    private final KafkaClients clients;
    private final Terminal terminal;

    @Parameters(paramLabel = "ID", description = "The delivery's id, dlv_….")
    private String id = "";

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            defaultValue = "table",
            description =
                    "${COMPLETION-CANDIDATES}; json is one object, body as text. Default: table.")
    private Terminal.Format format = Terminal.Format.table;

    ShowCommand(KafkaClients clients, Terminal terminal) {
        this.clients = clients;
        this.terminal = terminal;
    }

    @Override
    public Integer call() {
        try (TopicReader reader = new TopicReader(clients)) {
            List<DeadRecord.Delivery> found =
                    new DeadTopic(reader).find(Filter.delivery(id)).deliveries();
            if (found.isEmpty()) {
                terminal.say("no dead delivery %s".formatted(id));
                return Exit.NOTHING_MATCHED;
            }
            DeadRecord.Delivery dead = found.getFirst();
            byte @Nullable [] body = body(reader, dead.place());
            List<Attempt> attempts = attempts(reader, dead.header());
            switch (format) {
                case table -> {
                    fields(dead);
                    terminal.text("\n" + pretty(body) + "\n");
                    table(attempts);
                }
                case json -> terminal.json(json(dead, body, attempts));
            }
            return Exit.DONE;
        }
    }

    private static byte @Nullable [] body(TopicReader reader, DeadRecord.Place place) {
        AtomicReference<byte @Nullable []> body = new AtomicReference<>();
        TopicPartition partition = new TopicPartition(Topics.DEAD, place.partition());
        reader.read(
                Map.of(partition, new TopicReader.Stretch(place.offset(), place.offset() + 1)),
                next -> body.set(next.value()));
        return body.get();
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

    private void fields(DeadRecord.Delivery dead) {
        ListCommand.json(dead)
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

    private void table(List<Attempt> attempts) {
        if (attempts.isEmpty()) {
            terminal.text("no attempts");
            return;
        }
        Table table =
                new Table(
                        Table.Column.whole("AT"),
                        Table.Column.whole("ATTEMPT"),
                        Table.Column.whole("TRIGGER"),
                        Table.Column.whole("OUTCOME"),
                        Table.Column.whole("HTTP"),
                        Table.Column.whole("MS"),
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
        table.print(terminal.out());
    }

    private static ObjectNode json(
            DeadRecord.Delivery dead, byte @Nullable [] body, List<Attempt> attempts) {
        ObjectNode shown = ListCommand.json(dead);
        byte[] bytes = body == null ? new byte[0] : body;
        text(bytes)
                .ifPresentOrElse(
                        text -> shown.put("body", text),
                        () -> shown.put("body_base64", Base64.getEncoder().encodeToString(bytes)));
        ArrayNode list = shown.putArray("attempts");
        attempts.forEach(attempt -> list.add(Json.tree(attempt)));
        return shown;
    }
}
