package dev.ringback.console.web.endpoint;

import dev.ringback.console.read.DeliveryQuery;
import dev.ringback.console.read.Page;
import dev.ringback.console.read.ReadSide;
import dev.ringback.console.read.StatsQuery;
import dev.ringback.console.web.page.Listing;
import dev.ringback.console.web.page.Names;
import dev.ringback.console.web.registry.Ingest;
import dev.ringback.console.web.view.Chart;
import dev.ringback.console.web.view.Doc;
import dev.ringback.console.web.view.Section;
import dev.ringback.console.web.visit.Visit;
import dev.ringback.runtime.Problem;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** Endpoints, and how one of them is doing. */
public final class EndpointsPage {
    /** Where they are. */
    static final String PATH = "/endpoints";

    private static final int ITEMS = 50;
    private static final int LATEST = 8;

    private final ReadSide read;
    private final Ingest ingest;

    /**
     * Asks these two.
     *
     * @param ingest knows an endpoint at once and to the last detail
     */
    public EndpointsPage(ReadSide read, Ingest ingest) {
        this.read = read;
        this.ingest = ingest;
    }

    /** What the list shows. */
    public record Endpoints(Listing list) {}

    /**
     * What the page of one endpoint shows.
     *
     * @param isWhole whether it is as ingest knows it, with policy and secrets
     * @param trouble why it is not; empty when it is
     * @param stats what became of its attempts
     * @param latest its latest deliveries
     * @param isPartial whether some of these or of the attempts may be missing just now
     */
    public record OneEndpoint(
            Doc endpoint,
            boolean isWhole,
            String trouble,
            Range range,
            Doc stats,
            Chart chart,
            List<Doc> latest,
            boolean isPartial,
            Names names) {
        /** Copies the list. */
        public OneEndpoint {
            latest = List.copyOf(latest);
        }

        /** Whether it is one of the URLs of an application, and changed there. */
        public boolean isOfApplication() {
            return endpoint.has("callback");
        }
    }

    /** How far back a chart goes. */
    public enum Range {
        HOUR("1h", "Hour", Duration.ofHours(1), Duration.ofMinutes(1)),
        DAY("24h", "Day", Duration.ofDays(1), Duration.ofMinutes(20)),
        WEEK("7d", "Week", Duration.ofDays(7), Duration.ofHours(2));

        private final String id;
        private final String label;
        private final Duration length;
        private final Duration step;

        Range(String id, String label, Duration length, Duration step) {
            this.id = id;
            this.label = label;
            this.length = length;
            this.step = step;
        }

        /** As a query names it. */
        public String id() {
            return id;
        }

        /** For people. */
        public String label() {
            return label;
        }

        StatsQuery until(Instant now) {
            Instant end = now.truncatedTo(ChronoUnit.MINUTES).plus(1, ChronoUnit.MINUTES);
            return new StatsQuery(end.minus(length), end, step);
        }

        static Range of(String id) {
            for (Range range : values()) {
                if (range.id.equals(id)) {
                    return range;
                }
            }
            return HOUR;
        }
    }

    /** Shows the list. */
    public void list(Visit visit) {
        visit.need("read");
        var page = read.endpoints(visit.view(), visit.queryOrNull("cursor"), ITEMS);
        Listing list = Listing.of(page, visit, PATH, List.of());
        visit.show("endpoints", "Endpoints", Section.ENDPOINTS, new Endpoints(list));
    }

    /** Shows one. */
    public void one(Visit visit) {
        visit.need("read");
        String id = visit.path("id");
        Range range = Range.of(visit.query("range"));
        OneEndpoint page =
                switch (ingest.get(visit.key(), "/v1" + PATH + "/" + Ingest.part(id))) {
                    case Ingest.Done(Doc endpoint, String etag) -> page(visit, endpoint, "", range);
                    case Ingest.Refused(int status, String detail, List<Doc> errors) ->
                            throw Problem.of(status, detail);
                    case Ingest.Away(String detail) ->
                            page(visit, new Doc(read.endpoint(visit.view(), id)), detail, range);
                };
        String title = page.endpoint().text("name", page.endpoint().text("url"));
        visit.show("endpoint", title, Section.ENDPOINTS, page);
    }

    private OneEndpoint page(Visit visit, Doc endpoint, String trouble, Range range) {
        String id = endpoint.text("id");
        Doc stats = stats(visit, id, range);
        Page latest = latest(visit, id);
        return new OneEndpoint(
                endpoint,
                trouble.isEmpty(),
                trouble,
                range,
                stats,
                Chart.of(stats.list("points")),
                latest.items().valueStream().map(Doc::new).toList(),
                stats.is("partial") || latest.partial(),
                new Names(read, visit.view()));
    }

    /** The read side hears of a new endpoint a moment after ingest. */
    private Doc stats(Visit visit, String id, Range range) {
        try {
            return new Doc(read.endpointStats(visit.view(), id, range.until(visit.now())));
        } catch (Problem problem) {
            if (problem.status() == 404) {
                return Doc.NONE;
            }
            throw problem;
        }
    }

    private Page latest(Visit visit, String id) {
        DeliveryQuery query =
                new DeliveryQuery(null, id, null, null, null, null, null, null, LATEST);
        return read.deliveries(visit.view(), query);
    }
}
