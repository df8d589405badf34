package dev.ringback.chaos;

import dev.ringback.evidence.Expected;
import dev.ringback.evidence.Ledger;
import dev.ringback.evidence.Report;
import dev.ringback.evidence.TopicLog;
import dev.ringback.evidence.Windows;
import dev.ringback.processes.Installation;
import dev.ringback.runtime.KafkaClients;
import dev.ringback.runtime.Setting;
import dev.ringback.schemas.RetryLadder;
import dev.ringback.schemas.Topics;
import dev.ringback.subscribers.Behaviour.Trouble;
import dev.ringback.subscribers.Receivers;
import dev.ringback.subscribers.Subscriber;
import dev.ringback.subscribers.Trap;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;

/**
 * One run: an installation is started, waves of events go in while faults happen, and after each
 * wave, when all is quiet, the guarantees are checked.
 */
public final class Run implements AutoCloseable {
    private static final String RUNGS = "1s 2s 4s 16s";
    private static final int SUBSCRIBING = 16;
    private static final int HTTP_PRODUCERS = 3;
    private static final int CALLS_PER_KAFKA_CALL = 10;
    private static final Duration START_LIMIT = Duration.ofMinutes(4);

    /** Long, since a busy machine is slow and nothing else is: this is no rate. */
    private static final Duration QUIET_LIMIT = Duration.ofMinutes(10);

    private static final Duration BETWEEN_WORDS = Duration.ofSeconds(15);
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(250);

    private final Plan plan;
    private final Clock clock;
    private final Consumer<String> said;
    private final Random random;
    private final Pace pace;
    private final Ledger ledger = new Ledger();
    private final Windows windows = new Windows();
    private final Installation installation;
    private final List<Subscriber> subscribers;
    private final Receivers receivers;
    private final Trap trap = new Trap();
    private final Map<Subscriber, String> endpointIds = new ConcurrentHashMap<>();
    private Report done = Report.NONE;

    /**
     * A run that {@link #run} runs.
     *
     * @param folder for data and logs of all processes
     * @param said told of what happens, a line each
     */
    public Run(Plan plan, Path folder, Clock clock, Consumer<String> said) {
        this.plan = plan;
        this.clock = clock;
        Instant began = clock.instant();
        this.said =
                line ->
                        said.accept(
                                Duration.between(began, clock.instant()).toSeconds()
                                        + " s: "
                                        + line);
        this.random = new Random(plan.seed());
        this.pace = new Pace(plan.perSecond());
        Map<String, String> settings =
                Map.of(
                        Setting.PARTITIONS.name(),
                        Integer.toString(plan.partitions()),
                        Setting.RETRY_RUNGS.name(),
                        RUNGS);
        this.installation = new Installation(folder, settings, new Random());
        this.subscribers = Population.of(plan.subscribers(), plan.accounts(), random);
        this.receivers = new Receivers(subscribers, clock, ledger::heard);
    }

    /** Runs all of it, or as much as there is time for until it is stopped. */
    public Report run() {
        try {
            return untilOver();
        } catch (Pace.Stopped e) {
            said.accept("stopped");
            return done.plus(Report.soFar(ledger, windows));
        }
    }

    private Report untilOver() {
        receivers.start();
        start();
        KafkaClients clients =
                new KafkaClients(installation.cluster().bootstrapServers(), Map.of());
        try (TopicLog log = new TopicLog(clients, partitions(), ledger, clock);
                OverKafka kafka = new OverKafka(clients, clock, ledger)) {
            OverHttp http =
                    new OverHttp(
                            installation.fleet().ingestUrl(),
                            installation.fleet().apiKey(),
                            clock,
                            ledger,
                            new Random(plan.seed()));
            subscribe(http);
            log.start();
            return waves(log, http, kafka);
        }
    }

    /** Ends whatever is being waited for. */
    public void stop() {
        pace.stop();
    }

    private void start() {
        said.accept("three brokers start");
        installation.cluster().start();
        await("the brokers", START_LIMIT, installation.cluster()::isWhole);
        said.accept("ingest and three dispatchers start");
        installation.fleet().start();
        await("the services", START_LIMIT, installation.fleet()::isReady);
        said.accept(plan.subscribers() + " endpoints are made");
    }

    /** Several at once: each has to be confirmed. */
    private void subscribe(OverHttp http) {
        Queue<Subscriber> left = new ConcurrentLinkedQueue<>(subscribers);
        Runnable some =
                () -> {
                    for (Subscriber s = left.poll(); s != null; s = left.poll()) {
                        endpointIds.put(s, http.endpoint(s.form(address(s))));
                    }
                };
        Together.start("subscriber", Collections.nCopies(SUBSCRIBING, some)).join();
    }

    private String address(Subscriber subscriber) {
        boolean inside = subscriber.behaviour().trouble() == Trouble.blocked;
        return inside ? trap.address() : receivers.address();
    }

    private List<TopicPartition> partitions() {
        return Stream.concat(
                        Stream.of(
                                Topics.DELIVERIES,
                                Topics.DEAD,
                                Topics.ATTEMPTS,
                                Topics.EVENTS_INVALID),
                        RetryLadder.parse(RUNGS).topics().stream())
                .flatMap(
                        topic ->
                                IntStream.range(0, plan.partitions())
                                        .mapToObj(i -> new TopicPartition(topic, i)))
                .toList();
    }

    private Report waves(TopicLog log, OverHttp http, OverKafka kafka) {
        Quiet quiet = new Quiet(installation.cluster().admin(), log, ledger);
        Instant end = clock.instant().plus(plan.time());
        int wave = 0;
        do {
            wave++;
            Report report = wave(wave, http, kafka, quiet);
            done = done.plus(report);
            said.accept("wave " + wave + " is over\n" + report.table());
        } while (clock.instant().isBefore(end) && done.broken().isEmpty());
        return done;
    }

    private Report wave(int wave, OverHttp http, OverKafka kafka, Quiet quiet) {
        List<Script> calls = Script.wave(wave, plan.events(), plan.accounts(), random);
        List<Expected> expected =
                calls.stream().flatMap(call -> call.deliveries(endpointIds).stream()).toList();
        windows.clear();
        ledger.begin(calls.size() * Population.TYPES.size(), expected);
        said.accept(
                "wave "
                        + wave
                        + ": "
                        + plan.events()
                        + " events, "
                        + expected.size()
                        + " deliveries");
        Faults faults = new Faults(installation, windows, clock, pace, said);
        Together producers = producers(calls, http, kafka);
        Together lanes = lanes(faults, producers);
        producers.join();
        said.accept("every event is accepted");
        lanes.join();
        said.accept("no more faults");
        List<String> troubles = new ArrayList<>();
        awaitQuiet(quiet);
        quiet.note();
        if (!quiet.waitsFor().isEmpty()) {
            troubles.add("not quiet within " + QUIET_LIMIT + ": waits for " + quiet.waitsFor());
        }
        troubles.addAll(faults.troubles());
        troubles.addAll(installation.troubles());
        long heap = installation.fleet().heapMegabytes();
        return Report.of(ledger, windows, trap.connections(), troubles).withHeap(heap);
    }

    private void awaitQuiet(Quiet quiet) {
        Instant limit = clock.instant().plus(QUIET_LIMIT);
        Instant word = clock.instant();
        while (!quiet.reached() && clock.instant().isBefore(limit)) {
            if (clock.instant().isAfter(word)) {
                said.accept("waits for " + quiet.waitsFor());
                word = clock.instant().plus(BETWEEN_WORDS);
            }
            pace.pause(BETWEEN_LOOKS);
        }
    }

    private Together producers(List<Script> calls, OverHttp http, OverKafka kafka) {
        int direct = calls.size() / CALLS_PER_KAFKA_CALL;
        List<Runnable> all = new ArrayList<>();
        all.add(new Producing(calls.subList(0, direct), pace, kafka));
        int each = (calls.size() - direct) / HTTP_PRODUCERS + 1;
        for (int from = direct; from < calls.size(); from += each) {
            int to = Math.min(calls.size(), from + each);
            all.add(new Producing(calls.subList(from, to), pace, http));
        }
        return Together.start("producer", all);
    }

    private Together lanes(Faults faults, Together producers) {
        Random services = new Random(random.nextLong());
        Random brokers = new Random(random.nextLong());
        boolean once = plan.time().isZero();
        Iterator<Fault> ofServices =
                once
                        ? Fault.ofServices(services).iterator()
                        : producers.whileRunning(() -> Fault.ofService(services));
        Iterator<Fault> ofBrokers =
                once
                        ? Fault.ofBrokers(brokers).iterator()
                        : producers.whileRunning(() -> Fault.ofBroker(brokers));
        return Together.start(
                "faults",
                List.of(
                        () -> faults.run(ofServices, services),
                        () -> faults.run(ofBrokers, brokers)));
    }

    private void await(String what, Duration limit, BooleanSupplier works) {
        Instant end = clock.instant().plus(limit);
        while (!works.getAsBoolean()) {
            if (clock.instant().isAfter(end)) {
                throw new IllegalStateException(what + " did not start within " + limit);
            }
            pace.pause(BETWEEN_LOOKS);
        }
    }

    /** Kills every process. */
    @Override
    public void close() {
        stop();
        installation.close();
        receivers.close();
        trap.close();
    }
}
