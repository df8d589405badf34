package dev.ringback.console.web.page;

import dev.ringback.console.read.ReadSide;
import dev.ringback.console.web.registry.Ingest;
import dev.ringback.console.web.view.Doc;
import dev.ringback.console.web.view.Flash;
import dev.ringback.console.web.view.Section;
import dev.ringback.console.web.visit.Visit;
import dev.ringback.runtime.Problem;
import java.util.List;

/** Deliveries, and one of them with every attempt. */
public final class DeliveriesPage {
    private static final String PATH = "/deliveries";
    private static final int MOST_CHOICES = 200;

    private final ReadSide read;

    /** Asks this read side. */
    public DeliveriesPage(ReadSide read) {
        this.read = read;
    }

    /**
     * What the list shows.
     *
     * @param choices endpoints to filter by; empty when there are too many to choose from
     * @param missing the id that was searched for and not found; empty when none was
     */
    public record Deliveries(Listing list, List<Doc> choices, String missing, Names names) {
        /** Copies the list. */
        public Deliveries {
            choices = List.copyOf(choices);
        }
    }

    /**
     * What the page of one delivery shows.
     *
     * @param attempts the newest first
     * @param body laid out; empty when Kafka does not keep it any more
     * @param curl the last request as a command; empty when there was none or there is no body
     */
    public record OneDelivery(
            Doc delivery, List<Doc> attempts, String body, String curl, Names names) {
        /** Copies the list. */
        public OneDelivery {
            attempts = List.copyOf(attempts);
        }

        /** Whether it is settled, so that it can be replayed. */
        public boolean isSettled() {
            return !delivery.text("state").equals("pending");
        }

        /** Whether there ever was a body: one that was too large was not kept. */
        public boolean hasBody() {
            return !delivery.text("reason").equals("too_large");
        }

        /** What was answered, laid out where it is JSON. */
        public String answer(Doc attempt) {
            return Pretty.json(attempt.text("response_body"));
        }
    }

    /** Shows the list, or the one delivery that was searched for by its id. */
    public void list(Visit visit) {
        visit.need("read");
        String id = visit.query("id");
        if (!id.isEmpty() && isThere(visit, id)) {
            visit.leave(PATH + "/" + Ingest.part(id));
            return;
        }
        var page = read.deliveries(visit.view(), Asked.deliveries(visit));
        Listing list = Listing.of(page, visit, PATH, Asked.FILTERS);
        Names names = new Names(read, visit.view());
        visit.show(
                "deliveries",
                "Deliveries",
                Section.DELIVERIES,
                new Deliveries(list, choices(read, visit), id, names));
    }

    /** Shows one delivery. */
    public void one(Visit visit) {
        visit.need("read");
        String id = visit.path("id");
        Doc delivery = new Doc(read.delivery(visit.view(), id));
        List<Doc> attempts = delivery.list("attempts").reversed();
        String body = delivery.text("body");
        String type = delivery.text("content_type", "application/json");
        OneDelivery page =
                new OneDelivery(
                        delivery,
                        attempts,
                        Pretty.json(body),
                        delivery.has("body") ? curl(attempts, type, body) : "",
                        new Names(read, visit.view()));
        visit.show("delivery", "Delivery " + id, Section.DELIVERIES, page);
    }

    /** Not every attempt made a request: some were put off, or came too late. */
    private static String curl(List<Doc> attempts, String type, String body) {
        return attempts.stream()
                .filter(attempt -> !attempt.text("url").isEmpty())
                .findFirst()
                .map(attempt -> Pretty.curl(attempt, type, body))
                .orElse("");
    }

    /** Replays one delivery. */
    public void replay(Visit visit) {
        visit.need("replay");
        String id = visit.path("id");
        Flash flash;
        try {
            read.replayDelivery(visit.view(), id);
            flash = Flash.done("It is sent again, with the same id and the same body.");
        } catch (Problem refused) {
            if (refused.status() == 404) {
                throw refused;
            }
            flash = Flash.refused(refused.detail());
        }
        visit.go(PATH + "/" + Ingest.part(id), flash);
    }

    /** Endpoints to choose from; none when there are too many. */
    static List<Doc> choices(ReadSide read, Visit visit) {
        var endpoints = read.endpoints(visit.view(), null, MOST_CHOICES);
        return endpoints.nextCursor() == null
                ? endpoints
                        .items()
                        .valueStream()
                        .map(Doc::new)
                        .filter(endpoint -> !endpoint.text("stage").equals("deployed"))
                        .toList()
                : List.of();
    }

    private boolean isThere(Visit visit, String id) {
        try {
            read.delivery(visit.view(), id);
            return true;
        } catch (Problem problem) {
            if (problem.status() == 404) {
                return false;
            }
            throw problem;
        }
    }
}
