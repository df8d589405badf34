package dev.ringback.console.web.endpoint;

import dev.ringback.console.web.registry.EndpointForm;
import dev.ringback.console.web.registry.Entries;
import dev.ringback.console.web.registry.Ingest;
import dev.ringback.console.web.registry.Ingest.Answer;
import dev.ringback.console.web.view.Doc;
import dev.ringback.console.web.view.Flash;
import dev.ringback.console.web.view.Section;
import dev.ringback.console.web.visit.Visit;
import dev.ringback.dialect.Dialect;
import dev.ringback.dialect.Dialects;
import dev.ringback.runtime.ApiKeys;
import dev.ringback.runtime.Problem;
import dev.ringback.schemas.EventType;
import dev.ringback.schemas.Json;
import io.javalin.http.HttpStatus;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ObjectNode;

/** What is done to endpoints: each is a request to ingest, with the key of who does it. */
public final class EndpointActions {
    private static final String API = "/v1/endpoints";
    private static final String PATH = EndpointsPage.PATH;
    private static final String SCOPE = "endpoints:write";

    private final Ingest ingest;

    /** Has ingest do it. */
    public EndpointActions(Ingest ingest) {
        this.ingest = ingest;
    }

    /**
     * What the form shows.
     *
     * @param id of the endpoint that is edited; empty when it is a new one
     * @param etag the version that is edited
     * @param accounts that the key may write to; empty when it may to all
     */
    public record Form(String id, String etag, Doc known, Entries entries, Set<String> accounts) {
        /** Whether there is no endpoint yet. */
        public boolean isNew() {
            return id.isEmpty();
        }

        /** The names of the dialects. */
        public List<String> dialects() {
            return Dialects.all().stream().map(Dialect::name).toList();
        }

        /** The types of events to choose from. */
        public List<EventType> types() {
            return Arrays.asList(EventType.values());
        }

        /** The dialects that have a name for an event. */
        public String dialectsOf(EventType type) {
            return Dialects.all().stream()
                    .filter(dialect -> dialect.webhookEvent(type).isPresent())
                    .map(Dialect::name)
                    .collect(Collectors.joining(" "));
        }
    }

    /** Shows the form for a new endpoint. */
    public void add(Visit visit) {
        visit.need(SCOPE);
        Map<String, String> values = new HashMap<>(Map.of("dialect", "standard"));
        Set<String> accounts = accounts(visit);
        if (accounts.size() == 1) {
            values.put("account_id", accounts.iterator().next());
        }
        List.of("dialect", "scope_agent_id", "account_id").stream()
                .filter(name -> !visit.query(name).isEmpty())
                .forEach(name -> values.put(name, visit.query(name)));
        show(visit, new Form("", "", Doc.NONE, Entries.of(values, Set.of("*")), accounts));
    }

    /** Makes it. */
    public void create(Visit visit) {
        visit.need(SCOPE);
        Entries entries = entries(visit);
        Form form = new Form("", "", Doc.NONE, entries, accounts(visit));
        try {
            ObjectNode body = EndpointForm.create(entries);
            switch (ingest.post(visit.key(), API, body)) {
                case Ingest.Done(Doc made, String etag) ->
                        visit.go(
                                page(made.text("id")),
                                Flash.done("The endpoint is there.", made.text("secret")));
                case Ingest.Refused refused -> show(visit, with(form, entries.with(refused)));
                case Ingest.Away away -> show(visit, with(form, entries.with(away)));
            }
        } catch (EndpointForm.Unreadable e) {
            show(visit, with(form, entries.with(e.field(), e.fault())));
        }
    }

    /** Shows the form for one that is there. */
    public void edit(Visit visit) {
        visit.need(SCOPE);
        Ingest.Done known = known(visit);
        show(visit, form(visit, known, known.etag(), EndpointForm.of(known.body())));
    }

    /** Changes it. */
    public void change(Visit visit) {
        visit.need(SCOPE);
        Entries entries = entries(visit);
        Ingest.Done known = known(visit);
        Form form = form(visit, known, visit.form("etag"), entries);
        try {
            ObjectNode patch = EndpointForm.patch(entries, known.body());
            Answer answer = ingest.patch(visit.key(), api(visit), patch, form.etag());
            switch (answer) {
                case Ingest.Done(Doc changed, String etag) ->
                        visit.go(
                                page(visit.path("id")),
                                Flash.done(
                                        "Saved. Every later event goes by it.",
                                        changed.text("secret")));
                case Ingest.Refused refused ->
                        show(visit, with(form, entries.with(changed(refused))));
                case Ingest.Away away -> show(visit, with(form, entries.with(away)));
            }
        } catch (EndpointForm.Unreadable e) {
            show(visit, with(form, entries.with(e.field(), e.fault())));
        }
    }

    /** Sends a sample event to it alone, and shows the delivery. */
    public void test(Visit visit) {
        visit.need(SCOPE);
        switch (ingest.post(visit.key(), api(visit) + "/test", Json.object())) {
            case Ingest.Done(Doc sent, String etag) ->
                    visit.go(
                            page(visit.path("id")),
                            Flash.done(
                                    "A test is on its way, as delivery "
                                            + sent.text("delivery_id")
                                            + ". It shows below within a moment."));
            case Ingest.Refused refused -> goBack(visit, refused.detail());
            case Ingest.Away away -> goBack(visit, away.detail());
        }
    }

    /** Adds a secret; the old ones sign on for a while. */
    public void rotate(Visit visit) {
        visit.need(SCOPE);
        ObjectNode body = Json.object().put("overlap", visit.form("overlap"));
        if (!visit.form("secret").isBlank()) {
            body.put("secret", visit.form("secret"));
        }
        switch (ingest.post(visit.key(), api(visit) + "/secrets", body)) {
            case Ingest.Done(Doc made, String etag) ->
                    visit.go(
                            page(visit.path("id")),
                            Flash.done("The new secret signs from now on.", made.text("secret")));
            case Ingest.Refused refused -> goBack(visit, refused.detail());
            case Ingest.Away away -> goBack(visit, away.detail());
        }
    }

    /** Takes a secret away. */
    public void forget(Visit visit) {
        visit.need(SCOPE);
        String secret = "/secrets/" + Ingest.part(visit.path("sid"));
        say(visit, ingest.delete(visit.key(), api(visit) + secret), "The secret is gone.");
    }

    /** Lets deliveries be tried again. */
    public void enable(Visit visit) {
        visit.need(SCOPE);
        Answer answer = ingest.post(visit.key(), api(visit) + "/enable", Json.object());
        say(visit, answer, "It is enabled. What died meanwhile can be replayed.");
    }

    /** Stops them. */
    public void disable(Visit visit) {
        visit.need(SCOPE);
        Answer answer = ingest.post(visit.key(), api(visit) + "/disable", Json.object());
        say(visit, answer, "It is disabled. Its deliveries go to the dead letters.");
    }

    /** Deletes it. */
    public void delete(Visit visit) {
        visit.need(SCOPE);
        switch (ingest.delete(visit.key(), api(visit))) {
            case Ingest.Done done -> visit.go(PATH, Flash.done("The endpoint is deleted."));
            case Ingest.Refused refused -> goBack(visit, refused.detail());
            case Ingest.Away away -> goBack(visit, away.detail());
        }
    }

    /** The accounts that a key may write to; empty when it may to all. */
    static Set<String> accounts(Visit visit) {
        Set<String> accounts = visit.caller().accounts();
        return accounts.contains(ApiKeys.ALL) ? Set.of() : new TreeSet<>(accounts);
    }

    private Ingest.Done known(Visit visit) {
        return switch (ingest.get(visit.key(), api(visit))) {
            case Ingest.Done done -> done;
            case Ingest.Refused(int status, String detail, List<Doc> errors) ->
                    throw Problem.of(status, detail);
            case Ingest.Away(String detail) -> throw Problem.of(503, detail);
        };
    }

    private static Ingest.Refused changed(Ingest.Refused refused) {
        return refused.status() == 412
                ? new Ingest.Refused(
                        412,
                        "Somebody else has changed this endpoint meanwhile. Open it again to see"
                                + " how it is now.",
                        List.of())
                : refused;
    }

    private static Form form(Visit visit, Ingest.Done known, String etag, Entries entries) {
        return new Form(visit.path("id"), etag, known.body(), entries, accounts(visit));
    }

    private static Form with(Form form, Entries entries) {
        return new Form(form.id(), form.etag(), form.known(), entries, form.accounts());
    }

    private static void show(Visit visit, Form form) {
        if (form.entries().isFaulty()) {
            visit.request().status(HttpStatus.UNPROCESSABLE_CONTENT);
        }
        String title = form.isNew() ? "New endpoint" : "Edit endpoint";
        visit.show("endpoint-form", title, Section.ENDPOINTS, form);
    }

    private static Entries entries(Visit visit) {
        Map<String, String> values = new HashMap<>();
        EndpointForm.FIELDS.forEach(field -> values.put(field, visit.form(field)));
        return Entries.of(values, new HashSet<>(visit.forms("events")));
    }

    private static void say(Visit visit, Answer answer, String done) {
        switch (answer) {
            case Ingest.Done it -> visit.go(page(visit.path("id")), Flash.done(done));
            case Ingest.Refused refused -> goBack(visit, refused.detail());
            case Ingest.Away away -> goBack(visit, away.detail());
        }
    }

    private static void goBack(Visit visit, String why) {
        visit.go(page(visit.path("id")), Flash.refused(why));
    }

    private static String api(Visit visit) {
        return API + "/" + Ingest.part(visit.path("id"));
    }

    private static String page(String id) {
        return PATH + "/" + Ingest.part(id);
    }
}
