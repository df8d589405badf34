package dev.ringback.dispatch;

import dev.ringback.answer.Answering;
import dev.ringback.flow.Lateness;
import dev.ringback.flow.RightOfWay;
import dev.ringback.flow.Terms;
import dev.ringback.flow.Traffic;
import dev.ringback.lane.InFlightTracker;
import dev.ringback.lane.Lane;
import dev.ringback.lane.Lanes;
import dev.ringback.measure.CpuLoad;
import dev.ringback.order.OrderGate;
import dev.ringback.order.UnitScan;
import dev.ringback.outbox.Outbox;
import dev.ringback.route.Router;
import dev.ringback.route.Routing;
import dev.ringback.runtime.Health;
import dev.ringback.runtime.HttpServer;
import dev.ringback.runtime.KafkaClients;
import dev.ringback.runtime.Lifecycle;
import dev.ringback.runtime.Metrics;
import dev.ringback.runtime.SecretBox;
import dev.ringback.runtime.Setting;
import dev.ringback.runtime.Settings;
import dev.ringback.runtime.TopicSetup;
import dev.ringback.runtime.TopicTable;
import dev.ringback.schemas.Endpoint;
import dev.ringback.schemas.RetryLadder;
import dev.ringback.schemas.Topics;
import dev.ringback.schemas.Units;
import dev.ringback.send.EgressGuard;
import dev.ringback.send.Sender;
import dev.ringback.voxml.Voxml;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;

/**
 * The dispatcher: track and route as one Streams topology, dispatch as three lanes, with health and
 * metrics beside them.
 */
public final class DispatcherService implements Lifecycle.Part {
    private static final String VERSION =
            Optional.ofNullable(DispatcherService.class.getPackage().getImplementationVersion())
                    .orElse("0.1.0");

    /** Every rung there is, also one that the ladder has no more: what waits there must go on. */
    private static final Pattern RUNGS =
            Pattern.compile(Pattern.quote(Topics.RETRY_PREFIX) + "\\d+(ms|s|m|h|d)");

    private static final Pattern ANSWER_RUNGS =
            Pattern.compile(Pattern.quote(Topics.ANSWERS_RETRY_PREFIX) + "\\d+(ms|s|m|h|d)");

    /** The largest bodies shrink to a hundredth on their way, so their number has to be bounded. */
    private static final int POLL_RECORDS = 64;

    /** What the consumer may hold of all partitions together, and of one at least and at most. */
    private static final int FETCH_BYTES = 64 << 20;

    private static final int LEAST_FETCH_BYTES = 64 << 10;
    private static final int MOST_FETCH_BYTES = 1 << 20;
    private static final long SMALL_BODY_BYTES = 1 << 10;

    /** What may be busy of all processors while questions of live calls come in. */
    private static final double BUSY = 0.6;

    /** The same of replays while first attempts come in. */
    private static final double BUSY_BESIDE = 0.8;

    /** The same of putting off what no endpoint is to blame for. */
    private static final double BUSY_AT_ALL = 0.9;

    /** What begins in a second whoever goes first. */
    private static final double LEAST_NOTICES = 100;

    private static final double LEAST_REPLAYS = 50;
    private static final double LEAST_PUT_OFF = 100;

    private final Settings settings;
    private final Clock clock;
    private final Lifecycle parts = new Lifecycle();
    private final Health health = new Health();
    private final Metrics metrics = new Metrics();
    private final CpuLoad load = new CpuLoad();
    private final KafkaClients clients;
    private final SecretBox box;
    private final HttpServer http;
    private final TopicSetup.Patience patience = new TopicSetup.Patience();

    /**
     * A dispatcher that {@link #start} starts.
     *
     * @throws Settings.Invalid when a setting it cannot do without is not there
     */
    public DispatcherService(Settings settings, Clock clock) {
        settings.require(Setting.API_KEYS, "no service starts without keys");
        String keys = settings.require(Setting.MASTER_KEY, "it opens the endpoints' secrets");
        this.settings = settings;
        this.clock = clock;
        this.clients = KafkaClients.of(settings);
        this.box = new SecretBox(keys, new SecureRandom());
        this.http =
                new HttpServer(
                        HttpServer.Address.of(settings, Setting.DISPATCHER_PORT),
                        SMALL_BODY_BYTES,
                        health,
                        metrics,
                        routes -> {});
    }

    @Override
    public void start() {
        parts.closing(metrics);
        health.check("start", () -> Optional.of("waits for Kafka"));
        parts.start(http);
        if (!patience.createTopics(clients, settings)) {
            return;
        }
        TopicTable<Target> targets =
                parts.start(
                        new TopicTable<>(
                                Topics.ENDPOINTS,
                                clients,
                                bytes -> Target.open(bytes, box),
                                target -> target.endpoint().accountId()));
        Routing routing = new Routing(settings, clients, new Subscriptions(targets), box, metrics);
        RightOfWay questions =
                new RightOfWay(() -> load.getAsDouble() / BUSY, LEAST_NOTICES, System::nanoTime);
        questions.measure(metrics, "questions");
        Lanes lanes = lanes(targets, questions);
        Answering answering = new Answering(clients, clock, questions::came);
        Lanes answers = answers(targets, answering);
        parts.start(new Together(List.of(routing, lanes, answers)));
        health.check("registry", targets::trouble);
        health.check("route", routing::trouble);
        health.check("dispatch", lanes::trouble);
        health.check("answers", () -> answers.trouble().or(answering::trouble));
        health.check("start", Optional::empty);
    }

    @Override
    public void stop() {
        patience.end();
        parts.close();
    }

    /** The port of health and metrics. */
    public int port() {
        return http.port();
    }

    private Lanes lanes(TopicTable<Target> table, RightOfWay questions) {
        Targets targets = new Targets(table, box);
        RetryLadder ladder = settings.get(Setting.RETRY_RUNGS);
        Outbox outbox =
                parts.closing(new Outbox(clients.producer("ringback-dispatch", Outbox.PRODUCER)));
        Reports reports =
                parts.start(new Reports(outbox, clock, settings.get(Setting.DISABLE_AFTER)));
        List<Lane> budgets = budgets(questions);
        Traffic traffic = traffic(targets, budgets);
        InFlightTracker tracker = new InFlightTracker();
        Ordering ordering = ordering(targets, tracker);
        Sender sender = sender();
        Journal journal = new Journal(outbox, ladder, RetryLadder::topic, ordering, metrics);
        Dispatch dispatch =
                new Dispatch(
                        targets,
                        sender,
                        journal,
                        ordering,
                        ladder,
                        clock,
                        "Ringback/" + VERSION,
                        new Dispatch.Telling(journal, reports));
        closing(dispatch, sender);
        Lanes.Plan plan =
                new Lanes.Plan(
                        "ringback-dispatch",
                        budgets,
                        POLL_RECORDS,
                        fetchBytes(ladder),
                        Executors.newThreadPerTaskExecutor(
                                Thread.ofVirtual().name("lane-", 0).factory()));
        return new Lanes(
                plan,
                clients,
                dispatch,
                ordering,
                traffic,
                tracker,
                table::caughtUp,
                metrics,
                clock);
    }

    private Sender sender() {
        return new Sender(
                new EgressGuard(settings.get(Setting.EGRESS_ALLOW)),
                settings.get(Setting.EGRESS_PROXY));
    }

    private void closing(Dispatch dispatch, Sender sender) {
        parts.closing(
                () -> {
                    dispatch.stop();
                    sender.close();
                });
    }

    /** Answer requests: topics, a consumer, slots, threads and connections of their own. */
    private Lanes answers(TopicTable<Target> table, Answering answering) {
        int slots = settings.get(Setting.ANSWER_SLOTS);
        Ordering unordered =
                new Ordering(new OrderGate(scan -> {}, endpoint -> Optional.empty(), clock));
        Traffic traffic =
                parts.start(
                        new Traffic(
                                List.of(slots, slots),
                                flow -> new Terms(slots, Optional.empty()),
                                System::nanoTime));
        Sender sender = sender();
        Journal journal = answersJournal(unordered);
        Dispatch dispatch =
                new Dispatch(
                        new Targets(table, box),
                        sender,
                        journal,
                        unordered,
                        RetryLadder.ANSWERS,
                        clock,
                        "Ringback/" + VERSION,
                        new Asking(
                                answering, new Voxml(settings.get(Setting.ALLOW_HTTP)), journal));
        closing(dispatch, sender);
        return new Lanes(
                answersPlan(slots),
                clients,
                dispatch,
                answering,
                traffic,
                new InFlightTracker(),
                table::caughtUp,
                metrics,
                clock);
    }

    private Journal answersJournal(Ordering unordered) {
        Outbox outbox =
                parts.closing(
                        new Outbox(
                                clients.producer(
                                        "ringback-answers",
                                        Map.of(
                                                "linger.ms",
                                                "0",
                                                "max.block.ms",
                                                Outbox.MAX_BLOCK))));
        return new Journal(
                outbox,
                RetryLadder.ANSWERS,
                rung -> Topics.ANSWERS_RETRY_PREFIX + Units.text(rung),
                unordered,
                metrics);
    }

    /** Virtual threads would wait for their carriers behind those of notices. */
    private static Lanes.Plan answersPlan(int slots) {
        return new Lanes.Plan(
                "ringback-answers",
                List.of(
                        new Lane(
                                "answers",
                                Pattern.compile(Pattern.quote(Topics.ANSWERS)),
                                slots,
                                List.of()),
                        new Lane("answer-retries", ANSWER_RUNGS, slots, List.of())),
                POLL_RECORDS,
                LEAST_FETCH_BYTES,
                Executors.newCachedThreadPool(
                        Thread.ofPlatform().name("question-", 0).daemon().factory()));
    }

    private Traffic traffic(Targets targets, List<Lane> budgets) {
        Traffic traffic =
                parts.start(
                        new Traffic(
                                budgets.stream().map(Lane::slots).toList(),
                                targets::terms,
                                System::nanoTime));
        RightOfWay requests =
                new RightOfWay(
                        () -> load.getAsDouble() / BUSY_AT_ALL, LEAST_PUT_OFF, System::nanoTime);
        requests.measure(metrics, "requests");
        traffic.excess(requests);
        traffic.measure(metrics, budgets.stream().map(Lane::name).toList());
        return traffic;
    }

    private Ordering ordering(Targets targets, InFlightTracker tracker) {
        UnitScan scan = parts.closing(new UnitScan(clients, tracker::done));
        OrderGate gate = new OrderGate(scan, targets::orderedSince, clock);
        metrics.gauge(
                "ringback_order_pending",
                "deliveries of ordered endpoints known to wait",
                gate::pending);
        health.check("order", scan::trouble);
        return new Ordering(gate);
    }

    /** Questions of live calls go before all of them, and first attempts before replays. */
    private List<Lane> budgets(RightOfWay questions) {
        Lateness lateness = new Lateness(clock::millis, System::nanoTime);
        RightOfWay first =
                new RightOfWay(
                        () -> Math.max(lateness.getAsDouble(), load.getAsDouble() / BUSY_BESIDE),
                        LEAST_REPLAYS,
                        System::nanoTime);
        first.measure(metrics, "first attempts");
        return List.of(
                new Lane(
                        "live",
                        Pattern.compile(Pattern.quote(Topics.DELIVERIES)),
                        settings.get(Setting.LIVE_SLOTS),
                        List.of(questions),
                        madeMillis -> {
                            lateness.read(madeMillis);
                            first.came();
                        },
                        lateness::begins),
                new Lane("retry", RUNGS, settings.get(Setting.RETRY_SLOTS), List.of(questions)),
                new Lane(
                        "replay",
                        Pattern.compile(Pattern.quote(Topics.REPLAY)),
                        settings.get(Setting.REPLAY_SLOTS),
                        List.of(questions, first)));
    }

    /** Every partition may have a fetch in memory, so the more there are, the smaller they are. */
    private int fetchBytes(RetryLadder ladder) {
        int topics = ladder.rungs().size() + 2;
        int each = FETCH_BYTES / (settings.get(Setting.PARTITIONS) * topics);
        return Math.clamp(each, LEAST_FETCH_BYTES, MOST_FETCH_BYTES);
    }

    /** The registry as routing sees it: the endpoints of an account. */
    private record Subscriptions(TopicTable<Target> targets) implements Router.Registry {
        @Override
        public CompletableFuture<Void> current() {
            return targets.current();
        }

        @Override
        public List<Endpoint> of(String accountId) {
            return targets.in(accountId).stream().map(Target::endpoint).toList();
        }
    }

    /**
     * Parts that start one after another and stop at the same time, since each may take its time.
     */
    private record Together(List<? extends Lifecycle.Part> parts) implements Lifecycle.Part {
        @Override
        public void start() {
            parts.forEach(Lifecycle.Part::start);
        }

        @Override
        public void stop() {
            List<Thread> stops =
                    parts.stream().map(part -> Thread.ofVirtual().start(part::stop)).toList();
            for (Thread stop : stops) {
                try {
                    stop.join();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }
}
