package dev.ringback.console.web.page;

import dev.ringback.console.read.DeliveryQuery;
import dev.ringback.console.web.visit.Visit;
import java.util.List;

/** Which deliveries a page's query asks for. */
final class Asked {
    /** The parameters, as filters of pages name them. */
    static final List<String> FILTERS =
            List.of("endpoint_id", "event_type", "state", "reason", "since", "until");

    static final int ITEMS = 50;

    private Asked() {}

    static DeliveryQuery deliveries(Visit visit) {
        return new DeliveryQuery(
                null,
                visit.queryOrNull("endpoint_id"),
                visit.queryOrNull("event_type"),
                visit.queryOrNull("state"),
                visit.queryOrNull("reason"),
                visit.time("since"),
                visit.time("until"),
                visit.queryOrNull("cursor"),
                ITEMS);
    }
}
