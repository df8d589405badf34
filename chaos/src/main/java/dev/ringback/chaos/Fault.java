package dev.ringback.chaos;

import dev.ringback.processes.Cluster;
import dev.ringback.processes.Fleet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;

/** Something bad that happens to processes. Ends when they run again. */
sealed interface Fault {
    /** How long a group waits for a dispatcher that says nothing. */
    Duration SESSION = Duration.ofSeconds(10);

    /** {@code kill -9} of a service, which is down for a while. */
    record Kill(int process, Duration down) implements Fault {}

    /** A service stands still and knows nothing of it. */
    record Pause(int process, Duration time) implements Fault {}

    /** The dispatchers are stopped in good order and started again, one after another. */
    record Rolling() implements Fault {}

    /** A further dispatcher joins and leaves, so that partitions move each time. */
    record Storm(int times) implements Fault {}

    /** {@code kill -9} of a broker, which is down for a while. */
    record KillBroker(int node, Duration down) implements Fault {}

    /** A broker stands still and knows nothing of it. */
    record PauseBroker(int node, Duration time) implements Fault {}

    /** A broker is stopped in good order and started again. */
    record RestartBroker(int node) implements Fault {}

    /** Every fault of the short run that services have, in some order. */
    static List<Fault> ofServices(Random random) {
        List<Integer> numbers = new ArrayList<>(List.of(0, 1, 2));
        Collections.shuffle(numbers, random);
        List<Fault> faults = new ArrayList<>();
        faults.add(new Kill(numbers.get(0), seconds(1, 3, random)));
        faults.add(new Kill(numbers.get(1), SESSION.plus(seconds(1, 3, random))));
        faults.add(new Pause(numbers.get(2), SESSION.plus(seconds(2, 4, random))));
        faults.add(new Kill(Fleet.INGEST, seconds(1, 2, random)));
        faults.add(new Rolling());
        faults.add(new Storm(1));
        Collections.shuffle(faults, random);
        return faults;
    }

    /** Every fault of the short run that brokers have, in some order. */
    static List<Fault> ofBrokers(Random random) {
        List<Fault> faults = new ArrayList<>();
        faults.add(new KillBroker(random.nextInt(Cluster.NODES), seconds(3, 8, random)));
        faults.add(new PauseBroker(random.nextInt(Cluster.NODES), seconds(2, 9, random)));
        faults.add(new RestartBroker(random.nextInt(Cluster.NODES)));
        Collections.shuffle(faults, random);
        return faults;
    }

    /** Any fault that services have. */
    static Fault ofService(Random random) {
        int which = random.nextInt(Fleet.DISPATCHERS);
        List<Supplier<Fault>> all =
                List.of(
                        () -> new Kill(which, seconds(0, 4, random)),
                        () -> new Kill(which, SESSION.plus(seconds(1, 5, random))),
                        () -> new Pause(which, seconds(1, 8, random)),
                        () -> new Pause(which, SESSION.plus(seconds(2, 10, random))),
                        () -> new Kill(Fleet.INGEST, seconds(0, 5, random)),
                        () -> new Pause(Fleet.INGEST, seconds(1, 5, random)),
                        Rolling::new,
                        () -> new Storm(random.nextInt(1, 4)));
        return all.get(random.nextInt(all.size())).get();
    }

    /** Any fault that brokers have. */
    static Fault ofBroker(Random random) {
        int which = random.nextInt(Cluster.NODES);
        List<Supplier<Fault>> all =
                List.of(
                        () -> new KillBroker(which, seconds(0, 15, random)),
                        () -> new PauseBroker(which, seconds(1, 5, random)),
                        () -> new PauseBroker(which, seconds(8, 15, random)),
                        () -> new RestartBroker(which));
        return all.get(random.nextInt(all.size())).get();
    }

    private static Duration seconds(int least, int most, Random random) {
        return Duration.ofMillis(random.nextInt(least * 1_000, most * 1_000));
    }
}
