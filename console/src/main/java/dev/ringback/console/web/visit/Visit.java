package dev.ringback.console.web.visit;

import dev.ringback.console.read.View;
import dev.ringback.console.web.view.Flash;
import dev.ringback.console.web.view.Frame;
import dev.ringback.console.web.view.Section;
import dev.ringback.runtime.ApiKeys.Caller;
import dev.ringback.runtime.Problem;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One request of somebody who is logged in: what they may and ask for, and the answer to it. */
public final class Visit {
    private final Context ctx;
    private final Door door;
    private final Caller caller;
    private final Session session;
    private final Instant now;

    Visit(Context ctx, Door door, Caller caller, Session session, Instant now) {
        this.ctx = ctx;
        this.door = door;
        this.caller = caller;
        this.session = session;
        this.now = now;
    }

    /** What they see. */
    public View view() {
        return View.of(caller);
    }

    /** Whose key it is. */
    public Caller caller() {
        return caller;
    }

    /** The key itself, for what is done in its name. */
    public String key() {
        return session.key();
    }

    /** When it came. */
    public Instant now() {
        return now;
    }

    /** Whether the key has this scope. */
    public boolean may(String scope) {
        return caller.may(scope);
    }

    /**
     * Goes on if the key has this scope.
     *
     * @throws Problem 403 when it has not
     */
    public void need(String scope) {
        if (!caller.may(scope)) {
            throw Problem.of(403, "The key \"" + caller.name() + "\" lacks the scope " + scope);
        }
    }

    /** A part of the path. */
    public String path(String name) {
        return ctx.pathParam(name);
    }

    /** A parameter of the query; empty where it is blank or not there. */
    public String query(String name) {
        return strip(ctx.queryParam(name));
    }

    /** The same, null where it is blank or not there. */
    public @Nullable String queryOrNull(String name) {
        String value = query(name);
        return value.isEmpty() ? null : value;
    }

    /** A time of the query; null where it is blank or not there. */
    public @Nullable Instant time(String name) {
        return instant(query(name));
    }

    /**
     * A time as RFC 3339, or as the browser's date and time field sends it, in UTC.
     *
     * @return null for nothing
     */
    public static @Nullable Instant instant(String text) {
        try {
            return text.isEmpty()
                    ? null
                    : text.endsWith("Z")
                            ? Instant.parse(text)
                            : LocalDateTime.parse(text).toInstant(ZoneOffset.UTC);
        } catch (DateTimeException e) {
            throw Problem.of(400, "\"" + text + "\" is not a time");
        }
    }

    /** A field of the form; empty where it is not there. */
    public String form(String name) {
        return Optional.ofNullable(ctx.formParam(name)).orElse("");
    }

    /** All values of a field of the form. */
    public List<String> forms(String name) {
        return ctx.formParams(name);
    }

    /** The request, for what answers in another way than with a page. */
    public Context request() {
        return ctx;
    }

    /** Shows a page. */
    public void show(String template, String title, @Nullable Section section, Object page) {
        Flash flash = door.news(ctx).orElse(null);
        Frame frame = door.frame(title, section, caller, session.csrf(), flash, now);
        door.show(ctx, template, frame, page);
    }

    /** Sends the browser on, to see what has come of what it did. */
    public void go(String location, Flash flash) {
        door.leave(ctx, flash);
        leave(location);
    }

    /** Sends the browser on to what it asked for. */
    public void leave(String location) {
        ctx.redirect(location, HttpStatus.SEE_OTHER);
    }

    private static String strip(@Nullable String value) {
        return value == null ? "" : value.strip();
    }
}
