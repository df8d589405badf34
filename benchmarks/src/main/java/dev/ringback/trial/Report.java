package dev.ringback.trial;

import dev.ringback.rig.Ledger;
import dev.ringback.rig.Percentiles;
import dev.ringback.rig.Usage;
import dev.ringback.schemas.Json;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** What one scenario came to: figures for programs and rows for people. */
public final class Report {
    private final ObjectNode json;
    private final List<String> rows = new ArrayList<>();
    private boolean counts = true;

    /** A report of a scenario on this machine. */
    public Report(String scenario, boolean quick) {
        json =
                Json.object()
                        .put("scenario", scenario)
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
        rows.add(scenario + (quick ? " (quick)" : ""));
    }

    /** Adds a figure for programs; three digits after the point are enough. */
    public Report put(String name, double value) {
        json.put(name, Math.round(value * 1_000) / 1_000.0);
        return this;
    }

    /** Adds a count for programs. */
    public Report put(String name, long value) {
        json.put(name, value);
        return this;
    }

    /** Adds a group of figures for programs. */
    public Report put(String name, ObjectNode value) {
        json.set(name, value);
        return this;
    }

    /** Adds a row for people. */
    public Report row(String label, String text) {
        rows.add("  %-34s %s".formatted(label, text));
        return this;
    }

    /** Adds what the dispatcher used for so many deliveries. */
    public Report usage(Usage usage, long deliveries) {
        double cpu = usage.cpu().toMillis() / (double) Math.max(1, deliveries);
        return put("cpu_s_per_1000", cpu)
                .put("peak_rss_bytes", usage.peakRssBytes())
                .put("longest_gc_pause_ms", usage.longestPauseMs())
                .row("CPU s per 1,000 delivered", "%.2f".formatted(cpu))
                .row("peak RSS MiB", "%,d".formatted(usage.peakRssMib()))
                .row("longest GC pause ms", "%.1f".formatted(usage.longestPauseMs()));
    }

    /** Adds how long things took. */
    public Report latency(Percentiles latency) {
        for (double share : new double[] {0.5, 0.9, 0.99, 0.999, 1}) {
            String name = share == 1 ? "max" : "p" + Double.toString(share * 100).replace(".0", "");
            put(name.replace(".", "") + "_ms", latency.ms(share));
            row(name + " ms", "%,.2f".formatted(latency.ms(share)));
        }
        return this;
    }

    /** Adds whether a measure reaches its bar. */
    public Report bar(String what, boolean holds) {
        json.put("bar_met", json.path("bar_met").asBoolean(true) && holds);
        return row(holds ? "bar reached" : "BAR MISSED", what);
    }

    /** Adds a ledger; one that does not close makes the run void. */
    public Report ledger(Ledger ledger) {
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
    public Report invalid(String why) {
        counts = false;
        json.put("void", why);
        return row("VOID", why);
    }

    /** Whether the run counts. */
    public boolean counts() {
        return counts;
    }

    public ObjectNode json() {
        return json;
    }

    public String table() {
        return String.join(System.lineSeparator(), rows);
    }
}
