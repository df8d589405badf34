package dev.ringback.scenario;

import dev.ringback.rig.Ledger;
import dev.ringback.rig.Receiver;
import dev.ringback.rig.Rig;
import dev.ringback.rig.Scrape;
import dev.ringback.rig.Subscribers;
import dev.ringback.rig.Usage;
import dev.ringback.schemas.Endpoint;
import dev.ringback.schemas.Json;
import dev.ringback.trial.Backlog;
import dev.ringback.trial.Bench;
import dev.ringback.trial.Raw;
import dev.ringback.trial.Report;
import dev.ringback.trial.Trend;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ArrayNode;

/**
 * The dispatcher's memory when it starts on a large backlog and goes on: many endpoints, one of a
 * hundred hanging, and deliveries that become due all the time.
 */
public final class HeapWatch {
    private static final int HANGS_OF = 100;
    private static final Duration SAMPLE = Duration.ofSeconds(10);

    /** More than that in a minute is no noise. */
    private static final double FLAT_MIB_PER_MINUTE = 2;

    private final Bench bench;
    private final int endpoints;
    private final int records;
    private final Duration watched;

    /** Asked for so. */
    public HeapWatch(Bench bench) {
        this.bench = bench;
        this.endpoints = bench.endpoints(10_000, 2_000);
        this.records = bench.records(1_000_000, 100_000);
        this.watched = bench.duration(Duration.ofMinutes(10), Duration.ofMinutes(1));
    }

    /** Measures it. */
    public Report run() {
        Report report = new Report("heap", bench.quick());
        bench.say("heap: measuring the receiver alone");
        double raw = Raw.measure(bench.quick());
        try (Receiver receiver =
                        Receiver.start(
                                (endpoint, event, at) ->
                                        endpoint % HANGS_OF == HANGS_OF - 1
                                                ? Receiver.Answer.hang
                                                : Receiver.Answer.ok);
                Rig rig = Rig.start()) {
            bench.say(
                    "heap: writing %,d endpoints and %,d deliveries".formatted(endpoints, records));
            Endpoint.Policy policy =
                    new Endpoint.Policy(Duration.ofSeconds(5), null, null, null, null, null);
            Subscribers.write(
                    rig, endpoints, receiver.port(), e -> policy, bench.clock().instant());
            Backlog.write(rig, records, endpoints, bench.clock());
            bench.say("heap: watching for %ds".formatted(watched.toSeconds()));
            return watch(report, rig, raw);
        }
    }

    private Report watch(Report report, Rig rig, double raw) {
        long start = System.nanoTime();
        int liveAtFirst = 0;
        int liveAtLast = 0;
        Scrape last = new Scrape(Map.of());
        try {
            rig.startDispatcher();
            rest(rig, start, watched.dividedBy(10));
            liveAtFirst = live(rig);
            rest(rig, start, watched);
            liveAtLast = live(rig);
            last = rig.metrics().scrape();
        } catch (IllegalStateException e) {
            report.invalid(String.valueOf(e.getMessage()));
        }
        Usage usage = rig.usage();
        double delivered = last.value("ringback_attempts_total", "outcome", "delivered");
        figures(report, usage, delivered, raw);
        report.put("live_first_mib", liveAtFirst).put("live_last_mib", liveAtLast);
        report.row(
                "in use after a full collection",
                "%d MiB, at the end %d MiB".formatted(liveAtFirst, liveAtLast));
        double growth = (liveAtLast - liveAtFirst) / (watched.toSeconds() * 0.9 / 60);
        report.put("live_mib_per_minute", growth);
        if (report.counts()) {
            report.ledger(Ledger.read(stopped(rig).clients(), records, e -> false).ledger())
                    .bar("512 MB are enough", true)
                    .bar(
                            "flat: %+.2f MiB a minute".formatted(growth),
                            growth <= FLAT_MIB_PER_MINUTE);
        }
        return report;
    }

    private static Rig stopped(Rig rig) {
        rig.stopDispatcher();
        return rig;
    }

    private static int live(Rig rig) {
        rig.collectGarbage();
        Rig.pause(Duration.ofSeconds(1));
        return rig.usage().liveMib();
    }

    /** Lets time pass; ends early when the dispatcher has. */
    private static void rest(Rig rig, long startNanos, Duration until) {
        while (System.nanoTime() - startNanos < until.toNanos()) {
            if (!rig.isAlive()) {
                throw new IllegalStateException("the dispatcher ended\n" + rig.lastWords());
            }
            Rig.pause(Duration.ofMillis(500));
        }
    }

    private void figures(Report report, Usage usage, double delivered, double raw) {
        List<Trend.Point> floors = floors(usage);
        double slope = Trend.perMinute(floors.subList(floors.size() / 4, floors.size()));
        double most = floors.stream().mapToDouble(Trend.Point::value).max().orElse(0);
        double rate = delivered / watched.toSeconds();
        report.put("rate_per_s", rate)
                .put("raw_per_s", raw)
                .put("ratio", rate / raw)
                .put("endpoints", endpoints)
                .put("records", records)
                .put("watched_s", watched.toSeconds())
                .put("heap_most_after_gc_mib", most)
                .put("heap_mib_per_minute", slope)
                .put("peak_rss_bytes", usage.peakRssBytes())
                .put("longest_gc_pause_ms", usage.longestPauseMs())
                .put("cpu_s_per_1000", usage.cpu().toMillis() / Math.max(1, delivered));
        ArrayNode series = report.json().putArray("heap_after_gc_mib");
        floors.forEach(point -> series.add((int) point.value()));
        report.json().putNull("p50_ms").putNull("p99_ms");
        report.row("delivered", "%,.0f, %,.0f/s".formatted(delivered, rate))
                .row("heap after GC, lowest in each 10 s", "%s MiB".formatted(Json.text(series)))
                .row("  most, and growth", "%.0f MiB, %+.2f MiB a minute".formatted(most, slope))
                .row("peak RSS", "%,d MiB".formatted(usage.peakRssMib()))
                .row("longest GC pause", "%.1f ms".formatted(usage.longestPauseMs()))
                .row("raw, requests/s", "%,.0f".formatted(raw));
    }

    /** The least that a collection of its own left in each ten seconds. */
    static List<Trend.Point> floors(Usage usage) {
        List<Trend.Point> floors = new ArrayList<>();
        long window = -1;
        double least = 0;
        for (Usage.Collection collection : usage.ofItsOwn()) {
            long in = (long) (collection.atSeconds() / SAMPLE.toSeconds());
            if (in != window) {
                if (window >= 0) {
                    floors.add(new Trend.Point(window * SAMPLE.toSeconds(), least));
                }
                window = in;
                least = collection.afterMib();
            }
            least = Math.min(least, collection.afterMib());
        }
        if (window >= 0) {
            floors.add(new Trend.Point(window * SAMPLE.toSeconds(), least));
        }
        return floors;
    }
}
