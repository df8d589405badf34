package dev.ringback.console.web.page;

import dev.ringback.console.read.ReadSide;
import dev.ringback.console.read.ReplayRequest;
import dev.ringback.console.web.registry.Ingest;
import dev.ringback.console.web.view.Doc;
import dev.ringback.console.web.view.Flash;
import dev.ringback.console.web.view.Section;
import dev.ringback.console.web.view.Words;
import dev.ringback.console.web.visit.Visit;
import dev.ringback.runtime.Problem;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Dead letters: what died of what, and its way back to life. */
public final class DeadPage {
    private static final String PATH = "/dead";
    private static final String SCOPE = "replay";
    private static final int MOST_CHOICES = 50;
    private static final List<String> FIELDS =
            List.of(
                    "account_id",
                    "endpoint_id",
                    "reason",
                    "event_type",
                    "since",
                    "until",
                    "rate",
                    "endpoint_rate",
                    "max",
                    "again");

    private final ReadSide read;

    /** Asks this read side. */
    public DeadPage(ReadSide read) {
        this.read = read;
    }

    /**
     * What the list shows.
     *
     * @param groups how many died of what where
     * @param shown those of the groups that this page shows
     */
    public record Dead(Doc groups, Cut shown, Listing list, Names names) {
        /** Whether some may be missing just now. */
        public boolean isPartial() {
            return groups.is("partial") || list.partial();
        }
    }

    /**
     * What is shown before anything is replayed.
     *
     * @param fields what is asked for, as the form has it
     * @param outcome what a dry run found; {@link Doc#NONE} when it found nothing
     * @param trouble why there is nothing to replay, or what is wrong; empty when nothing is
     */
    public record Review(Map<String, String> fields, Doc outcome, String trouble, Names names) {
        /** Copies the map. */
        public Review {
            fields = Map.copyOf(fields);
        }

        /** What stands in a field. */
        public String field(String name) {
            return fields.getOrDefault(name, "");
        }
    }

    /** Shows groups and list. */
    public void list(Visit visit) {
        visit.need("read");
        Doc groups = new Doc(read.deadGroups(visit.view()));
        var page = read.dead(visit.view(), Asked.deliveries(visit));
        Listing list = Listing.of(page, visit, PATH, Asked.FILTERS);
        Cut shown = Cut.of(groups.list("groups"), from(visit.query("from")));
        Dead dead = new Dead(groups, shown, list, new Names(read, visit.view()));
        visit.show("dead", "Dead letters", Section.DEAD, dead);
    }

    private static int from(String text) {
        return text.matches("\\d{1,6}") ? Integer.parseInt(text) : 0;
    }

    /** Replays those that were chosen one by one. */
    public void replayChosen(Visit visit) {
        visit.need(SCOPE);
        List<String> chosen = visit.forms("delivery").stream().limit(MOST_CHOICES).toList();
        long done = 0;
        String refused = "";
        for (String id : chosen) {
            try {
                read.replayDelivery(visit.view(), id);
                done++;
            } catch (Problem problem) {
                refused = problem.detail();
            }
        }
        visit.go(PATH, news(chosen.size(), done, refused));
    }

    /** Counts what a replay would do, and does nothing. */
    public void review(Visit visit) {
        visit.need(SCOPE);
        Map<String, String> fields = fields(visit::query);
        Doc outcome = Doc.NONE;
        String trouble = "";
        try {
            outcome = new Doc(read.startReplay(visit.view(), request(fields, true)));
        } catch (Problem problem) {
            if (problem.status() == 503) {
                throw problem;
            }
            trouble = said(problem);
        }
        Review page = new Review(fields, outcome, trouble, new Names(read, visit.view()));
        visit.show("review", "Replay dead letters", Section.DEAD, page);
    }

    /** Begins the replay. */
    public void replay(Visit visit) {
        visit.need(SCOPE);
        try {
            Doc begun =
                    new Doc(read.startReplay(visit.view(), request(fields(visit::form), false)));
            visit.go(
                    "/replays/" + Ingest.part(begun.text("replay_id")),
                    Flash.done("The replay has begun."));
        } catch (Problem problem) {
            visit.go(PATH, Flash.refused(said(problem)));
        }
    }

    private static Flash news(long chosen, long done, String refused) {
        if (chosen == 0) {
            return Flash.refused("Nothing was selected.");
        }
        String text = Words.count(done, "delivery is", "deliveries are") + " sent again.";
        return refused.isEmpty()
                ? Flash.done(text)
                : Flash.refused(text + " " + Words.number(chosen - done) + " refused: " + refused);
    }

    private static Map<String, String> fields(UnaryOperator<String> source) {
        Map<String, String> fields = new HashMap<>();
        FIELDS.forEach(name -> fields.put(name, source.apply(name).strip()));
        return fields;
    }

    private static ReplayRequest request(Map<String, String> fields, boolean isDry) {
        return new ReplayRequest(
                orNull(fields, "account_id"),
                orNull(fields, "endpoint_id"),
                null,
                orNull(fields, "event_type"),
                orNull(fields, "reason"),
                null,
                null,
                Visit.instant(fields.getOrDefault("since", "")),
                Visit.instant(fields.getOrDefault("until", "")),
                orNull(fields, "rate"),
                orNull(fields, "endpoint_rate"),
                most(fields.getOrDefault("max", "")),
                isDry,
                fields.getOrDefault("again", "").equals("true"));
    }

    private static @Nullable String orNull(Map<String, String> fields, String name) {
        String value = fields.getOrDefault(name, "");
        return value.isEmpty() ? null : value;
    }

    private static @Nullable Long most(String text) {
        if (text.isEmpty()) {
            return null;
        }
        if (!text.matches("[1-9]\\d{0,11}")) {
            throw Problem.of(422, "\"" + text + "\" is not a number of deliveries");
        }
        return Long.valueOf(text);
    }

    private static String said(Problem problem) {
        return problem.errors().isEmpty()
                ? problem.detail()
                : problem.errors().stream()
                        .map(error -> (error.pointer() + " " + error.reason()).strip())
                        .collect(Collectors.joining("; "));
    }
}
