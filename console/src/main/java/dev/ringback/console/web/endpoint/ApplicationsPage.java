package dev.ringback.console.web.endpoint;

import dev.ringback.console.web.page.Listing;
import dev.ringback.console.web.registry.ApplicationForm;
import dev.ringback.console.web.registry.Entries;
import dev.ringback.console.web.registry.Ingest;
import dev.ringback.console.web.view.Doc;
import dev.ringback.console.web.view.Flash;
import dev.ringback.console.web.view.Section;
import dev.ringback.console.web.visit.Visit;
import dev.ringback.runtime.Problem;
import dev.ringback.schemas.Json;
import io.javalin.http.HttpStatus;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** TryVox's applications and their URLs. */
public final class ApplicationsPage {
    private static final String PATH = "/applications";
    private static final String API = "/v1/applications";
    private static final String SCOPE = "endpoints:write";

    private final Ingest ingest;

    /** Asks ingest, which keeps them. */
    public ApplicationsPage(Ingest ingest) {
        this.ingest = ingest;
    }

    /** What the list shows. */
    public record Applications(Listing list) {}

    /**
     * What the form shows.
     *
     * @param known the application that is edited; {@link Doc#NONE} when it is a new one
     * @param accounts that the key may write to; empty when it may to all
     */
    public record Form(Doc known, Entries entries, Set<String> accounts) {
        /** Whether there is no application yet. */
        public boolean isNew() {
            return !known.has("application_id");
        }

        /** The fields of its URLs. */
        public List<String> urls() {
            return ApplicationForm.URLS;
        }
    }

    /** Shows the list. */
    public void list(Visit visit) {
        visit.need("read");
        Listing list = Listing.of(AgentsPage.page(visit, ingest, PATH), visit, PATH, List.of());
        visit.show("applications", "Applications", Section.ENDPOINTS, new Applications(list));
    }

    /** Shows the form, for a new one or for the one that the query names. */
    public void form(Visit visit) {
        visit.need(SCOPE);
        Set<String> accounts = EndpointActions.accounts(visit);
        if (visit.query("application_id").isEmpty()) {
            show(visit, new Form(Doc.NONE, Entries.of(Map.of(), Set.of()), accounts));
        } else {
            Doc known = known(visit);
            show(visit, new Form(known, ApplicationForm.of(known), accounts));
        }
    }

    /** Puts it. */
    public void put(Visit visit) {
        visit.need(SCOPE);
        Map<String, String> values = new HashMap<>();
        ApplicationForm.FIELDS.forEach(field -> values.put(field, visit.form(field).strip()));
        Entries entries = Entries.of(values, Set.of());
        Doc known = visit.form("known").isEmpty() ? Doc.NONE : asked(entries);
        Set<String> accounts = EndpointActions.accounts(visit);
        if (entries.value("application_id").isEmpty()) {
            show(visit, new Form(known, entries.with("application_id", "is required"), accounts));
            return;
        }
        String path = API + "/" + Ingest.part(entries.value("application_id"));
        switch (ingest.put(visit.key(), path, ApplicationForm.put(entries))) {
            case Ingest.Done done ->
                    visit.go(PATH, Flash.done("Saved. Every later call goes by it."));
            case Ingest.Refused refused ->
                    show(visit, new Form(known, entries.with(refused), accounts));
            case Ingest.Away away -> show(visit, new Form(known, entries.with(away), accounts));
        }
    }

    /** Deletes it. */
    public void delete(Visit visit) {
        visit.need(SCOPE);
        String path = path(visit.form("application_id"), visit.form("account_id"));
        switch (ingest.delete(visit.key(), path)) {
            case Ingest.Done done -> visit.go(PATH, Flash.done("The application is deleted."));
            case Ingest.Refused refused -> visit.go(PATH, Flash.refused(refused.detail()));
            case Ingest.Away away -> visit.go(PATH, Flash.refused(away.detail()));
        }
    }

    private Doc known(Visit visit) {
        String path = path(visit.query("application_id"), visit.query("account_id"));
        return switch (ingest.get(visit.key(), path)) {
            case Ingest.Done(Doc body, String etag) -> body;
            case Ingest.Refused(int status, String detail, List<Doc> errors) ->
                    throw Problem.of(status, detail);
            case Ingest.Away(String detail) -> throw Problem.of(503, detail);
        };
    }

    /** A form that was sent again says which application it is about. */
    private static Doc asked(Entries entries) {
        return new Doc(
                Json.object()
                        .put("application_id", entries.value("application_id"))
                        .put("account_id", entries.value("account_id")));
    }

    private static String path(String application, String account) {
        return API + "/" + Ingest.part(application) + "?account_id=" + Ingest.part(account);
    }

    private static void show(Visit visit, Form form) {
        if (form.entries().isFaulty()) {
            visit.request().status(HttpStatus.UNPROCESSABLE_CONTENT);
        }
        String title = form.isNew() ? "New application" : "Edit application";
        visit.show("application-form", title, Section.ENDPOINTS, form);
    }
}
