package dev.ringback.dlq.recover;

import dev.ringback.dlq.terminal.Table;
import dev.ringback.dlq.terminal.Terminal;
import dev.ringback.schemas.DeliveryHeader;
import dev.ringback.schemas.Json;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.node.ObjectNode;

/** Counts what an endpoint never got. */
final class Missing implements Recovery.Visitor {
    private final Map<String, Long> byType = new TreeMap<>();
    private final long most;
    private long total;
    private long tooLarge;
    private long incomplete;

    /** Counts so many and no more. */
    Missing(long most) {
        this.most = most;
    }

    @Override
    public boolean take(DeliveryHeader header, byte[] body) {
        byType.merge(header.eventType(), 1L, Long::sum);
        total++;
        return total < most;
    }

    @Override
    public void tooLarge(DeliveryHeader header) {
        tooLarge++;
    }

    @Override
    public void incomplete(int deliveries) {
        incomplete += deliveries;
    }

    long total() {
        return total;
    }

    long tooLarge() {
        return tooLarge;
    }

    long incomplete() {
        return incomplete;
    }

    void print(Terminal terminal, Terminal.Format format) {
        switch (format) {
            case table -> {
                Table table =
                        new Table(Table.Column.whole("EVENT"), Table.Column.number("DELIVERIES"));
                byType.forEach((type, count) -> table.row(type, Long.toString(count)));
                table.row("total", Long.toString(total));
                table.print(terminal);
            }
            case json ->
                    byType.forEach(
                            (type, count) -> {
                                ObjectNode line = Json.object();
                                line.put("event_type", type).put("deliveries", count);
                                terminal.json(Json.object().set("plan", line));
                            });
        }
    }
}
