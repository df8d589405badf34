package dev.ringback.scenario;

import dev.ringback.rig.Ledger;
import dev.ringback.rig.Percentiles;
import dev.ringback.rig.Receiver;
import dev.ringback.rig.Traffic;
import dev.ringback.rig.Usage;
import dev.ringback.schemas.Attempt;
import dev.ringback.schemas.Endpoint;
import dev.ringback.schemas.Json;
import dev.ringback.trial.Bench;
import dev.ringback.trial.OpenLoop;
import dev.ringback.trial.Raw;
import dev.ringback.trial.Report;
import java.time.Duration;
import java.util.function.IntPredicate;
import tools.jackson.databind.node.ObjectNode;

/**
 * What healthy endpoints feel of hanging ones: the same load twice, first with none that hangs,
 * then with one of ten hanging until its timeout.
 */
public final class Hung {
    private static final int HANGS_OF = 10;
    private static final double BAR = 1.5;
    private static final double SAME_RATE = 0.99;

    /** Half of all taking longer without any trouble is a queue, and queues compare to nothing. */
    private static final double SLOW_MS = 1_000;

    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final Bench bench;
    private final Traffic traffic;
    private final Duration warmUp;
    private final Duration measured;

    /** What one of the two runs came to, at the healthy endpoints. */
    private record Run(
            Duration warmUp,
            double rate,
            Percentiles latency,
            int repeats,
            Usage usage,
            Ledger.Account account) {
        double cpuPerThousand() {
            return usage.cpu().toMillis() / (double) Math.max(1, account.ledger().delivered());
        }
    }

    /** Asked for so. */
    public Hung(Bench bench) {
        this.bench = bench;
        this.traffic = new Traffic(bench.endpoints(1_000, 1_000), bench.rate(1_000, 1_000));
        this.warmUp = Duration.ofSeconds(bench.quick() ? 5 : 10);
        this.measured = bench.duration(Duration.ofSeconds(60), Duration.ofSeconds(20));
    }

    /** Measures it. */
    public Report run() {
        Report report = new Report("hung", bench.quick());
        bench.say("hung: measuring the receiver alone");
        double raw = Raw.measure(bench.quick());
        Run without = measure(false);
        Run with = measure(true);
        double ratio = with.latency().ms(0.99) / without.latency().ms(0.99);
        double kept = with.rate() / without.rate();
        report.put("rate_per_s", with.rate())
                .put("raw_per_s", raw)
                .put("ratio", ratio)
                .put("p50_ms", with.latency().ms(0.5))
                .put("p99_ms", with.latency().ms(0.99))
                .put("rate_kept", kept)
                .put("endpoints", traffic.endpoints())
                .put("offered_per_s", traffic.perSecond())
                .put("measured_s", measured.toSeconds())
                .put("without", json(without))
                .put("with", json(with));
        rows(report, without, with, raw);
        double offered = (double) traffic.perSecond() * (HANGS_OF - 1) / HANGS_OF;
        if (without.rate() < SAME_RATE * offered || without.latency().ms(0.5) > SLOW_MS) {
            report.invalid("this machine does not carry the load even when none hangs");
        }
        return report.ledger(with.account().ledger())
                .bar(
                        "healthy p99 at most 1.5 × that without: %.2f ×".formatted(ratio),
                        ratio <= BAR)
                .bar("rate unchanged: %.3f ×".formatted(kept), kept >= SAME_RATE);
    }

    private Run measure(boolean hanging) {
        Duration longest = warmUp.multipliedBy(OpenLoop.LONGEST_WARM_UP + 1L).plus(measured);
        int most = traffic.events(longest);
        IntPredicate healthy = endpoint -> endpoint % HANGS_OF != HANGS_OF - 1;
        bench.say(
                "hung: %,d endpoints, %s, %,d events/s, %ds after a warm-up"
                        .formatted(
                                traffic.endpoints(),
                                hanging
                                        ? traffic.endpoints() / HANGS_OF + " of them hanging"
                                        : "none hanging",
                                traffic.perSecond(),
                                measured.toSeconds()));
        try (OpenLoop loop = OpenLoop.open(traffic, most, cast(hanging, healthy), bench.clock())) {
            loop.start();
            Duration from = loop.warmUp(warmUp, healthy);
            Duration to = from.plus(measured);
            bench.say("hung: warm after %ds".formatted(from.toSeconds()));
            loop.sendUntil(to);
            loop.settle(healthy);
            Percentiles latency = loop.latencies(from, to, healthy);
            double rate = loop.rate(from, to, healthy);
            IntPredicate toHealthy = event -> healthy.test(traffic.endpoint(event));
            int repeats = loop.arrivals().repeats(0, loop.load().sent(), toHealthy);
            Usage usage = loop.usage();
            return new Run(from, rate, latency, repeats, usage, loop.account(healthy.negate()));
        }
    }

    private static OpenLoop.Cast cast(boolean hanging, IntPredicate healthy) {
        return new OpenLoop.Cast() {
            @Override
            public Endpoint.Policy policy(int endpoint) {
                return new Endpoint.Policy(TIMEOUT, null, null, null, null, null);
            }

            @Override
            public Receiver.Answer on(int endpoint, int event) {
                return hanging && !healthy.test(endpoint)
                        ? Receiver.Answer.hang
                        : Receiver.Answer.ok;
            }
        };
    }

    private static ObjectNode json(Run run) {
        ObjectNode json =
                Json.object()
                        .put("warm_up_s", run.warmUp().toSeconds())
                        .put("rate_per_s", run.rate())
                        .put("p50_ms", run.latency().ms(0.5))
                        .put("p90_ms", run.latency().ms(0.9))
                        .put("p99_ms", run.latency().ms(0.99))
                        .put("p999_ms", run.latency().ms(0.999))
                        .put("max_ms", run.latency().ms(1))
                        .put("repeats", run.repeats())
                        .put("cpu_s_per_1000", run.cpuPerThousand())
                        .put("peak_rss_bytes", run.usage().peakRssBytes())
                        .put("longest_gc_pause_ms", run.usage().longestPauseMs());
        json.set("ledger", run.account().ledger().json());
        ObjectNode hanging = json.putObject("hanging");
        run.account().attempts().forEach((outcome, count) -> hanging.put(outcome.name(), count));
        ObjectNode deaths = json.putObject("hanging_dead");
        run.account().deaths().forEach(deaths::put);
        return json;
    }

    private void rows(Report report, Run without, Run with, double raw) {
        report.row("", "%12s %12s".formatted("none hanging", "10% hanging"));
        both(report, "healthy: accepted/s", without.rate(), with.rate());
        for (double share : new double[] {0.5, 0.9, 0.99, 0.999, 1}) {
            String label = share == 1 ? "max" : "p" + share * 100;
            both(
                    report,
                    "healthy: " + label.replaceAll("\\.0$", "") + " ms",
                    without.latency().ms(share),
                    with.latency().ms(share));
        }
        both(report, "healthy: repeated requests", without.repeats(), with.repeats());
        both(report, "CPU s per 1,000 delivered", without.cpuPerThousand(), with.cpuPerThousand());
        both(
                report,
                "longest GC pause ms",
                without.usage().longestPauseMs(),
                with.usage().longestPauseMs());
        both(report, "peak RSS MiB", without.usage().peakRssMib(), with.usage().peakRssMib());
        for (Attempt.Result outcome : Attempt.Result.values()) {
            both(
                    report,
                    "every tenth: attempts " + outcome,
                    without.account().attempts().getOrDefault(outcome, 0),
                    with.account().attempts().getOrDefault(outcome, 0));
        }
        report.row("every tenth: deaths", String.valueOf(with.account().deaths()));
        report.row("raw, requests/s", "%,.0f".formatted(raw));
    }

    private static void both(Report report, String label, double without, double with) {
        report.row(label, "%,12.2f %,12.2f".formatted(without, with));
    }
}
