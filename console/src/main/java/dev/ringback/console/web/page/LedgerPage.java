package dev.ringback.console.web.page;

import dev.ringback.console.read.ReadSide;
import dev.ringback.console.web.view.Doc;
import dev.ringback.console.web.view.Section;
import dev.ringback.console.web.visit.Visit;
import java.util.List;

/** Whether everything that came in has come out, and if not, what has not. */
public final class LedgerPage {
    private static final String PATH = "/ledger";
    private static final int ITEMS = 100;

    private final ReadSide read;

    /** Asks this read side. */
    public LedgerPage(ReadSide read) {
        this.read = read;
    }

    /**
     * What the page shows.
     *
     * @param sums the read side's ledger
     * @param open the deliveries that keep it from balancing
     */
    public record Ledger(Doc sums, Listing open, Names names) {
        /** The part of the deliveries that is in a state, of 1. */
        public double share(String state) {
            return sums.number(state) / (double) Math.max(1, sums.number("deliveries"));
        }
    }

    /** Shows it. */
    public void show(Visit visit) {
        visit.need("read");
        Doc sums = new Doc(read.ledger(visit.view()));
        var open = read.open(visit.view(), visit.queryOrNull("cursor"), ITEMS);
        Listing list = Listing.of(open, visit, PATH, List.of());
        Ledger page = new Ledger(sums, list, new Names(read, visit.view()));
        visit.show("ledger", "Ledger", Section.LEDGER, page);
    }
}
