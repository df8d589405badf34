package dev.ringback.scenario;

import dev.ringback.rig.Ledger;
import dev.ringback.rig.Traffic;
import dev.ringback.rig.Usage;
import dev.ringback.trial.Bench;
import dev.ringback.trial.OpenLoop;
import dev.ringback.trial.Raw;
import dev.ringback.trial.Report;
import java.time.Duration;

/**
 * How many events a second go the whole way, from a POST of many to a 2xx each. No more are posted
 * than have arrived, but for some thousands on their way.
 */
public final class WholePath {
    private static final double BAR = 0.4;
    private static final int BATCH = 100;
    private static final int AHEAD = 5_000;

    /** More than any machine does, for the numbers of the events. */
    private static final int MOST_PER_SECOND = 20_000;

    private final Bench bench;
    private final Traffic traffic;
    private final Duration warmUp;
    private final Duration measured;

    /** Asked for so. */
    public WholePath(Bench bench) {
        this.bench = bench;
        this.traffic = new Traffic(bench.endpoints(100, 100), MOST_PER_SECOND);
        this.warmUp = Duration.ofSeconds(bench.quick() ? 10 : 40);
        this.measured = bench.duration(Duration.ofSeconds(30), Duration.ofSeconds(10));
    }

    /** Measures it. */
    public Report run() {
        Report report = new Report("path", bench.quick());
        bench.say("path: measuring the receiver alone");
        double raw = Raw.measure(bench.quick());
        int most = traffic.events(warmUp.plus(measured));
        try (OpenLoop loop =
                OpenLoop.batches(traffic, most, BATCH, AHEAD, new Steady.Well(), bench.clock())) {
            bench.say("path: batches of %d, as fast as they arrive".formatted(BATCH));
            loop.start();
            Duration to = warmUp.plus(measured);
            loop.sendUntil(to);
            loop.settle(endpoint -> true);
            double rate = loop.rate(warmUp, to, endpoint -> true);
            Usage usage = loop.usage();
            Ledger ledger = loop.account(endpoint -> false).ledger();
            double ratio = rate / raw;
            return report.put("rate_per_s", rate)
                    .put("raw_per_s", raw)
                    .put("ratio", ratio)
                    .put("batch", BATCH)
                    .row("whole path, events/s", "%,.0f".formatted(rate))
                    .row("raw, requests/s", "%,.0f".formatted(raw))
                    .usage(usage, ledger.delivered())
                    .ledger(ledger)
                    .bar("at least 0.40 × raw: %.2f ×".formatted(ratio), ratio >= BAR);
        }
    }
}
