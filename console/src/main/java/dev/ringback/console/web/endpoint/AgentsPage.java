package dev.ringback.console.web.endpoint;

import dev.ringback.console.read.Page;
import dev.ringback.console.read.ReadSide;
import dev.ringback.console.web.page.Listing;
import dev.ringback.console.web.page.Names;
import dev.ringback.console.web.registry.Ingest;
import dev.ringback.console.web.view.Doc;
import dev.ringback.console.web.view.Flash;
import dev.ringback.console.web.view.Section;
import dev.ringback.console.web.visit.Visit;
import dev.ringback.runtime.Problem;
import dev.ringback.schemas.Json;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;

/** Voicy's agents: how many webhooks each has, and whether they are deployed. */
public final class AgentsPage {
    private static final String PATH = "/agents";

    private final ReadSide read;
    private final Ingest ingest;

    /** Asks these two. */
    public AgentsPage(ReadSide read, Ingest ingest) {
        this.read = read;
        this.ingest = ingest;
    }

    /** What the list shows. */
    public record Agents(Listing list, Names names) {}

    /** Shows them. */
    public void list(Visit visit) {
        visit.need("read");
        Listing list = Listing.of(page(visit, ingest, PATH), visit, PATH, List.of());
        visit.show(
                "agents",
                "Agents",
                Section.ENDPOINTS,
                new Agents(list, new Names(read, visit.view())));
    }

    /** Has an agent's phone calls use its webhooks as they are now. */
    public void deploy(Visit visit) {
        visit.need("endpoints:write");
        String agent = visit.form("agent_id");
        var body = Json.object().put("account_id", visit.form("account_id"));
        String path = "/v1/agents/" + Ingest.part(agent) + "/deploy";
        switch (ingest.post(visit.key(), path, body)) {
            case Ingest.Done(Doc done, String etag) ->
                    visit.go(
                            PATH,
                            Flash.done(
                                    "Version %s of %s is deployed: its phone calls use it now."
                                            .formatted(done.text("deployed_version"), agent)));
            case Ingest.Refused refused -> visit.go(PATH, Flash.refused(refused.detail()));
            case Ingest.Away away -> visit.go(PATH, Flash.refused(away.detail()));
        }
    }

    /** A part of a list that ingest keeps. */
    static Page page(Visit visit, Ingest ingest, String path) {
        String cursor = visit.query("cursor");
        String query = "?limit=50" + (cursor.isEmpty() ? "" : "&cursor=" + Ingest.part(cursor));
        return switch (ingest.get(visit.key(), "/v1" + path + query)) {
            case Ingest.Done(Doc body, String etag) ->
                    new Page(
                            (ArrayNode) body.at("items").node(),
                            body.has("next_cursor") ? body.text("next_cursor") : null,
                            false);
            case Ingest.Refused(int status, String detail, List<Doc> errors) ->
                    throw Problem.of(status, detail);
            case Ingest.Away(String detail) -> throw Problem.of(503, detail);
        };
    }
}
