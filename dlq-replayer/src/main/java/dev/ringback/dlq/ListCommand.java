package dev.ringback.dlq;

import dev.ringback.dlq.scan.DeadRecord;
import dev.ringback.dlq.scan.DeadTopic;
import dev.ringback.dlq.scan.Filter;
import dev.ringback.dlq.scan.FilterOptions;
import dev.ringback.dlq.scan.TopicReader;
import dev.ringback.dlq.terminal.Exit;
import dev.ringback.dlq.terminal.Table;
import dev.ringback.dlq.terminal.Terminal;
import dev.ringback.runtime.KafkaClients;
import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.Json;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/** {@code ringback dlq list}: the dead deliveries that match, the last to die first. */
@Command(
        name = "list",
        sortOptions = false,
        description = {
            "Lists dead deliveries, the last to die first.",
            "A delivery that died more than once shows as its latest death. REPLAYED says whether"
                    + " it was replayed since then.",
            ""
        })
final class ListCommand implements Callable<Integer> {
    private final KafkaClients clients;
    private final Terminal terminal;
    private final Clock clock;

    @Mixin private final FilterOptions options = new FilterOptions();

    @Option(names = "--limit", paramLabel = "N", description = "At most so many.")
    private @Nullable Integer limit;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            defaultValue = "table",
            description = "${COMPLETION-CANDIDATES}; json is an object a line. Default: table.")
    private Terminal.Format format = Terminal.Format.table;

    ListCommand(KafkaClients clients, Terminal terminal, Clock clock) {
        this.clients = clients;
        this.terminal = terminal;
        this.clock = clock;
    }

    @Override
    public Integer call() {
        Instant now = clock.instant();
        Filter filter = options.filter(now);
        Optional<Integer> most = options.positive("--limit", limit);
        DeadTopic.Found found;
        try (TopicReader reader = new TopicReader(clients)) {
            found = new DeadTopic(reader).find(filter);
        }
        List<DeadRecord.Delivery> shown =
                first(most.orElse(Integer.MAX_VALUE), found.deliveries().reversed());
        List<DeadRecord.Unreadable> unreadable =
                first(most.orElse(Integer.MAX_VALUE) - shown.size(), found.unreadable());
        if (!shown.isEmpty() || !unreadable.isEmpty()) {
            switch (format) {
                case table -> table(shown, unreadable, now);
                case json -> lines(shown, unreadable);
            }
        }
        return remarks(shown.size(), found);
    }

    private static <T> List<T> first(int most, List<T> all) {
        return all.subList(0, Math.min(most, all.size()));
    }

    private int remarks(int shown, DeadTopic.Found found) {
        int matching = found.deliveries().size();
        if (shown < matching) {
            terminal.say("%d of %d shown".formatted(shown, matching));
        }
        if (found.unreadableCount() > 0) {
            terminal.say(
                    "%d unreadable %s in the dead topic%s"
                            .formatted(
                                    found.unreadableCount(),
                                    found.unreadableCount() == 1 ? "record" : "records",
                                    found.unreadable().isEmpty()
                                            ? ", left out by the filter"
                                            : ""));
        }
        if (matching == 0 && found.unreadable().isEmpty()) {
            terminal.say("no dead delivery matches");
            return Exit.NOTHING_MATCHED;
        }
        return Exit.DONE;
    }

    private void table(
            List<DeadRecord.Delivery> shown, List<DeadRecord.Unreadable> unreadable, Instant now) {
        Table table =
                new Table(
                        Table.Column.whole("DELIVERY"),
                        Table.Column.whole("AGE"),
                        Table.Column.soft("ENDPOINT"),
                        Table.Column.soft("EVENT"),
                        Table.Column.whole("REASON"),
                        Table.Column.whole("HTTP"),
                        Table.Column.whole("REPLAYED"));
        for (DeadRecord.Delivery dead : shown) {
            DeliveryHeader header = dead.header();
            table.row(
                    header.deliveryId(),
                    age(dead.diedAt(), now),
                    header.endpointId(),
                    header.eventType(),
                    Objects.toString(header.reason(), "-"),
                    Objects.toString(header.lastStatus(), "-"),
                    dead.replayed() ? "yes" : "no");
        }
        for (DeadRecord.Unreadable bad : unreadable) {
            String place = bad.place().partition() + "@" + bad.place().offset();
            table.row("unreadable " + place, age(bad.place().at(), now), "-", "-", "-", "-", "-");
        }
        table.print(terminal.out());
    }

    /** One figure: a table is for the eye, JSON has the time. */
    private static String age(Instant then, Instant now) {
        Duration age = Duration.between(then, now);
        if (age.toMinutes() < 1) {
            return Math.max(0, age.toSeconds()) + "s";
        }
        if (age.toHours() < 1) {
            return age.toMinutes() + "m";
        }
        return age.toDays() < 1 ? age.toHours() + "h" : age.toDays() + "d";
    }

    private void lines(List<DeadRecord.Delivery> shown, List<DeadRecord.Unreadable> unreadable) {
        for (DeadRecord.Delivery dead : shown) {
            if (!terminal.json(json(dead))) {
                return;
            }
        }
        for (DeadRecord.Unreadable bad : unreadable) {
            ObjectNode line = Json.object().put("unreadable", bad.problem());
            if (!terminal.json(placed(line, bad.place()))) {
                return;
            }
        }
    }

    /** A dead delivery as JSON: its header, where it is, and whether it was replayed since. */
    static ObjectNode json(DeadRecord.Delivery dead) {
        ObjectNode line = Json.tree(dead.header());
        if (line.get("via") instanceof ObjectNode via) {
            // Sealed or not, what a call's secrets are is nobody's business here.
            via.remove("secrets");
        }
        line.put("died_at", dead.diedAt().toString());
        line.put("replayed", dead.replayed());
        line.put("replays", dead.replays());
        return placed(line, dead.place());
    }

    private static ObjectNode placed(ObjectNode line, DeadRecord.Place place) {
        return line.put("partition", place.partition()).put("offset", place.offset());
    }
}
