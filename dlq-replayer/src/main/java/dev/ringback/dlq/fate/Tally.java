package dev.ringback.dlq.fate;

import dev.ringback.dlq.scan.IdTable;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Counts outcomes of replayed deliveries. One has an outcome once an attempt at it was made, or it
 * died without one; what arrives at a later attempt has not failed. Thread-safe.
 */
final class Tally {
    /** Fewer outcomes than this say nothing. */
    static final int LEAST_OUTCOMES = 20;

    private static final long UNKNOWN = 0;
    private static final long FAILED = 1;
    private static final long BEHIND = 2;

    /** Why a delivery is put off behind an earlier one of its call, which has an outcome. */
    private static final String ORDER = "order";

    /** What has not arrived and is not dead. */
    private final IdTable open = new IdTable();

    private int unknown;
    private long failed;
    private long outcomes;

    /** One is about to be replayed. */
    synchronized void going(String id) {
        if (!open.has(id)) {
            open.put(id, UNKNOWN);
            unknown++;
        }
    }

    /** Whether anything more may become of a delivery. */
    synchronized boolean isOpen(String id) {
        return open.has(id);
    }

    /** Notes what became of one. */
    synchronized void note(Sighting seen) {
        String id = seen.deliveryId();
        if (!open.has(id)) {
            return;
        }
        switch (seen.outcome()) {
            case delivered -> {
                if (isFirst(id)) {
                    outcomes++;
                } else {
                    failed--;
                }
                open.remove(id);
            }
            case dead -> {
                fails(id);
                open.remove(id);
            }
            case retry -> fails(id);
            case deferred -> deferred(id, seen.reason());
        }
    }

    private void fails(String id) {
        if (isFirst(id)) {
            outcomes++;
            failed++;
            open.put(id, FAILED);
        }
    }

    private boolean isFirst(String id) {
        unknown -= open.get(id) == UNKNOWN ? 1 : 0;
        return open.get(id) != FAILED;
    }

    private void deferred(String id, @Nullable String reason) {
        if (ORDER.equals(reason) && open.get(id) == UNKNOWN) {
            unknown--;
            open.put(id, BEHIND);
        }
    }

    /** How many are under way of which nothing is known. */
    synchronized int unknown() {
        return unknown;
    }

    /** In words, that failures have reached this share of the outcomes. */
    synchronized Optional<String> reaching(double share) {
        return outcomes >= LEAST_OUTCOMES && failed >= share * outcomes
                ? Optional.of("%d of %d with an outcome failed again".formatted(failed, outcomes))
                : Optional.empty();
    }
}
