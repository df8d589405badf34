package dev.ringback.console.web.visit;

import dev.ringback.console.web.view.Assets;
import dev.ringback.console.web.view.Flash;
import dev.ringback.console.web.view.Frame;
import dev.ringback.console.web.view.Section;
import dev.ringback.console.web.view.Templates;
import dev.ringback.runtime.ApiKeys;
import dev.ringback.runtime.ApiKeys.Caller;
import dev.ringback.runtime.Problem;
import dev.ringback.runtime.Settings;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.HttpResponseException;
import io.javalin.http.HttpStatus;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where everybody comes in: knows who is logged in, sends the others to log in, refuses forms that
 * are not ours, and shows refusals as pages. Thread-safe.
 */
public final class Door {
    /** Nothing comes from elsewhere, nothing runs that stands in a page, nobody frames it. */
    private static final String POLICY =
            "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; "
                    + "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
                    + "frame-ancestors 'none'";

    private static final Logger LOG = LoggerFactory.getLogger(Door.class);
    private static final String LOGIN = "/login";
    private static final int MOST_PATH = 2_000;

    private final ApiKeys keys;
    private final Sessions sessions;
    private final Templates templates;
    private final Assets assets;
    private final InstantSource clock;

    /** A page, or what a form does. */
    public interface Page {
        /**
         * Answers.
         *
         * @throws Problem when it cannot; it is shown as a page
         */
        void answer(Visit visit);
    }

    /**
     * What the login page shows.
     *
     * @param next where to go from there
     * @param elsewhere whether a link of another site led here: then the browser kept back who is
     *     logged in, and is asked once more
     */
    public record Login(String next, boolean refused, boolean elsewhere) {}

    /** What a refusal shows. */
    public record Refusal(int status, String title, String detail) {}

    /** Lets in who has one of these keys. */
    public Door(
            ApiKeys keys,
            Settings settings,
            Assets assets,
            SecureRandom random,
            InstantSource clock) {
        this.keys = keys;
        this.sessions = new Sessions(settings, random, clock);
        this.templates = new Templates();
        this.assets = assets;
        this.clock = clock;
    }

    /** Who is logged in, if somebody is. */
    public Optional<Visit> visitor(Context ctx) {
        return sessions.of(ctx)
                .flatMap(
                        session ->
                                caller(session.key())
                                        .map(who -> new Visit(ctx, this, who, session, now())));
    }

    /** A page that those see who are logged in. */
    public Handler page(Page page) {
        return guarded(ctx -> enter(ctx, page));
    }

    private void enter(Context ctx, Page page) {
        Optional<Visit> visit = visitor(ctx);
        if (visit.isPresent()) {
            page.answer(visit.get());
        } else {
            String next = ctx.path() + (ctx.queryString() == null ? "" : "?" + ctx.queryString());
            ctx.redirect(LOGIN + "?next=" + encoded(next), HttpStatus.SEE_OTHER);
        }
    }

    /** What a form does that those send who are logged in. */
    public Handler form(Page page) {
        return guarded(ctx -> take(ctx, page));
    }

    private void take(Context ctx, Page page) {
        Optional<Visit> visit = visitor(ctx);
        if (visit.isEmpty()) {
            ctx.redirect(LOGIN, HttpStatus.SEE_OTHER);
        } else if (!isOurs(ctx, sessions.of(ctx))) {
            Problem stale = Problem.of(403, "This form is out of date. Go back and try again.");
            refuse(ctx, visit.get(), stale);
        } else {
            page.answer(visit.get());
        }
    }

    /** People get a page of whatever goes wrong. */
    private Handler guarded(Consumer<Context> inner) {
        return ctx -> {
            try {
                inner.accept(ctx);
            } catch (Problem problem) {
                refuse(ctx, problem);
            } catch (HttpResponseException refused) {
                refuse(ctx, Problem.of(refused.getStatus(), said(refused)));
            } catch (RuntimeException e) {
                LOG.error("{} {} failed", ctx.method(), ctx.path(), e);
                refuse(ctx, Problem.of(500, "This is a fault of ours and has been logged."));
            }
        };
    }

    private static String said(HttpResponseException refused) {
        return refused.getStatus() == 413
                ? "That is more than a form may send."
                : Objects.requireNonNullElse(refused.getMessage(), "Refused.");
    }

    /** Shows where to log in. */
    public void showLogin(Context ctx) {
        if (visitor(ctx).isPresent()) {
            ctx.redirect(local(ctx.queryParam("next")), HttpStatus.SEE_OTHER);
        } else {
            boolean elsewhere = "cross-site".equals(ctx.header("Sec-Fetch-Site"));
            showLogin(ctx, new Login(local(ctx.queryParam("next")), false, elsewhere));
        }
    }

    /** Logs in who brings a key. */
    public void login(Context ctx) {
        String key = Optional.ofNullable(ctx.formParam("key")).orElse("").strip();
        String next = local(ctx.formParam("next"));
        if (isOurs(ctx, sessions.toLogIn(ctx)) && caller(key).isPresent()) {
            sessions.begin(ctx, key);
            ctx.redirect(next, HttpStatus.SEE_OTHER);
        } else {
            ctx.status(HttpStatus.FORBIDDEN);
            showLogin(ctx, new Login(next, true, false));
        }
    }

    /** Logs out. */
    public void logout(Visit visit) {
        sessions.end(visit.request());
        visit.leave(LOGIN);
    }

    /** A refusal as a page, to somebody who may not be logged in. */
    public void refuse(Context ctx, Problem problem) {
        Optional<Visit> visit = visitor(ctx);
        if (visit.isPresent()) {
            refuse(ctx, visit.get(), problem);
        } else {
            Frame frame = frame("Not found", null, null, "", null, clock.instant());
            show(ctx.status(problem.status()), "lost", frame, refusal(problem));
        }
    }

    Optional<Flash> news(Context ctx) {
        return sessions.take(ctx);
    }

    void leave(Context ctx, Flash flash) {
        sessions.leave(ctx, flash);
    }

    Frame frame(
            String title,
            @Nullable Section section,
            @Nullable Caller caller,
            String csrf,
            @Nullable Flash flash,
            Instant now) {
        return new Frame(
                title,
                section,
                caller == null ? "" : caller.name(),
                caller == null ? "" : accounts(caller),
                caller == null ? Set.of() : caller.scopes(),
                csrf,
                flash,
                now,
                assets);
    }

    void show(Context ctx, String template, Frame frame, Object page) {
        ctx.header("Content-Security-Policy", POLICY)
                .header("Cache-Control", "no-store")
                .header("Referrer-Policy", "same-origin")
                .header("X-Content-Type-Options", "nosniff")
                .header("Cross-Origin-Opener-Policy", "same-origin")
                .header("X-Frame-Options", "DENY")
                .html(templates.html(template, frame, page));
    }

    private void showLogin(Context ctx, Login login) {
        Session session = sessions.toLogIn(ctx).orElseGet(() -> sessions.invite(ctx));
        Frame frame = frame("Log in", null, null, session.csrf(), null, clock.instant());
        show(ctx, "login", frame, login);
    }

    private void refuse(Context ctx, Visit visit, Problem problem) {
        ctx.status(problem.status());
        problem.headers().forEach(ctx::header);
        Refusal refusal = refusal(problem);
        visit.show("refused", refusal.title(), null, refusal);
    }

    private Instant now() {
        return clock.instant();
    }

    private Optional<Caller> caller(String key) {
        try {
            return key.isEmpty() ? Optional.empty() : Optional.of(keys.caller("Bearer " + key));
        } catch (Problem unknown) {
            return Optional.empty();
        }
    }

    /** A browser says where a form came from; its token proves it. */
    private static boolean isOurs(Context ctx, Optional<Session> session) {
        String site = ctx.header("Sec-Fetch-Site");
        String token = Optional.ofNullable(ctx.formParam("csrf")).orElse("");
        return (site == null || site.equals("same-origin"))
                && session.filter(known -> Sessions.isOf(known, token)).isPresent();
    }

    /** A place in this console, whatever a link says. */
    private static String local(@Nullable String next) {
        boolean isLocal =
                next != null
                        && next.length() < MOST_PATH
                        && next.matches("/([A-Za-z0-9_.~?=&%:+/-]*)")
                        && !next.startsWith("//");
        return isLocal && next != null ? next : "/";
    }

    private static Refusal refusal(Problem problem) {
        String title =
                switch (problem.status()) {
                    case 400, 422 -> "That cannot be";
                    case 403 -> "Not with this key";
                    case 404 -> "Nothing here";
                    case 409, 412 -> "Not as things stand";
                    case 503 -> "Not just now";
                    default -> "That did not work";
                };
        return new Refusal(problem.status(), title, problem.detail());
    }

    private static String accounts(Caller caller) {
        return caller.accounts().contains(ApiKeys.ALL)
                ? "all accounts"
                : String.join(", ", new TreeSet<>(caller.accounts()));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
