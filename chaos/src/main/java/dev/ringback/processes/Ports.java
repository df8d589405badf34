package dev.ringback.processes;

import dev.ringback.embedded.EmbeddedKafka;
import java.util.HashSet;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Ports of 127.0.0.1 that stay free while the process they belong to is down: below those that the
 * system hands out to connections. Not thread-safe.
 */
final class Ports {
    private static final int LOWEST = 12_000;
    private static final int HIGHEST = 32_000;

    private final RandomGenerator random;
    private final Set<Integer> given = new HashSet<>();

    Ports(RandomGenerator random) {
        this.random = random;
    }

    /** One that nobody listens on, and that has not been given yet. */
    int next() {
        while (true) {
            int port = random.nextInt(LOWEST, HIGHEST);
            if (given.add(port) && !EmbeddedKafka.isTaken(port)) {
                return port;
            }
        }
    }
}
