package dev.ringback.evidence;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** What was done more often than once, and how much of it lost processes account for. */
final class Repeats {
    private Repeats() {}

    /** All together no more than losses and second copies account for. */
    static Guarantee delivered(Collection<Expected> all, long late, Windows windows) {
        long repeats = all.stream().mapToLong(Expected::repeats).sum() + late;
        long most = all.stream().mapToLong(expected -> most(expected, windows)).sum();
        return new Guarantee(
                "bounded repeats",
                repeats <= most ? List.of() : List.of(repeats + ", at most " + most));
    }

    /**
     * Repeats beyond what the losses near that very delivery account for. Not none: commits wait
     * while partitions move, so what was done earlier than a window may come again too.
     */
    static long unexplained(Collection<Expected> all, Windows windows) {
        return all.stream()
                .filter(expected -> expected.repeats() > 0)
                .mapToLong(e -> Math.max(0, e.repeats() - most(e, windows)))
                .sum();
    }

    static long most(Expected expected, Windows windows) {
        return windows.most(expected) + expected.copiedAgain();
    }

    /** Routing writes again only what it had not committed when something was lost. */
    static Guarantee routed(Collection<Expected> all, Windows windows) {
        List<String> broken = new ArrayList<>();
        for (Expected expected : all) {
            int again = expected.copiedAgain();
            if (again > 0 && again > windows.mostCopies(expected)) {
                broken.add(
                        expected + " was routed again " + again + " times: " + expected.copies());
            }
        }
        return new Guarantee("routed again only after a loss", broken);
    }
}
