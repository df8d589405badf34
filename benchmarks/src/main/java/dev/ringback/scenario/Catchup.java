package dev.ringback.scenario;

import dev.ringback.rig.Ledger;
import dev.ringback.rig.Receiver;
import dev.ringback.rig.Rig;
import dev.ringback.rig.Subscribers;
import dev.ringback.rig.Usage;
import dev.ringback.schemas.Endpoint;
import dev.ringback.trial.Backlog;
import dev.ringback.trial.Bench;
import dev.ringback.trial.Raw;
import dev.ringback.trial.Report;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How fast a backlog of untried deliveries is delivered, by a dispatcher that another one has
 * warmed up: from when all of it has been written to the last arrival.
 */
public final class Catchup {
    private static final double BAR = 0.7;
    private static final Duration LIMIT = Duration.ofMinutes(15);
    private static final double NANOS = 1e9;

    private final Bench bench;
    private final int endpoints;
    private final int records;
    private final AtomicInteger arrived = new AtomicInteger();
    private volatile long lastNanos;

    /** Asked for so. */
    public Catchup(Bench bench) {
        this.bench = bench;
        this.endpoints = bench.endpoints(100, 100);
        this.records = bench.records(200_000, 30_000);
    }

    /** Measures it. */
    public Report run() {
        Report report = new Report("backlog", bench.quick());
        bench.say("backlog: measuring the receiver alone");
        double raw = Raw.measure(bench.quick());
        try (Receiver receiver = Receiver.start((endpoint, event, at) -> arrived(at));
                Rig rig = Rig.start()) {
            Subscribers.write(
                    rig,
                    endpoints,
                    receiver.port(),
                    endpoint -> Endpoint.Policy.DEFAULT,
                    bench.clock().instant());
            rig.startDispatcher();
            bench.say("backlog: warming up with %,d deliveries".formatted(records));
            Backlog.writeUntried(rig, 0, records, endpoints, bench.clock());
            rig.until("the first backlog has arrived", LIMIT, () -> arrived.get() >= records);
            Usage before = rig.usage();
            bench.say("backlog: %,d deliveries".formatted(records));
            Backlog.writeUntried(rig, records, records, endpoints, bench.clock());
            long start = System.nanoTime();
            int early = arrived.get();
            rig.until("all has arrived", LIMIT, () -> arrived.get() >= 2 * records);
            double rate = (2 * records - early) * NANOS / (lastNanos - start);
            Usage now = rig.usage();
            rig.stopDispatcher();
            Ledger ledger = Ledger.read(rig.clients(), 2L * records, endpoint -> false).ledger();
            double ratio = rate / raw;
            return report.put("rate_per_s", rate)
                    .put("raw_per_s", raw)
                    .put("ratio", ratio)
                    .put("records", records)
                    .row("backlog, deliveries/s", "%,.0f".formatted(rate))
                    .row("raw, requests/s", "%,.0f".formatted(raw))
                    .usage(now.since(before), records)
                    .ledger(ledger)
                    .bar("at least 0.70 × raw: %.2f ×".formatted(ratio), ratio >= BAR);
        }
    }

    private Receiver.Answer arrived(long atNanos) {
        lastNanos = atNanos;
        arrived.incrementAndGet();
        return Receiver.Answer.ok;
    }
}
