package dev.ringback.console.web.page;

import dev.ringback.console.read.DeliveryQuery;
import dev.ringback.console.read.Page;
import dev.ringback.console.read.ReadSide;
import dev.ringback.console.web.view.Chart;
import dev.ringback.console.web.view.Doc;
import dev.ringback.console.web.view.Section;
import dev.ringback.console.web.view.Tone;
import dev.ringback.console.web.view.Words;
import dev.ringback.console.web.visit.Visit;
import java.util.List;

/** How things stand, at a glance. */
public final class OverviewPage {
    private static final int LATEST = 6;

    private final ReadSide read;

    /** Asks this read side. */
    public OverviewPage(ReadSide read) {
        this.read = read;
    }

    /**
     * What the page shows.
     *
     * @param stands the read side's overview
     * @param breakers the endpoints in trouble
     * @param dead the last to die
     * @param isPartial whether numbers may be too low just now
     */
    public record Overview(
            Doc stands,
            Chart chart,
            List<Bar> waiting,
            Cut breakers,
            List<Doc> dead,
            boolean isPartial,
            Names names) {
        /** Copies the lists. */
        public Overview {
            waiting = List.copyOf(waiting);
            dead = List.copyOf(dead);
        }

        /** How good the share of delivered attempts is. */
        public Tone shareTone() {
            double share = stands.decimal("success_share");
            return !stands.has("success_share")
                    ? Tone.QUIET
                    : share >= 0.99 ? Tone.GOOD : share >= 0.9 ? Tone.WARN : Tone.BAD;
        }
    }

    /** One bar of a bar chart. */
    public record Bar(String label, String value, double share) {}

    /** Shows it. */
    public void show(Visit visit) {
        visit.need("read");
        Doc stands = new Doc(read.overview(visit.view()));
        Page dead = read.dead(visit.view(), DeliveryQuery.newest(LATEST));
        Overview page =
                new Overview(
                        stands,
                        Chart.of(stands.list("series")),
                        waiting(stands.list("waiting")),
                        Cut.of(stands.list("open_breakers"), 0),
                        dead.items().valueStream().map(Doc::new).toList(),
                        stands.is("partial") || dead.partial(),
                        new Names(read, visit.view()));
        visit.show("overview", "Overview", Section.OVERVIEW, page);
    }

    private static List<Bar> waiting(List<Doc> rungs) {
        long most = rungs.stream().mapToLong(rung -> rung.number("deliveries")).max().orElse(1);
        return rungs.stream()
                .map(
                        rung ->
                                new Bar(
                                        rung.text("rung", "first attempt"),
                                        Words.number(rung.number("deliveries")),
                                        rung.number("deliveries") / (double) Math.max(1, most)))
                .toList();
    }
}
