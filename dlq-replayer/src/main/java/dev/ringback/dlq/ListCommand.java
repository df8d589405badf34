package dev.ringback.dlq;

import dev.ringback.dlq.scan.DeadRecord;
import dev.ringback.dlq.scan.DeadTopic;
import dev.ringback.dlq.scan.Filter;
import dev.ringback.dlq.scan.FilterOptions;
import dev.ringback.dlq.scan.TopicReader;
import dev.ringback.dlq.terminal.Exit;
import dev.ringback.dlq.terminal.FormatOptions;
import dev.ringback.dlq.terminal.Table;
import dev.ringback.dlq.terminal.Terminal;
import dev.ringback.runtime.KafkaClients;
import dev.ringback.schemas.DeliveryHeader;
import java.time.Clock;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code ringback dlq list}: the dead deliveries that match, the last to die first. */
@Command(
        name = "list",
        sortOptions = false,
        description = {
            "Lists dead deliveries, the last to die first.",
            "A delivery that died more than once shows as its latest death. REPLAYED says whether"
                    + " it was replayed since then. A table leaves columns out where the terminal"
                    + " has no room for them; ids are always whole.",
            ""
        },
        footer = {
            "",
            "  ringback dlq list --endpoint ep_1 --since 2h",
            "  ringback dlq list --limit all --format json | jq -r .delivery_id"
        })
final class ListCommand implements Callable<Integer> {
    private static final String ALL = "all";
    private static final int MOST_LIMIT = 1_000_000;

    private final KafkaClients clients;
    private final Terminal terminal;
    private final Clock clock;

    @Mixin private final FilterOptions options = new FilterOptions();

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "1000",
            description =
                    "At most so many. Default: 1000. With --format json also 'all': every one, in"
                            + " the order of the topic.")
    private String limit = "";

    @Mixin private final FormatOptions format = new FormatOptions();

    ListCommand(KafkaClients clients, Terminal terminal, Clock clock) {
        this.clients = clients;
        this.terminal = terminal;
        this.clock = clock;
    }

    @Override
    public Integer call() {
        Instant now = clock.instant();
        Filter filter = options.filter(now);
        if (limit.equals(ALL) && format.format() == Terminal.Format.table) {
            throw options.wrong("--limit all needs --format json");
        }
        Listing listing =
                limit.equals(ALL)
                        ? new Streamed(filter.looksInside())
                        : new Sorted(most(), filter.looksInside());
        try (TopicReader reader = new TopicReader(clients)) {
            new DeadTopic(reader).read(filter, listing);
        }
        listing.print(now);
        return remarks(listing, filter);
    }

    private int most() {
        if (!limit.matches("[1-9]\\d{0,6}") || Integer.parseInt(limit) > MOST_LIMIT) {
            throw options.wrong(
                    "--limit: '%s' is neither all nor a number from 1 to %d"
                            .formatted(limit, MOST_LIMIT));
        }
        return Integer.parseInt(limit);
    }

    private int remarks(Listing listing, Filter filter) {
        if (listing.shown() < listing.matching()) {
            terminal.say(
                    "%d of %d shown: --limit takes more"
                            .formatted(listing.shown(), listing.matching()));
        }
        if (listing.unreadable() > 0) {
            terminal.say(
                    "%s in the dead topic%s"
                            .formatted(
                                    Lines.unreadable(listing.unreadable()),
                                    filter.looksInside() ? ", left out by the filter" : ""));
        }
        if (listing.matching() == 0 && (filter.looksInside() || listing.unreadable() == 0)) {
            terminal.say("no dead delivery matches");
            return Exit.NOTHING_MATCHED;
        }
        return Exit.DONE;
    }

    /** What is listed, and how much there was. */
    private interface Listing extends DeadTopic.Visitor {
        long matching();

        long shown();

        long unreadable();

        void print(Instant now);
    }

    /** Everything, as it comes. */
    private final class Streamed implements Listing {
        private final boolean readableOnly;
        private long matching;
        private long unreadable;

        private Streamed(boolean readableOnly) {
            this.readableOnly = readableOnly;
        }

        @Override
        public boolean take(DeadRecord.Delivery dead, ConsumerRecord<byte[], byte[]> record) {
            matching++;
            return terminal.json(Lines.json(dead));
        }

        @Override
        public void take(DeadRecord.Unreadable bad) {
            unreadable++;
            if (!readableOnly) {
                terminal.json(Lines.json(bad));
            }
        }

        @Override
        public long matching() {
            return matching;
        }

        @Override
        public long shown() {
            return matching;
        }

        @Override
        public long unreadable() {
            return unreadable;
        }

        @Override
        public void print(Instant now) {}
    }

    /** The last to die, sorted. */
    private final class Sorted implements Listing {
        private final int most;
        private final Newest<DeadRecord.Delivery> deliveries;
        private final Newest<DeadRecord.Unreadable> unreadable;

        private Sorted(int most, boolean readableOnly) {
            this.most = most;
            Comparator<DeadRecord> place =
                    Comparator.<DeadRecord>comparingInt(dead -> dead.place().partition())
                            .thenComparingLong(dead -> dead.place().offset());
            this.deliveries =
                    new Newest<>(
                            most,
                            Comparator.comparing(DeadRecord.Delivery::diedAt).thenComparing(place));
            this.unreadable =
                    new Newest<>(
                            readableOnly ? 0 : most,
                            Comparator.comparing((DeadRecord.Unreadable bad) -> bad.place().at())
                                    .thenComparing(place));
        }

        @Override
        public boolean take(DeadRecord.Delivery dead, ConsumerRecord<byte[], byte[]> record) {
            deliveries.add(dead);
            return true;
        }

        @Override
        public void take(DeadRecord.Unreadable bad) {
            unreadable.add(bad);
        }

        @Override
        public long matching() {
            return deliveries.seen();
        }

        @Override
        public long shown() {
            return Math.min(most, deliveries.seen());
        }

        @Override
        public long unreadable() {
            return unreadable.seen();
        }

        @Override
        public void print(Instant now) {
            List<DeadRecord.Delivery> dead = deliveries.kept();
            List<DeadRecord.Unreadable> bad =
                    unreadable.kept().stream().limit(most - dead.size()).toList();
            if (!dead.isEmpty() || !bad.isEmpty()) {
                switch (format.format()) {
                    case table -> table(dead, bad, now);
                    case json -> lines(dead, bad);
                }
            }
        }
    }

    private void table(
            List<DeadRecord.Delivery> shown, List<DeadRecord.Unreadable> unreadable, Instant now) {
        Table table =
                new Table(
                        Table.Column.whole("DELIVERY"),
                        Table.Column.whole("ENDPOINT"),
                        Table.Column.number("AGE"),
                        Table.Column.whole("REASON"),
                        Table.Column.spare("REPLAYED"),
                        Table.Column.spare("HTTP"),
                        Table.Column.spare("EVENT"));
        for (DeadRecord.Delivery dead : shown) {
            DeliveryHeader header = dead.header();
            table.row(
                    header.deliveryId(),
                    header.endpointId(),
                    Lines.age(dead.diedAt(), now),
                    Objects.toString(header.reason(), "-"),
                    dead.replayed() ? "yes" : "no",
                    Objects.toString(header.lastStatus(), "-"),
                    header.eventType());
        }
        for (DeadRecord.Unreadable bad : unreadable) {
            String place = bad.place().partition() + "@" + bad.place().offset();
            String age = Lines.age(bad.place().at(), now);
            table.row("unreadable " + place, "-", age, "-", "-", "-", "-");
        }
        table.print(terminal);
    }

    private void lines(List<DeadRecord.Delivery> shown, List<DeadRecord.Unreadable> unreadable) {
        for (DeadRecord.Delivery dead : shown) {
            if (!terminal.json(Lines.json(dead))) {
                return;
            }
        }
        for (DeadRecord.Unreadable bad : unreadable) {
            if (!terminal.json(Lines.json(bad))) {
                return;
            }
        }
    }
}
