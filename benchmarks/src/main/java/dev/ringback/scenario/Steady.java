package dev.ringback.scenario;

import dev.ringback.rig.Ledger;
import dev.ringback.rig.Percentiles;
import dev.ringback.rig.Receiver;
import dev.ringback.rig.Traffic;
import dev.ringback.rig.Usage;
import dev.ringback.schemas.Endpoint;
import dev.ringback.trial.Bench;
import dev.ringback.trial.OpenLoop;
import dev.ringback.trial.Raw;
import dev.ringback.trial.Report;
import java.time.Duration;

/** From when an event should be posted to ingest to when its request arrives, at a steady rate. */
public final class Steady {
    private static final double BAR_P50_MS = 10;
    private static final double BAR_P99_MS = 60;

    private final Bench bench;
    private final Traffic traffic;
    private final Duration warmUp;
    private final Duration measured;

    /** Asked for so. */
    public Steady(Bench bench) {
        this.bench = bench;
        this.traffic = new Traffic(bench.endpoints(100, 100), bench.rate(1_000, 1_000));
        this.warmUp = Duration.ofSeconds(bench.quick() ? 5 : 20);
        this.measured = bench.duration(Duration.ofSeconds(60), Duration.ofSeconds(15));
    }

    /** Measures it. */
    public Report run() {
        Report report = new Report("steady", bench.quick());
        bench.say("steady: measuring the receiver alone");
        double raw = Raw.measure(bench.quick());
        Duration longest = warmUp.multipliedBy(OpenLoop.LONGEST_WARM_UP + 1L).plus(measured);
        bench.say("steady: %,d events/s".formatted(traffic.perSecond()));
        try (OpenLoop loop =
                OpenLoop.overHttp(traffic, traffic.events(longest), new Well(), bench.clock())) {
            loop.start();
            Duration from = loop.warmUp(warmUp, endpoint -> true);
            Duration to = from.plus(measured);
            bench.say("steady: warm after %ds".formatted(from.toSeconds()));
            loop.sendUntil(to);
            loop.settle(endpoint -> true);
            Percentiles latency = loop.latencies(from, to, endpoint -> true);
            double rate = loop.rate(from, to, endpoint -> true);
            Usage usage = loop.usage();
            Ledger ledger = loop.account(endpoint -> false).ledger();
            return report(report, raw, rate, latency)
                    .usage(usage, ledger.delivered())
                    .ledger(ledger);
        }
    }

    private Report report(Report report, double raw, double rate, Percentiles latency) {
        report.put("rate_per_s", rate)
                .put("raw_per_s", raw)
                .put("ratio", rate / raw)
                .put("offered_per_s", traffic.perSecond())
                .put("measured_s", measured.toSeconds())
                .row("accepted/s", "%,.1f".formatted(rate));
        report.latency(latency);
        return report.row("raw, requests/s", "%,.0f".formatted(raw))
                .bar("p50 at most 10 ms", latency.ms(0.5) <= BAR_P50_MS)
                .bar("p99 at most 60 ms", latency.ms(0.99) <= BAR_P99_MS);
    }

    /** Endpoints that take everything. */
    static final class Well implements OpenLoop.Cast {
        @Override
        public Endpoint.Policy policy(int endpoint) {
            return Endpoint.Policy.DEFAULT;
        }

        @Override
        public Receiver.Answer on(int endpoint, int event) {
            return Receiver.Answer.ok;
        }
    }
}
