package dev.ringback.bench;

import dev.ringback.rig.Ledger;
import dev.ringback.schemas.Json;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** What one scenario came to: figures for programs and rows for people. */
final class Report {
    private final ObjectNode json;
    private final List<String> rows = new ArrayList<>();
    private boolean counts = true;

    /** A report of a scenario on this machine. */
    Report(Scenario scenario, boolean quick) {
        json =
                Json.object()
                        .put("scenario", scenario.name())
                        .put("quick", quick)
                        .put("cpus", Runtime.getRuntime().availableProcessors())
                        .put("java", Runtime.version().toString())
                        .put(
                                "os",
                                System.getProperty("os.name")
                                        + " "
                                        + System.getProperty("os.version"));
        double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
        json.put("load_average", load);
        rows.add(scenario.name() + (quick ? " (quick)" : ""));
    }

    /** Adds a figure for programs; three digits after the point are enough. */
    Report put(String name, double value) {
        json.put(name, Math.round(value * 1_000) / 1_000.0);
        return this;
    }

    /** Adds a count for programs. */
    Report put(String name, long value) {
        json.put(name, value);
        return this;
    }

    /** Adds a group of figures for programs. */
    Report put(String name, ObjectNode value) {
        json.set(name, value);
        return this;
    }

    /** Adds a row for people. */
    Report row(String label, String text) {
        rows.add("  %-34s %s".formatted(label, text));
        return this;
    }

    /** Adds whether a measure reaches its bar. */
    Report bar(String what, boolean holds) {
        json.put("bar_met", json.path("bar_met").asBoolean(true) && holds);
        return row(holds ? "bar reached" : "BAR MISSED", what);
    }

    /** Adds a ledger; one that does not close makes the run void. */
    Report ledger(Ledger ledger) {
        json.set("ledger", ledger.json());
        counts &= ledger.balanced();
        return row(
                "ledger",
                "%,d accepted = %,d delivered + %,d pending + %,d dead + %,d dropped%s"
                        .formatted(
                                ledger.accepted(),
                                ledger.delivered(),
                                ledger.pending(),
                                ledger.dead(),
                                ledger.dropped(),
                                ledger.balanced()
                                        ? ""
                                        : "  DOES NOT CLOSE: "
                                                + ledger.lost()
                                                + " lost, "
                                                + ledger.twice()
                                                + " twice"));
    }

    /** Makes the run void. */
    Report invalid(String why) {
        counts = false;
        json.put("void", why);
        return row("VOID", why);
    }

    /** Whether the run counts. */
    boolean counts() {
        return counts;
    }

    ObjectNode json() {
        return json;
    }

    String table() {
        return String.join(System.lineSeparator(), rows);
    }
}
