package dev.ringback.trial;

import dev.ringback.rig.Arrivals;
import dev.ringback.rig.Ledger;
import dev.ringback.rig.Percentiles;
import dev.ringback.rig.Receiver;
import dev.ringback.rig.Rig;
import dev.ringback.rig.Subscribers;
import dev.ringback.rig.Traffic;
import dev.ringback.rig.Usage;
import dev.ringback.schemas.Endpoint;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.function.IntPredicate;

/** A broker, a dispatcher, a receiver and a load that does not wait for them. */
public final class OpenLoop implements AutoCloseable {
    private static final Duration SETTLE_LIMIT = Duration.ofMinutes(2);

    /** As often as the least a warm-up may last. */
    public static final int LONGEST_WARM_UP = 10;

    private final Traffic traffic;
    private final Arrivals arrivals;
    private final Rig rig;
    private final Receiver receiver;
    private final Load load;
    private Usage before = new Usage(Duration.ZERO, 0, List.of());

    /** What a run is made of. */
    public interface Cast {
        /** How deliveries to an endpoint are tried. */
        Endpoint.Policy policy(int endpoint);

        /** What an endpoint does with a request; called on the receiver's thread. */
        Receiver.Answer on(int endpoint, int event);
    }

    private OpenLoop(Traffic traffic, Arrivals arrivals, Rig rig, Receiver receiver, Load load) {
        this.traffic = traffic;
        this.arrivals = arrivals;
        this.rig = rig;
        this.receiver = receiver;
        this.load = load;
    }

    /** Makes the load of a run. */
    private interface Loads {
        Load of(Rig rig, Arrivals arrivals);
    }

    /**
     * Everything started but the load, which goes straight to Kafka.
     *
     * @param most events, unless the load is stopped before
     */
    public static OpenLoop open(Traffic traffic, int most, Cast cast, Clock clock) {
        return open(
                traffic,
                most,
                cast,
                clock,
                (rig, arrivals) -> new KafkaLoad(rig.clients(), traffic, most, clock));
    }

    /** The same with each event in a request to ingest. */
    public static OpenLoop overHttp(Traffic traffic, int most, Cast cast, Clock clock) {
        return overHttp(traffic, most, cast, clock, arrivals -> HttpLoad.Batches.NONE);
    }

    /**
     * The same with many in each request, as fast as they arrive.
     *
     * @param batch events in a request
     * @param ahead how many may be on their way
     */
    public static OpenLoop batches(
            Traffic traffic, int most, int batch, int ahead, Cast cast, Clock clock) {
        return overHttp(
                traffic,
                most,
                cast,
                clock,
                arrivals -> new HttpLoad.Batches(batch, ahead, arrivals::distinct));
    }

    private static OpenLoop overHttp(
            Traffic traffic,
            int most,
            Cast cast,
            Clock clock,
            Function<Arrivals, HttpLoad.Batches> batches) {
        return open(
                traffic,
                most,
                cast,
                clock,
                (rig, arrivals) -> {
                    rig.startIngest();
                    return new HttpLoad(rig, traffic, most, batches.apply(arrivals), clock);
                });
    }

    private static OpenLoop open(Traffic traffic, int most, Cast cast, Clock clock, Loads loads) {
        Arrivals arrivals = new Arrivals(most);
        Receiver receiver =
                Receiver.start(
                        (endpoint, event, at) -> {
                            Receiver.Answer answer = cast.on(endpoint, event);
                            if (event >= 0) {
                                arrivals.arrived(event, at, answer == Receiver.Answer.ok);
                            }
                            return answer;
                        });
        Rig rig = Rig.start();
        try {
            IntFunction<Endpoint.Policy> policy = cast::policy;
            Subscribers.write(rig, traffic.endpoints(), receiver.port(), policy, clock.instant());
            rig.startDispatcher();
            return new OpenLoop(traffic, arrivals, rig, receiver, loads.of(rig, arrivals));
        } catch (RuntimeException e) {
            receiver.close();
            rig.close();
            throw e;
        }
    }

    /** Begins to send. */
    public void start() {
        before = rig.usage();
        load.start();
    }

    /** What sends. */
    public Load load() {
        return load;
    }

    /** What has arrived. */
    public Arrivals arrivals() {
        return arrivals;
    }

    /** The processes. */
    public Rig rig() {
        return rig;
    }

    /**
     * Lets the load warm everything up: for at least this long, and then until some endpoints have
     * got all but the last fifth of a second and the dispatcher hardly compiles any more, or ten
     * times as long has passed.
     *
     * @return how long that took
     */
    public Duration warmUp(Duration least, IntPredicate endpoints) {
        Duration limit = least.multipliedBy(LONGEST_WARM_UP);
        Warmth warmth = new Warmth(rig, load, arrivals, of(endpoints), traffic.perSecond());
        Duration passed = Duration.ZERO;
        while (passed.compareTo(least) < 0
                || (!warmth.isReached(passed) && passed.compareTo(limit) < 0)) {
            Rig.pause(Duration.ofMillis(20));
            passed = Duration.ofNanos(System.nanoTime() - load.startNanos());
        }
        return passed;
    }

    /** Sends for this long in all. */
    public void sendUntil(Duration sinceStart) {
        while (System.nanoTime() - load.startNanos() < sinceStart.toNanos()) {
            Rig.pause(Duration.ofMillis(20));
        }
        load.stop();
    }

    /** Waits until everything sent is routed, and what some endpoints got has been accepted. */
    public void settle(IntPredicate endpoints) {
        load.finish();
        int all = load.sent();
        int wanted = count(all, endpoints);
        long end = System.nanoTime() + SETTLE_LIMIT.toNanos();
        while (System.nanoTime() < end && !isSettled(all, wanted, endpoints)) {
            Rig.pause(Duration.ofMillis(500));
        }
    }

    private boolean isSettled(int all, int wanted, IntPredicate endpoints) {
        double routed = rig.metrics().scrape().value("ringback_events_total", "fate", "routed");
        return routed >= all && arrivals.accepted(0, all, of(endpoints)) == wanted;
    }

    private int count(int all, IntPredicate endpoints) {
        int count = 0;
        for (int event = 0; event < all; event++) {
            count += endpoints.test(traffic.endpoint(event)) ? 1 : 0;
        }
        return count;
    }

    /** Stops the dispatcher and reads what became of everything. */
    public Ledger.Account account(IntPredicate watched) {
        rig.stopDispatcher();
        return Ledger.read(rig.clients(), load.accepted(), watched);
    }

    /** From when events of a part of the run should have been sent to their first request. */
    public Percentiles latencies(Duration from, Duration to, IntPredicate endpoints) {
        return arrivals.latencies(
                traffic,
                load.startNanos(),
                traffic.events(from),
                Math.min(traffic.events(to), load.sent()),
                of(endpoints),
                System.nanoTime());
    }

    /** Events of a part of the run that were accepted by some endpoints, a second of that part. */
    public double rate(Duration from, Duration to, IntPredicate endpoints) {
        long first = load.startNanos() + from.toNanos();
        long last = load.startNanos() + to.toNanos();
        IntPredicate inTime =
                event -> {
                    long at = arrivals.acceptedNanos(event);
                    return endpoints.test(traffic.endpoint(event)) && at >= first && at < last;
                };
        return arrivals.accepted(0, load.sent(), inTime) * 1_000.0 / to.minus(from).toMillis();
    }

    /** What the dispatcher has used since the load began. */
    public Usage usage() {
        return rig.usage().since(before);
    }

    private IntPredicate of(IntPredicate endpoints) {
        return event -> endpoints.test(traffic.endpoint(event));
    }

    @Override
    public void close() {
        load.close();
        rig.close();
        receiver.close();
    }
}
