package dev.ringback.evidence;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/** What was done more often than once, and how much of it lost processes account for. */
final class Repeats {
    private Repeats() {}

    /** Each delivery comes again only if a loss, or a second copy of it, accounts for that. */
    static Guarantee delivered(Collection<Expected> all, Windows windows) {
        List<String> broken = new ArrayList<>();
        for (Expected expected : all) {
            long repeats = expected.repeats();
            if (repeats > 0 && repeats > most(expected, windows)) {
                broken.add(
                        expected
                                + " was repeated "
                                + repeats
                                + " times, with reason at most "
                                + most(expected, windows));
            }
        }
        return new Guarantee("bounded repeats", broken);
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
