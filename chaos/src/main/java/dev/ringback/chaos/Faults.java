package dev.ringback.chaos;

import dev.ringback.evidence.Windows;
import dev.ringback.processes.Cluster;
import dev.ringback.processes.Fleet;
import dev.ringback.processes.Installation;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Lets faults happen, those of services and those of brokers one after another each, and both at
 * once. After each it waits until what was hit works again. Thread-safe.
 */
final class Faults {
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(200);
    private static final Duration READY_LIMIT = Duration.ofMinutes(2);
    private static final int LONGEST_REST_MILLIS = 3_000;

    private final Fleet fleet;
    private final Cluster cluster;
    private final Windows windows;
    private final Clock clock;
    private final Pace pace;
    private final Consumer<String> said;
    private final Queue<String> troubles = new ConcurrentLinkedQueue<>();

    /**
     * Nothing bad has happened yet.
     *
     * @param said told of each fault, in words
     */
    Faults(
            Installation installation,
            Windows windows,
            Clock clock,
            Pace pace,
            Consumer<String> said) {
        this.fleet = installation.fleet();
        this.cluster = installation.cluster();
        this.windows = windows;
        this.clock = clock;
        this.pace = pace;
        this.said = said;
    }

    /** Lets faults happen one after another, with short rests, while there are any. */
    void run(Iterator<Fault> faults, Random random) {
        while (faults.hasNext()) {
            pace.pause(Duration.ofMillis(random.nextInt(500, LONGEST_REST_MILLIS)));
            happen(faults.next());
        }
    }

    /** What did not work again in time. */
    List<String> troubles() {
        return List.copyOf(troubles);
    }

    private void happen(Fault fault) {
        switch (fault) {
            case Fault.Kill(int process, Duration down) -> kill(process, down);
            case Fault.Pause(int process, Duration time) -> pause(process, time);
            case Fault.Rolling() -> rolling();
            case Fault.Storm(int times) -> storm(times);
            case Fault.KillBroker(int node, Duration down) ->
                    hit(node, "kill -9", () -> cluster.kill(node), down);
            case Fault.PauseBroker(int node, Duration time) -> pauseBroker(node, time);
            case Fault.RestartBroker(int node) ->
                    hit(node, "restart", () -> cluster.stop(node), Duration.ZERO);
        }
    }

    private void kill(int process, Duration down) {
        said.accept("kill -9 " + fleet.name(process) + ", down for " + down.toMillis() + " ms");
        fleet.kill(process);
        Instant killed = clock.instant();
        windows.lost(killed);
        if (down.compareTo(Fault.SESSION) > 0) {
            windows.lost(killed.plus(Fault.SESSION));
        }
        pace.pause(down);
        start(process);
    }

    private void start(int process) {
        Instant started = clock.instant();
        fleet.start(process);
        await(fleet.name(process), () -> fleet.isReady(process));
        windows.stale(started, clock.instant());
    }

    private void pause(int process, Duration time) {
        said.accept("pause " + fleet.name(process) + " for " + time.toMillis() + " ms");
        Instant from = clock.instant();
        fleet.pause(process);
        windows.lost(from);
        try {
            pace.pause(time);
        } finally {
            fleet.resume(process);
        }
        Instant resumed = clock.instant();
        await(fleet.name(process), () -> fleet.isReady(process));
        windows.stale(resumed, clock.instant());
    }

    private void rolling() {
        said.accept("rolling restart of the dispatchers");
        for (int i = 0; i < Fleet.DISPATCHERS; i++) {
            fleet.stop(i);
            windows.lost(clock.instant());
            start(i);
        }
    }

    private void storm(int times) {
        said.accept("rebalance storm: " + fleet.name(Fleet.SPARE) + " comes " + times + " times");
        for (int i = 0; i < times; i++) {
            start(Fleet.SPARE);
            fleet.stop(Fleet.SPARE);
            windows.lost(clock.instant());
        }
    }

    private void hit(int node, String what, Runnable down, Duration time) {
        said.accept(what + " " + cluster.name(node) + ", down for " + time.toMillis() + " ms");
        Instant from = clock.instant();
        down.run();
        pace.pause(time);
        cluster.start(node);
        whole(from);
    }

    private void pauseBroker(int node, Duration time) {
        said.accept("pause " + cluster.name(node) + " for " + time.toMillis() + " ms");
        Instant from = clock.instant();
        cluster.pause(node);
        try {
            pace.pause(time);
        } finally {
            cluster.resume(node);
        }
        whole(from);
    }

    private void whole(Instant from) {
        await("the cluster", cluster::isWhole);
        windows.heldUp(from, clock.instant());
    }

    private void await(String what, BooleanSupplier works) {
        Instant end = clock.instant().plus(READY_LIMIT);
        while (!works.getAsBoolean()) {
            if (clock.instant().isAfter(end)) {
                troubles.add(what + " did not work again within " + READY_LIMIT);
                return;
            }
            pace.pause(BETWEEN_LOOKS);
        }
    }
}
