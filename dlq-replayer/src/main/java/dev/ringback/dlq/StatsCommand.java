package dev.ringback.dlq;

import dev.ringback.dlq.scan.DeadRecord;
import dev.ringback.dlq.scan.DeadTopic;
import dev.ringback.dlq.scan.Filter;
import dev.ringback.dlq.scan.FilterOptions;
import dev.ringback.dlq.scan.LimitOptions;
import dev.ringback.dlq.scan.TopicReader;
import dev.ringback.dlq.terminal.Exit;
import dev.ringback.dlq.terminal.FormatOptions;
import dev.ringback.dlq.terminal.Table;
import dev.ringback.dlq.terminal.Terminal;
import dev.ringback.runtime.KafkaClients;
import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.Json;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/** {@code ringback dlq stats}: how many dead deliveries there are, by what they have in common. */
@Command(
        name = "stats",
        sortOptions = false,
        description = {
            "Counts dead deliveries by what they have in common, the most first.",
            "REPLAYED are those that were replayed since they died; OLDEST and NEWEST say how long"
                    + " ago they died.",
            ""
        },
        footer = {"", "  ringback dlq stats --by endpoint --since 1h"})
final class StatsCommand implements Callable<Integer> {
    private final KafkaClients clients;
    private final Terminal terminal;
    private final Clock clock;

    @Option(
            names = "--by",
            paramLabel = "WHAT",
            description = "reason, endpoint, event-type, status, age. Default: reason.")
    private String wanted = By.REASON.text;

    @Mixin private final FilterOptions options = new FilterOptions();

    @Mixin private final LimitOptions limit = new LimitOptions();
    @Mixin private final FormatOptions format = new FormatOptions();

    StatsCommand(KafkaClients clients, Terminal terminal, Clock clock) {
        this.clients = clients;
        this.terminal = terminal;
        this.clock = clock;
    }

    /** What deliveries are counted by. */
    enum By {
        REASON("reason"),
        ENDPOINT("endpoint"),
        EVENT_TYPE("event-type"),
        STATUS("status"),
        AGE("age");

        private final String text;

        By(String text) {
            this.text = text;
        }

        String of(DeadRecord.Delivery dead, Instant now) {
            DeliveryHeader header = dead.header();
            return switch (this) {
                case REASON -> Objects.toString(header.reason(), "-");
                case ENDPOINT -> header.endpointId();
                case EVENT_TYPE -> header.eventType();
                case STATUS -> Objects.toString(header.lastStatus(), "none");
                case AGE -> Age.of(Duration.between(dead.diedAt(), now)).text;
            };
        }

        /** Ages have an order of their own. */
        private Comparator<Map.Entry<String, Group>> order() {
            Comparator<Map.Entry<String, Group>> mostFirst =
                    Comparator.comparingLong(entry -> -entry.getValue().deliveries);
            return this == AGE
                    ? Comparator.comparing(entry -> Age.named(entry.getKey()))
                    : mostFirst.thenComparing(Map.Entry::getKey);
        }
    }

    /** Deliveries that have something in common. */
    private static final class Group {
        private long deliveries;
        private long replayed;
        private Instant oldest = Instant.MAX;
        private Instant newest = Instant.MIN;

        private void add(DeadRecord.Delivery dead) {
            Instant died = dead.diedAt();
            deliveries++;
            replayed += dead.replayed() ? 1 : 0;
            oldest = died.isBefore(oldest) ? died : oldest;
            newest = died.isAfter(newest) ? died : newest;
        }

        private void row(Table table, String name, Instant now) {
            table.row(
                    name,
                    Long.toString(deliveries),
                    Long.toString(replayed),
                    Lines.age(oldest, now),
                    Lines.age(newest, now));
        }

        private ObjectNode json(ObjectNode line) {
            return line.put("deliveries", deliveries)
                    .put("replayed", replayed)
                    .put("oldest_died_at", oldest.toString())
                    .put("newest_died_at", newest.toString());
        }
    }

    /** Counts what it is given. */
    private static final class Count implements DeadTopic.Visitor {
        private final By by;
        private final Instant now;
        private final Map<String, Group> groups = new HashMap<>();
        private final Group total = new Group();
        private long unreadable;

        private Count(By by, Instant now) {
            this.by = by;
            this.now = now;
        }

        @Override
        public boolean take(DeadRecord.Delivery dead, ConsumerRecord<byte[], byte[]> record) {
            groups.computeIfAbsent(by.of(dead, now), name -> new Group()).add(dead);
            total.add(dead);
            return true;
        }

        @Override
        public void take(DeadRecord.Unreadable bad) {
            unreadable++;
        }

        private List<Map.Entry<String, Group>> sorted(long most) {
            return groups.entrySet().stream().sorted(by.order()).limit(most).toList();
        }
    }

    @Override
    public Integer call() {
        Instant now = clock.instant();
        Filter filter = options.filter(now);
        Count count = new Count(by(), now);
        long most = limit.most();
        try (TopicReader reader = new TopicReader(clients)) {
            new DeadTopic(reader).read(filter, count);
        }
        if (count.unreadable > 0) {
            terminal.say(
                    "%s in the dead topic, not counted"
                            .formatted(Lines.unreadable(count.unreadable)));
        }
        if (count.total.deliveries == 0) {
            terminal.say("no dead delivery matches");
            return Exit.NOTHING_MATCHED;
        }
        switch (format.format()) {
            case table -> table(count, most, now);
            case json -> lines(count, most);
        }
        if (count.groups.size() > most) {
            terminal.say(
                    "%d of %d lines shown: --limit takes more"
                            .formatted(most, count.groups.size()));
        }
        return Exit.DONE;
    }

    private By by() {
        return Arrays.stream(By.values())
                .filter(one -> one.text.equals(wanted))
                .findFirst()
                .orElseThrow(
                        () ->
                                options.wrong(
                                        "--by: '%s' is none of reason, endpoint, event-type, status, age"
                                                .formatted(wanted)));
    }

    private void table(Count count, long most, Instant now) {
        Table table =
                new Table(
                        Table.Column.whole(count.by.text.toUpperCase(Locale.ROOT)),
                        Table.Column.number("DELIVERIES"),
                        Table.Column.number("REPLAYED"),
                        Table.Column.number("OLDEST"),
                        Table.Column.number("NEWEST"));
        count.sorted(most).forEach(group -> group.getValue().row(table, group.getKey(), now));
        count.total.row(table, "total", now);
        table.print(terminal);
    }

    private void lines(Count count, long most) {
        for (Map.Entry<String, Group> group : count.sorted(most)) {
            ObjectNode line = Json.object().put("by", count.by.text).put("value", group.getKey());
            if (!terminal.json(group.getValue().json(line))) {
                return;
            }
        }
        ObjectNode total = count.total.json(Json.object()).put("unreadable", count.unreadable);
        terminal.json(Json.object().set("total", total));
    }
}
