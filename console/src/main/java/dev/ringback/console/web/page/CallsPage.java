package dev.ringback.console.web.page;

import dev.ringback.console.read.CallQuery;
import dev.ringback.console.read.ReadSide;
import dev.ringback.console.web.registry.Ingest;
import dev.ringback.console.web.view.Doc;
import dev.ringback.console.web.view.Section;
import dev.ringback.console.web.visit.Visit;
import dev.ringback.runtime.Problem;
import dev.ringback.schemas.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Calls, and all that was told about one of them to whom. */
public final class CallsPage {
    private static final String PATH = "/calls";
    private static final int ITEMS = 50;
    private static final List<String> FILTERS =
            List.of("from", "to", "agent_id", "status", "since", "until");

    private final ReadSide read;

    /** Asks this read side. */
    public CallsPage(ReadSide read) {
        this.read = read;
    }

    /**
     * What the list shows.
     *
     * @param missing the id that was searched for and not found; empty when none was
     */
    public record Calls(Listing list, String missing) {}

    /**
     * What the page of one call shows.
     *
     * @param moments its events, each with the deliveries of it
     * @param voxml what a subscriber had the call do, as JSON; empty when none was asked
     * @param isPartial whether deliveries may be missing just now
     */
    public record OneCall(
            Doc call, List<Moment> moments, List<String> voxml, boolean isPartial, Names names) {
        /** Copies the lists. */
        public OneCall {
            moments = List.copyOf(moments);
            voxml = List.copyOf(voxml);
        }

        /** How many deliveries there are. */
        public long deliveries() {
            return moments.stream().mapToLong(moment -> moment.deliveries().size()).sum();
        }

        /** How many of them are in this state. */
        public long deliveries(String state) {
            return moments.stream()
                    .flatMap(moment -> moment.deliveries().stream())
                    .filter(delivery -> delivery.text("state").equals(state))
                    .count();
        }
    }

    /** An event, and what became of telling it. */
    public record Moment(Doc event, List<Doc> deliveries) {
        /** Copies the list. */
        public Moment {
            deliveries = List.copyOf(deliveries);
        }
    }

    /** Shows the list, or the one call that was searched for by its id. */
    public void list(Visit visit) {
        visit.need("read");
        String id = visit.query("id");
        if (!id.isEmpty() && isThere(visit, id)) {
            visit.leave(PATH + "/" + Ingest.part(id));
            return;
        }
        CallQuery query =
                new CallQuery(
                        null,
                        visit.queryOrNull("status"),
                        visit.queryOrNull("from"),
                        visit.queryOrNull("to"),
                        visit.queryOrNull("agent_id"),
                        visit.time("since"),
                        visit.time("until"),
                        visit.queryOrNull("cursor"),
                        ITEMS);
        Listing list = Listing.of(read.calls(visit.view(), query), visit, PATH, FILTERS);
        visit.show("calls", "Calls", Section.CALLS, new Calls(list, id));
    }

    /** Shows one call. */
    public void one(Visit visit) {
        visit.need("read");
        String id = visit.path("id");
        Doc call = new Doc(read.call(visit.view(), id, null));
        Doc told = new Doc(read.callDeliveries(visit.view(), id));
        List<Doc> deliveries = told.list("items");
        OneCall page =
                new OneCall(
                        call,
                        moments(events(visit, id), deliveries),
                        voxml(deliveries),
                        told.is("partial"),
                        new Names(read, visit.view()));
        visit.show("call", "Call " + id, Section.CALLS, page);
    }

    /** A call outlives its events, which Kafka keeps for a shorter time. */
    private List<Doc> events(Visit visit, String id) {
        try {
            return new Doc(read.callEvents(visit.view(), id)).list("items");
        } catch (Problem problem) {
            if (problem.status() == 404) {
                return List.of();
            }
            throw problem;
        }
    }

    private boolean isThere(Visit visit, String id) {
        try {
            read.call(visit.view(), id, null);
            return true;
        } catch (Problem problem) {
            if (problem.status() == 404) {
                return false;
            }
            throw problem;
        }
    }

    /** Deliveries of events that are not kept any more have a moment of their own. */
    private static List<Moment> moments(List<Doc> events, List<Doc> deliveries) {
        Map<String, List<Doc>> byEvent = new LinkedHashMap<>();
        events.forEach(event -> byEvent.put(event.text("event_id"), new ArrayList<>()));
        List<Moment> moments = new ArrayList<>();
        Map<String, List<Doc>> others = new LinkedHashMap<>();
        for (Doc delivery : deliveries) {
            String event = delivery.text("event_id");
            List<Doc> known = byEvent.get(event);
            if (known == null) {
                others.computeIfAbsent(event, e -> new ArrayList<>()).add(delivery);
            } else {
                known.add(delivery);
            }
        }
        others.values().forEach(some -> moments.add(new Moment(eventOf(some.getFirst()), some)));
        events.forEach(
                event ->
                        moments.add(
                                new Moment(
                                        event,
                                        byEvent.getOrDefault(event.text("event_id"), List.of()))));
        return moments;
    }

    private static Doc eventOf(Doc delivery) {
        return new Doc(
                Json.object()
                        .put("event_id", delivery.text("event_id"))
                        .put("type", delivery.text("event_type"))
                        .put("occurred_at", delivery.text("created_at")));
    }

    private static List<String> voxml(List<Doc> deliveries) {
        return deliveries.stream()
                .filter(delivery -> delivery.text("kind").equals("control"))
                .filter(delivery -> delivery.text("state").equals("delivered"))
                .map(delivery -> delivery.list("attempts"))
                .filter(attempts -> !attempts.isEmpty())
                .map(attempts -> Pretty.json(attempts.getLast().text("response_body")))
                .filter(text -> !text.isBlank())
                .toList();
    }
}
