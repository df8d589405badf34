package dev.ringback.console.web.page;

import dev.ringback.console.read.ReadSide;
import dev.ringback.console.web.registry.Ingest;
import dev.ringback.console.web.view.Doc;
import dev.ringback.console.web.view.Flash;
import dev.ringback.console.web.view.Section;
import dev.ringback.console.web.view.Words;
import dev.ringback.console.web.visit.Visit;
import dev.ringback.runtime.Problem;
import java.util.List;

/** Replays, and how far one of them has come. */
public final class ReplaysPage {
    private static final String PATH = "/replays";

    private final ReadSide read;

    /** Asks this read side. */
    public ReplaysPage(ReadSide read) {
        this.read = read;
    }

    /** What the list shows. */
    public record Replays(List<Doc> items) {
        /** Copies the list. */
        public Replays {
            items = List.copyOf(items);
        }
    }

    /** What the page of one replay shows. */
    public record OneReplay(Doc replay, Names names) {
        /** How many there are to replay; 1 at least, so that a share can be had of it. */
        public long total() {
            return Math.max(1, replay.number("total"));
        }

        /** How many of those that were moved have no outcome yet, as far as that can be said. */
        public String underWay() {
            long settled = replay.number("delivered") + replay.number("died_again");
            return isPartial() ? "?" : Words.number(Math.max(0, replay.number("moved") - settled));
        }

        /** Whether outcomes may be missing just now. */
        public boolean isPartial() {
            return replay.is("partial");
        }

        /** Whether it goes on. */
        public boolean isRunning() {
            return replay.text("state").equals("running");
        }
    }

    /** Shows the list. */
    public void list(Visit visit) {
        visit.need("read");
        List<Doc> items = new Doc(read.replays(visit.view())).list("items");
        visit.show("replays", "Replays", Section.DEAD, new Replays(items));
    }

    /** Shows one. */
    public void one(Visit visit) {
        visit.need("read");
        Doc replay = new Doc(read.replay(visit.view(), visit.path("id")));
        OneReplay page = new OneReplay(replay, new Names(read, visit.view()));
        visit.show("replay", "Replay", Section.DEAD, page);
    }

    /** Ends one where it is. */
    public void cancel(Visit visit) {
        visit.need("replay");
        String id = visit.path("id");
        Flash flash;
        try {
            read.cancelReplay(visit.view(), id);
            flash = Flash.done("The replay is stopped. What was sent again stays sent.");
        } catch (Problem refused) {
            if (refused.status() == 404) {
                throw refused;
            }
            flash = Flash.refused(refused.detail());
        }
        visit.go(PATH + "/" + Ingest.part(id), flash);
    }
}
