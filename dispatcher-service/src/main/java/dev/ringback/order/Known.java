package dev.ringback.order;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The ordered endpoints of which every pending copy in a unit is known. One that began to keep
 * order later than the last scan may have more than was told. Not thread-safe.
 */
final class Known {
    /** The clocks that write the registry may differ from ours by less than this. */
    private static final Duration SKEW = Duration.ofMinutes(1);

    private final Set<String> known = new HashSet<>();
    private final Set<String> asked = new HashSet<>();

    /** What the last scan passed over. */
    private Set<String> passed = new HashSet<>();

    /** What the scan under way has been told to want, or not. */
    private final Map<String, Boolean> wanted = new HashMap<>();

    /** Those of which everything is told since before the scan under way began. */
    private final Set<String> told = new HashSet<>();

    private Instant scannedAt = Instant.MIN;

    /**
     * Whether an endpoint is known in full.
     *
     * @param since when it may have begun to keep order; empty when it keeps none
     */
    boolean covers(String endpointId, Optional<Instant> since) {
        if (since.isEmpty() || known.contains(endpointId)) {
            return true;
        }
        boolean late =
                passed.contains(endpointId)
                        || asked.contains(endpointId)
                        || (!since.get().equals(Instant.MIN)
                                && since.get().plus(SKEW).isAfter(scannedAt));
        return !late && known.add(endpointId);
    }

    /** What keeps no order any more, and of which nothing is pending, is as if it never had. */
    void forget(String endpointId) {
        known.remove(endpointId);
        asked.remove(endpointId);
    }

    /** Number of endpoints of which anything is remembered. */
    int size() {
        return known.size() + asked.size();
    }

    /** Only the next scan can make this one known. */
    void ask(String endpointId) {
        asked.add(endpointId);
    }

    /** A scan begins. */
    void begin() {
        wanted.clear();
        told.clear();
        told.addAll(asked);
    }

    /** Whether the scan under way counts an endpoint: as it was when it met it first. */
    boolean wants(String endpointId, boolean ordered) {
        return wanted.computeIfAbsent(endpointId, id -> ordered);
    }

    /** The scan that began then has read everything. */
    void end(Instant began) {
        passed = new HashSet<>();
        wanted.forEach(
                (endpointId, counted) -> {
                    if (!counted) {
                        passed.add(endpointId);
                    }
                });
        known.addAll(told);
        known.removeAll(passed);
        asked.removeAll(told);
        wanted.clear();
        scannedAt = began;
    }
}
