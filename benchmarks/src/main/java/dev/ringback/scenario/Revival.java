package dev.ringback.scenario;

import dev.ringback.rig.Ledger;
import dev.ringback.rig.Percentiles;
import dev.ringback.rig.Receiver;
import dev.ringback.rig.Rig;
import dev.ringback.rig.Traffic;
import dev.ringback.schemas.Endpoint;
import dev.ringback.trial.Backlog;
import dev.ringback.trial.Bench;
import dev.ringback.trial.OpenLoop;
import dev.ringback.trial.Raw;
import dev.ringback.trial.Report;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * What a replay is worth and what it costs: how fast dead deliveries are delivered beside how fast
 * a backlog of untried ones is, and what live traffic feels of it. All by one dispatcher, one after
 * the other.
 */
public final class Revival {
    private static final double BAR_RATE = 0.6;
    private static final double BAR_P99 = 1.2;
    private static final double BAR_PACE = 0.05;

    /** The rate that is asked for when one is, a second; for how many seconds. */
    private static final int PACE = 500;

    private static final int PACED_SECONDS = 10;
    private static final Duration LIMIT = Duration.ofMinutes(15);
    private static final double NANOS = 1e9;

    private final Bench bench;
    private final Traffic traffic;
    private final int records;
    private final Duration warmUp;
    private final Duration measured;

    /** What arrived of what is not live traffic, and when the first and the last did. */
    private final AtomicInteger arrived = new AtomicInteger();

    private volatile long firstNanos;
    private volatile long lastNanos;
    private int written;

    /** Asked for so. */
    public Revival(Bench bench) {
        this.bench = bench;
        this.traffic = new Traffic(bench.endpoints(50, 50), bench.rate(1_000, 1_000));
        this.records = bench.records(100_000, 20_000);
        this.warmUp = Duration.ofSeconds(bench.quick() ? 5 : 10);
        this.measured = bench.duration(Duration.ofSeconds(30), Duration.ofSeconds(10));
    }

    /** Deliveries a second from the first arrival to the last, and the whole time it took. */
    private record Run(double rate, Duration took) {}

    /** What live traffic felt, without and with a replay beside it. */
    private record Live(Percentiles without, Percentiles with, double rate, Run replay) {
        double growth() {
            return with.ms(0.99) / without.ms(0.99);
        }
    }

    /** Measures it. */
    public Report run() {
        Report report = new Report("replay", bench.quick());
        double raw = Raw.measure(bench.quick());
        Duration longest =
                warmUp.multipliedBy(OpenLoop.LONGEST_WARM_UP + 1L).plus(measured).plus(LIMIT);
        try (OpenLoop loop =
                OpenLoop.open(traffic, traffic.events(longest), cast(), bench.clock())) {
            backlog(loop.rig(), records / 2);
            Run backlog = backlog(loop.rig(), records);
            Run alone = replay(loop.rig(), records);
            Run paced = replay(loop.rig(), PACE * PACED_SECONDS, "--rate", PACE + "/s");
            Live live = beside(loop);
            loop.settle(endpoint -> true);
            loop.rig().stopDispatcher();
            Ledger ledger =
                    Ledger.read(
                                    loop.rig().clients(),
                                    loop.load().accepted() + (long) written,
                                    endpoint -> true)
                            .ledger();
            return report(report, raw, backlog, alone, paced, live).ledger(ledger);
        }
    }

    private OpenLoop.Cast cast() {
        return new OpenLoop.Cast() {
            @Override
            public Endpoint.Policy policy(int endpoint) {
                return Endpoint.Policy.DEFAULT;
            }

            @Override
            public Receiver.Answer on(int endpoint, int event) {
                if (event < 0) {
                    lastNanos = System.nanoTime();
                    if (arrived.getAndIncrement() == 0) {
                        firstNanos = lastNanos;
                    }
                }
                return Receiver.Answer.ok;
            }
        };
    }

    private void clear() {
        arrived.set(0);
    }

    private Run backlog(Rig rig, int count) {
        bench.say("replay: a backlog of %,d".formatted(count));
        clear();
        long start = System.nanoTime();
        Backlog.writeUntried(rig, written, count, traffic.endpoints(), bench.clock());
        written += count;
        rig.until("the backlog has arrived", LIMIT, () -> arrived.get() >= count);
        return result(start, count);
    }

    private Run replay(Rig rig, int count, String... more) {
        Backlog.writeDead(rig, written, count, traffic.endpoints(), bench.clock());
        written += count;
        bench.say("replay: %,d dead deliveries %s".formatted(count, String.join(" ", more)));
        clear();
        long start = System.nanoTime();
        Process replay = rig.dlq(command(more));
        rig.until("what was dead has arrived", LIMIT, () -> arrived.get() >= count);
        end(rig, replay);
        return result(start, count);
    }

    private static String[] command(String... more) {
        return Stream.concat(Stream.of("replay", "--all", "--yes"), Stream.of(more))
                .toArray(String[]::new);
    }

    private Run result(long start, int count) {
        double seconds = (lastNanos - firstNanos) / NANOS;
        return new Run(count / seconds, Duration.ofNanos(lastNanos - start));
    }

    private static void end(Rig rig, Process replay) {
        try {
            if (!replay.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS) || replay.exitValue() != 0) {
                throw new IllegalStateException("the replay failed: " + rig.dlqSaid());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Live traffic alone, and then for as long as a replay takes. */
    private Live beside(OpenLoop loop) {
        Backlog.writeDead(loop.rig(), written, records, traffic.endpoints(), bench.clock());
        written += records;
        bench.say("replay: live traffic of %,d events/s".formatted(traffic.perSecond()));
        loop.start();
        Duration from = loop.warmUp(warmUp, endpoint -> true);
        Duration to = from.plus(measured);
        while (sinceStart(loop).compareTo(to) < 0) {
            Rig.pause(Duration.ofMillis(20));
        }
        bench.say("replay: the same, beside %,d dead deliveries".formatted(records));
        clear();
        Duration begins = sinceStart(loop);
        long start = System.nanoTime();
        Process replay = loop.rig().dlq(command());
        loop.rig().until("what was dead has arrived", LIMIT, () -> arrived.get() >= records);
        Duration ends = Duration.ofNanos(lastNanos - loop.load().startNanos());
        end(loop.rig(), replay);
        loop.sendUntil(sinceStart(loop).plusSeconds(1));
        loop.load().finish();
        return new Live(
                loop.latencies(from, to, endpoint -> true),
                loop.latencies(begins, ends, endpoint -> true),
                loop.rate(begins, ends, endpoint -> true),
                result(start, records));
    }

    private static Duration sinceStart(OpenLoop loop) {
        return Duration.ofNanos(System.nanoTime() - loop.load().startNanos());
    }

    private Report report(Report report, double raw, Run backlog, Run alone, Run paced, Live live) {
        double ratio = alone.rate() / backlog.rate();
        report.put("rate_per_s", alone.rate())
                .put("raw_per_s", raw)
                .put("ratio", ratio)
                .put("p50_ms", live.with().ms(0.5))
                .put("p99_ms", live.with().ms(0.99))
                .put("backlog_per_s", backlog.rate())
                .put("records", records)
                .put("paced_asked_per_s", PACE)
                .put("paced_per_s", paced.rate())
                .put("replay_took_s", alone.took().toMillis() / 1_000.0)
                .put("live_offered_per_s", traffic.perSecond())
                .put("live_per_s", live.rate())
                .put("live_p50_without_ms", live.without().ms(0.5))
                .put("live_p99_without_ms", live.without().ms(0.99))
                .put("live_p99_growth", live.growth())
                .put("beside_per_s", live.replay().rate())
                .put("beside_took_s", live.replay().took().toMillis() / 1_000.0);
        report.row("backlog, deliveries/s", "%,.0f".formatted(backlog.rate()))
                .row("replay, deliveries/s", "%,.0f".formatted(alone.rate()))
                .row("replay, command to last arrival", seconds(alone))
                .row("replay beside live, deliveries/s", "%,.0f".formatted(live.replay().rate()))
                .row("replay beside live, to last arrival", seconds(live.replay()))
                .row("live: accepted/s during it", "%,.1f".formatted(live.rate()));
        for (double share : new double[] {0.5, 0.9, 0.99, 1}) {
            report.row(
                    "live: %s ms".formatted(share == 1 ? "max" : "p" + Math.round(share * 100)),
                    "%,.1f alone, %,.1f beside a replay"
                            .formatted(live.without().ms(share), live.with().ms(share)));
        }
        return report.row("raw, requests/s", "%,.0f".formatted(raw))
                .bar(
                        "replay at least 0.6 × the backlog's rate: %.2f ×".formatted(ratio),
                        ratio >= BAR_RATE)
                .bar(
                        "a rate of %d/s kept within 5%%: %,.1f/s".formatted(PACE, paced.rate()),
                        Math.abs(paced.rate() / PACE - 1) <= BAR_PACE)
                .bar(
                        "live p99 at most 1.2 × that without: %.2f ×".formatted(live.growth()),
                        live.growth() <= BAR_P99);
    }

    private static String seconds(Run run) {
        return "%.1f s".formatted(run.took().toMillis() / 1_000.0);
    }
}
