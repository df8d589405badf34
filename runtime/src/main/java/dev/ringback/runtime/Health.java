package dev.ringback.runtime;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** Whether a service is ready, asked of each of its parts. Thread-safe. */
public final class Health {
    private final Map<String, Supplier<Optional<String>>> checks = new ConcurrentHashMap<>();

    /**
     * Adds a check.
     *
     * @param check empty when all is well, or else one line that says what is not; must not block
     */
    public void check(String name, Supplier<Optional<String>> check) {
        checks.put(name, check);
    }

    /** What is not well, by the name of its check; empty when the service is ready. */
    public Map<String, String> problems() {
        Map<String, String> problems = new TreeMap<>();
        checks.forEach((name, check) -> check.get().ifPresent(what -> problems.put(name, what)));
        return problems;
    }
}
