package dev.ringback.scenario;

import dev.ringback.rig.Ledger;
import dev.ringback.rig.Percentiles;
import dev.ringback.rig.Receiver;
import dev.ringback.rig.Rig;
import dev.ringback.rig.Traffic;
import dev.ringback.rig.Usage;
import dev.ringback.schemas.Attempt;
import dev.ringback.schemas.Endpoint;
import dev.ringback.trial.Bench;
import dev.ringback.trial.OpenLoop;
import dev.ringback.trial.Raw;
import dev.ringback.trial.Report;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * One endpoint of ten answers 503 for a while and then is well again: how long its backlog takes,
 * what the others feel of it, and whether the ordered ones among them keep their order. The load
 * goes on all the time.
 */
public final class Drain {
    private static final int DOWN_OF = 10;
    private static final int ORDERED_OF = 20;
    private static final int AT_MOST = 3;
    private static final double BAR = 1.5;
    private static final Duration POLL = Duration.ofMillis(200);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(30);

    private static final Duration WARM_UP = Duration.ofSeconds(10);

    private final Bench bench;
    private final Traffic traffic;
    private final Duration before = Duration.ofSeconds(20);
    private final Duration down;
    private final Duration limit;
    private volatile boolean isDown;

    /** Used on the receiver's thread; one for ordered endpoints and one to show what it finds. */
    private final OrderCheck ordered;

    private final OrderCheck unordered;

    /** What happened when, counted from the first event. */
    private record Times(
            Duration warm, Duration fails, Duration up, Duration end, Duration drained) {}

    /** Asked for so. */
    public Drain(Bench bench) {
        this.bench = bench;
        this.traffic = new Traffic(bench.endpoints(100, 100), bench.rate(200, 200));
        this.down = bench.duration(Duration.ofMinutes(5), Duration.ofSeconds(60));
        this.limit = down.plus(Duration.ofMinutes(2));
        this.ordered = new OrderCheck(traffic, most());
        this.unordered = new OrderCheck(traffic, most());
    }

    private int most() {
        Duration warmUp = WARM_UP.multipliedBy(OpenLoop.LONGEST_WARM_UP + 1L);
        return traffic.events(warmUp.plus(before).plus(down).plus(limit).plusMinutes(1));
    }

    private static boolean goesDown(int endpoint) {
        return endpoint % DOWN_OF == DOWN_OF - 1;
    }

    /** Half of those that go down, and as many of the others. */
    private static boolean isOrdered(int endpoint) {
        return endpoint % ORDERED_OF == ORDERED_OF - 1 || endpoint % ORDERED_OF == 0;
    }

    /** Measures it. */
    public Report run() {
        Report report = new Report("drain", bench.quick());
        bench.say("drain: measuring the receiver alone");
        double raw = Raw.measure(bench.quick());
        try (OpenLoop loop = OpenLoop.open(traffic, most(), cast(), bench.clock())) {
            bench.say(
                    "drain: %,d endpoints, %,d events/s, a tenth of them down for %ds"
                            .formatted(traffic.endpoints(), traffic.perSecond(), down.toSeconds()));
            loop.start();
            Duration warm = loop.warmUp(WARM_UP, endpoint -> true);
            Duration fails = warm.plus(before);
            waitUntil(loop, fails);
            isDown = true;
            Duration up = fails.plus(down);
            waitUntil(loop, up);
            isDown = false;
            int backlogEnd = loop.load().sent();
            Duration drained = awaitDrained(loop, backlogEnd);
            Duration end = up.plus(drained).plusSeconds(10);
            waitUntil(loop, end);
            loop.load().stop();
            loop.settle(endpoint -> true);
            return report(report, loop, raw, new Times(warm, fails, up, end, drained), backlogEnd);
        }
    }

    private OpenLoop.Cast cast() {
        return new OpenLoop.Cast() {
            @Override
            public Endpoint.Policy policy(int endpoint) {
                return policyOf(endpoint);
            }

            @Override
            public Receiver.Answer on(int endpoint, int event) {
                boolean refused = isDown && goesDown(endpoint);
                if (event >= 0) {
                    (isOrdered(endpoint) ? ordered : unordered).arrived(event, !refused);
                }
                return refused ? Receiver.Answer.unavailable : Receiver.Answer.ok;
            }
        };
    }

    /** A schedule that goes on for longer than it is down, and never waits longer than 30 s. */
    private Endpoint.Policy policyOf(int endpoint) {
        List<Duration> schedule =
                new ArrayList<>(
                        List.of(
                                Duration.ofSeconds(1),
                                Duration.ofSeconds(4),
                                Duration.ofSeconds(16)));
        long further = limit.plus(down).dividedBy(LONGEST_WAIT) + AT_MOST;
        for (long i = 0; i < further; i++) {
            schedule.add(LONGEST_WAIT);
        }
        return new Endpoint.Policy(
                Duration.ofSeconds(5),
                schedule,
                null,
                null,
                isOrdered(endpoint),
                Duration.ofHours(2));
    }

    private static void waitUntil(OpenLoop loop, Duration sinceStart) {
        while (System.nanoTime() - loop.load().startNanos() < sinceStart.toNanos()) {
            Rig.pause(POLL);
        }
    }

    /** How long it took until all that had been sent before was accepted where it was down. */
    private Duration awaitDrained(OpenLoop loop, int backlogEnd) {
        long up = System.nanoTime();
        IntPredicate open =
                event ->
                        goesDown(traffic.endpoint(event))
                                && loop.arrivals().acceptedNanos(event) == 0;
        int left = left(open, backlogEnd);
        bench.say("drain: well again, a backlog of %,d".formatted(left));
        while (left > 0 && System.nanoTime() - up < limit.toNanos()) {
            Rig.pause(POLL);
            left = left(open, backlogEnd);
        }
        return Duration.ofNanos(System.nanoTime() - up);
    }

    private static int left(IntPredicate open, int end) {
        int left = 0;
        for (int event = 0; event < end; event++) {
            left += open.test(event) ? 1 : 0;
        }
        return left;
    }

    private Report report(Report report, OpenLoop loop, double raw, Times times, int backlogEnd) {
        IntPredicate others = endpoint -> !goesDown(endpoint);
        Duration drained = times.drained();
        Percentiles first = loop.latencies(times.warm(), times.fails(), others);
        Percentiles during = loop.latencies(times.fails(), times.up(), others);
        Percentiles after = loop.latencies(times.up(), times.end(), others);
        double rate = loop.rate(times.fails(), times.up(), others);
        int repeats =
                loop.arrivals().repeats(0, backlogEnd, event -> goesDown(traffic.endpoint(event)));
        Usage usage = loop.usage();
        Ledger.Account account = loop.account(Drain::goesDown);
        boolean isDrained = drained.compareTo(limit) < 0;
        double ratio = Math.max(during.ms(0.99), after.ms(0.99)) / first.ms(0.99);
        report.put("rate_per_s", rate)
                .put("raw_per_s", raw)
                .put("ratio", ratio)
                .put("p50_ms", during.ms(0.5))
                .put("p99_ms", during.ms(0.99))
                .put("p99_before_ms", first.ms(0.99))
                .put("p99_after_ms", after.ms(0.99))
                .put("down_s", down.toSeconds())
                .put("drained_s", drained.toMillis() / 1_000.0)
                .put("order_violations", ordered.violations())
                .put("out_of_order_where_unordered", unordered.violations())
                .put("failed_requests", repeats)
                .put("peak_rss_bytes", usage.peakRssBytes())
                .put("longest_gc_pause_ms", usage.longestPauseMs());
        report.row("others: accepted/s while down", "%,.1f".formatted(rate))
                .row("others: p50 ms", threeOf(first, during, after, 0.5))
                .row("others: p99 ms", threeOf(first, during, after, 0.99))
                .row("others: max ms", threeOf(first, during, after, 1))
                .row("backlog drained after", "%.1f s".formatted(drained.toMillis() / 1_000.0))
                .row("further requests of the backlog", "%,d".formatted(repeats))
                .row("order violations where ordered", "%d".formatted(ordered.violations()))
                .row("(out of order where not ordered)", "%d".formatted(unordered.violations()));
        for (Attempt.Result outcome : Attempt.Result.values()) {
            report.row(
                    "those down: attempts " + outcome,
                    "%,d".formatted(account.attempts().getOrDefault(outcome, 0)));
        }
        return report.row("those down: deaths", String.valueOf(account.deaths()))
                .row("raw, requests/s", "%,.0f".formatted(raw))
                .ledger(account.ledger())
                .bar("the backlog drained within %ds".formatted(limit.toSeconds()), isDrained)
                .bar("others' p99 at most 1.5 × before: %.2f ×".formatted(ratio), ratio <= BAR)
                .bar("no order violation", ordered.violations() == 0);
    }

    private static String threeOf(
            Percentiles first, Percentiles during, Percentiles after, double share) {
        return "%,.1f before, %,.1f while down, %,.1f after"
                .formatted(first.ms(share), during.ms(share), after.ms(share));
    }
}
