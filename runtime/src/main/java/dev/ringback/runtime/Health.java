package dev.ringback.runtime;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Whether a service is ready, asked of each of its parts. Thread-safe. */
public final class Health {
    private final Map<String, Supplier<Optional<String>>> checks = new ConcurrentHashMap<>();

    // Guarded by this.
    private @Nullable Metrics metrics;

    /**
     * Adds a check.
     *
     * @param check empty when all is well, or else one line that says what is not; must not block
     */
    public synchronized void check(String name, Supplier<Optional<String>> check) {
        boolean isNew = checks.put(name, check) == null;
        if (isNew && metrics != null) {
            show(name, metrics);
        }
    }

    /** Shows every check as a metric, also those that are added later. */
    synchronized void measure(Metrics shown) {
        metrics = shown;
        checks.keySet().forEach(name -> show(name, shown));
    }

    private void show(String name, Metrics shown) {
        shown.gauge(
                "ringback_check_up",
                "whether a part of the service is well",
                () -> checks.getOrDefault(name, Optional::empty).get().isEmpty() ? 1 : 0,
                "check",
                name);
    }

    /** What is not well, by the name of its check; empty when the service is ready. */
    public Map<String, String> problems() {
        Map<String, String> problems = new TreeMap<>();
        checks.forEach((name, check) -> check.get().ifPresent(what -> problems.put(name, what)));
        return problems;
    }
}
