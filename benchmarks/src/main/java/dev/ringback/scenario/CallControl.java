package dev.ringback.scenario;

import dev.ringback.rig.Callers;
import dev.ringback.rig.Callers.Stage;
import dev.ringback.rig.Ledger;
import dev.ringback.rig.Percentiles;
import dev.ringback.rig.Receiver;
import dev.ringback.rig.Rig;
import dev.ringback.rig.Subscribers;
import dev.ringback.schemas.Endpoint;
import dev.ringback.schemas.Json;
import dev.ringback.trial.Backlog;
import dev.ringback.trial.Bench;
import dev.ringback.trial.Raw;
import dev.ringback.trial.Report;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.node.ObjectNode;

/**
 * From when {@code call.answered} should be posted to when its VoxML is committed in {@code
 * call.instructions}, for a steady stream of calls whose receiver takes a millisecond, while a
 * backlog of notices drains.
 */
public final class CallControl {
    private static final Duration TAKES = Duration.ofMillis(1);
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int SUBSCRIBERS = 100;
    private static final double BAR_P50_MS = 15;
    private static final double BAR_P99_MS = 80;

    private final Bench bench;
    private final int perSecond;
    private final int backlog;
    private final Duration warmUp;
    private final Duration measured;
    private final AtomicInteger notices = new AtomicInteger();

    /** Asked for so. */
    public CallControl(Bench bench) {
        this.bench = bench;
        this.perSecond = bench.rate(200, 200);
        this.backlog = bench.records(1_000_000, 100_000);
        this.warmUp = Duration.ofSeconds(bench.quick() ? 30 : 45);
        this.measured = bench.duration(Duration.ofSeconds(60), Duration.ofSeconds(15));
    }

    /** Measures it. */
    public Report run() {
        bench.say("answer: measuring the receiver alone");
        double raw = Raw.measure(bench.quick());
        try (Rig rig = Rig.start();
                Callers callers = new Callers(rig, perSecond, warmUp, measured, bench.clock());
                Receiver told = Receiver.start((endpoint, event, at) -> told());
                Receiver asked = Receiver.start((call, event, at) -> asked(callers, call, at))) {
            bench.say("answer: writing a backlog of %,d notices".formatted(backlog));
            Subscribers.write(
                    rig,
                    SUBSCRIBERS,
                    told.port(),
                    endpoint -> Endpoint.Policy.DEFAULT,
                    bench.clock().instant());
            Backlog.writeUntried(rig, backlog, SUBSCRIBERS, bench.clock());
            rig.startIngest();
            callers.listen();
            rig.startDispatcher();
            bench.say("answer: %,d calls/s".formatted(perSecond));
            int before = notices.get();
            callers.send(asked.port());
            int after = notices.get();
            rig.until("all are published", LIMIT, callers::areAnswered);
            bench.say("answer: reading what became of everything");
            rig.stopDispatcher();
            int accepted = backlog + callers.count() - callers.refused();
            Ledger ledger = Ledger.read(rig.clients(), accepted, endpoint -> false).ledger();
            return report(callers, ledger, raw, after - before, backlog - after);
        }
    }

    private Receiver.Answer told() {
        notices.incrementAndGet();
        return Receiver.Answer.ok;
    }

    private static Receiver.Answer asked(Callers callers, int call, long atNanos) {
        callers.asked(call, atNanos);
        Rig.pause(TAKES);
        return Receiver.Answer.voxml;
    }

    private Report report(Callers callers, Ledger ledger, double raw, int drained, int left) {
        Report report = new Report("answer", bench.quick());
        Percentiles latency = callers.latencies(Stage.published);
        double perSecondTold = drained * 1_000.0 / warmUp.plus(measured).toMillis();
        report.put("rate_per_s", perSecond)
                .put("raw_per_s", raw)
                .put("ratio", perSecondTold / raw)
                .put("p50_ms", latency.ms(0.5))
                .put("p90_ms", latency.ms(0.9))
                .put("p99_ms", latency.ms(0.99))
                .put("max_ms", latency.ms(1))
                .put("stages", stages(report, callers))
                .put("backlog", backlog)
                .put("backlog_left", Math.max(0, left))
                .put("notices_per_s", perSecondTold)
                .put("refused", callers.refused())
                .put("repeated_answers", callers.repeated())
                .row("calls/s", "%,d".formatted(perSecond))
                .row("notices/s meanwhile", "%,.0f".formatted(perSecondTold))
                .row("raw, requests/s", "%,.0f".formatted(raw))
                .row("backlog left at the end", "%,d of %,d".formatted(Math.max(0, left), backlog))
                .ledger(ledger)
                .bar("p50 at most 15 ms", latency.ms(0.5) <= BAR_P50_MS)
                .bar("p99 at most 80 ms", latency.ms(0.99) <= BAR_P99_MS)
                .bar("one answer for each call", callers.repeated() == 0);
        return left > 0 ? report : report.invalid("the backlog was drained before the end");
    }

    /** How long after it was due each stage was reached. */
    private ObjectNode stages(Report report, Callers callers) {
        ObjectNode stages = Json.object();
        for (Stage stage : Stage.values()) {
            Percentiles latency = callers.latencies(stage);
            stages.putObject(stage.name())
                    .put("p50_ms", latency.ms(0.5))
                    .put("p99_ms", latency.ms(0.99));
            report.row(
                    stage.name() + ": p50, p90, p99, max ms",
                    "%.1f, %.1f, %.1f, %.1f"
                            .formatted(
                                    latency.ms(0.5),
                                    latency.ms(0.9),
                                    latency.ms(0.99),
                                    latency.ms(1)));
        }
        return stages;
    }
}
