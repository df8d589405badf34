package dev.ringback.dlq.job;

import dev.ringback.dlq.scan.DeadRecord;
import dev.ringback.dlq.terminal.Table;
import dev.ringback.dlq.terminal.Terminal;
import dev.ringback.schemas.Json;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import tools.jackson.databind.node.ObjectNode;

/** What a command is about to do to dead deliveries: how many, by endpoint and reason. */
public final class Plan {
    private final Map<Group, Long> groups = new TreeMap<>();
    private long deliveries;

    /** Deliveries to an endpoint that died for a reason. */
    private record Group(String endpoint, String reason) implements Comparable<Group> {
        private static final Comparator<Group> ORDER =
                Comparator.comparing(Group::endpoint).thenComparing(Group::reason);

        @Override
        public int compareTo(Group that) {
            return ORDER.compare(this, that);
        }

        private ObjectNode json(long count) {
            return Json.object()
                    .put("endpoint_id", endpoint)
                    .put("reason", reason)
                    .put("deliveries", count);
        }
    }

    /** Adds one delivery. */
    public void add(DeadRecord.Delivery dead) {
        String reason = Objects.toString(dead.header().reason(), "-");
        groups.merge(new Group(dead.header().endpointId(), reason), 1L, Long::sum);
        deliveries++;
    }

    /** How many deliveries it is about. */
    public long deliveries() {
        return deliveries;
    }

    /** The same as data: how many by endpoint and reason. */
    public List<ObjectNode> groups() {
        return groups.entrySet().stream().map(one -> one.getKey().json(one.getValue())).toList();
    }

    /** Prints it as data. */
    public void print(Terminal terminal, Terminal.Format format) {
        switch (format) {
            case table -> {
                Table table =
                        new Table(
                                Table.Column.whole("ENDPOINT"),
                                Table.Column.whole("REASON"),
                                Table.Column.number("DELIVERIES"));
                groups.forEach(
                        (group, count) ->
                                table.row(group.endpoint, group.reason, Long.toString(count)));
                table.row("total", "", Long.toString(deliveries));
                table.print(terminal);
            }
            case json ->
                    groups.forEach(
                            (group, count) ->
                                    terminal.json(Json.object().set("plan", group.json(count))));
        }
    }
}
